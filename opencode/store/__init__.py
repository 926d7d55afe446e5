"""The store: sessions, messages and files of one project, and the way to open it."""

from __future__ import annotations

from opencode.store.admin import Admin, Status
from opencode.store.checks import CheckProblem, CheckReport
from opencode.store.open import Place, find_place, open_admin, open_store
from opencode.store.store import Store

__all__ = [
    "Admin",
    "CheckProblem",
    "CheckReport",
    "Place",
    "Status",
    "Store",
    "find_place",
    "open_admin",
    "open_store",
]
