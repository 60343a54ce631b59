"""A sentence says one fact, whole, and nothing more; or it is not published."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.generation.copy.language_words import NEUTRAL_ENGLISH
from adplat.generation.copy.tracing import fact_said, says_just
from tests.generation.briefs import FACTS, a_brief

_BY_ID = {fact.fact_id: fact for fact in FACTS}


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        ("sole", "Grippy rubber sole"),
        ("sole", "The Norvik Ridge Trail Shoe, with a grippy rubber sole"),
        ("sole", "Meet the grippy rubber soles of Norvik"),
        ("weight", "Norvik: only 240 grams per shoe"),
        ("recycled", "Step out in Norvik: the upper is made of recycled yarn"),
        ("price", "Norvik Ridge for $89"),
        ("returns", "Free returns for 30 days. Meet the Norvik Ridge"),
    ],
)
def test_what_a_person_would_let_through(fact: str, text: str) -> None:
    assert says_just(text, _BY_ID[fact], a_brief(), "en") == ""
    assert fact_said(text, a_brief(), "en") == (fact, "")


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        ("recycled", "The Norvik shoe, made of recycled yarn"),  # its upper is
        ("recycled", "Recycled Norvik shoe: upper made of recycled yarn"),
        ("recycled", "Upper made of recycled leather yarn"),
        ("recycled", "Upper made of 100% recycled yarn"),
        ("recycled", "Upper made of every recycled yarn"),
        ("recycled", "Upper Norvik trail shoe made of recycled yarn"),
        ("recycled", "Yarn made of recycled upper"),
        ("sole", "The best grippy rubber sole"),
        ("sole", "Grippy rubber sole, waterproof upper"),
        ("sole", "Grippy rubber sole by Nikke"),
        ("sole", "Rubber sole"),
        ("weight", "Norvik: only 24 g per shoe"),
        ("weight", "Norvik: only 240 kg per shoe"),
        ("weight", "Only 240 days per shoe"),
        ("weight", "240 g per shoe, only Norvik"),
        ("price", "Norvik Ridge for $8"),
        ("price", "Norvik Ridge for €89"),
        ("price", "Norvik Ridge: $89 in 89 days"),
        ("returns", "Free Norvik shoe: free returns for 30 days"),
        ("returns", "Free returns for 30 years"),
        ("returns", "Free returns for 30 weekend steps"),
        ("returns", "Free your returns for 30 days"),
        ("returns", "No free returns for 30 days"),
        ("returns", "Returns for 30 days, free"),
        ("returns", "Free returns"),
    ],
)
def test_what_says_more_less_or_other(fact: str, text: str) -> None:
    assert says_just(text, _BY_ID[fact], a_brief(), "en")
    assert fact_said(text, a_brief(), "en")[0] == ""


@pytest.mark.parametrize(
    ("fact", "text", "sound"),
    [
        ("sole", "Norvik 越野跑鞋，防滑橡胶鞋底", True),
        ("sole", "防滑橡胶鞋底，陪你每一天", True),
        ("returns", "认识一下 Norvik：30天免费退货", True),
        ("sole", "最好的防滑橡胶鞋底", False),
        ("sole", "防滑鞋底", False),
        ("returns", "免费 Norvik 跑鞋，30天免费退货", False),
        ("returns", "300天免费退货", False),
        ("recycled", "再生纱线采用鞋面", False),
        ("recycled", "全鞋采用再生纱线", False),
        ("weight", "单只仅重24克", False),
    ],
)
def test_chinese_quotes_its_fact(fact: str, text: str, sound: bool) -> None:
    assert (says_just(text, _BY_ID[fact], a_brief(), "zh") == "") is sound


def test_the_reason_is_the_one_that_mends() -> None:
    assert fact_said("Norvik: waterproof", a_brief(), "en")[1] == "a word that no fact has"
    assert fact_said("Norvik: luxury", a_brief(), "en")[1] == "a claim that no fact makes"
    assert fact_said("Norvik: 12", a_brief(), "en")[1] == "a number that no fact has"


@given(st.lists(st.sampled_from(sorted(NEUTRAL_ENGLISH)), max_size=8))
def test_words_that_claim_nothing_are_no_fact(words: list[str]) -> None:
    assert fact_said(" ".join(words), a_brief(facts=FACTS[:3]), "en")[0] == ""
