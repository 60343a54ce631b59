"""What a rule is: Rule, and how it says that it could not look."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from adplat.domain import Box, Objection, Weight
from adplat.review.eyes import Eyes
from adplat.review.subject import Subject

Look = Callable[[Subject, Eyes], Iterator[Objection]]


Detail = str | int | float


@dataclass(frozen=True, slots=True)
class Saying:
    """How a rule words one thing that it may find: ``str.format`` templates, both filled with the same details."""

    evidence: str
    fix: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Args:
        rule_id: room of the rule and its name, such as ``editorial.capitals``.
        says: what it demands, one sentence for a person.
        sayings: all that it may say, by name; pages of other languages have a sentence of theirs for each.
        look: yields what it objects to; raises CannotLook, at the start or behind its last objection, where it could
            not look at all or at everything. Nothing yielded and nothing raised means: looked, and found nothing.
    """

    rule_id: str
    says: str
    look: Look
    sayings: Mapping[str, Saying] = field(default_factory=dict)

    def objection(
        self,
        weight: Weight,
        saying: str,
        details: Mapping[str, Detail],
        figures: Mapping[str, float] | None = None,
        places: Sequence[Box] = (),
    ) -> Objection:
        """An objection of this rule, in its saying of that name. ``details`` are what its sentences name."""
        told = self.sayings[saying]
        evidence, fix = told.evidence.format_map(details), told.fix.format_map(details)
        return Objection(self.rule_id, weight, evidence, fix, figures or {}, tuple(places), saying, details)
