from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from opencode.models import Page, Session
from opencode.parts import Finish, Text
from opencode.store import Store
from opencode.store.sessions import Sessions
from tests.cli.conftest import Opencode
from tests.cli.factories import EVIL, HOSTILE


def ids(sessions: list[dict[str, object]]) -> list[object]:
    return [session["id"] for session in sessions]


class TestList:
    def test_gives_roots_as_json_with_all_columns(self, opencode: Opencode, store: Store) -> None:
        root = store.sessions.create(title="Root")
        store.sessions.create(title="Child", parent=root.id)
        done = opencode("session", "list", "--json")
        assert (done.code, done.err) == (0, "")
        assert done.json == [store.sessions.get(root.id)._asdict()]

    def test_all_adds_children(self, opencode: Opencode, store: Store) -> None:
        root = store.sessions.create(title="Root")
        child = store.sessions.create(title="Child", parent=root.id)
        assert set(ids(opencode("session", "list", "--all", "--json").json)) == {root.id, child.id}
        assert "└ Child" in opencode("session", "list", "--all").out

    def test_into_a_pipe_nothing_is_cut(self, opencode: Opencode, store: Store) -> None:
        session = store.sessions.create(title="x" * 200)
        done = opencode("session", "list")
        heading, line = done.out.splitlines()
        assert heading.split() == ["ID", "Title", "Msgs", "Tokens", "Cost", "Updated"]
        assert line.split() == [session.id, "x" * 200, "0", "0", "$0.00", "now"]
        assert done.err == "1 session in project github.com/acme/app\n"

    @pytest.mark.parametrize(("limit", "shown"), [("0", 0), ("1", 1), ("3", 3), ("7", 5)])
    def test_a_limit_tells_how_many_there_are(
        self, opencode: Opencode, store: Store, limit: str, shown: int
    ) -> None:
        for number in range(5):
            store.sessions.create(title=f"Session {number}")
        done = opencode("session", "list", "-n", limit, "--json")
        assert len(done.json) == shown
        expected = f"{shown} of 5 sessions in project github.com/acme/app (-n all lists all)\n"
        assert done.err == (expected if shown < 5 else "")

    def test_all_of_them_are_read_page_by_page(
        self, opencode: Opencode, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("opencode.cli.listing.PAGE", 2)
        made = [store.sessions.create(title=str(number)).id for number in range(5)]
        listed = opencode("session", "list", "-n", "all", "--json").json
        assert sorted(ids(listed), key=str) == sorted(made)
        assert len(opencode("session", "list", "-n", "3", "--json").json) == 3

    def test_sorts_and_filters(self, opencode: Opencode, store: Store) -> None:
        cheap = store.sessions.create(title="Cheap", author="bob")
        dear = store.sessions.create(title="Dear 100%", author="ada")
        store.sessions.add_usage(dear.id, cost=2.0)
        store.sessions.add_usage(cheap.id, cost=1.0)
        by_cost = opencode("session", "list", "--sort", "cost", "--json").json
        assert ids(by_cost) == [dear.id, cheap.id]
        assert ids(opencode("session", "list", "--filter", "0%", "--json").json) == [dear.id]
        assert ids(opencode("session", "list", "--author", "BOB", "--json").json) == [cheap.id]

    def test_says_when_nothing_matches(self, opencode: Opencode, store: Store) -> None:
        store.sessions.create(title="One")
        done = opencode("session", "list", "--filter", "zzz", "--json")
        assert (done.code, done.json) == (0, [])
        assert "none of 1 session in project github.com/acme/app" in done.err

    def test_an_empty_project_says_what_it_looked_for(
        self, opencode: Opencode, store: Store
    ) -> None:
        for project in ("one", "two"):
            store.in_project(project).sessions.create(title="Elsewhere")
        done = opencode("session", "list")
        assert (done.code, done.out) == (0, "")
        assert done.err.splitlines() == [
            f"no sessions in project github.com/acme/app ({store.provider.location})",
            "2 other projects hold 2 sessions: opencode project list",
        ]
        assert opencode("session", "list", "--json").json == []

    def test_only_children_are_mentioned(self, opencode: Opencode, store: Store) -> None:
        root = store.sessions.create(title="Root")
        store.sessions.create(title="Child", parent=root.id)
        store.sessions.create(id="loose-1", parent=root.id)
        with store.transaction():
            store.provider.run(
                lambda q: q.delete_sessions(project_id="github.com/acme/app", ids=f'["{root.id}"]')
            )
        done = opencode("session", "list")
        assert "2 sessions that other sessions started: --all lists them" in done.err

    def test_all_projects(self, opencode: Opencode, store: Store) -> None:
        store.sessions.create(title="Here")
        store.in_project("other").sessions.create(title="There")
        done = opencode("session", "list", "--all-projects")
        assert done.out.split()[:3] == ["ID", "Project", "Title"]
        assert "github.com/acme/app" in done.out
        assert "other" in done.out
        assert done.err == "2 sessions in all projects\n"

    def test_another_project(self, opencode: Opencode, store: Store) -> None:
        there = store.in_project("other").sessions.create(title="There")
        assert ids(opencode("session", "list", "-P", "other", "--json").json) == [there.id]

    def test_hostile_titles_come_out_clean(self, opencode: Opencode, store: Store) -> None:
        session = store.sessions.create(title=HOSTILE, author=HOSTILE)
        store.sessions.create(title="b", author="b")
        for arguments in (["list"], ["show", session.id], ["rename", session.id, HOSTILE + "!"]):
            done = opencode("session", *arguments)
            assert "日本" in done.out + done.err
            assert not [evil for evil in EVIL if evil in done.out + done.err]


class TestShow:
    def test_json_is_the_whole_session(self, opencode: Opencode, store: Store) -> None:
        session = store.sessions.create(title="One")
        parts = [Text("Hello <b>\u2028\n"), Finish("stop")]
        message = store.messages.append(session.id, role="user", parts=parts)
        file = store.files.record(session.id, path="a.py", content="x")
        shown = opencode("session", "show", session.id, "--json").json
        assert shown == {
            **store.sessions.get(session.id)._asdict(),
            "messages": [
                {
                    "id": message.id,
                    "seq": 1,
                    "role": "user",
                    "model": None,
                    "parts": [
                        {"type": "text", "data": {"text": "Hello <b>\u2028\n"}},
                        {"type": "finish", "data": {"reason": "stop", "time": 0}},
                    ],
                    "created_at": message.created_at,
                    "updated_at": message.updated_at,
                    "finished_at": None,
                }
            ],
            "files": [
                {
                    "id": file.id,
                    "path": "a.py",
                    "version": "initial",
                    "created_at": file.created_at,
                }
            ],
        }

    def test_text(self, opencode: Opencode, store: Store) -> None:
        session = store.sessions.create(title="One")
        child = store.sessions.create(title="Two", parent=session.id)
        store.messages.append(session.id, role="user", parts=[Text("Hello\nthere")])
        done = opencode("session", "show", session.id)
        assert done.out.startswith(f"One\n  id            {session.id}\n")
        assert f"    └ {child.id}  Two\n" in done.out
        assert "\n1 · user · " in done.out
        assert done.out.endswith("\nHello\nthere\n")

    def test_markdown(self, opencode: Opencode, store: Store) -> None:
        session = store.sessions.create(title="One")
        store.messages.append(session.id, role="user", parts=[Text("Hello")])
        done = opencode("session", "show", session.id, "--markdown")
        assert done.out.startswith("# One\n\n- id: ")
        assert done.out.endswith("\n\nHello\n")

    def test_a_beginning_of_the_id_is_enough(self, opencode: Opencode, store: Store) -> None:
        session = store.sessions.create(id="abcdef")
        assert opencode("session", "show", "abcd", "--json").json["id"] == session.id

    @pytest.mark.parametrize(
        ("given", "code", "message"),
        [("abc", 2, "too short"), ("abcd", 1, "  abcde1  One\n"), ("zzzz", 1, "no session zzzz")],
    )
    def test_other_beginnings_are_refused(
        self, opencode: Opencode, store: Store, given: str, code: int, message: str
    ) -> None:
        store.sessions.create(id="abcde1", title="One")
        store.sessions.create(id="abcde2", title="Two")
        done = opencode("session", "show", given)
        assert (done.code, done.out) == (code, "")
        assert message in done.err

    def test_sessions_of_other_projects_are_not_found(
        self, opencode: Opencode, store: Store
    ) -> None:
        there = store.in_project("other").sessions.create(title="There")
        assert opencode("session", "show", there.id).code == 1
        assert opencode("session", "show", there.id, "-P", "other").code == 0


class TestNew:
    def test_prints_the_id_alone(self, opencode: Opencode, store: Store) -> None:
        done = opencode("session", "new", "--title", "One")
        session = store.sessions.get(done.out.removesuffix("\n"))
        assert (session.title, session.author) == ("One", "Ada Lovelace")
        assert done.err == "started in project github.com/acme/app\n"

    def test_json_is_the_row(self, opencode: Opencode, store: Store) -> None:
        made = opencode("session", "new", "--json").json
        assert made == store.sessions.get(made["id"])._asdict()

    def test_a_parent_may_be_shortened(self, opencode: Opencode, store: Store) -> None:
        store.sessions.create(id="parent-1")
        made = opencode("session", "new", "--parent", "pare", "--json").json
        assert made["parent_session_id"] == "parent-1"

    def test_a_title_has_its_limit(self, opencode: Opencode) -> None:
        done = opencode("session", "new", "--title", "x" * 513)
        assert done.code == 2
        assert "513" in done.err

    def test_the_first_session_says_that_it_made_a_database(
        self, opencode: Opencode, checkout: Path
    ) -> None:
        done = opencode("session", "new")
        assert done.err.splitlines()[0] == f"new database: {checkout}/.opencode/opencode.db"
        assert "new database" not in opencode("session", "new").err


class TestRename:
    def test_changes_the_title(self, opencode: Opencode, store: Store) -> None:
        session = store.sessions.create(id="abcdef", title="Old")
        done = opencode("session", "rename", "abcd", "New")
        assert (done.code, done.out, done.err) == (0, "", "abcdef: Old → New\n")
        assert store.sessions.get(session.id).title == "New"

    def test_an_empty_title_is_refused(self, opencode: Opencode, store: Store) -> None:
        store.sessions.create(id="abcdef", title="Old")
        assert opencode("session", "rename", "abcd", " ").code == 2


class TestDelete:
    def test_takes_the_whole_tree_and_counts(self, opencode: Opencode, store: Store) -> None:
        root = store.sessions.create(id="root-1", title="Root")
        child = store.sessions.create(parent=root.id)
        store.messages.append(child.id, role="user", parts=[Text("Hello")])
        store.files.record(child.id, path="a", content="b")
        done = opencode("session", "delete", "root", "--yes")
        assert (done.code, done.out) == (0, "")
        assert done.err.splitlines() == [
            "root-1  Root",
            "to delete: 2 sessions, 1 message, 1 file version",
            "deleted 2 sessions, 1 message, 1 file version",
        ]
        assert store.sessions.count(children=True) == 0

    def test_needs_yes_without_a_terminal(self, opencode: Opencode, store: Store) -> None:
        store.sessions.create(id="root-1")
        done = opencode("session", "delete", "root-1")
        assert done.code == 2
        assert "--yes" in done.err
        assert store.sessions.count() == 1

    def test_resolves_all_before_deleting_any(self, opencode: Opencode, store: Store) -> None:
        store.sessions.create(id="root-1")
        assert opencode("session", "delete", "root-1", "none", "--yes").code == 1
        assert store.sessions.count() == 1

    def test_the_same_one_twice_counts_once(self, opencode: Opencode, store: Store) -> None:
        store.sessions.create(id="root-1")
        done = opencode("session", "delete", "root-1", "root", "--yes")
        assert done.code == 0
        assert "deleted 1 session," in done.err


def test_a_list_read_page_by_page_is_of_one_moment(
    opencode: Opencode, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [store.sessions.create(id=f"session-{n}").id for n in range(6)]
    monkeypatch.setattr("opencode.cli.listing.PAGE", 2)
    read = Sessions.list

    def read_and_be_overtaken(sessions: Sessions, **options: Any) -> Page[Session]:
        page = read(sessions, **options)
        if options["after"] is None:
            # The listing's last one gets its first place, which has been read already.
            last = f"UPDATE sessions SET updated_at = 9e9 WHERE id = '{made[0]}'"
            with closing(sqlite3.connect(store.provider.location)) as other, other:
                other.execute(last)
        return page

    monkeypatch.setattr(Sessions, "list", read_and_be_overtaken)
    rows = opencode("session", "list", "-n", "all", "--json").json
    assert sorted(row["id"] for row in rows) == made


def test_a_session_shown_is_of_one_moment(
    opencode: Opencode, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.sessions.create(id="one-1")
    resolve = Sessions.resolve

    def resolve_and_be_overtaken(sessions: Sessions, prefix: str) -> Session:
        found = resolve(sessions, prefix)
        store.messages.append("one-1", role="user", parts=[])
        return found

    monkeypatch.setattr(Sessions, "resolve", resolve_and_be_overtaken)
    shown = opencode("session", "show", "one-1", "--json").json
    assert (shown["message_count"], shown["messages"]) == (0, [])
