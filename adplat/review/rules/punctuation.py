"""Punctuation repeated for effect (``Now!!!``, ``$$$``)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from adplat.domain import Objection, Weight
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule, Saying
from adplat.review.spoken import quoted, written
from adplat.review.subject import Subject

# ``...`` and the Chinese ``……`` are one mark of their language; two dashes are the Chinese dash.
_REPEATED = re.compile(
    r"[!！?？]{2,}|\.{4,}|…{3,}|[,，]{2,}|[。;；:：、]{2,}|[~～]{2,}|[-]{3,}|—{3,}"
    r"|[*#@$€£¥￥%&^=<>|_★☆♥❤►▶●]{2,}|[!！?？](?:\s+[!！?？])+"
)


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """Every run, in the copy."""
    for spoken in written(subject):
        for match in _REPEATED.finditer(spoken.text):
            yield RULE.objection(Weight.FAIL, "repeated", {"part": spoken.part, "words": quoted(match.group())})


RULE: Rule = Rule(
    "editorial.punctuation",
    "no punctuation or symbol is repeated for effect",
    look,
    {
        "repeated": Saying("{part} repeats punctuation: {words}", "use one mark at most"),
    },
)
