"""All rules over one creative."""

from __future__ import annotations

from collections.abc import Iterable

from adplat.domain import Objection, Review, Weight
from adplat.review.cannot_look import CannotLook
from adplat.review.eyes import Eyes
from adplat.review.registry import all_rules
from adplat.review.rule import Rule
from adplat.review.subject import Subject

_ORDER = {Weight.FAIL: 0, Weight.HOLD: 1, Weight.WARN: 2}


def review_creative(subject: Subject, *, read_letters: bool = True, rules: Iterable[Rule] | None = None) -> Review:
    """Let every rule (or ``rules``) look at a creative; the heaviest objections stand first.

    No rule can lift what another found, and one that could not look is named in ``not_looked`` with its reason.
    ``read_letters=False`` saves most of the time, and leaves unlooked-at what needs it.
    """
    eyes = Eyes(subject, read_letters=read_letters)
    found: list[Objection] = []
    not_looked: dict[str, str] = {}
    for rule in all_rules() if rules is None else rules:
        try:
            for objection in rule.look(subject, eyes):  # what was found before it could look no further, counts
                found.append(objection)
        except CannotLook as reason:
            not_looked[rule.rule_id] = reason.reason
    found.sort(key=lambda objection: _ORDER[objection.weight])
    return Review(subject.placement.placement_id, tuple(found), not_looked)
