"""Everything that speaks SQL: providers, queries, migrations, backfill."""

from __future__ import annotations

import logging

# Who uses the store and has set up no logging gets nothing on stderr.
logging.getLogger("opencode").addHandler(logging.NullHandler())
