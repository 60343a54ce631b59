"""Numbers of advice in the words of both languages."""

from __future__ import annotations

from dataclasses import dataclass

from adplat.domain import Interval
from adplat.domain.money import MICROS_PER_UNIT
from adplat.forecast.curve_document import Objective


@dataclass(frozen=True, slots=True)
class Words:
    """The same thing in English and in Chinese."""

    en: str
    zh: str


OUTCOMES = {
    Objective.CLICKS: Words("clicks", "点击"),
    Objective.CONVERSIONS: Words("conversions", "转化"),
    Objective.VALUE: Words("value", "价值"),
    Objective.PROFIT: Words("profit", "利润"),
}


def money(micros: float, currency: str) -> str:
    """Micros in units of the currency: ``1,250.00 CNY``; small amounts to four digits."""
    units = micros / MICROS_PER_UNIT
    told = f"{units:,.2f}" if abs(units) >= 1.0 or units == 0.0 else f"{units:.4f}"
    return f"{told} {currency}".strip()


def amount(value: float, objective: Objective, currency: str) -> str:
    """Outcomes, or money where the objective is money."""
    if objective in (Objective.VALUE, Objective.PROFIT):
        return money(value, currency)
    return f"{value:,.0f}" if abs(value) >= 100.0 else f"{value:,.1f}"


def change(gain: Interval, objective: Objective, currency: str) -> Words:
    """``12.5 more conversions (95 %: 4.0 to 21.0)``; the ends keep their sign."""
    noun = OUTCOMES[objective]
    low, high = (amount(end, objective, currency) for end in (gain.low, gain.high))
    size = amount(abs(gain.value), objective, currency)
    return Words(
        f"{size} {'more' if gain.value >= 0 else 'less'} {noun.en} (95 %: {low} to {high})",
        f"{noun.zh}{'增加' if gain.value >= 0 else '减少'} {size}（95% 区间 {low} 至 {high}）",
    )


def span(interval: Interval, currency: str) -> Words:
    """The ends of an amount of money."""
    low, high = money(interval.low, currency), money(interval.high, currency)
    return Words(f"(95 %: {low} to {high})", f"（95% 区间 {low} 至 {high}）")
