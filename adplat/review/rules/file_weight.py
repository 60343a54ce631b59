"""Bytes of the file as it is delivered, with its seal."""

from __future__ import annotations

from collections.abc import Iterator

from adplat.domain import Objection, Weight
from adplat.review.cannot_look import CannotLook
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule, Saying
from adplat.review.subject import Subject


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """Heavier than the place takes."""
    if subject.opened is None:
        raise CannotLook("no delivered file was given")
    limit = subject.placement.image
    if limit is None or limit.most_bytes is None or subject.opened.size_bytes <= limit.most_bytes:
        return
    yield RULE.objection(
        Weight.FAIL if limit.source.owner_sourced else Weight.WARN,
        "heavy",
        {"bytes": subject.opened.size_bytes, "most_bytes": limit.most_bytes},
        {"bytes": subject.opened.size_bytes, "most_bytes": limit.most_bytes},
    )


RULE: Rule = Rule(
    "file.weight",
    "the delivered file is no heavier than the place takes",
    look,
    {
        "heavy": Saying(
            "the file has {bytes:,} bytes; the place takes {most_bytes:,}",
            "save it with a lower quality or fewer colours",
        ),
    },
)
