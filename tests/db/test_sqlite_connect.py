"""What every connection to a SQLite file has in common."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from opencode.db.sqlite_connect import connect


def test_every_connection_has_the_settings(tmp_path: Path) -> None:
    with closing(connect(tmp_path / "opencode.db")) as connection:
        settings = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 1,
        "foreign_keys": 1,
        "busy_timeout": 60_000,
    }
