"""What a rule is: Rule, and how it says that it could not look."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from adplat.domain import Box, Objection, Weight
from adplat.review.eyes import Eyes
from adplat.review.subject import Subject

Look = Callable[[Subject, Eyes], Iterator[Objection]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Args:
        rule_id: room of the rule and its name, such as ``editorial.capitals``.
        says: what it demands, one sentence for a person.
        look: yields what it objects to; raises CannotLook, at the start or behind its last objection, where it could
            not look at all or at everything. Nothing yielded and nothing raised means: looked, and found nothing.
    """

    rule_id: str
    says: str
    look: Look

    def objection(
        self,
        weight: Weight,
        evidence: str,
        fix: str,
        figures: Mapping[str, float] | None = None,
        places: Sequence[Box] = (),
    ) -> Objection:
        """An objection of this rule."""
        return Objection(self.rule_id, weight, evidence, fix, figures or {}, tuple(places))
