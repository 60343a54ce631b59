"""Curves and documents of told forecasts for tests."""

from __future__ import annotations

from typing import Any

import numpy as np

from adplat.domain import TOLD_LEVELS
from adplat.forecast import SpendCurve, fit_spend_curve

UNIT = 1_000_000
SHARES = np.array([0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0])


def concave(most: float = 100.0, half: float = 100.0, spend: float = 100.0) -> SpendCurve:
    """``most x / (x + half)`` clicks at ``x`` units, replayed up to three times ``spend`` units."""
    units = SHARES * spend
    return fit_spend_curve(units * UNIT, most * units / (units + half))


def s_shaped(most: float = 100.0, half: float = 100.0, spend: float = 100.0) -> SpendCurve:
    """``most x³ / (x³ + half³)``."""
    units = SHARES * spend
    return fit_spend_curve(units * UNIT, most * units**3 / (units**3 + half**3))


def quantiles(median: float, sd: float = 0.2) -> dict[str, float]:
    """Of a log-normal."""
    scores = [-1.96, -1.645, -1.282, -0.674, 0.0, 0.674, 1.282, 1.645, 1.96]
    return {
        f"p{100 * level:g}": float(median * np.exp(sd * score))
        for level, score in zip(TOLD_LEVELS, scores, strict=True)
    }


def forecast(
    name: str, most: float = 100.0, half: float = 100.0, spend: float = 100.0, sd: float = 0.1, **more: Any
) -> dict[str, Any]:
    """What ``forecast run --json`` prints of a campaign that spends ``spend`` units today."""
    units = SHARES * spend

    def clicks(at: Any) -> Any:
        return most * at / (at + half)

    return {
        "refused": False,
        "reasons": [],
        "daily": [],
        "total": {
            "impressions": quantiles(1_000 * clicks(spend), sd),
            "clicks": quantiles(clicks(spend), sd),
            "conversions": quantiles(clicks(spend) / 10, sd),
            "value_micros": quantiles(clicks(spend) * 5 * UNIT, sd),
            "spend_micros": quantiles(spend * UNIT, 0.0),
        },
        "curve": [
            {
                "spend_micros": round(at * UNIT),
                "impressions": 1_000 * clicks(at),
                "clicks": clicks(at),
                "conversions": clicks(at) / 10,
                "value_micros": clicks(at) * 5 * UNIT,
            }
            for at in units.tolist()
        ],
        "plan": {"name": name, "currency": "EUR", "bid": {"kind": "cpm", "target_micros": 1_000_000}},
    } | more
