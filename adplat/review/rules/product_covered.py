"""Words, panels or logos in front of the product."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from adplat.domain import Objection, Weight
from adplat.review.cannot_look import CannotLook
from adplat.review.eyes import Eyes
from adplat.review.placed import placed_products
from adplat.review.rule import Rule, Saying
from adplat.review.rules.canvas import shown_box
from adplat.review.subject import Subject

_SOME, _MUCH = 0.02, 0.10


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """More than a tenth of it covered fails, more than a fiftieth is said."""
    if subject.artwork is None:
        raise CannotLook("the picture came without its tree")
    for product in placed_products(subject):
        own = product.alpha >= 128
        covered = np.zeros_like(own)
        for above in product.above:
            box = shown_box(above)
            top, left = box.top - product.element.box.top, box.left - product.element.box.left
            covered[max(top, 0) : max(top + box.height, 0), max(left, 0) : max(left + box.width, 0)] = True
        share = float((covered & own).sum() / max(own.sum(), 1))
        if share > _SOME:
            yield RULE.objection(
                Weight.FAIL if share > _MUCH else Weight.WARN,
                "covered",
                {"share": share},
                {"share": round(share, 4)},
            )


RULE: Rule = Rule(
    "layout.product_covered",
    "nothing stands in front of the product",
    look,
    {
        "covered": Saying("{share:.0%} of the product is covered", "move what stands in front of it"),
    },
)
