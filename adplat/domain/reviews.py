"""Whether a creative may run: Review, what was found, and the verdict that follows.

A verdict is never set, it follows from the findings: one that fails fails it, one that holds leaves it to a person. No
learned score can lift a verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from adplat.domain.artwork import Box


class Weight(StrEnum):
    """How heavy a finding is: it stops the creative, asks a person, or is only said."""

    FAIL = "fail"
    HOLD = "hold"
    WARN = "warn"


class ReviewVerdict(StrEnum):
    """What follows for the creative."""

    PASS = "pass"  # noqa: S105 - a verdict, no password
    HOLD = "hold"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Objection:
    """One thing that a rule found: ``evidence`` is what it measured or read, ``fix`` how to mend it, one sentence.

    ``places`` are where on the picture, in its pixels; none where it stands nowhere. ``saying`` names the sentence of
    the rule and ``details`` are what it names, so that it can be told in other languages; both are empty where a
    sentence is of no rule, or older than this.
    """

    rule: str
    weight: Weight
    evidence: str
    fix: str
    figures: Mapping[str, float] = field(default_factory=dict)
    places: tuple[Box, ...] = ()
    saying: str = ""
    details: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Review:
    """All objections to one creative at one placement, and which rules could not look, with the reason."""

    placement_id: str
    objections: tuple[Objection, ...]
    not_looked: Mapping[str, str] = field(default_factory=dict)

    @property
    def verdict(self) -> ReviewVerdict:
        weights = {objection.weight for objection in self.objections}
        if Weight.FAIL in weights:
            return ReviewVerdict.FAIL
        return ReviewVerdict.HOLD if Weight.HOLD in weights else ReviewVerdict.PASS
