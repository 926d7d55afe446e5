"""Many processes, one session: nothing lost, nothing doubled, no error shown."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from opencode.store import open_store

WRITERS = 8
MESSAGES = 100

WRITER = """
import sys
from opencode import open_store
from opencode.parts import Text

directory, dsn, session, name, count = sys.argv[1:]
with open_store(directory, project="acme", dsn=dsn) as store:
    for number in range(int(count)):
        store.messages.append(session, role="user", parts=[Text(f"{name}/{number}")])
"""


def test_parallel_writers_get_a_number_each(tmp_path: Path) -> None:
    dsn = f"sqlite:///{tmp_path / 'opencode.db'}"
    with open_store(tmp_path, project="acme", dsn=dsn) as store:
        session = store.sessions.create(title="shared")
        arguments = [sys.executable, "-c", WRITER, str(tmp_path), dsn, session.id]
        writers = [
            subprocess.Popen(
                [*arguments, f"writer-{number}", str(MESSAGES)],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for number in range(WRITERS)
        ]
        outputs = [writer.communicate(timeout=110)[0] for writer in writers]

        assert outputs == [""] * WRITERS
        assert [writer.returncode for writer in writers] == [0] * WRITERS
        messages = store.messages.list(session.id)
        assert [message.seq for message in messages] == list(range(1, WRITERS * MESSAGES + 1))
        assert len({message.parts for message in messages}) == WRITERS * MESSAGES
        assert store.sessions.get(session.id).message_count == WRITERS * MESSAGES
        assert store.check().ok
