"""`python -m tools.servers COMMAND…`: run a command with servers to test on.

Starts what `OPENCODE_TEST_MYSQL_…` ask for (see `sources`), puts administrators' DSNs into
`OPENCODE_TEST_MYSQL_DSN`, and removes the servers when the command ends.
"""

from __future__ import annotations

import os
import subprocess
import sys

from tools.servers.keeper import KeeperProcess
from tools.servers.server import ServerError
from tools.servers.sources import DSNS, choose

__all__ = ["main"]


def main(command: list[str]) -> int:
    """The command's exit code; 2 when there is no server or no command."""
    if command[:1] in (["-h"], ["--help"]):
        print(__doc__)
        return 0
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        choice = choose(os.environ)
        if not choice.sources:
            raise ServerError("; ".join(choice.reasons))
        with KeeperProcess() as keeper:
            dsns = []
            for source in choice.sources:
                print(f"using {source}", file=sys.stderr)
                running = source.kind == "dsn"
                dsns.append(source.what if running else keeper.start(source, source.name).admin_dsn)
            environment = {**os.environ, DSNS: " ".join(dsns)}
            return subprocess.run(command, env=environment, check=False).returncode
    except ServerError as error:
        print(f"no server: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
