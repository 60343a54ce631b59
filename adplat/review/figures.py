"""Numbers in words of both languages, with their units, so that ``30-hour``, ``30 hours`` and ``30小时`` are one.

Money and discounts are left to ``offers``. No attempt is made to convert units: a fact in kilograms bears no copy in
pounds, which somebody would have to work out and could get wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from adplat.review.offers import MONEY_OR_OFFER

_UNITS = {
    "percent": r"%|percent|per cent|百分",
    "times": r"x\b|×|times|-?fold|倍",
    "hour": r"hours?|hrs?|h\b|个?小时",
    "minute": r"minutes?|mins?|分钟",
    "second": r"seconds?|secs?|秒",
    "day": r"days?|天|日",
    "week": r"weeks?|个?星期|周",
    "month": r"months?|个月|月(?=[内底初])",
    "year": r"years?|yrs?|年",
    "kg": r"kg|kilos?|kilograms?|公斤|千克",
    "g": r"g\b|grams?|克",
    "lb": r"lbs?\b|pounds?|磅",
    "ml": r"ml\b|millilit(?:er|re)s?|毫升",
    "l": r"l\b|lit(?:er|re)s?|升",
    "mm": r"mm\b|毫米",
    "cm": r"cm\b|centimet(?:er|re)s?|厘米|公分",
    "m": r"m\b|met(?:er|re)s?|米",
    "km": r"km\b|kilomet(?:er|re)s?|公里|千米",
    "mile": r"miles?|英里",
    "inch": r"inch(?:es)?|-inch|″|\"|英寸|寸",
    "watt": r"w\b|watts?|瓦",
    "mah": r"mah\b|毫安时?",
    "hz": r"hz\b|赫兹",
    "db": r"db\b|decibels?|分贝",
    "gb": r"gb\b",
    "tb": r"tb\b",
    "degree": r"°c?|degrees?|度",
    "people": r"people|users?|customers?|families|women|men|buyers|readers|members|users|athletes|人|用户|顾客|家庭|客户|会员|位",
    "review": r"reviews?|ratings?|条?(?:好评|评价)",
    "star": r"stars?|-star|星",
    "layer": r"layers?|-?ply|层",
    "piece": r"pieces?|pcs|pack|件|个|片|只|款|块",
    "colour": r"colou?rs?|色|种颜色",
    "point": r"points?|分(?!钟)",
}
_SCALES = {
    "k": 1e3,
    "thousand": 1e3,
    "million": 1e6,
    "m": 1e6,
    "billion": 1e9,
    "千": 1e3,
    "万": 1e4,
    "百万": 1e6,
    "亿": 1e8,
}
_UNIT = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _UNITS.items()), re.IGNORECASE)
# Not a figure: a letter or a digit of a name before it (X200, IP68, mp3), a rank (#1), a version or a phone number.
_DIGITS = re.compile(
    r"(?<![A-Za-z0-9_.,#/:+-])(?:\+|>|over )?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?!\d)(?!\.\d)"
    r"(?:\s?(k|thousand|million|billion|百万|千|万|亿)(?![a-z]))?(\+)?[\s-]?",
    re.IGNORECASE,
)
_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90, "hundred": 100, "a hundred": 100, "a thousand": 1000, "a million": 1e6, "thousands of": 1e3,
    "millions of": 1e6,
}  # fmt: skip
_SPELLED = re.compile(
    rf"\b({'|'.join(sorted(map(re.escape, _WORDS), key=len, reverse=True))})[\s-]+(?:out of|in|of)?[\s-]?",
    re.IGNORECASE,
)
_CHINESE = re.compile("[零一二两三四五六七八九十百千万亿]{1,8}")
_CHINESE_DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_CHINESE_SCALES = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_OUT_OF = re.compile(
    r"\b(\d+|nine|eight|seven|ten|four|three) (?:out of|in every|in) (\d+|ten|five|four|hundred)\b", re.IGNORECASE
)
_IDIOMS = re.compile(
    r"\b24/7\b|\b(?:19|20)\d\d\b(?!\s?(?:people|users|customers|mah|w\b|ml|g\b|reviews?))|\b\d{1,2}:\d\d\b|\bno\.?\s?1\b|#\s?\d+"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten)(?=(?:some|fold)\b)|\b(?:1|one)[ -](?:step|click|touch|tap|stop|size|hand)\b"
    r"|第[一二三四五六七八九十\d]+|一(?:键|天|杯|次|起|下|步|件|切|身|样|双|手|整|年四季|家|生|点|个|秒|分|周|月|层|款)|[万千百]一|千万|四季|三餐|五官|十分|百搭|百变|万象|千元"
    r"|\b100 ?% (?:safe|effective|satisf\w+|success\w*|secure)\b|(?:百分(?:之)?百|100 ?%)(?:有效|安全|满意|成功|见效)|\b3d\b|\b4k\b|\b5g\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and its unit; ``unit`` is empty where none that is known follows."""

    value: float
    unit: str
    words: str

    def agrees(self, other: Amount) -> bool:
        """Whether both are one figure; an unknown unit agrees with every one."""
        return self.value == other.value and (self.unit == other.unit or not self.unit or not other.unit)

    @property
    def boasts(self) -> bool:
        """Whether it wants a source even where nobody told facts: a share, a multiple, a crowd, a rating."""
        crowd = self.unit in {"people", "review"} and self.value >= 100
        return crowd or self.unit in {"percent", "times", "share", "star"}


def amounts(text: str) -> Iterator[Amount]:
    """Numbers of a text that stand for a quantity, from its start to its end by kind."""
    text = MONEY_OR_OFFER.sub(_blotted, text)
    for match in _OUT_OF.finditer(text):
        part, whole = (_number(told) for told in match.groups())
        if whole:
            yield Amount(round(part / whole, 6), "share", match.group())
    text = _IDIOMS.sub(_blotted, _OUT_OF.sub(_blotted, text))
    for match in _DIGITS.finditer(text):
        value = float(match.group(1).replace(",", "") + (match.group(2) or ""))
        value *= _SCALES.get((match.group(3) or "").lower(), 1)
        unit, end = _unit_at(text, match.end())
        if unit or not _glued(text, match.end()):
            yield Amount(value, unit, text[match.start() : end].strip(" -"))
    for match in _SPELLED.finditer(text):
        unit, end = _unit_at(text, match.end())
        if unit and unit not in {"piece", "point"}:
            yield Amount(_WORDS[match.group(1).lower()], unit, text[match.start() : end])
    for match in _CHINESE.finditer(text):
        unit, end = _unit_at(text, match.end())
        value = _chinese(match.group())
        if unit and unit not in {"piece", "point", "people", "degree", "colour"} and value > 1:
            yield Amount(value, unit, text[match.start() : end])
    if "翻倍" in text or re.search(r"\btwice\b", text, re.IGNORECASE):
        yield Amount(2.0, "times", "翻倍" if "翻倍" in text else "twice")


def _unit_at(text: str, at: int) -> tuple[str, int]:
    found = _UNIT.match(text, at)
    if found is None or found.lastgroup is None:
        return "", at
    after = text[found.end() : found.end() + 1]
    if found.group()[-1].isascii() and found.group()[-1].isalpha() and after.isascii() and after.isalpha():
        return "", at  # the beginning of another word
    return found.lastgroup, found.end()


def _glued(text: str, at: int) -> bool:
    """Whether a name goes on behind the digits (``7Up``)."""
    before, after = text[at - 1 : at], text[at : at + 1]
    return before.isdigit() and after.isascii() and after.isalpha()


def _number(told: str) -> float:
    return float(told) if told.isdigit() else float(_WORDS.get(told.lower(), 0))


def _chinese(told: str) -> float:
    total = section = digit = 0
    for character in told:
        if character in _CHINESE_DIGITS:
            digit = _CHINESE_DIGITS[character]
            continue
        scale = _CHINESE_SCALES[character]
        if scale >= 10_000:
            total += max(section + digit, 1) * scale
            section = 0
        else:
            section += max(digit, 1) * scale
        digit = 0
    return float(total + section + digit)


def _blotted(found: re.Match[str]) -> str:
    return "·" * len(found.group())
