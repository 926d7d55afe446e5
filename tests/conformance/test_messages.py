"""Messages behave alike on every provider."""

from __future__ import annotations

import threading

import pytest

from opencode.db.querier import Querier
from opencode.errors import AlreadyExists, InvalidValue, NotFound
from opencode.models import Session
from opencode.parts import Finish, Part, Text, ToolCall, ToolResult, Unknown, decode_parts
from opencode.store import Store


@pytest.fixture
def session(store: Store) -> Session:
    return store.sessions.create(title="conversation")


def say(store: Store, session: Session, text: str) -> int:
    return store.messages.append(session.id, role="user", parts=[Text(text)]).seq


def test_messages_are_numbered_and_counted(store: Store, session: Session) -> None:
    assert [say(store, session, str(n)) for n in range(5)] == [1, 2, 3, 4, 5]
    assert store.sessions.get(session.id).message_count == 5
    assert [m.seq for m in store.messages.list(session.id)] == [1, 2, 3, 4, 5]


def test_each_session_counts_for_itself(store: Store, session: Session) -> None:
    another = store.sessions.create()
    say(store, session, "a")
    assert say(store, another, "b") == 1


def test_a_message_comes_back_as_it_was(store: Store, session: Session) -> None:
    parts: list[Part] = [
        Text("<b> & 日本語 \N{FAMILY} 'quoted' \\ %s %(x)s :name \x00 \u2028"),
        ToolCall(id="toolu_1", name="bash", input='{"command":"ls > x"}', finished=True),
        ToolResult(tool_call_id="toolu_1", name="bash", content="ok", metadata="", is_error=False),
        Finish(reason="end_turn", time=1770757919),
    ]
    made = store.messages.append(
        session.id, role="assistant", parts=parts, model="gpt-5", finished=True
    )
    read = store.messages.get(made.id)
    assert read == made
    assert read.parts == tuple(parts)
    assert (read.role, read.model) == ("assistant", "gpt-5")
    assert read.finished_at == read.created_at


def test_unknown_parts_survive_an_update(store: Store, session: Session) -> None:
    text = '[{"type":"shell_command","data":{"b":1, "a" : [1.0,1e3]},"extra":null}]'
    parts = decode_parts(text)
    assert isinstance(parts[0], Unknown)
    message = store.messages.append(session.id, role="tool", parts=parts)
    updated = store.messages.update(message.id, [*message.parts, Text("more")])
    assert updated.parts[0] == parts[0]
    assert updated.parts[1] == Text("more")


def test_appending_is_activity_but_the_title_stays(store: Store, session: Session) -> None:
    say(store, session, "x")
    after = store.sessions.get(session.id)
    assert after.updated_at >= session.updated_at
    assert after.title == session.title


def test_paging(store: Store, session: Session) -> None:
    for number in range(1, 12):
        say(store, session, str(number))
    assert [m.seq for m in store.messages.list(session.id, after=8)] == [9, 10, 11]
    assert [m.seq for m in store.messages.list(session.id, after=2, limit=3)] == [3, 4, 5]
    assert [m.seq for m in store.messages.page(session.id, limit=4)] == [8, 9, 10, 11]
    assert [m.seq for m in store.messages.page(session.id, before=8, limit=4)] == [4, 5, 6, 7]
    assert [m.seq for m in store.messages.page(session.id, before=1)] == []


def test_long_sessions_are_listed_whole(store: Store, session: Session) -> None:
    with store.transaction():
        for number in range(1001):
            say(store, session, str(number))
    assert [m.seq for m in store.messages.list(session.id)] == list(range(1, 1002))


def test_finishing(store: Store, session: Session) -> None:
    message = store.messages.append(session.id, role="assistant", parts=[Text("…")])
    assert message.finished_at is None
    finished = store.messages.finish(message.id, [Text("done")])
    assert finished.finished_at is not None
    assert finished.parts == (Text("done"),)
    assert store.messages.finish(message.id).parts == (Text("done"),)


def test_numbers_are_never_given_again(store: Store, session: Session) -> None:
    for text in "abc":
        last = store.messages.append(session.id, role="user", parts=[Text(text)])
    store.messages.delete(last.id)
    assert store.sessions.get(session.id).message_count == 2
    assert say(store, session, "d") == 4
    assert [m.seq for m in store.messages.list(session.id)] == [1, 2, 4]
    with pytest.raises(NotFound):
        store.messages.delete(last.id)


def test_messages_of_other_projects_are_out_of_reach(store: Store, session: Session) -> None:
    message = store.messages.append(session.id, role="user", parts=[Text("secret")])
    other = store.in_project("github.com/acme/other")
    for call in (
        lambda: other.messages.get(message.id),
        lambda: other.messages.list(session.id),
        lambda: other.messages.page(session.id),
        lambda: other.messages.update(message.id, []),
        lambda: other.messages.finish(message.id),
        lambda: other.messages.delete(message.id),
        lambda: other.messages.append(session.id, role="user", parts=[]),
    ):
        with pytest.raises(NotFound):
            call()
    assert store.messages.list(session.id) == [message]
    assert store.sessions.get(session.id).message_count == 1


@pytest.mark.parametrize(
    ("role", "model", "text"),
    [("", None, "x"), ("r" * 65, None, "x"), ("user", "m" * 256, "x"), ("user", None, "\ud800")],
)
def test_bad_values_store_nothing(
    store: Store, session: Session, role: str, model: str | None, text: str
) -> None:
    with pytest.raises(InvalidValue):
        store.messages.append(session.id, role=role, model=model, parts=[Text(text)])
    assert store.sessions.get(session.id).message_count == 0


def test_large_messages(store: Store, session: Session) -> None:
    text = "0123456789abcde\n" * 75_000  # 1.2 MB
    message = store.messages.append(session.id, role="tool", parts=[Text(text)])
    assert store.messages.get(message.id).parts == (Text(text),)


def test_a_transaction_is_all_or_nothing(store: Store, session: Session) -> None:
    def fail_halfway() -> None:
        with store.transaction():
            say(store, session, "lost")
            store.sessions.rename(session.id, "lost")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    assert store.sessions.get(session.id) == session
    with store.transaction():
        say(store, session, "kept")
        with store.transaction():
            say(store, session, "kept too")
    assert len(store.messages.list(session.id)) == 2


def test_a_call_that_failed_leaves_no_half_in_a_transaction(store: Store, session: Session) -> None:
    with store.transaction():
        store.messages.append(session.id, role="user", parts=[], id="taken")
        with pytest.raises(AlreadyExists):
            store.messages.append(session.id, role="user", parts=[], id="taken")
        with pytest.raises(NotFound):
            store.messages.append("nothing", role="user", parts=[])
        say(store, session, "after it")
    assert [m.seq for m in store.messages.list(session.id)] == [1, 2]
    assert store.sessions.get(session.id).message_count == 2
    assert store.check().ok


def test_threads_share_a_store(store: Store, session: Session) -> None:
    errors: list[BaseException] = []

    def write() -> None:
        try:
            for number in range(10):
                say(store, session, str(number))
        except BaseException as error:  # noqa: BLE001  shown by the assertion below
            errors.append(error)

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert [m.seq for m in store.messages.list(session.id)] == list(range(1, 61))
    assert store.sessions.get(session.id).message_count == 60


def test_messages_that_are_there_take_one_query(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a server far away each query is a wait; whether there is a session the messages say."""
    session = store.sessions.create(title="One").id
    empty = store.sessions.create(title="None").id
    store.messages.append(session, role="user", parts=[Text("Hi")])
    monkeypatch.setattr(Querier, "get_session", lambda *_, **__: None)
    assert len(store.messages.list(session)) == len(store.messages.page(session)) == 1
    for read in (store.messages.list, store.messages.page):
        with pytest.raises(NotFound):
            read(empty)
