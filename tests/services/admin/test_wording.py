"""Every word has both languages, and what a table of the platform lists is named in both."""

from __future__ import annotations

import pytest

from adplat.domain import (
    CampaignStatus,
    CreativeStatus,
    Dimension,
    ExperimentState,
    JobOutcome,
    Permission,
    Right,
)
from services.admin.wording import language_of, words_in
from services.admin.words import PAGES

NAMED = {
    "": [*CampaignStatus, *CreativeStatus, *ExperimentState, *Dimension],
    "outcome ": [*JobOutcome],
    "right ": [*Right],
    "may ": [*Permission],
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_pages_name_by_its_value_has_a_word(language: str) -> None:
    say = words_in(language)
    assert all(say(f"{mark}{one.value}") for mark, named in NAMED.items() for one in named)


def test_chinese_words_are_chinese() -> None:
    told = {key: word for words in PAGES for key, (_, word) in words.items()}
    latin = {key: word for key, word in told.items() if not any("\u4e00" <= letter <= "\u9fff" for letter in word)}
    assert {key: word for key, word in latin.items() if any(len(part) > 4 for part in word.split())} == {}


@pytest.mark.parametrize(
    ("chosen", "accepted", "language"),
    [
        ("", "", "en"),
        ("zh", "en", "zh"),
        ("", "de, zh-CN;q=0.8, en;q=0.5", "zh"),
        ("fr", "zh;q=nothing, en", "en"),
        ("", "zh;q=0.2, en-GB;q=0.9", "en"),
    ],
)
def test_a_page_speaks_what_was_chosen_or_else_what_the_browser_likes(
    chosen: str, accepted: str, language: str
) -> None:
    assert language_of(chosen, accepted) == language
