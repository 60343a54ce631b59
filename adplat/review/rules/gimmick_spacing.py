"""Words taken apart or disguised so that they pass a filter (``F R E E``, ``f.r.e.e``, ``$ale``, ``免 费 领 取``)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from adplat.domain import Objection, Weight
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule, Saying
from adplat.review.spoken import quoted, without_names, written
from adplat.review.subject import Subject

_WIDE = "[\u4e00-\u9fff]"
_GIMMICKS = (
    re.compile(r"(?<![\w'’])[A-Za-z](?:([ ._*|/+~-]{1,2})[A-Za-z]){3,}(?![\w'’])"),
    re.compile(rf"(?<!{_WIDE}){_WIDE}(?:[ .*_|/+~-]{{1,2}}{_WIDE}){{3,}}(?!{_WIDE})"),
    re.compile(r"(?<![\w.@])[A-Za-z]+[@$][A-Za-z]+(?![\w.]*\.\w)|(?<![\w])\$[A-Za-z]{3,}"),
    re.compile(
        r"(?i)\bfr[e3]*3[e3]*\b|\bv[1!]agra\b|\b0ff\b|\bw[1!]n\b|\bm0ney\b|\bd[1!]sc0?unt\b|\bb[3]st\b|\bs[4@]le\b"
    ),
    re.compile(r"(?<![\w@./])[A-Za-z]{1,12}[01345][a-z]{2,}\b(?!\.\w)"),  # f1owers, C0ffee
    re.compile(r"([A-Za-z])\1{3,}"),
    re.compile(r"\S {3,}\S"),
)


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """Every gimmick in the copy, in its own spacing."""
    for spoken in written(subject):
        text = without_names(spoken.text, subject.own_names)
        for gimmick in _GIMMICKS:
            for match in gimmick.finditer(text):
                yield RULE.objection(Weight.FAIL, "disguised", {"part": spoken.part, "words": quoted(match.group())})


RULE: Rule = Rule(
    "editorial.spacing",
    "no word is taken apart or disguised by spaces, symbols or digits",
    look,
    {
        "disguised": Saying("{part} takes words apart or disguises them: {words}", "write the word as it is spelled"),
    },
)
