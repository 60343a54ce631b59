"""A draft that passes its review, or why there is none: attempts with one seed after another, a few at most.

What fails its review to the end is no draft: it is counted and told, with what stood in the way. Everything else waits
for a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from adplat.domain import Draft, Objection, Review, ReviewVerdict
from adplat.flows.draft_attempt import Attempt, DraftTools, Order, attempt, review_attempt
from adplat.generation import Cutout


@dataclass(frozen=True, slots=True)
class MadeDraft:
    """A draft with its review and its file (empty where it is words alone); ``tries`` is which seed it took."""

    draft: Draft
    review: Review
    content: bytes
    sidecar: Mapping[str, Any]
    template: str
    tries: int


@dataclass(frozen=True, slots=True)
class Unmade:
    """What no seed brought through its review; ``objections`` of the last one."""

    placement_id: str
    language: str
    template: str
    tries: int
    objections: tuple[Objection, ...]


def make_draft(order: Order, tools: DraftTools, product: Cutout, logo: Image.Image | None) -> MadeDraft | Unmade:
    """One draft, or why there is none. Raises ConfigRejected and MissingInput for what no other seed would mend."""
    objections: tuple[Objection, ...] = ()
    for number in range(order.tries):
        found = attempt(order, tools, product, logo, order.seed + number)
        if not isinstance(found, Attempt):
            objections = found
            continue
        review = review_attempt(found, reads_letters=tools.reads_letters)
        if review.verdict is not ReviewVerdict.FAIL:
            return MadeDraft(found.draft, review, found.content, found.sidecar, order.template, number + 1)
        objections = review.objections
    return Unmade(order.rules.placement_id, order.language, order.template, order.tries, objections)


def counted(made: Sequence[MadeDraft], unmade: Sequence[Unmade]) -> dict[str, dict[str, float]]:
    """Available rate of each template: the share of what was ordered that did not fail, at once and in the end."""
    ordered = Counter([one.template for one in made] + [one.template for one in unmade])
    within = Counter(one.template for one in made)
    first = Counter(one.template for one in made if one.tries == 1)
    return {
        name: {"ordered": count, "first_try": first[name] / count, "within_tries": within[name] / count}
        for name, count in sorted(ordered.items())
        if name
    }
