"""Words and logos that stand on one another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from adplat.domain import ElementKind, Objection, Weight
from adplat.review.cannot_look import CannotLook
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule, Saying
from adplat.review.rules.canvas import shown_box
from adplat.review.subject import Subject

_MOST = 0.02  # of the smaller one: neighbours may touch


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """Every pair of words or logos."""
    if subject.artwork is None:
        raise CannotLook("the picture came without its tree")
    said = [element for element in subject.artwork.elements if element.text.strip() or element.kind is ElementKind.LOGO]
    for one, other in combinations(said, 2):
        first, second = shown_box(one), shown_box(other)
        share = first.overlap(second) / max(min(first.area, second.area), 1)
        if share > _MOST:
            yield RULE.objection(
                Weight.FAIL,
                "cover",
                {"element": one.element_id, "other_element": other.element_id, "share": share},
                {"share": round(share, 4)},
                [first, second],
            )


RULE: Rule = Rule(
    "layout.overlap",
    "no words or logos stand on one another",
    look,
    {
        "cover": Saying("{element} and {other_element} cover one another by {share:.0%}", "move them apart"),
    },
)
