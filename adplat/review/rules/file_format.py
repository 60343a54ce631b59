"""The format of the file, and whether its name tells the truth."""

from __future__ import annotations

from collections.abc import Iterator

from adplat.domain import Objection, Weight
from adplat.review.cannot_look import CannotLook
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule, Saying
from adplat.review.subject import Subject


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """A format that the place does not take, a name that promises another one, and what had to be converted."""
    opened = subject.opened
    if opened is None:
        raise CannotLook("no delivered file was given")
    limit = subject.placement.image
    if limit is not None and opened.format not in limit.formats:
        yield RULE.objection(
            Weight.FAIL if limit.source.owner_sourced else Weight.WARN,
            "other" if limit.formats else "none_taken",
            {
                "format": opened.format.upper(),
                "formats": ", ".join(limit.formats).upper(),
                "first": limit.formats[0].upper() if limit.formats else "",
            },
        )
    if opened.named_format and opened.named_format != opened.format:
        yield RULE.objection(
            Weight.FAIL,
            "misnamed",
            {"name": opened.name, "format": opened.format.upper(), "promised": opened.named_format.upper()},
        )
    for note in opened.notes:
        if not note.startswith("it is animated"):
            yield RULE.objection(Weight.WARN, "converted", {"note": note})


RULE: Rule = Rule(
    "file.format",
    "the file is of a format that the place takes, and its name says which",
    look,
    {
        "other": Saying("the file is {format}; the place takes {formats}", "save it as {first}"),
        "none_taken": Saying("the file is {format}; the place takes {formats}", "ask the place what it takes"),
        "misnamed": Saying(
            "{name} is a {format}, though its name promises {promised}",
            "rename it: servers tell browsers the type by the name",
        ),
        "converted": Saying("{note}", "save it as plain RGB if that is not meant"),
    },
)
