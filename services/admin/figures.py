"""How figures read on pages: metrics with their unit, what changed since, and the sentence of an alert."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from adplat.domain import MICROS_PER_UNIT, Alert, MetricSums, MetricUnit, ReportMetric
from services.admin.wording import Say

_FORMS = {MetricUnit.COUNT: ",.0f", MetricUnit.SHARE: ".2%", MetricUnit.RATIO: ",.2f"}
UNTOLD = "–"
_HIDDEN_BY_TWO_DIGITS = 0.1


def figure(metric: ReportMetric, value: float | None, currency: str = "") -> str:
    """Such as ``CNY 12.50``, ``3.10%`` or ``1,204``; a dash for what is not told."""
    if value is None or not math.isfinite(value):
        return UNTOLD
    if metric.unit is MetricUnit.MICROS:
        return amount(value, currency)
    return format(value, _FORMS[metric.unit])


def amount(micros: float, currency: str) -> str:
    """Money of millionths; four digits of a fraction where two would hide it."""
    units = micros / MICROS_PER_UNIT
    digits = 4 if 0 < abs(units) < _HIDDEN_BY_TWO_DIGITS else 2
    return f"{currency} {units:,.{digits}f}".strip()


def change(metric: ReportMetric, now: MetricSums, before: MetricSums) -> str:
    """By which share it rose or fell, such as ``+3.2%``; a dash where there was nothing before."""
    one, other = metric.of(now), metric.of(before)
    if one is None or not other:
        return UNTOLD
    share = one / other - 1.0
    return f"{share:+.1%}" if abs(share) < 10.0 else f"×{one / other:,.0f}"


def sentence_of(alert: Alert, say: Say) -> str:
    """What is wrong, in the page's language."""
    return say(f"alert_{alert.kind.value}").format(**_spoken(alert.facts, say))


def _spoken(facts: Mapping[str, Any], say: Say) -> dict[str, str]:
    """Figures as people read them, by the unit in their names."""
    currency = str(facts.get("currency", ""))
    told = {}
    for name, value in facts.items():
        if name.endswith("_micros"):
            told[name] = amount(value, currency)
        elif name.endswith("_share"):
            told[name] = f"{value:.0%}"
        elif name in {"actual", "low", "high"} and str(facts.get("metric", "")).endswith("_micros"):
            told[name] = amount(value, currency)
        elif name == "metrics":
            told[name] = say("and_comma").join(say(f"metric_{one.strip()}") for one in str(value).split(","))
        elif isinstance(value, float):
            told[name] = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
        elif isinstance(value, int):
            told[name] = f"{value:,}"
        else:
            told[name] = str(value)
    return told
