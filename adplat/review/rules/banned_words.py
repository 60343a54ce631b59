"""Words that the brand itself never uses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from adplat.domain import Objection, Weight
from adplat.review.cannot_look import CannotLook
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule, Saying
from adplat.review.spoken import everything, is_chinese, quoted
from adplat.review.subject import Subject


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """Each banned word that is said, once a part; Latin words as whole words."""
    if subject.brand is None:
        raise CannotLook("no brand kit was given")
    patterns = [_pattern(word) for word in subject.brand.banned_words if word.strip()]
    for spoken in everything(subject, eyes):
        for pattern in patterns:
            found = pattern.search(spoken.plain)
            if found:
                yield RULE.objection(Weight.FAIL, "banned", {"part": spoken.part, "words": quoted(found.group())})


def _pattern(word: str) -> re.Pattern[str]:
    plain = re.escape(word.strip())
    return re.compile(plain if is_chinese(word) else rf"(?<!\w){plain}(?!\w)", re.IGNORECASE)


RULE: Rule = Rule(
    "copy.banned_words",
    "no word is said that the brand kit bans",
    look,
    {
        "banned": Saying("{part} says {words}, which the brand kit bans", "say it in other words"),
    },
)
