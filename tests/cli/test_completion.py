from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

from opencode.store import Store
from tests.cli.conftest import Opencode
from tests.cli.factories import EVIL, HOSTILE
from tests.conftest import RunOpencode


@pytest.mark.parametrize(
    ("shell", "line"),
    [("bash", "complete -o nosort -F"), ("zsh", "#compdef opencode"), ("fish", "complete --no-")],
)
def test_a_script_for_each_shell(opencode: Opencode, shell: str, line: str) -> None:
    done = opencode("completion", shell)
    assert (done.code, done.err) == (0, "")
    assert line in done.out
    assert "_OPENCODE_COMPLETE" in done.out


@pytest.mark.parametrize(
    ("shell", "check"), [("bash", ["-n"]), ("zsh", ["-n"]), ("fish", ["--no-execute"])]
)
def test_scripts_parse(opencode: Opencode, tmp_path: Path, shell: str, check: list[str]) -> None:
    script = tmp_path / "script"
    script.write_text(opencode("completion", shell).out)
    if program := shutil.which(shell):
        subprocess.run([program, *check, str(script)], check=True)


class Shell:
    """Asks for completions as the scripts do."""

    def __init__(self, run: RunOpencode, checkout: Path) -> None:
        self._run = run
        self._checkout = checkout
        self.environ: dict[str, str] = {}

    def complete(self, line: str) -> list[list[str]]:
        """(value, description) of what could be the line's last word."""
        words = line.split(" ")
        done = self._run(
            cwd=self._checkout,
            env={
                **self.environ,
                "_OPENCODE_COMPLETE": "zsh_complete",
                "COMP_WORDS": line,
                "COMP_CWORD": str(len(words) - 1),
            },
        )
        assert (done.returncode, done.stderr) == (0, "")
        lines = done.stdout.splitlines()
        return [lines[i + 1 : i + 3] for i in range(0, len(lines) - 1, 3)]

    def values(self, line: str) -> list[str]:
        return [value for value, _ in self.complete(line)]


@pytest.fixture
def shell(run_opencode: RunOpencode, checkout: Path) -> Shell:
    return Shell(run_opencode, checkout)


def test_commands_and_options(shell: Shell) -> None:
    assert shell.values("opencode se") == ["session"]
    assert shell.values("opencode session re") == ["rename"]
    assert {"--json", "--markdown", "--project"} <= set(shell.values("opencode session show --"))
    assert shell.values("opencode session list --sort c") == ["created", "cost"]


def test_session_ids_come_with_their_titles(shell: Shell, store: Store) -> None:
    for session_id, title in (("abc-1", "One"), ("abc-2", HOSTILE), ("xyz-1", "Three")):
        store.sessions.create(id=session_id, title=title)
    store.sessions.create(id="two words")
    assert shell.values("opencode session show ab") == ["abc-1", "abc-2"]
    assert sorted(shell.values("opencode message add ")) == ["abc-1", "abc-2", "xyz-1"]
    assert shell.values("opencode session delete abc-1 x") == ["xyz-1"]
    descriptions = "".join(about for _, about in shell.complete("opencode session show a"))
    assert "日本" in descriptions
    assert not [evil for evil in EVIL if evil in descriptions]


# What a shell would run, expand or cut in two.
UNSAFE = [
    *("$(touch${IFS}x)", "`x`", ";x", "|x", "&x", ">x", "<x", "'x", '"x', "*", "(x", "{x,y}"),
    *("\\x", "!x", "#x", "?x", "[x]", " x", "\u00a0x"),
]


def test_what_means_something_to_a_shell_is_not_offered(shell: Shell, store: Store) -> None:
    store.sessions.create(id="one-1")
    safe = "abc-1.é@%+=,./~_Z"
    for name in (safe, *(f"abc{unsafe}" for unsafe in UNSAFE)):
        store.in_project(name).sessions.create()
        store.files.record("one-1", path=name, content="")
    assert shell.values("opencode -P a") == [safe]
    assert shell.values("opencode file show one-1 a") == [safe]


def test_an_id_is_never_offered_as_an_option(shell: Shell, store: Store) -> None:
    store.sessions.create(id="--yes")
    assert shell.values("opencode session delete ") == []


def test_another_project_s_sessions(shell: Shell, store: Store, tmp_path: Path) -> None:
    store.in_project("other").sessions.create(id="there-1")
    assert shell.values("opencode session show th") == []
    assert shell.values("opencode -P other session show th") == ["there-1"]
    assert shell.values("opencode session show -P other th") == ["there-1"]


def test_projects_and_paths(shell: Shell, store: Store) -> None:
    store.sessions.create(id="abc-1")
    store.in_project("other").sessions.create()
    store.files.record("abc-1", path="src/a.py", content="")
    store.files.record("abc-1", path="src/b.py", content="")
    assert set(shell.values("opencode -P ")) == {"github.com/acme/app", "other"}
    assert shell.values("opencode project move o") == ["other"]
    assert shell.values("opencode file show abc-1 src/") == ["src/a.py", "src/b.py"]


def test_completing_makes_no_database(shell: Shell, checkout: Path) -> None:
    assert shell.values("opencode session show a") == []
    assert not (checkout / ".opencode").exists()


def test_completing_upgrades_no_database(shell: Shell, go_database: Path, checkout: Path) -> None:
    before = go_database.read_bytes()
    assert shell.values("opencode session show 2") == []
    assert go_database.read_bytes() == before
    assert list(go_database.parent.iterdir()) == [go_database]


def test_completing_is_silent_when_something_is_wrong(shell: Shell, checkout: Path) -> None:
    (checkout / ".opencode.json").write_text("{broken")
    assert shell.values("opencode session show a") == []
    (checkout / ".opencode.json").write_text(json.dumps({"data": {"directory": "/dev/null"}}))
    assert shell.values("opencode session show a") == []


@pytest.mark.parametrize("listening", [False, True])
def test_completing_waits_for_no_server(shell: Shell, *, listening: bool) -> None:
    """One that is down, and one that accepts and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        if not listening:
            listener.close()
        shell.environ = {
            "OPENCODE_SESSION_PROVIDER_TYPE": "mysql",
            "OPENCODE_MYSQL_DSN": f"ada:secret@tcp(127.0.0.1:{port})/sessions?timeout=60s",
        }
        started = time.monotonic()
        assert shell.values("opencode session show a") == []
        assert time.monotonic() - started < 30
