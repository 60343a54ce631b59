"""What a model must not write, whatever it means by it."""

from __future__ import annotations

from datetime import date

import pytest

from adplat.domain import OnExcess, Source, TextLimit
from adplat.generation.copy.sentence_checks import objection_to
from tests.generation.briefs import a_brief

_LIMIT = TextLimit("headline", 60, OnExcess.REJECT, Source("here", date(2026, 11, 26), owner_sourced=True))
_PROMPT = "Brand: Norvik\nProduct: Norvik Ridge Trail Shoe\nFact: Grippy rubber sole"


def _said(text: str, language: str = "en") -> str:
    return objection_to(text, a_brief(), _LIMIT, language, _PROMPT)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "empty"),
        ("x" * 61, "too wide"),
        ("I cannot write this ad", "refusal"),
        ("I’m sorry, I can’t do that", "refusal"),
        ("As an AI language model, Norvik", "refusal"),
        ("Here is a headline: Norvik", "refusal"),
        ("**Norvik** rubber sole", "markup"),
        ("Norvik at www.norvik.example", "markup"),
        ("Norvik at norvik.com now", "markup"),
        ("Norvik!! Rubber sole", "markup"),
        ("Norvik! Rubber sole", "markup"),
        ("Norvik 🔥 sole", "letters that are not drawn"),
        ("Norvik مقاوم", "letters that are not drawn"),
        ("Cheap Norvik shoes", "a banned word"),
        ("Norvik 鞋底", "another language"),
        ("Норвик shoes", "another language"),
        ("Fact: Grippy rubber sole", "repeats the prompt"),
        ("norvik rubber sole", "brand is misspelt"),
        ("Norvick rubber sole", "brand is misspelt"),
        ("NORVIK rubber sole", "brand is misspelt"),
        ("The Norvik ridge shoe", "name is misspelt"),
        ("Norvik, the shoe of Norvik", "repeats itself"),
        ("Norvik RUBBER sole", "capitals"),
        ("Norvik sole sole", "repeats itself"),
        ("Comes in black, Norvik, comes in black", "repeats itself"),
        ("The Norvik Ridge with a grippy rubber sole", "cut short"),
        ("Norvik shoe with", "no grammar"),
        ("The of Norvik sole", "no grammar"),
        ("Now. Meet the Norvik sole", "no grammar"),
    ],
)
def test_is_dropped(text: str, what: str) -> None:
    assert what in _said(text)


@pytest.mark.parametrize(
    "text",
    [
        "Norvik trail shoes: grippy rubber sole",
        "Norvik: grippy rubber sole",
        "The Ridge Trail Shoe by Norvik",
        "Norvik’s grippy sole",
        "Is it Norvik?",
    ],
)
def test_is_let_through(text: str) -> None:
    assert _said(text) == ""


def test_chinese_is_asked_for_in_chinese() -> None:
    assert _said("Norvik：防滑橡胶鞋底", "zh") == ""
    assert _said("Norvik: rubber sole", "zh") == "another language"
    assert "refusal" in _said("抱歉，我无法写", "zh")
