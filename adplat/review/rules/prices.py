"""Prices and offers: just those of the facts."""

from __future__ import annotations

from collections.abc import Iterator

from adplat.domain import Objection, Weight
from adplat.domain.money import MICROS_PER_UNIT
from adplat.review.eyes import Eyes
from adplat.review.figures import amounts
from adplat.review.offers import Offer, Price, offers, prices
from adplat.review.rule import Rule, Saying
from adplat.review.spoken import everything, quoted
from adplat.review.subject import Subject


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """Every price and reduction that no fact has; without facts all of them go to a person."""
    texts = [text for fact in subject.facts or () for text in fact.texts.values()]
    known_prices = [price for text in texts for price in prices(text)]
    counts = {amount.value for text in texts for amount in amounts(text)}  # 块 counts pieces as well
    known_offers = {(offer.kind, offer.size) for text in texts for offer in offers(text)}
    money = [fact.price for fact in subject.facts or () if fact.price is not None]
    for spoken in everything(subject, eyes):
        for price in prices(spoken.plain):
            pieces = price.words.endswith("块") and price.amount_micros / MICROS_PER_UNIT in counts
            if pieces or any(map(price.is_money, money)) or any(map(price.agrees, known_prices)):
                continue
            yield _objection(subject, spoken.part, price, "price")
        for offer in offers(spoken.plain):
            if (offer.kind, offer.size) not in known_offers:
                yield _objection(subject, spoken.part, offer, "offer")


def _objection(subject: Subject, part: str, found: Price | Offer, what: str) -> Objection:
    details = {"part": part, "words": quoted(found.words)}
    if subject.facts is None:
        return RULE.objection(Weight.HOLD, f"{what}_no_facts", details)
    return RULE.objection(Weight.FAIL, f"{what}_no_fact", details)


RULE: Rule = Rule(
    "claims.prices",
    "every price and offer is that of a fact",
    look,
    {
        "price_no_facts": Saying(
            "{part} names a price, {words}, and no facts were given to hold it against",
            "give the brief, or have a person hold it against the landing page",
        ),
        "offer_no_facts": Saying(
            "{part} names an offer, {words}, and no facts were given to hold it against",
            "give the brief, or have a person hold it against the landing page",
        ),
        "price_no_fact": Saying(
            "{part} names a price, {words}, that no fact has", "name the price or offer of the facts"
        ),
        "offer_no_fact": Saying(
            "{part} names an offer, {words}, that no fact has", "name the price or offer of the facts"
        ),
    },
)
