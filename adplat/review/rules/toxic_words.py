"""Abuse, slurs and threats in what is said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from adplat.domain import Objection, Weight
from adplat.review.cannot_look import CannotLook
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule, Saying
from adplat.review.spoken import everything, quoted
from adplat.review.subject import Subject

# Small on purpose: words that no advertiser prints. What depends on how it is said is left to the score below.
_WORDS = re.compile(
    r"\b(?:f+u+c+k\w*|motherf\w+|sh[i1]t(?:ty|s|head)?|bullshit|b[i1]tch(?:es)?|assholes?|bastards?|cunts?|dickheads?|wankers?|sluts?|whores?|"
    r"n[i1]gg(?:er|a)s?|fagg?ots?|retard(?:s|ed)?|trann(?:y|ies)|kikes?|chinks?|spics?|wetbacks?|scumbags?|morons?|imbeciles?|"
    r"kill (?:yourself|them all|all \w+)|go to hell|drop dead|piece of (?:crap|trash|garbage)|stupid (?:idiots?|people|cows?|bitch\w*)|"
    r"(?:you|your|those) (?:\w+ )?(?:idiots?|losers?|morons?)|(?:filthy|dirty) (?:foreigners|immigrants|animals)|subhuman|vermin)\b"
    r"|傻[逼屄比叉]|他妈的|操你|你妈的|妈的|草泥马|狗娘养|婊子|贱人|贱货|混蛋|王八蛋|滚蛋|去死|白痴|智障|脑残|废物|垃圾人|死胖子|丑八怪|杀了你|弄死|黑鬼|野鸡|人渣|蠢货|蠢猪",
    re.IGNORECASE,
)
_SURE = 0.92


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """Words of the list fail; a learned score of English may only send more of them to a person."""
    blind: CannotLook | None = None
    for spoken in everything(subject, eyes):
        match = _WORDS.search(spoken.plain)
        if match:
            yield RULE.objection(Weight.FAIL, "abusive", {"part": spoken.part, "words": quoted(match.group())})
            continue
        if not re.search(r"[a-z]{3}", spoken.plain, re.IGNORECASE):
            continue
        try:
            score = eyes.abuse(spoken.plain)
        except CannotLook as reason:
            blind = reason
            continue
        if score >= _SURE:
            yield RULE.objection(
                Weight.HOLD,
                "scored",
                {"part": spoken.part, "score": score, "words": quoted(spoken.plain)},
                {"score": round(score, 4)},
            )
    if blind is not None:
        raise CannotLook(f"only the list of words was held against the copy: {blind.reason}")


RULE: Rule = Rule(
    "safety.toxic",
    "no text is abusive",
    look,
    {
        "abusive": Saying("{part} is abusive: {words}", "say it without abuse"),
        "scored": Saying("{part} scores {score:.2f} of 1 for abuse: {words}", "have a person read it"),
    },
)
