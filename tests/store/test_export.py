from __future__ import annotations

from pathlib import Path

import pytest

from opencode.store.export import file_name, write_new
from tests.cli.factories import make_session


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Fix the pool", "fix-the-pool-"),
        ("", "untitled-"),
        ("../../etc/passwd", "etc-passwd-"),
        ("日本語 のタイトル", "日本語-のタイトル-"),
        ("🙂", ""),
        ("a\x00b\n\x1b[31m", "a-b-31m-"),
    ],
)
def test_names_are_safe(title: str, name: str) -> None:
    session = make_session(title=title, id="0197a3c2-0000-7000-8000-0000deadbeef")
    assert file_name(session, "markdown") == f"{name}deadbeef.md"
    assert file_name(session, "json") == f"{name}deadbeef.json"


def test_long_titles_fit_any_file_system() -> None:
    name = file_name(make_session(title="漢" * 900), "json")
    assert len(name.encode()) < 255


def test_a_file_is_never_written_over(tmp_path: Path) -> None:
    paths = [write_new(tmp_path, "a.md", f"{number}\n") for number in range(3)]
    assert [path.name for path in paths] == ["a.md", "a-2.md", "a-3.md"]
    assert [path.read_text() for path in paths] == ["0\n", "1\n", "2\n"]


def test_a_link_that_leads_nowhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a.md").symlink_to(tmp_path / "elsewhere")
    assert write_new(tmp_path, "a.md", "x").name == "a-2.md"
    assert not (tmp_path / "elsewhere").exists()


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        write_new(tmp_path, "a.md", "lone \ud800")
    assert not list(tmp_path.iterdir())
