"""Prices and discounts in copy of both languages, so that ``30% off`` and ``7折`` are one offer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from adplat.domain import Money
from adplat.domain.money import MICROS_PER_UNIT

# A sign may be that of several currencies.
_SIGNS = {
    "$": ("USD", "AUD", "CAD", "SGD", "HKD", "NZD"), "us$": ("USD",), "hk$": ("HKD",), "a$": ("AUD",), "€": ("EUR",),
    "£": ("GBP",), "¥": ("CNY", "JPY"), "￥": ("CNY", "JPY"), "₹": ("INR",), "usd": ("USD",), "eur": ("EUR",),
    "gbp": ("GBP",), "cny": ("CNY",), "rmb": ("CNY",), "jpy": ("JPY",), "元": ("CNY",), "块": ("CNY",), "块钱": ("CNY",),
    "人民币": ("CNY",), "yuan": ("CNY",), "美元": ("USD",), "欧元": ("EUR",), "英镑": ("GBP",), "日元": ("JPY",), "港币": ("HKD",),
    "dollars": ("USD", "AUD", "CAD", "SGD", "HKD", "NZD"), "dollar": ("USD",), "bucks": ("USD",), "euros": ("EUR",),
    "euro": ("EUR",), "cents": ("USD", "EUR"),
}  # fmt: skip
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_BEFORE = rf"(?P<sign>us\$|hk\$|a\$|[$€£¥￥₹]|(?:usd|eur|gbp|cny|rmb|jpy)\s)\s?(?P<amount>{_NUMBER})(?!\s?%)(?P<scale>k\b|万)?"
_AFTER = (
    rf"(?<![\d.])(?P<amount2>{_NUMBER})(?P<scale2>万)?\s?"
    r"(?P<sign2>人民币|块钱|元|块(?![\u4e00-\u9fff])|美元|欧元|英镑|日元|港币|dollars?|bucks|euros?|yuan|cents|usd\b|eur\b|gbp\b|cny\b|rmb\b)(?!宵|旦)"
)
_MONEY = re.compile(f"{_BEFORE}|{_AFTER}", re.IGNORECASE)
_PERCENT_OFF = re.compile(
    rf"(?:save|saving|get|up to|extra|discount of|立省|直降|优惠|降价|折扣)\s?(?P<a>{_NUMBER})\s?%|(?P<b>{_NUMBER})\s?%\s?-?(?:off|discount|cheaper|less|折扣|优惠)",
    re.IGNORECASE,
)
_TENTHS = re.compile(r"(?<![\d.])(?P<tenths>\d(?:\.\d)?|[1-9]\d|[一二三四五六七八九])\s?折(?!叠|扣)")
_HALF = re.compile(r"\bhalf[ -](?:price|off)\b|半价|对折|五折", re.IGNORECASE)
_ONE_MORE = re.compile(
    r"\bbuy (?:one|1|two|2)[ ,]+get (?:one|1|two|2)\b|\bbogo\b|\b(?:2|two|3|three) for (?:1|one|2|two|the price of \w+)\b|买[一二两1-3]送[一二两1-3]|第二[件杯份双](?:半价|免费|0元|零元)",
    re.IGNORECASE,
)
_MONEY_OFF = re.compile(
    rf"\bsave [$€£¥]\s?(?P<a>{_NUMBER})|[$€£¥]\s?(?P<b>{_NUMBER}) (?:off|discount|cash ?back|coupon|voucher)|满\s?(?P<full>\d+)\s?(?:元)?\s?[减送返]\s?(?P<c>\d+)"
    r"|(?:立减|直降|立省|减免|返现)\s?[¥￥]?\s?(?P<d>\d+)(?!\s?%)",
    re.IGNORECASE,
)
MONEY_OR_OFFER = re.compile(
    "|".join(
        re.sub(r"\?P<\w+>", "?:", pattern.pattern)
        for pattern in (_MONEY_OFF, _PERCENT_OFF, _TENTHS, _HALF, _ONE_MORE, _MONEY)
    ),
    re.IGNORECASE,
)
_CHINESE_TENTHS = dict(zip("一二三四五六七八九", range(1, 10), strict=True))
# Behind these, money is what the reader is to earn, which the rule on income judges.
_EARNED = re.compile(
    r"(?:\b(?:earn|earning|make|making)\b[\w ,'-]{0,20}|[月日年](?:入|赚)(?:过|上)?\s?|赚)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Price:
    """Money named in copy: its amount and the currencies that its sign can mean."""

    amount_micros: int
    currencies: tuple[str, ...]
    words: str

    def is_money(self, money: Money) -> bool:
        """Whether it is that amount in that currency."""
        return self.amount_micros == money.amount_micros and money.currency in self.currencies

    def agrees(self, other: Price) -> bool:
        """Whether both can mean the same."""
        return self.amount_micros == other.amount_micros and bool(set(self.currencies) & set(other.currencies))


@dataclass(frozen=True, slots=True)
class Offer:
    """A reduction: ``percent_off``, ``money_off``, ``one_more``; and how large, in per cent or units of money."""

    kind: str
    size: float
    words: str


def offers(text: str) -> Iterator[Offer]:
    """Reductions named in a text."""
    for match in _PERCENT_OFF.finditer(text):
        yield Offer("percent_off", float((match["a"] or match["b"]).replace(",", "")), match.group())
    for match in _TENTHS.finditer(text):
        told = match["tenths"]
        tenths = float(_CHINESE_TENTHS.get(told, 0) or told)
        yield Offer("percent_off", round(100 - (tenths if tenths >= 10 else tenths * 10), 4), match.group())
    for match in _HALF.finditer(text):
        if "五折" not in match.group():
            yield Offer("percent_off", 50.0, match.group())
    for match in _ONE_MORE.finditer(text):
        yield Offer("one_more", 1.0, match.group())
    for match in _MONEY_OFF.finditer(text):
        size = match["a"] or match["b"] or match["c"] or match["d"]
        yield Offer("money_off", float(size.replace(",", "")), match.group())


def prices(text: str) -> Iterator[Price]:
    """Money named in a text that is no reduction and nothing to be earned."""
    text = _MONEY_OFF.sub(lambda found: "·" * len(found.group()), text)
    for match in _MONEY.finditer(text):
        if _EARNED.search(text[: match.start()]):
            continue
        sign = (match["sign"] or match["sign2"]).strip().lower()
        amount = float((match["amount"] or match["amount2"]).replace(",", ""))
        scale = (match["scale"] or match["scale2"] or "").lower()
        amount *= {"k": 1_000, "万": 10_000}.get(scale, 1) * (0.01 if sign == "cents" else 1)
        if amount:
            yield Price(round(amount * MICROS_PER_UNIT), _SIGNS[sign], match.group())
