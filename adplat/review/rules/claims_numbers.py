"""Numbers: every figure in the copy is a figure of some fact."""

from __future__ import annotations

from collections.abc import Iterator

from adplat.domain import Objection, Weight
from adplat.review.eyes import Eyes
from adplat.review.figures import Amount, amounts
from adplat.review.rule import Rule, Saying
from adplat.review.spoken import everything, quoted, without_names
from adplat.review.subject import Subject


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """Figures that no fact has; without facts, only such as boast (shares, multiples, crowds) go to a person."""
    borne = [amount for fact in subject.facts or () for text in fact.texts.values() for amount in amounts(text)]
    named = [amount for name in subject.own_names for amount in amounts(name)]
    for spoken in everything(subject, eyes):
        told: set[str] = set()
        for amount in amounts(without_names(spoken.plain, subject.own_names)):
            if amount.words in told or any(amount.agrees(other) for other in (*borne, *named)):
                continue
            told.add(amount.words)
            objection = _objection(subject, spoken.part, amount)
            if objection is not None:
                yield objection


def _objection(subject: Subject, part: str, amount: Amount) -> Objection | None:
    details = {"part": part, "words": quoted(amount.words)}
    if subject.facts is not None:
        return RULE.objection(Weight.FAIL, "no_fact", details)
    return RULE.objection(Weight.HOLD, "no_facts", details) if amount.boasts else None


RULE: Rule = Rule(
    "claims.numbers",
    "every number is one of a fact",
    look,
    {
        "no_fact": Saying(
            "{part} says {words}, a number that no fact has", "leave the number out, or add the fact that has it"
        ),
        "no_facts": Saying(
            "{part} says {words}, and no facts were given to hold it against",
            "leave the number out, or add the fact that has it",
        ),
    },
)
