"""Files of a session, differences between their versions, and writing one to disk."""

from __future__ import annotations

import errno
import io
import os
import stat
from pathlib import Path

import pytest

from opencode.store import Store
from opencode.tui import format, versions
from opencode.tui.render.diff import (
    MAX_LINES,
    Half,
    compare,
    diff_attribute,
    diff_runs,
    is_diff,
    pair_runs,
)
from opencode.tui.screens.write import place_for
from opencode.tui.versions import (
    COUNTING,
    Counts,
    Standing,
    TreeFile,
    count_lines,
    difference,
    tree_files,
    write_version,
)
from tests.tui.conftest import StartDriver
from tests.tui.doubles import Spy
from tests.tui.driver import Driver
from tests.tui.stores import add_session, database_of, lines


class TestComparison:
    def test_lines_that_came_and_went(self) -> None:
        result = compare("a\nb\nc\n", "a\nB\nBB\nc\n")
        assert (result.added, result.removed) == (2, 1)
        assert result.lines == (
            ("diff.hunk", "@@ -1,3 +1,4 @@"),
            (None, " a"),
            ("diff.remove", "-b"),
            ("diff.add", "+B"),
            ("diff.add", "+BB"),
            (None, " c"),
        )
        assert result.pairs[2:4] == (
            (Half(2, "b", "diff.remove"), Half(2, "B", "diff.add")),
            (Half(None, "", None), Half(3, "BB", "diff.add")),
        )

    def test_far_changes_stand_apart(self) -> None:
        old = lines(100)
        result = compare(old, old.replace("line 5 ", "LINE 5 ").replace("line 90 ", "LINE 90 "))
        assert [pair for pair in result.pairs if isinstance(pair, str)] == [
            "@@ -2,7 +2,7 @@",
            "@@ -87,7 +87,7 @@",
        ]

    @pytest.mark.parametrize(
        ("old", "new", "heading"),
        [("", "x", "@@ -0,0 +1,1 @@"), ("x\n", "", "@@ -1,1 +0,0 @@")],
    )
    def test_nothing_on_one_side(self, old: str, new: str, heading: str) -> None:
        assert compare(old, new).lines[0] == ("diff.hunk", heading)

    @pytest.mark.parametrize(
        ("old", "new", "note"),
        [
            ("x\n", "x\n", "Nothing differs."),
            ("", "", "Nothing differs."),
            ("x\n", "x", "The lines are the same; they end in another way."),
            ("", "x\n" * (MAX_LINES + 1), "More than 5,000 lines: too long to compare here."),
        ],
    )
    def test_nothing_to_see_is_told(self, old: str, new: str, note: str) -> None:
        result = compare(old, new)
        assert (result.note, result.lines, result.pairs) == (note, (), ())

    @pytest.mark.parametrize(
        ("old", "new", "one_sided"), [("", "x", True), ("x", "", True), ("x", "x\ny", False)]
    )
    def test_one_side_only(self, old: str, new: str, one_sided: bool) -> None:
        assert compare(old, new).one_sided == one_sided

    def test_what_is_shown_is_clean(self) -> None:
        for _, words in compare("\x1b]52;c;eA==\x07a\n", "\x1b[2J\x9b5n\u202eb\n").lines:
            assert not set(words) & {"\x1b", "\x07", "\x9b", "\u202e"}

    @pytest.mark.parametrize("width", [0, 1, 2, 10, 23, 24, 80, 137])
    def test_two_columns_fit(self, width: int) -> None:
        runs = pair_runs(Half(1, "日本語" * 20, None), Half(None, "", None), width)
        assert format.runs_width(runs) == width

    @pytest.mark.parametrize(
        ("line", "attribute"),
        [
            ("+x", "diff.add"),
            ("-x", "diff.remove"),
            ("@@ -1 +1 @@", "diff.hunk"),
            ("+++ b/x", "diff.head"),
            (" x", None),
            ("", None),
        ],
    )
    def test_lines_of_other_diffs(self, line: str, attribute: str | None) -> None:
        assert diff_attribute(line) == attribute

    def test_diffs_are_told_from_other_text(self) -> None:
        diff = "--- a\n+++ b\n@@ -1 +1,2 @@\n-x\n+y\n"
        assert is_diff(diff)
        assert not is_diff("- one\n+ two\n@@ nothing")
        assert "".join(words for _, words in diff_runs(diff, None)) == diff


@pytest.fixture
def written(store: Store) -> Store:
    add_session(store, "Parent", id="parent")
    store.sessions.create(title="Child", parent="parent", id="child")
    store.files.record("parent", path="b.py", content="one\n")
    store.files.record("parent", path="b.py", content="two\n")
    store.files.record("parent", path="a.py", content="\ta\n")
    store.files.record("child", path="a.py", content="c\n")
    return store


def test_files_of_the_whole_tree(written: Store) -> None:
    assert tree_files(written, "parent") == [
        TreeFile("parent", "a.py", ("initial",)),
        TreeFile("parent", "b.py", ("initial", "v1")),
        TreeFile("child", "a.py", ("initial",), "Child"),
    ]
    assert tree_files(written, "gone") == []


def test_files_below_go_by_title_then_path(written: Store) -> None:
    for id, title in (("z", "A"), ("y", ""), ("x", "A")):
        written.sessions.create(title=title, parent="child", id=id)
        for path in ("d.py", "c.py"):
            written.files.record(id, path=path, content="")
    assert [(file.below, file.path) for file in tree_files(written, "parent")] == [
        ("", "a.py"),
        ("", "b.py"),
        ("(untitled)", "c.py"),
        ("(untitled)", "d.py"),
        ("A", "c.py"),
        ("A", "c.py"),
        ("A", "d.py"),
        ("A", "d.py"),
        ("Child", "a.py"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "counts"), [("initial", "v1", (1, 1)), (None, "v1", (1, 0))]
)
def test_a_difference_is_read_at_once(
    written: Store,
    monkeypatch: pytest.MonkeyPatch,
    old: str | None,
    new: str,
    counts: tuple[int, int],
) -> None:
    reads = Spy(monkeypatch, written.provider, "read")
    file = TreeFile("parent", "b.py", ("initial", "v1"))
    found = difference(written, file, old, new)
    assert (found.added, found.removed) == counts
    assert len(reads.calls) == 1


class TestWriting:
    FILE = TreeFile("parent", "b.py", ("initial", "v1"))

    def test_a_new_file(self, written: Store, tmp_path: Path) -> None:
        target = tmp_path / "new.py"
        assert write_version(written, self.FILE, "v1", target) == target
        assert target.read_text() == "two\n"
        assert not stat.S_IMODE(target.stat().st_mode) & 0o111

    @pytest.mark.parametrize(("there", "same"), [("two\n", True), ("TWO\n", False), ("", False)])
    def test_what_is_there_stays(
        self, written: Store, tmp_path: Path, there: str, same: bool
    ) -> None:
        target = tmp_path / "there.py"
        target.write_text(there)
        standing = write_version(written, self.FILE, "v1", target)
        assert standing == Standing(target, len(there), same)
        assert target.read_text() == there
        assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "there.py"]

    def test_replacing_keeps_mode_and_link(self, written: Store, tmp_path: Path) -> None:
        target, link = tmp_path / "there.py", tmp_path / "link.py"
        target.write_text("x")
        target.chmod(0o750)
        link.symlink_to(target)
        write_version(written, self.FILE, "initial", link, replace=True)
        assert (target.read_text(), link.is_symlink()) == ("one\n", True)
        assert stat.S_IMODE(target.stat().st_mode) == 0o750

    def test_places_that_will_not_do(self, written: Store, tmp_path: Path) -> None:
        with pytest.raises(IsADirectoryError):
            write_version(written, self.FILE, "v1", tmp_path)
        with pytest.raises(FileNotFoundError) as missing:
            write_version(written, self.FILE, "v1", tmp_path / "no" / "x.py")
        assert missing.value.filename == str(tmp_path / "no")
        with pytest.raises(NotADirectoryError):
            write_version(written, self.FILE, "v1", database_of(written) / "x.py")
        with pytest.raises(FileNotFoundError, match="no such user"):
            write_version(written, self.FILE, "v1", Path("~nobody-of-that-name/x.py"))

    def test_what_is_no_file_is_not_replaced(self, written: Store, tmp_path: Path) -> None:
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        with pytest.raises(OSError, match="not a file to write to"):
            write_version(written, self.FILE, "v1", pipe, replace=True)
        assert pipe.is_fifo()

    def test_links_are_followed(self, written: Store, tmp_path: Path) -> None:
        link, target, circle = tmp_path / "link", tmp_path / "target", tmp_path / "circle"
        link.symlink_to(target)
        circle.symlink_to(circle)
        assert write_version(written, self.FILE, "v1", link) == target
        assert (target.read_text(), link.is_symlink()) == ("two\n", True)
        assert isinstance(write_version(written, self.FILE, "initial", link), Standing)
        with pytest.raises(OSError, match="symbolic links"):
            write_version(written, self.FILE, "v1", circle)

    def test_the_home_directory(
        self, written: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HOME", str(tmp_path))
        write_version(written, self.FILE, "v1", Path("~/x.py"))
        assert (tmp_path / "x.py").read_text() == "two\n"

    def test_file_systems_without_links(
        self, written: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> None:
            raise PermissionError(errno.EPERM, "Operation not permitted")

        monkeypatch.setattr("os.link", refuse)
        target = tmp_path / "x.py"
        assert write_version(written, self.FILE, "v1", target) == target
        assert target.read_text() == "two\n"
        standing = write_version(written, self.FILE, "initial", target)
        assert (standing, target.read_text()) == (Standing(target, 4, same=False), "two\n")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "x.py"]

    def test_a_full_disk(
        self, written: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Full(io.FileIO):
            def write(self, _: object) -> int:
                raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr("os.fdopen", Full)
        with pytest.raises(OSError, match="No space left") as full:
            write_version(written, self.FILE, "v1", tmp_path / "x.py")
        assert full.value.filename == str(tmp_path / "x.py")
        assert [path.name for path in tmp_path.iterdir()] == ["data"]

    @pytest.mark.parametrize("call", ["tempfile.mkstemp", "os.link", "pathlib.Path.chmod"])
    def test_what_is_wrong_is_named(
        self, written: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
    ) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device", "/tmp/.opencode-x")

        monkeypatch.setattr(call, refuse)
        with pytest.raises(OSError, match="No space left") as full:
            write_version(written, self.FILE, "v1", tmp_path / "x.py")
        assert full.value.filename in {str(tmp_path), str(tmp_path / "x.py")}
        assert [path.name for path in tmp_path.iterdir()] == ["data"]


def opened(store: Store, drive: StartDriver, size: tuple[int, int] = (80, 24)) -> Driver:
    return drive(store, size=size).press("enter", "f")


def marked(driver: Driver) -> str:
    """The row with the cursor."""
    (row,) = [line for line in driver.lines() if line.startswith("▌")]
    return row


def test_the_list(written: Store, drive: StartDriver) -> None:
    driver = opened(written, drive)
    assert driver.lines()[1].split() == ["▌", "a.py", "1", "version", "+1", "−0"]
    assert driver.lines()[2].split() == ["b.py", "2", "versions", "+1", "−1"]
    assert driver.lines()[3].startswith("  a.py  (Child)")
    assert driver.header().endswith("3 files")
    assert driver.press("esc").header().startswith(" Parent")


@pytest.mark.parametrize("columns", [60, 80, 140, 220])
def test_numbers_stand_next_to_the_names(written: Store, drive: StartDriver, columns: int) -> None:
    driver = opened(written, drive, size=(columns, 24))
    assert driver.lines()[3] == "  a.py  (Child)    1 version      +1      −0"


def test_where_there_is_little_room_names_matter_most(store: Store, drive: StartDriver) -> None:
    add_session(store, "Parent", id="parent")
    store.sessions.create(title="The long title of a child", parent="parent", id="child")
    store.files.record("parent", path="a/long/way/to/the/file.py", content="one\n")
    store.files.record("child", path="another/long/way/to/it.py", content="one\n")
    driver = opened(store, drive, size=(40, 10))
    assert driver.lines()[1:3] == [
        "▌ …g/way/to/the/file.py      +1      −0",
        "  …y/to/it.py  (The lo…      +1      −0",
    ]


def test_no_files(store: Store, drive: StartDriver) -> None:
    add_session(store, "None")
    driver = opened(store, drive)
    assert "No files were written in this session." in driver.text()
    driver.press("enter", "o", "O", "w", "j", "G")
    assert driver.header().startswith(" Files")


def test_any_two_versions(usual: Store, drive: StartDriver) -> None:
    driver = opened(usual, drive).press("j", "enter")
    assert "initial → v2  +2 −2" in driver.header()
    assert "v1 → v2  +2 −3" in driver.press("]").header()
    assert "3 versions in all)." in driver.press("]").footer()
    assert "nothing → v2  +20 −0" in driver.press("[", "[").header()
    assert "nothing → v1" in driver.press("{").header()
    assert "nothing → v2" in driver.press("}").header()
    assert driver.press("esc").header().startswith(" Files")
    assert driver.lines()[2].startswith("▌ opencode/db/pool.py")


def test_no_counts_are_told_before_they_are_known(usual: Store, drive: StartDriver) -> None:
    driver = opened(usual, drive).press("j").press("enter", settle=False)
    assert driver.header().endswith("initial → v2")
    driver.settle()
    assert driver.header().endswith("initial → v2  +2 −2")
    assert driver.press("]", settle=False).header().endswith("v1 → v2")
    driver.settle()
    assert driver.header().endswith("v1 → v2  +2 −3")
    driver.app.layers[-1].refresh()
    assert driver.header().endswith("v1 → v2  +2 −3")


def test_what_is_too_long_to_compare_has_no_counts(store: Store, drive: StartDriver) -> None:
    session = add_session(store, "Long")
    store.files.record(session, path="long.py", content="x\n" * (MAX_LINES + 1))
    driver = opened(store, drive).press("enter")
    assert "too long to compare here" in driver.text()
    assert driver.header().endswith("nothing → initial")


def test_counting_gives_others_a_turn(written: Store) -> None:
    files = tree_files(written, "parent")
    slow = iter((0.0, COUNTING, 1.0))
    assert count_lines(written, files, clock=lambda: next(slow)) == {files[0]: Counts(1, 0)}
    assert count_lines(written, files, clock=lambda: 0.0) == {
        files[0]: Counts(1, 0),
        files[1]: Counts(1, 1),
        files[2]: Counts(1, 0),
    }


class TestCountingManyFiles:
    """One by one, as on a slow link."""

    @pytest.fixture
    def files(self, store: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch) -> Driver:
        monkeypatch.setattr(versions, "COUNTING", 0)
        session = add_session(store, "Many")
        for number in range(60):
            store.files.record(session, path=f"{number:02}.py", content="x\n")
        driver = drive(store).press("enter").press("f", settle=False)
        driver.jobs.step()
        driver.draw()
        return driver

    def test_what_is_in_sight_comes_first(
        self, store: Store, files: Driver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        counted = Spy(monkeypatch, store.files, "get").calls
        files.press("G", settle=False).jobs.settle()
        paths = [path for _, path, _ in counted]
        last = paths.index("59.py")
        assert paths[1:last] == [f"{number:02}.py" for number in range(60 - last, 59)]
        assert len(paths) == 60
        assert files.text().count("+1") == last == 18

    def test_nothing_is_counted_for_who_has_left(
        self, store: Store, files: Driver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        counted = Spy(monkeypatch, store.files, "get").calls
        files.press("esc")
        assert counted == []


def test_one_column_or_two(usual: Store, drive: StartDriver) -> None:
    driver = opened(usual, drive).press("j", "enter")
    assert "+line five" in driver.text()
    driver.press("s")
    assert "5 line 5" in driver.text()
    assert "│    5 line five" in driver.text()
    assert {"diff.add", "diff.remove", "diff.hunk"} <= driver.attributes()


@pytest.mark.parametrize("columns", [40, 80, 140])
def test_a_long_path_keeps_its_end(store: Store, drive: StartDriver, columns: int) -> None:
    session = add_session(store, "Deep")
    path = f"/home/someone/{'deeper/' * 20}name.py"
    store.files.record(session, path=path, content="x\n")
    header = drive(store, size=(columns, 24)).press("enter", "f", "enter").header()
    assert header.startswith(" …")
    assert "name.py nothing → initial  +1 −0" in header


def test_versions_make_way_for_each_other(usual: Store, drive: StartDriver) -> None:
    driver = opened(usual, drive).press("j", "enter", "{")
    assert "initial → v1" in driver.header()
    assert "v1 → v2" in driver.press("]").header()
    assert "there is no newer one (3 versions in all)." in driver.press("]").footer()
    assert "initial → v1" in driver.press("{").header()
    assert "nothing → initial" in driver.press("{").header()
    assert "there is no older one (3 versions in all)." in driver.press("{").footer()
    assert "initial → v1" in driver.press("]").header()


def test_the_choice_of_columns_holds_for_every_file(usual: Store, drive: StartDriver) -> None:
    usual.files.record("implement", path="z.py", content="one\n")
    usual.files.record("implement", path="z.py", content="two\n")
    driver = opened(usual, drive, size=(140, 40)).press("j", "enter")
    assert "5 line 5" in driver.text()
    driver.press("s", "esc", "j", "enter")
    assert "-one" in driver.text()
    driver.press("esc", "esc", "esc", "enter", "f", "j", "enter")
    assert "-line 5" in driver.text()
    driver.press("s", "esc", "j", "enter")
    assert "1 one" in driver.text()


def test_what_is_new_or_emptied_has_one_column(usual: Store, drive: StartDriver) -> None:
    driver = opened(usual, drive, size=(140, 40)).press("enter")
    assert "nothing → initial" in driver.header()
    assert driver.lines()[2] == " +# Read me"
    assert driver.press("s").footer().startswith(" Not now: one version is empty")
    driver.press("esc", "j", "enter")
    assert "│    5 line five" in driver.text()
    assert "+line 1" in driver.press("[").text()
    assert "│    5 line five" in driver.press("]").text()


def test_columns_follow_the_width_until_they_are_chosen(usual: Store, drive: StartDriver) -> None:
    driver = opened(usual, drive).press("j", "enter", "n")
    driver.resize(140, 12)
    assert marked(driver).startswith("▌@@ -15,6")
    assert "│   18 line 17" in driver.text()
    assert "-line 18" in driver.press("s").text()
    driver.resize(80, 24).resize(140, 24)
    assert "-line 18" in driver.text()


def test_from_change_to_change(usual: Store, drive: StartDriver) -> None:
    driver = opened(usual, drive, size=(80, 12)).press("j", "enter")
    assert marked(driver.press("n")).startswith("▌@@ -15,6 +16,5")
    assert "That is the last change." in driver.press("n").footer()
    assert marked(driver.press("j", "N")).startswith("▌@@ -15,6 +16,5")
    assert marked(driver.press("N")).startswith("▌@@ -2,7 +2,8")
    assert "That is the first change." in driver.press("N").footer()


def test_pager_and_editor(
    usual: Store, drive: StartDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAGER", "cat")
    monkeypatch.setenv("EDITOR", "cat")
    monkeypatch.delenv("VISUAL", raising=False)
    driver = opened(usual, drive).press("o", "j", "enter", "o", "O")
    whole, difference, version = driver.terminal.texts
    assert whole == "# Read me\n"
    assert difference.startswith("@@ -2,7 +2,8 @@\n line 2\n")
    assert "and a half" in version
    endings = [Path(command[-1]).suffix for command in driver.terminal.commands]
    assert endings == [".md", ".diff", ".py"]


def test_writing_asks_before_it_replaces(
    written: Store, drive: StartDriver, tmp_path: Path
) -> None:
    target = tmp_path / "out.py"

    def write(driver: Driver) -> Driver:
        return driver.press("w", "ctrl u").type(str(target)).press("enter")

    driver = opened(written, drive, size=(140, 40)).press("j")
    assert f"Wrote {target}." in write(driver).footer()
    assert target.read_text() == "two\n"
    assert "is the same already." in write(driver).footer()
    target.write_text("mine")
    assert "Replace the file?" in write(driver).text()
    driver.press("enter")
    assert target.read_text() == "mine"
    assert driver.footer().startswith(f" write to: {target}")
    driver.press("esc")
    write(driver).press("y")
    assert target.read_text() == "two\n"
    assert "Wrote" in driver.footer()
    driver.press("enter", "[")
    target.unlink()
    write(driver)
    assert target.read_text() == "two\n"


def test_writing_where_it_cannot_be(written: Store, drive: StartDriver, tmp_path: Path) -> None:
    driver = opened(written, drive, size=(220, 40))
    driver.press("w", "ctrl u", "enter")
    assert "Name a file to write to." in driver.footer()
    driver.type(str(tmp_path)).press("enter")
    assert driver.footer().startswith(f" write to: {tmp_path} ")
    assert driver.footer().endswith(f"  Is a directory: {tmp_path}.")
    driver.press("ctrl u").type(".").press("enter")
    assert driver.footer().endswith(f"  Is a directory: {Path.cwd()}.")
    driver.press("ctrl u").type(str(tmp_path / "no" / "x")).press("enter")
    assert f"There is no such directory: {tmp_path / 'no'}." in driver.footer()
    (tmp_path / "no").mkdir()
    assert f"Wrote {tmp_path / 'no' / 'x'}." in driver.press("enter").footer()


def test_a_path_is_shown_as_seen_from_here(
    written: Store, drive: StartDriver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link.py").symlink_to("data/elsewhere.py")
    monkeypatch.chdir(tmp_path)
    driver = opened(written, drive, size=(220, 40)).press("j", "w")
    assert driver.footer().startswith(" write to: b.py ")
    assert "Wrote b.py." in driver.press("enter").footer()
    driver.press("w", "ctrl u").type("link.py").press("enter")
    assert "Wrote data/elsewhere.py." in driver.footer()


@pytest.mark.parametrize(
    ("stored", "offered"),
    [
        ("src/app.py", "src/app.py"),
        ("./src/../app.py", "app.py"),
        ("/home/ada/app/src/app.py", "src/app.py"),
        ("../evil.txt", "evil.txt"),
        ("src/../../../etc/passwd", "passwd"),
        ("/etc/passwd", "passwd"),
        ("/home/ada/apple.py", "apple.py"),
        ("..", ".."),
    ],
)
def test_where_to_write_is_offered_within_the_directory(stored: str, offered: str) -> None:
    assert place_for(stored, Path("/home/ada/app")) == offered
