"""A place, facts and helpers that every test of a rule starts from."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from adplat.data import load_placements
from adplat.domain import BrandKit, Fact, Money, Objection, Product, Review, SpecialCategory
from adplat.review import Subject, Words, review_creative, rules_named

PLACES = load_placements()
FACTS = (
    Fact("cold", {"en": "Keeps drinks cold for 24 hours", "zh": "保冷24小时"}, proof="https://shop.example/lab"),
    Fact("price", {"en": "29 dollars"}, Money(29_000_000, "USD")),
    Fact(
        "light",
        {"en": "The lightest flask of the 2026 test", "zh": "2026评测中最轻"},
        proof="https://shop.example/test",
    ),
    Fact("best", {"en": "Our best flask"}),
    Fact("free", {"en": "Free returns", "zh": "免费退货"}),
)
Reviewed = Callable[..., Review]


@pytest.fixture
def reviewed() -> Reviewed:
    """Review copy (``headline="…"``) at a place by some rules; facts and brand are given unless told otherwise."""

    def review(
        *rules: str, place: str = "meta_feed_1080x1080", facts: tuple[Fact, ...] | None = FACTS, **parts: str
    ) -> Review:
        words = tuple(Words(part, text) for part, text in parts.items())
        subject = Subject(
            PLACES[place],
            words=words,
            facts=facts,
            brand=BrandKit("Norvik", ("#204060",), banned_words=("cheap",)),
            product=Product({"en": "Norvik Flask"}, "flask.png"),
            special_category=SpecialCategory.NONE,
        )
        return review_creative(subject, rules=rules_named(rules) if rules else None)

    return review


def rules_of(review: Review) -> list[str]:
    return [objection.rule for objection in review.objections]


def only(review: Review) -> Objection:
    assert len(review.objections) == 1, review.objections
    return review.objections[0]
