"""Numbers: every figure in the copy is a figure of some fact."""

from __future__ import annotations

from collections.abc import Iterator

from adplat.domain import Objection, Weight
from adplat.review.eyes import Eyes
from adplat.review.figures import Amount, amounts
from adplat.review.rule import Rule
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
    fix = "leave the number out, or add the fact that has it"
    if subject.facts is not None:
        return RULE.objection(Weight.FAIL, f"{part} says {quoted(amount.words)}, a number that no fact has", fix)
    if amount.boasts:
        return RULE.objection(
            Weight.HOLD, f"{part} says {quoted(amount.words)}, and no facts were given to hold it against", fix
        )
    return None


RULE: Rule = Rule("claims.numbers", "every number is one of a fact", look)
