"""Checks and repairs behave alike on every provider."""

from __future__ import annotations

from opencode.store import Store
from tests.conformance.byhand import by_hand


def test_a_repaired_session_keeps_the_time_of_its_last_activity(store: Store) -> None:
    for session_id in ("one-1", "two-2"):
        store.sessions.create(id=session_id)
        store.messages.append(session_id, role="user", parts=[])
    by_hand(store, "UPDATE sessions SET message_count = 7, last_seq = 0 WHERE id = 'one-1'")
    by_hand(store, "UPDATE sessions SET updated_at = 1500000000")
    report = store.check(fix=True)
    assert {problem.kind: problem.fixed for problem in report.problems} == {
        "counts": True,
        "seq": True,
    }
    for session in store.sessions.list().items:
        assert (session.message_count, session.updated_at) == (1, 1_500_000_000)
    assert store.check().problems == ()


def test_a_sub_session_without_its_parent_is_no_fault(store: Store) -> None:
    store.sessions.create(id="one-1")
    store.sessions.create(id="two-2", parent="one-1")
    by_hand(store, "DELETE FROM sessions WHERE id = 'one-1'")
    report = store.check(fix=True)
    assert (report.problems, len(report.notes)) == ((), 1)
    assert store.sessions.get("two-2").parent_session_id == "one-1"


def test_a_repair_does_not_undo_what_came_after_the_look(store: Store) -> None:
    store.sessions.create(id="one-1")
    by_hand(store, "UPDATE sessions SET message_count = 7")
    by_hand(store, "UPDATE sessions SET updated_at = 1500000000")
    store.messages.append("one-1", role="user", parts=[])  # counts up, and is activity
    active = store.sessions.get("one-1").updated_at

    def repair(updated_at: int) -> int:
        return store.provider.run(
            lambda querier: querier.fix_message_count(id="one-1", updated_at=updated_at)
        )

    assert repair(1_500_000_000) == 0
    assert store.sessions.get("one-1").message_count == 8
    assert repair(active) == 1
    assert store.sessions.get("one-1").message_count == 1
