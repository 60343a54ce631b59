"""Rules over words: what they stop, what they let pass, and what they say where nobody told facts."""

from __future__ import annotations

import pytest

from adplat.domain import ReviewVerdict, SpecialCategory, Weight
from adplat.review import Subject, Words, review_creative, rules_named
from tests.review.conftest import PLACES, Reviewed, only


@pytest.mark.parametrize(
    ("rule", "bad", "good"),
    [
        ("editorial.punctuation", "Cold all day!!", "Cold all day!"),
        ("editorial.punctuation", "清凉一整天。。。", "清凉一整天……"),
        ("editorial.capitals", "STAY COLD", "Stay cold"),
        ("editorial.capitals", "FlOwErS", "An iPhone case"),
        ("editorial.spacing", "f l o w e r s", "a b c"),
        ("editorial.spacing", "f1owers", "B2B and H2O"),
        ("editorial.barred", "Cold\u200b all day", "Cold all day 🙂"),  # Meta bars no emoji
        ("copy.banned_words", "A cheap flask", "A cheaper-looking one it is not"),
        ("claims.superlatives", "The fastest flask", "An honest guest in the forest"),
        ("claims.superlatives", "最好的杯子", "最近天气很热"),
        ("claims.guarantees", "Money back", "Bring it back"),
        ("claims.cures", "Cures headaches", "A treat for cold days"),
        ("claims.income", "Earn $500 a week", "Earn your rest"),
        ("claims.free", "Free flask", "BPA-free and worry-free"),
        ("claims.urgency", "Only 3 left", "Only water inside"),
        ("claims.numbers", "Cold for 48 hours", "Cold for 24 hours"),
        ("claims.numbers", "仅重150克", "保冷24小时"),
        ("claims.prices", "Now $19", "Now $29"),
        ("policy.fake_interface", "You have 1 new message", "A message in a bottle"),
        ("policy.personal_attributes", "Are you diabetic?", "Are you ready?"),
        ("policy.special_category", "Apartments for rent", "A flask for the apartment"),
        ("marks.other_brands", "Better than Nike", "Better than yesterday"),
        ("safety.toxic", "不买的都是傻逼", "买的人都说好"),
        ("safety.category", "Online casino with slots", "Slots in the lid let steam out"),
    ],
)
def test_each_rule_stops_its_own_and_nothing_else(reviewed: Reviewed, rule: str, bad: str, good: str) -> None:
    assert rule in {objection.rule for objection in reviewed(rule, headline=bad).objections}
    assert reviewed(rule, headline=good).objections == ()


def test_a_superlative_may_stand_on_a_fact_of_another_language_that_is_proven(reviewed: Reviewed) -> None:
    assert reviewed("claims.superlatives", headline="评测中最轻的杯子").objections == ()
    assert "names no proof" in only(reviewed("claims.superlatives", headline="The best flask")).evidence


def test_without_facts_a_claim_goes_to_a_person_and_with_facts_it_fails(reviewed: Reviewed) -> None:
    for rule, text in (("claims.free", "A free mug"), ("claims.prices", "Just $9"), ("claims.numbers", "97% of users")):
        assert only(reviewed(rule, facts=None, headline=text)).weight is Weight.HOLD
        assert only(reviewed(rule, headline=text)).weight is Weight.FAIL


def test_free_returns_bear_no_free_shipping(reviewed: Reviewed) -> None:
    assert reviewed("claims.free", headline="Free returns").objections == ()
    assert only(reviewed("claims.free", headline="Free shipping")).rule == "claims.free"


def test_personal_attributes_fail_at_meta_and_are_held_elsewhere(reviewed: Reviewed) -> None:
    rule = "policy.personal_attributes"
    assert only(reviewed(rule, headline="Are you overweight?")).weight is Weight.FAIL
    assert only(reviewed(rule, place="iab_300x250", headline="Are you overweight?")).weight is Weight.HOLD


def test_a_declared_category_is_no_objection() -> None:
    words = (Words("headline", "Apartments for rent"),)
    for declared, verdict in (
        (SpecialCategory.HOUSING, ReviewVerdict.PASS),
        (SpecialCategory.NONE, ReviewVerdict.FAIL),
        (None, ReviewVerdict.HOLD),
    ):
        subject = Subject(PLACES["iab_300x250"], words=words, special_category=declared)
        assert review_creative(subject, rules=rules_named(["policy.special_category"])).verdict is verdict


def test_length_rejects_by_an_owners_limit_and_only_warns_where_it_is_cut(reviewed: Reviewed) -> None:
    long = "A flask that keeps your water cold for a whole day"
    assert only(reviewed("copy.length", place="google_rda_1200x628", headline=long)).weight is Weight.FAIL
    assert only(reviewed("copy.length", headline=long)).weight is Weight.WARN
    assert reviewed("copy.length", place="google_rda_1200x628", headline="山" * 15).objections == ()
    assert only(reviewed("copy.length", place="google_rda_1200x628", headline="山" * 16)).figures["width"] == 32


def test_a_place_that_bars_emoji_and_braces_refuses_them(reviewed: Reviewed) -> None:
    review = reviewed("editorial.barred", place="tiktok_720x1280", headline="Cold ❄️ {keyword} #norvik")
    assert len(review.objections) == 3
