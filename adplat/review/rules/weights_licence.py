"""Weights that took part must be free for commercial use."""

from __future__ import annotations

import re
from collections.abc import Iterator

from adplat.domain import Objection, Weight
from adplat.review.cannot_look import CannotLook
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule, Saying
from adplat.review.subject import Subject

_PERMITS = re.compile(
    r"apache(?:[ -]?license)?[ -]?(?:2|2\.0)?|mit(?: license)?|bsd.*|(?:creativeml[ -])?open[ -]?rail(?:\+\+|-m|\+\+-m)?|cc0.*|cc[ -]by[ -]\d.*|cc-by|"
    r"unlicense|isc|mpl-2\.0|ofl.*|public domain",
    re.IGNORECASE,
)
_FORBIDS = re.compile(
    r"non-?commercial|\bnc\b|-nc\b|cc[ -]by[ -]nc|research|academic|evaluation|\[?dev\]?\b", re.IGNORECASE
)


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """By the licence that each making names; one that is not known goes to a person."""
    if subject.makings is None:
        raise CannotLook("nobody told how the creative was made")
    for making in subject.makings:
        if not making.model:
            continue
        details = {"by": making.by, "model": making.model, "licence": making.licence}
        if not making.licence.strip():
            yield RULE.objection(Weight.FAIL, "not_named", details)
        elif _FORBIDS.search(making.licence):
            yield RULE.objection(Weight.FAIL, "barred", details)
        elif not _PERMITS.fullmatch(making.licence.strip()):
            yield RULE.objection(Weight.HOLD, "unknown", details)


RULE: Rule = Rule(
    "provenance.licence",
    "the licence of all weights that took part permits commercial use",
    look,
    {
        "not_named": Saying(
            "{by} used {model}, whose licence is not named", "use weights whose licence permits ads, such as Apache-2.0"
        ),
        "barred": Saying(
            "{by} used {model} under {licence!r}, which bars commercial use",
            "use weights whose licence permits ads, such as Apache-2.0",
        ),
        "unknown": Saying(
            "{by} used {model} under {licence!r}, which is not known here", "have a person read the licence"
        ),
    },
)
