"""The store: sessions, messages and files of one project, and the way to open it.

`admin` and `checks` are not imported here: a start that only lists sessions does not need them.
"""

from __future__ import annotations

from opencode.store.open import Place, find_place, open_admin, open_store
from opencode.store.store import Store

__all__ = ["Place", "Store", "find_place", "open_admin", "open_store"]
