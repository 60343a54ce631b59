"""Copy that tells readers what they are: ill, poor, of a faith, a race, an orientation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from adplat.domain import Objection, Weight
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule, Saying
from adplat.review.spoken import everything, quoted
from adplat.review.subject import Subject

_BEING = (
    r"(?:diabetic|overweight|obese|fat|depressed|bipolar|autistic|anorexic|an? alcoholic|an? addict|hiv[ -]positive|infertile|disabled|deaf|"
    r"blind|epileptic|impotent|gay|lesbian|bisexual|queer|transgender|trans|single|divorced|widowed|pregnant|muslim|christian|jewish|"
    r"hindu|buddhist|catholic|atheist|black|white|asian|hispanic|latino|latina|african american|chinese|indian|an? immigrant|undocumented|"
    r"an? felon|an? ex-convict|broke|poor|bankrupt|in debt|unemployed|jobless|homeless|an? (?:trade )?union member|republican|democrat|"
    r"ugly|bald|balding|going bald|lonely|over \d\d|elderly|an? senior)"
)
_ILL = (
    r"(?:diabetes|depression|anxiety|cancer|arthritis|adhd|ptsd|acne|asthma|insomnia|erectile dysfunction|addiction|debts?|bankruptcy|"
    r"criminal record|disability|infertility|alcoholism|drinking problem|hair loss|weight problem|bad credit|low credit score|chronic pain|"
    r"sexual orientation|religion|divorce|hiv|psoriasis|eczema|obesity|high blood pressure|financial problems?|money problems?)"
)
_GROUP = (
    r"(?:seniors|christians|muslims|jews|hindus|catholics|lesbians|gays|gay (?:men|people)|diabetics|alcoholics|addicts|immigrants|felons|"
    r"democrats|republicans|vegans in debt|widows|divorcees|singles|black people|asians|latinos|latinas|blacks|people (?:with|in) \w+)"
)
_CHINESE_BEING = (
    "(?:糖尿病|高血压|抑郁|焦虑症|癌症|肥胖|胖|太胖|超重|脱发|秃头|秃顶|失眠|不孕|阳痿|早泄|痘痘|狐臭|脚气|负债|欠债|失业|离婚|单身|同性恋|残疾|贫困|穷|"
    "信用不良|征信不好|有前科|酗酒|更年期|怀孕|艾滋)"
)
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:are|r|if|since|because|when|as) you(?: are|'re)?(?: also| still| secretly)? (?:\w+ )?{_BEING}\b",
        rf"\byou(?:'re| are) (?:\w+ )?{_BEING}\b",
        rf"\b(?:tired|sick|ashamed) of (?:being|feeling) {_BEING}\b",
        rf"\b(?:your|you have|you've got|do you (?:have|suffer from)|suffering from|struggling with|living with|diagnosed with) (?:\w+ )?{_ILL}\b",
        rf"\b(?:other|fellow|local|nearby) {_BEING} (?:people|men|women|singles|seniors|folks|guys|girls|parents)\b",
        rf"\b(?:other|fellow) {_GROUP}\b",
        rf"\b{_BEING} (?:just )?like you\b",
        rf"(?:^|[.!?…] ?)(?:{_BEING}|{_ILL})[\w ,'-]{{0,30}}\?",
        rf"\b{_ILL} (?:getting|got|keeping|holding) you\b",
        r"\b(?:black|white|asian|christian|muslim|jewish|gay|lesbian|latino|latina|hispanic) (?:singles|women|men) (?:near you|in your)",
        r"\b(?:people|men|women) (?:like you|your age|with your (?:condition|income|weight|illness|background))\b",
        rf"(?:你|您)(?:是不是|是否|是|也是|患有|有|得了|正在|还在|还|总是|觉得自己|感到)?(?:有|患有|为|因|太|很|被)?{_CHINESE_BEING}(?:吗|么|了吗|患者|的你|困扰|烦恼|发愁)?",
        rf"{_CHINESE_BEING}的(?:你|您)|(?:你|您)的{_CHINESE_BEING}|(?:还在|总)(?:为|因|被){_CHINESE_BEING}|像(?:你|您)(?:这样)?的{_CHINESE_BEING}",
        r"(?:你|您)(?:是|也是)(?:回族|穆斯林|基督徒|佛教徒|黑人|外地人|农民工|低收入|党员)",
    )
)


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """Meta refuses it; elsewhere a person decides."""
    weight = Weight.FAIL if subject.placement.network == "meta" else Weight.HOLD
    for spoken in everything(subject, eyes):
        match = next(filter(None, (pattern.search(spoken.plain) for pattern in _PATTERNS)), None)
        if match:
            yield RULE.objection(weight, "attribute", {"part": spoken.part, "words": quoted(match.group())})


RULE: Rule = Rule(
    "policy.personal_attributes",
    "no text tells readers a personal attribute of theirs",
    look,
    {
        "attribute": Saying(
            "{part} tells readers what they are: {words}",
            "speak of the product, not of the reader's health, money, faith, origin or love",
        ),
    },
)
