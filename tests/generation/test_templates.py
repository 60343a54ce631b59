"""Templates are the floor: for every brief that stands and every placement of ours they say something that fits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from adplat.artwork import display_width
from adplat.data import load_placements
from adplat.domain import (
    BrandKit,
    ConfigRejected,
    Fact,
    FactKind,
    Money,
    OnExcess,
    PlacementRules,
    Product,
    Source,
    SpecialCategory,
    TextLimit,
)
from adplat.generation import TemplateCopywriter, check_brief, holds_banned_word
from adplat.generation.copy.chinese import CHINESE
from adplat.generation.copy.english import ENGLISH
from adplat.generation.copy.language_words import CLAIMS_CHINESE, CLAIMS_ENGLISH
from adplat.generation.copy.tracing import tokens_of
from tests.generation.briefs import a_brief

_WRITER = TemplateCopywriter()


@lru_cache(maxsize=1)
def _placements() -> dict[str, PlacementRules]:
    return load_placements()


def _limit(part: str, most_width: int, **more: int) -> TextLimit:
    source = Source("https://example.com", date(2026, 11, 26), owner_sourced=True)
    return TextLimit(part, most_width, OnExcess.REJECT, source, **more)


def _lines(part: str, width: int = 90, language: str = "en", wanted: int = 40, seed: int = 1, brief=None) -> list[str]:
    found = _WRITER.write(brief or a_brief(), _limit(part, width), language, wanted, seed)
    return [sentence.text for sentence in found]


_plain = st.characters(categories=("Lu", "Ll", "Nd", "Po"), exclude_characters="{}#")
_latin = st.text(st.one_of(st.characters(min_codepoint=0x61, max_codepoint=0x7A), st.just(" ")), min_size=1)
_chinese = st.text(st.sampled_from("防滑橡胶鞋底轻便天然采用再生纱线"), min_size=1, max_size=30)
_kinds = st.sampled_from(FactKind)
_prices = st.one_of(
    st.none(), st.builds(Money, st.integers(1, 10**13), st.sampled_from(["USD", "CNY", "EUR", "CHF", "JPY"]))
)


@st.composite
def _briefs(draw: st.DrawFn):
    count = draw(st.integers(1, 5))
    facts = tuple(
        Fact(
            f"f{number}",
            {"en": draw(_latin.filter(str.strip).map(lambda text: text[:200])), "zh": draw(_chinese)},
            price=draw(_prices),
            kind=draw(_kinds),
        )
        for number in range(count)
    )
    names = {"en": draw(_latin.filter(str.strip))[:100], "zh": draw(_chinese)}
    brand = draw(
        st.one_of(st.text("abcdeABCDE", min_size=1, max_size=20), st.text("诺维克欧若", min_size=1, max_size=10))
    )
    banned = draw(st.lists(st.sampled_from(["shop", "look", "meet", "the", "see", "看", "来", "去", "了解", "by"])))
    return a_brief(
        product=Product(names, "shoe.png", draw(st.sampled_from(["footwear", "apparel", "食品", "", "shoes & bags"]))),
        facts=facts,
        brand=BrandKit(brand, ("#123456",), banned_words=tuple(banned)),
        placements=tuple(draw(st.lists(st.sampled_from(sorted(_placements())), min_size=1, max_size=3, unique=True))),
        special_category=draw(st.sampled_from(SpecialCategory)),
    )


@settings(max_examples=60)
@given(_briefs(), st.integers(0, 2**31), st.integers(1, 16))
def test_no_part_is_ever_empty_too_wide_or_banned(brief, seed: int, wanted: int) -> None:
    try:
        check_brief(brief, _placements())
    except ConfigRejected:
        assume(False)
    known = {fact.fact_id for fact in brief.facts}
    for placement in brief.placements:
        for limit in _placements()[placement].texts:
            for language in brief.languages:
                found = _WRITER.write(brief, limit, language, wanted, seed)
                assert 1 <= len(found) <= wanted
                for sentence in found:
                    assert sentence.text.strip()
                    assert display_width(sentence.text) <= limit.most_width
                    assert not holds_banned_word(sentence.text, brief.brand.banned_words)
                    assert set(sentence.fact_ids) <= known
                    assert (sentence.part, sentence.language) == (limit.part, language)
                texts = [sentence.text.casefold() for sentence in found]
                assert len(set(texts)) == len(texts)
                if limit.part in {"long_headline", "business_name"}:
                    assert all(brief.brand.name in sentence.text for sentence in found)


def test_each_part_of_each_placement_gets_as_many_as_are_asked_for() -> None:
    for rules in _placements().values():
        for limit in rules.texts:
            for language in ("en", "zh"):
                wanted = max(limit.fewest, 1)
                found = _WRITER.write(a_brief(), limit, language, wanted, seed=4)
                assert len(found) == wanted, (rules.placement_id, limit.part)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_headline_is_short_where_one_must_be(language: str) -> None:
    found = _WRITER.write(a_brief(), _limit("headline", 30, short_width=15), language, 3, seed=0)
    assert len(found) == 3
    assert any(display_width(sentence.text) <= 15 for sentence in found)


def test_the_same_seed_says_the_same_and_another_says_it_in_another_order() -> None:
    assert _lines("headline", 30, seed=5) == _lines("headline", 30, seed=5)
    assert len({tuple(_lines("headline", 30, wanted=5, seed=seed)) for seed in range(8)}) > 4


def test_the_first_headline_names_the_brand() -> None:
    assert all("Norvik" in _lines("headline", 30, seed=seed)[0] for seed in range(10))


def test_neighbours_rest_on_different_facts() -> None:
    found = _WRITER.write(a_brief(), _limit("headline", 60), "en", 5, seed=2)
    assert all(one.fact_ids != other.fact_ids for one, other in pairwise(found))


def test_a_sentence_names_all_facts_that_it_rests_on_and_no_other() -> None:
    for language in ("en", "zh"):
        for sentence in _WRITER.write(a_brief(), _limit("body", 200), language, 60, seed=3):
            for fact in a_brief().facts:
                told = fact.texts[language] in sentence.text
                assert told == (fact.fact_id in sentence.fact_ids), sentence.text


def test_numbers_come_from_facts() -> None:
    brief = a_brief()
    numbers = {token for fact in brief.facts for text in fact.texts.values() for token in tokens_of(text)}
    for part in ("headline", "long_headline", "body", "cta"):
        for language in ("en", "zh"):
            for line in _lines(part, 200, language, brief=brief):
                assert {token for token in tokens_of(line) if token[0].isdigit()} <= numbers


def test_a_fact_stands_in_its_own_words_without_a_second_full_stop() -> None:
    brief = a_brief(facts=(Fact("a", {"en": "keeps water out."}), Fact("b", {"en": "Is it light? Yes!"})))
    lines = _lines("body", 200, brief=brief)
    assert any("Keeps water out." in line for line in lines)
    assert not any(".." in line or "!." in line or " ." in line for line in lines)


def test_a_name_that_begins_in_small_letters_keeps_them() -> None:
    brief = a_brief(facts=(Fact("a", {"en": "iPad case included"}),))
    assert any("iPad case" in line for line in _lines("body", 200, brief=brief))


def test_the_brand_is_not_said_twice() -> None:
    for part in ("headline", "long_headline", "body"):
        for line in _lines(part, 200):
            assert line.count("Norvik") <= 1, line


def test_prices_read_as_people_write_them() -> None:
    brief = a_brief(
        facts=(
            Fact("p", {"en": "In our store", "zh": "商店有售"}, price=Money(49_900_000, "CNY"), kind=FactKind.PRICE),
        )
    )
    assert any("¥49.90" in line for line in _lines("headline", 60, brief=brief))
    assert any("49.90元" in line for line in _lines("headline", 60, "zh", brief=brief))
    whole = replace(brief, facts=(replace(brief.facts[0], price=Money(1_299_000_000, "USD")),))
    assert any("$1,299" in line and ".00" not in line for line in _lines("headline", 60, brief=whole))


def test_an_offer_calls_to_the_offer_and_rests_on_it() -> None:
    brief = a_brief(facts=(Fact("gift", {"en": "A gift with each pair", "zh": "买鞋送礼"}, kind=FactKind.OFFER),))
    calls = _WRITER.write(brief, _limit("cta", 20), "en", 10, seed=0)
    assert {one.text: one.fact_ids for one in calls}["Get the offer"] == ("gift",)
    plain = a_brief(facts=(Fact("sole", {"en": "Rubber sole"}),))
    assert "Get the offer" not in _lines("cta", 20, brief=plain)


def test_nothing_is_sold_with_a_button_in_a_special_category() -> None:
    brief = a_brief(special_category=SpecialCategory.EMPLOYMENT)
    calls = _lines("cta", 20, brief=brief)
    assert calls[0] == "See the job"
    assert not any("Shop" in line or "Buy" in line for line in calls + _lines("body", 200, brief=brief))


def test_a_direction_brings_its_fact_to_the_front() -> None:
    brief = a_brief(directions=("prefer fact: recycled",))
    for seed in range(6):
        assert _WRITER.write(brief, _limit("headline", 60), "en", 1, seed)[0].fact_ids == ("recycled",)


def test_a_call_to_avoid_comes_last_and_is_not_forbidden() -> None:
    plain = _lines("cta", 20)
    steered = _lines("cta", 20, brief=a_brief(directions=(f"avoid cta: {plain[0]}",)))
    assert plain[0] == steered[-1]
    assert sorted(plain) == sorted(steered)


def test_no_pattern_makes_a_claim_of_its_own() -> None:
    for book, claims in ((ENGLISH, CLAIMS_ENGLISH), (CHINESE, CLAIMS_CHINESE)):
        groups = (book.with_fact, book.with_more, book.plain, book.by_category, book.calls_by_category)
        patterns = [pattern for group in groups for patterns in group.values() for pattern in patterns]
        for pattern in (*patterns, *book.with_price, *book.floor):
            words = pattern.format(brand="", name="", short="", fact="", second="", third="", call="", price="")
            assert not (set(tokens_of(words)) & set(claims)), pattern
            assert not any(claim in words for claim in claims if book is CHINESE), pattern
            assert not any(letter.isdigit() for letter in words), pattern


def test_when_the_banned_words_leave_nothing_that_is_said() -> None:
    words = tuple("shop learn see take view find explore buy look have inside start more open".split())  # noqa: SIM905
    brief = a_brief(brand=BrandKit("Norvik and Company", ("#123456",), banned_words=words))
    with pytest.raises(ConfigRejected, match="leave no cta that fits"):
        _WRITER.write(brief, _limit("cta", 10), "en", 1, 0)
