"""Shouting: runs of capitals, and letters that alternate."""

from __future__ import annotations

import re
from collections.abc import Iterator

from adplat.domain import Objection, Weight
from adplat.review.eyes import Eyes
from adplat.review.rule import Rule, Saying
from adplat.review.rules.other_brands import without_marks
from adplat.review.spoken import quoted, without_names, written
from adplat.review.subject import Subject

_WORD = re.compile(r"[A-Za-z][A-Za-z'’&-]*")
_CAPITALS = re.compile(r"[A-Z][A-Z'’&-]+")
_ALTERNATES = re.compile(r"\b\w*(?:[a-z][A-Z]){2,}\w*\b|\b\w*(?:[A-Z]{1,2}[a-z]){3,}[A-Z]?\b")
# Written in capitals by everybody, although they have four letters or more.
_ACRONYMS = frozenset({
    "HDMI", "OLED", "QLED", "UHD", "LTE", "WLAN", "WIFI", "ANSI", "NASA", "UNICEF", "UNESCO", "NATO", "OPEC", "JPEG",
    "HTML", "HTTP", "HTTPS", "GMBH", "LLC", "ISBN", "VIP", "ASAP", "DIY", "FAQ", "RSVP", "RGB", "CMYK", "USB", "IPX",
    "GORE", "TPU", "PVC", "SPF", "PTFE", "BPA", "LED", "LCD", "GPS", "NFC", "ANC", "RAM", "SSD", "HDR", "EVA", "ASMR",
    "NCAA", "NBA", "NFL", "NBCU", "AIDS", "COVID", "LGBT", "LGBTQ", "LGBTQIA", "BBQ", "UVA", "UVB", "FIFA", "UEFA",
    "USDA", "ISO", "CEO", "TED", "NYPD", "NAACP", "PETA", "BMW", "IKEA", "ASOS",
})  # fmt: skip
_LONG = 5  # a single word of capitals this long is no acronym


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """Two words of capitals in a row, one long word of them, or capitals that alternate."""
    for spoken in written(subject):
        text = without_marks(without_names(spoken.plain, subject.own_names))
        run: list[str] = []
        for word in [*_WORD.findall(text), ""]:
            if _CAPITALS.fullmatch(word) and word not in _ACRONYMS:
                run.append(word)
                continue
            shouted = len(run) >= 2 and any(len(part) >= 3 for part in run)
            if shouted or any(_letters(part) >= _LONG or part in _SHOUTED for part in run):
                yield _objection(spoken.part, " ".join(run))
            run = []
        for match in _ALTERNATES.finditer(text):
            if not _CAPITALS.fullmatch(match.group()):
                yield _objection(spoken.part, match.group())


_SHOUTED = frozenset({
    "VERY", "EVER", "MORE", "MOST", "TRUE", "REAL", "GIFT", "COOL", "EASY", "FAST", "GOOD", "HALF", "OPEN", "NEVER", "SHOP",
    "FREE", "SALE", "BEST", "DEAL", "SAVE", "HURRY", "LAST", "ONLY", "WINS", "STOP", "LOOK", "CALL", "HERE", "WANT",
    "LOVE", "CASH", "MEGA", "HUGE",
})  # fmt: skip


def _letters(word: str) -> int:
    return sum(letter.isalpha() for letter in word)


def _objection(part: str, found: str) -> Objection:
    return RULE.objection(Weight.FAIL, "shouts", {"part": part, "words": quoted(found)})


RULE: Rule = Rule(
    "editorial.capitals",
    "no words are shouted in capitals",
    look,
    {
        "shouts": Saying("{part} shouts in capitals: {words}", "write it with capitals at the start of words only"),
    },
)
