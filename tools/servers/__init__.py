"""MySQL and MariaDB servers to test on: found, started for the occasion, and removed again.

`sources` decides which servers are to be had, `keeper` is the process that owns those we start,
and `python -m tools.servers COMMAND` runs a command with them. The tests come by them through
`tests/servers/plugin.py`.
"""

from __future__ import annotations
