"""`python -m tools.mysql_schema`: describe what the migrations make on a MySQL server.

Writes `migrations/mysql/schema.json`, which `opencode db check` compares databases with.  Needed
when a migration was added.  Where the server comes from: see `tools.servers`.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import closing
from pathlib import Path

from opencode.db.migrate import migrate
from opencode.db.migrate_ledger import Ledger
from opencode.db.migrations import shipped_migrations
from opencode.db.mysql_schema import EXPECTED, read_schema
from opencode.errors import StoreError
from tools import PROJECT
from tools.checks.mysql_servers import Databases
from tools.servers.account import Account, Connection

__all__ = ["describe_migrations", "main"]

FILE = PROJECT / "migrations" / "mysql" / EXPECTED


def describe_migrations(connection: Connection) -> dict[str, dict[str, str | None]]:
    """Apply each migration to an empty database; returns what each makes, changes or removes."""
    steps: dict[str, dict[str, str | None]] = {}
    before: dict[str, str] = {}
    for migration in shipped_migrations("mysql"):
        migrate(connection, Ledger("mysql"), [migration], translate=lambda e: StoreError(str(e)))
        after = dict(read_schema(connection).things)
        change: dict[str, str | None] = {
            name: description
            for name, description in sorted(after.items())
            if before.get(name) != description
        }
        change.update(dict.fromkeys(sorted(before.keys() - after.keys())))
        steps[migration.id] = change
        before = after
    return steps


def write(path: Path, steps: dict[str, dict[str, str | None]]) -> None:
    """Write the file."""
    path.write_text(json.dumps(steps, indent=2) + "\n", encoding="utf-8")


def main() -> int:
    """The exit code; 1 when there is no server, or when two of them differ."""
    found: dict[str, dict[str, dict[str, str | None]]] = {}
    with Databases(os.environ) as databases:
        for name, dsn in databases:
            with closing(Account.parse(dsn).connect()) as connection:
                connection.autocommit(True)
                found[name] = describe_migrations(connection)
        note = databases.note
    if not found:
        print(f"no server: {note}", file=sys.stderr)
        return 1
    first, *others = found.values()
    if any(other != first for other in others):
        print(f"the servers describe them differently: {', '.join(found)}", file=sys.stderr)
        return 1
    write(FILE, first)
    print(f"wrote {FILE.relative_to(PROJECT)}, as found on {', '.join(found)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
