"""Copy that is longer than the place shows."""

from __future__ import annotations

from collections.abc import Iterator

from adplat.artwork import display_width
from adplat.domain import Objection, OnExcess, Weight
from adplat.review.cannot_look import CannotLook
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule, Saying
from adplat.review.spoken import quoted
from adplat.review.subject import Subject


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """Each text by the limit of its part; only an owner's own limit rejects."""
    if subject.words is None:
        raise CannotLook("no copy was given")
    limits = {limit.part: limit for limit in subject.placement.texts}
    for words in subject.words:
        limit = limits.get(words.part)
        width = display_width(words.text)
        if limit is None or width <= limit.most_width:
            continue
        rejects = limit.on_excess is OnExcess.REJECT and limit.source.owner_sourced
        yield RULE.objection(
            Weight.FAIL if rejects else Weight.WARN,
            "refused" if rejects else "cut",
            {
                "part": words.part,
                "words": quoted(words.text),
                "width": width,
                "place": subject.placement.placement_id,
                "most_width": limit.most_width,
                "excess": width - limit.most_width,
            },
            {"width": width, "most_width": limit.most_width},
        )


RULE: Rule = Rule(
    "copy.length",
    "every text fits its part, measured in display width",
    look,
    {
        "refused": Saying(
            "{part} {words} is {width} wide; {place} refuses what is wider than {most_width}",
            "shorten it by {excess} (a full-width character counts two)",
        ),
        "cut": Saying(
            "{part} {words} is {width} wide; {place} cuts what is wider than {most_width}",
            "shorten it by {excess} (a full-width character counts two)",
        ),
    },
)
