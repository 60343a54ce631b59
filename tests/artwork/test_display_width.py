"""Widths are what a reader sees: Latin one, full-width two, one picture two however it is spelt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.artwork import display_width


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("", 0),
        ("Shop now", 8),
        ("跑步鞋", 6),
        ("新品 Air", 8),
        ("，！", 4),  # full-width punctuation
        ("ｶﾀ", 2),  # half-width katakana
        ("é", 1),
        ("e\u0301", 1),  # the same letter in two code points
        ("한", 2),
        ("\u1112\u1161\u11ab", 2),  # the same syllable in three
        ("zero\u200bwidth", 9),
        ("€49", 3),
    ],
)
def test_width_of_words(text: str, width: int) -> None:
    assert display_width(text) == width


@pytest.mark.parametrize(
    "emoji",
    ["😀", "❤️", "👍🏽", "👨\u200d👩\u200d👧\u200d👦", "🇨🇳", "🏳️\u200d🌈", "1️⃣"],
    ids=["face", "heart as picture", "thumb with tone", "family", "flag", "rainbow flag", "keycap"],
)
def test_one_emoji_is_two_wide_however_it_is_spelt(emoji: str) -> None:
    assert display_width(emoji) == 2


def test_two_flags_are_two_pictures() -> None:
    assert display_width("🇨🇳🇫🇷") == 4


def test_a_tone_without_a_picture_before_it_is_a_picture_of_its_own() -> None:
    assert display_width("a🏽") == 3


@given(st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_plain_english_is_as_wide_as_it_has_letters(text: str) -> None:
    assert display_width(text) == len(text)


@given(st.text(), st.text(alphabet="abc汉字 ，"))
def test_words_that_follow_only_add(before: str, after: str) -> None:
    assert display_width(before + after) == display_width(before) + display_width(after)
