"""A picture that a model helped to make says so in the file."""

from __future__ import annotations

from collections.abc import Iterator

from adplat.artwork import SourceType, source_code_in
from adplat.domain import Objection, Weight
from adplat.review.cannot_look import CannotLook
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule, Saying
from adplat.review.subject import Subject

_BY_MODEL = {source.value for source in SourceType if source.by_model}


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """Held against the delivered file, since an encoder after the mark would have dropped it."""
    if subject.makings is None:
        raise CannotLook("nobody told how the creative was made")
    models = sorted({making.model for making in subject.makings if making.model})
    if not models:
        return
    if subject.opened is None:
        raise CannotLook("no delivered file was given")
    told = source_code_in(subject.opened.content)
    if told not in _BY_MODEL:
        yield RULE.objection(Weight.FAIL, "other_mark" if told else "no_mark", {"model": models[0], "mark": told or ""})


RULE: Rule = Rule(
    "provenance.mark",
    "a picture that a model helped to make is marked as such",
    look,
    {
        "other_mark": Saying(
            "{model} took part, and its mark says {mark!r}",
            "write the IPTC digital source type as the last step but sealing",
        ),
        "no_mark": Saying(
            "{model} took part, and the file has no mark of it",
            "write the IPTC digital source type as the last step but sealing",
        ),
    },
)
