"""Titles in all kinds of writing: columns and frames stay where they are."""

from __future__ import annotations

import pytest

from opencode import text
from opencode.parts import Text
from opencode.store import Store
from tests.tui.conftest import StartDriver
from tests.tui.driver import Driver
from tests.tui.stores import add_session

TITLES = {
    "Arabic": "إصلاح مهمة الترحيل المتقطعة في قاعدة البيانات",
    "Arabic with marks": "مُحَمَّدٌ رَسُولُ السَّلَامِ",
    "Hebrew": "תיקון בדיקה לא יציבה של בסיס הנתונים",
    "Japanese": "日本語のタイトルでも桁がそろう、長くてもだいじょうぶ",
    "half width": "ﾊﾝｶｸｶﾀｶﾅのﾀｲﾄﾙ",
    "Korean": "한국어 제목도 줄이 맞는다",
    "Korean in parts": "\u1112\u1161\u11ab\u1100\u1173\u11af",
    "Devanagari": "डेटाबेस माइग्रेशन की समस्या ठीक करें",
    "Thai": "แก้ไขการย้ายฐานข้อมูลที่ล้มเหลว",
    "families": "👨‍👩‍👧‍👦👩‍👩‍👦 and 👨🏽‍🚒 with 👍🏿",
    "flags": "🇩🇪🇯🇵🇧🇷🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f of three",
    "keycaps": "1️⃣ ❤️ ☎️ ✔︎ ☺",
    "marks": "e\u0301 o\u0308\u0323 Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d",
    "ligature": "ﷺ ﷽ ﬁn",
    "wide and narrow": "a漢b字c" * 20,
    "long family": "👨‍👩‍👧‍👦" * 40,
}


@pytest.fixture
def many(store: Store) -> Store:
    for name, title in TITLES.items():
        add_session(store, title, id=name.replace(" ", "-"), said=[("user", [Text(title)])])
    return store


def rows(driver: Driver) -> list[str]:
    """The screen with the blanks at the ends of its lines."""
    driver.draw()
    return list(driver.screen.last_text)


@pytest.mark.parametrize("size", [(80, 24), (140, 40), (40, 24)], ids="{0[0]}x{0[1]}".format)
def test_columns_stay_aligned(many: Store, drive: StartDriver, size: tuple[int, int]) -> None:
    driver = drive(many, size=size)
    for _ in TITLES:
        assert {text.width(row) for row in rows(driver)} == {size[0]}
        listed = [row.partition("│")[0] for row in rows(driver)[2:-5]]
        listed = [row for row in listed if row.strip()]
        assert len(listed) > 10
        assert len({text.width(row[: row.rindex("now")]) for row in listed}) == 1
        if size[0] > 40:
            assert len({text.width(row[: row.rindex(" 1 ")]) for row in listed}) == 1
        driver.press("j")


@pytest.mark.parametrize("name", TITLES)
def test_frames_stay_whole(many: Store, drive: StartDriver, name: str) -> None:
    driver = drive(many)
    while driver.app.layers[0].session_title() != text.clean_line(TITLES[name]).strip():
        driver.press("j")
    for keys in ((), ("d",), ("n", "r"), ("esc", "enter"), ("y",), ("esc", "i")):
        driver.press(*keys)
        if keys == ("esc", "i"):
            driver.app.paste(TITLES[name])
        shown = rows(driver)
        if keys == ("d",):
            assert [text.steady(row) for row in shown] == shown
        assert {text.width(row) for row in shown} == {80}
        assert shown[-1] == "└" + "─" * 78 + "┘"
        assert all(row[0] == row[-1] == "│" for row in shown[-3:-1])
