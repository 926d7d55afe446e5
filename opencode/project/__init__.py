"""Project identity: the name under which sessions are filed.

By the option, the environment, the configuration, the Git remote, or the directory's name, in this
order. `identity` decides, `remote` reads URLs, `git` asks Git, `root` looks for the repository.
"""

from __future__ import annotations

from opencode.project.identity import (
    ProjectIdentity,
    Rule,
    check_project_id,
    identify,
    project_of_database,
)
from opencode.project.root import find_repository_root

__all__ = [
    "ProjectIdentity",
    "Rule",
    "check_project_id",
    "find_repository_root",
    "identify",
    "project_of_database",
]
