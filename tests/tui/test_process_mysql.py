"""The program on a server: one that is slow, one that goes away, one that others write to."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from opencode.config import TLSMode
from opencode.parts import Text
from opencode.store import Store, open_store
from tests.servers.plugin import MakeDatabase, StartServer
from tests.tui.doubles import script
from tests.tui.holding import HoldingProxy, holding_proxy
from tests.tui.terminal import Terminal
from tests.tui.test_process import assert_left_as_found
from tools.servers.account import Account

PROJECT = "github.com/acme/app"

PATIENCE = 90.0
"""Seconds; a lost server is tried for 30 before anybody is told."""

SOON = 25.0
"""Seconds; who does nothing is told within ten, on a machine that has nothing else to do."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A database with five sessions on a server, and the program on it."""

    dsn: str
    directory: Path

    def store(self) -> Store:
        return open_store(self.directory, project=PROJECT, dsn=self.dsn)

    def fill(self) -> Remote:
        with self.store() as store:
            for number in range(5):
                session = store.sessions.create(id=f"s{number}", title=f"session {number}")
                for words in ("first", "second", "third"):
                    store.messages.append(session.id, role="user", parts=[Text(words)])
        return self

    def start(self, dsn: str = "", size: tuple[int, int] = (80, 24), **env: str) -> Terminal:
        env = {
            **env,
            "OPENCODE_SESSION_PROVIDER_TYPE": "mysql",
            "OPENCODE_MYSQL_DSN": dsn or self.dsn,
            "OPENCODE_PROJECT_ID": PROJECT,
        }
        return Terminal.opencode(cwd=self.directory, env=env, size=size)

    @contextmanager
    def started(
        self, dsn: str = "", size: tuple[int, int] = (80, 24), **env: str
    ) -> Iterator[Terminal]:
        with self.start(dsn, size, **env) as terminal:
            yield terminal.wait_for("1 of 5", "Provider: remote", "? help")

    def said(self, session_id: str) -> list[str]:
        with self.store() as store:
            messages = store.messages.list(session_id)
        parts = [part for message in messages for part in message.parts]
        return [part.text for part in parts if isinstance(part, Text)]


@pytest.fixture
def remote(mysql_database: str, tmp_path: Path) -> Remote:
    return Remote(mysql_database, tmp_path).fill()


@pytest.fixture
def proxy(remote: Remote) -> Iterator[HoldingProxy]:
    account = Account.parse(remote.dsn)
    if account.socket is not None:
        pytest.skip("a TCP proxy cannot stand before a Unix socket")
    with holding_proxy((account.host, account.port)) as proxy:
        yield proxy


def through(remote: Remote, proxy: HoldingProxy) -> str:
    account = Account.parse(remote.dsn)
    return replace(account, host="127.0.0.1", port=proxy.port, tls=TLSMode.DISABLED).dsn


def test_every_key_is_answered_while_the_server_answers_nothing(
    remote: Remote, proxy: HoldingProxy
) -> None:
    """All of this is on the screen before the proxy passes a single answer on."""
    with remote.started(through(remote, proxy)) as terminal:
        terminal.rest()
        proxy.hold()
        terminal.press("down", "down").wait_for("3 of 5", "▌ session 2")
        terminal.press("enter").wait_for("loading…", " esc back", "⠋")
        terminal.press("?").wait_for("┌ Keys").press("?")
        terminal.press("i").wait_for("── Message").press(*"hello", "enter")
        terminal.wait_for("· 1 message on the way").press(*"more").wait_for("  more")
        terminal.press("esc").wait_for("The draft is kept.").press("esc")
        terminal.wait_for("3 of 5").press("/", *"ses").wait_for("matching ses", " / ses")
        terminal.press("esc").wait_without("matching")
        terminal.press("n", *"begun", "enter").wait_for(" enter open")
        terminal.press("s").wait_for(lambda text: " 3 s " in text or " 4 s " in text)
        assert proxy.held
        proxy.release()
        terminal.wait_for("of 6", "begun")
    assert remote.said("s2")[-1] == "hello"


def test_editor_and_drafts_wait_for_no_server(
    remote: Remote, proxy: HoldingProxy, home: Path, tmp_path: Path
) -> None:
    editor = script(tmp_path, "echo editing", "read line", 'printf " and more" >> "$1"')
    with remote.started(through(remote, proxy), EDITOR=editor) as terminal:
        terminal.press("enter").wait_for("of 3").press("i").wait_for("── Message").rest()
        proxy.hold()
        terminal.press(*"typed", "enter", *"typed on").wait_for("1 message on the way", "typed on")
        drafts = home / ".local" / "state" / "opencode" / "drafts"
        terminal.wait_for(
            lambda _: any("typed on" in f.read_text() for f in drafts.glob("*/*.json"))
        )
        terminal.press("\x05").wait_for("editing").press("enter").wait_for("typed on and more")
        proxy.release()
        terminal.wait_for("of 4").press("enter").wait_for("of 5")
    assert remote.said("s4")[-2:] == ["typed", "typed on and more"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda n: n.name)
def test_a_message_on_its_way_at_the_end_is_not_lost(
    remote: Remote, proxy: HoldingProxy, number: signal.Signals
) -> None:
    with remote.started(through(remote, proxy)) as terminal:
        terminal.press("enter").wait_for("of 3").press("i").wait_for("── Message").rest()
        proxy.hold()
        terminal.press(*"on its way", "enter").wait_for("1 message on the way")
        terminal.press(*"half").wait_for("  half")
        terminal.process.send_signal(number)
        assert terminal.wait() == 128 + number
        assert_left_as_found(terminal)
        assert "1 message may not have arrived: kept as a draft" in terminal.text()
    proxy.release()
    with remote.started(through(remote, proxy)) as terminal:
        terminal.press("enter").wait_for("of ", "There is a draft here").press("i").wait_for(
            "── Message", "half"
        )
        if "on its way" not in remote.said("s4"):
            terminal.wait_for("  on its way")
            terminal.press("enter").wait_for("of 4")
        assert sum(words.count("on its way") for words in remote.said("s4")) == 1


def test_a_server_that_falls_silent_while_nobody_does_anything(
    remote: Remote, proxy: HoldingProxy
) -> None:
    with remote.started(through(remote, proxy)) as terminal:
        terminal.rest()
        proxy.hold()
        terminal.wait_for("Cannot reach the session database", " · offline", patience=SOON)
        proxy.release()
        terminal.wait_for("The database is back.", patience=PATIENCE).wait_without("offline")


def test_leaving_waits_for_no_read(remote: Remote, proxy: HoldingProxy) -> None:
    with remote.started(through(remote, proxy)) as terminal:
        terminal.rest()
        proxy.hold()
        terminal.press("enter").wait_for("loading…").press("q").wait_for("of 5").press("q")
        assert terminal.wait() == 0
        assert_left_as_found(terminal)


def test_what_others_write_appears_without_moving_the_focus(remote: Remote) -> None:
    with remote.started(size=(140, 40)) as terminal, remote.store() as other:
        terminal.press("down", "down").wait_for("3 of 5", "▌ session 2", "1–3 of 3")
        # Within one second the ids decide on the order.
        other.sessions.create(id="t", title="from elsewhere")
        terminal.wait_for("4 of 6", "▌ session 2", "from elsewhere")
        other.sessions.rename("s2", "called otherwise")
        terminal.wait_for("▌ called otherwise")
        other.messages.append("s2", role="user", parts=[Text("and fourth")])
        terminal.wait_for("and fourth", "▌ called otherwise")
        terminal.press("enter").wait_for(" esc back", "of 4").press("g").wait_for("▌▾ user")
        for number in range(40):
            other.messages.append("s2", role="user", parts=[Text(f"news {number}")])
        terminal.wait_for("of 44", "↓ 40 new")
        assert "▌  first" in terminal.text()
        other.sessions.delete("s0")
        terminal.press("esc").wait_for("of 5", "▌ called otherwise")


def test_a_session_that_somebody_deletes_is_shown_to_be_gone(remote: Remote) -> None:
    with remote.started() as terminal, remote.store() as other:
        terminal.press("enter").wait_for("of 3").press("i").wait_for("── Message")
        terminal.press(*"half").wait_for("  half")
        other.sessions.delete("s4")
        terminal.wait_for("── Message · deleted elsewhere", "Your text is kept")
        terminal.press(*" a thought", "enter").wait_for("Your text is kept: y copies it")
        terminal.press("s").wait_for("── Message", "  half a thought")
        terminal.press("enter").wait_for("of 1").press("esc").wait_for(" esc back").press("esc")
        terminal.wait_for("2 of 5", "▌ session 3").press("enter").wait_for("of 3")
        other.sessions.delete("s3")
        terminal.wait_for("── This session was deleted elsewhere", "Somebody else").press("q")
        terminal.wait_for("of 4").wait_without("session 3")


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_server_that_is_not_there_and_comes(
    start_mysql: StartServer, mysql_databases: MakeDatabase, tmp_path: Path
) -> None:
    own = start_mysql()
    remote = Remote(mysql_databases(own.server), tmp_path).fill()
    own.kill()
    with remote.start() as terminal:
        terminal.wait_for("Opening the session database", "app | Provider: remote")
        terminal.wait_for("nothing listens on this port")
        terminal.wait_for("Cannot reach the session database", patience=PATIENCE)
        assert "mysql://" not in terminal.text()
        terminal.press("l").wait_for("Log").press("q").wait_for("Cannot reach")
        own.restart()
        terminal.press("r").wait_for("1 of 5", "Provider: remote")
        terminal.press("down").wait_for("2 of 5").press("enter").wait_for("of 3")
        terminal.press("i").wait_for("── Message").press(*"before", "enter").wait_for("of 4")
        own.kill()
        terminal.press(*"during", "enter").wait_for("1 message on the way")
        terminal.press(*"after").wait_for("  after")
        # The panel waits for who is typing.
        terminal.wait_for("Go on typing", patience=PATIENCE)
        terminal.press(*" all", "esc").wait_for("Cannot reach the session database")
        terminal.wait_for("sessions were not read from SQLite instead")
        terminal.press("esc").wait_without("Cannot reach").press("i")
        terminal.wait_for("  during", "  after all")
        own.restart()
        terminal.press("ctrl u", "up", "ctrl u", "up", "ctrl u", *"once more", "enter")
        terminal.wait_for("once more", "of 5")
        terminal.process.terminate()
        assert terminal.wait() == 128 + signal.SIGTERM
        assert_left_as_found(terminal)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_server_that_is_lost_while_nobody_does_anything(
    start_mysql: StartServer, mysql_databases: MakeDatabase, tmp_path: Path
) -> None:
    own = start_mysql()
    remote = Remote(mysql_databases(own.server), tmp_path).fill()
    with remote.started(size=(140, 40)) as terminal:
        terminal.wait_for("of 3")
        own.kill()
        terminal.wait_for("Cannot reach the session database", " · offline", patience=SOON)
        assert "session 0" in terminal.text()
        terminal.press("esc").wait_without("Cannot reach").press("down").wait_for("2 of 5")
        # The messages of that session are read as soon as somebody answers, and all is well again.
        own.restart()
        with remote.store() as other:
            other.sessions.create(id="t", title="from elsewhere")  # the highest within its second
        terminal.wait_for("3 of 6", "from elsewhere")
        own.kill()
        terminal.wait_for("Cannot reach the session database", patience=PATIENCE)
        # Nobody waits for anything, and nobody presses a key.
        own.restart()
        terminal.wait_for("The database is back.", patience=PATIENCE)
        terminal.wait_without("Cannot reach")
