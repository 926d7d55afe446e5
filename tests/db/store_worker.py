"""A process that opens the store of a DSN, upgrades it if need be, and writes and reads."""

from __future__ import annotations

import sys
from pathlib import Path

from opencode.parts import Text
from opencode.store import open_store
from tests.db.databases import PROJECT


def main() -> None:
    """Wait for a line on stdin, so that several can start at once."""
    print("ready", flush=True)
    sys.stdin.readline()
    with open_store(Path.cwd(), project=PROJECT, dsn=sys.argv[1]) as store:
        report = store.upgraded
        print("applied", len(report.applied) if report else 0)
        session = store.sessions.create(title="of one of many")
        store.messages.append(session.id, role="user", parts=[Text("hello")])
        (message,) = store.messages.list(session.id)
        print("stored", session.id, message.parts == (Text("hello"),))


if __name__ == "__main__":
    main()
