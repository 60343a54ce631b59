"""What more or less money would bring: replays at several budgets as a curve that rises and bends one way.

Averaged replays of the same auctions rise with the budget but for chance, and what a further unit of money brings does
not grow: pacing takes part in auctions evenly, so twice the money meets the same auctions twice as often until caps and
supply bind. The curve told is therefore the least concave majorant of the points and of nothing for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from adplat.domain import Metric
from adplat.forecast.arrays import Floats

BUDGET_FACTORS = (0.05, 0.15, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
OUTCOMES = (Metric.IMPRESSIONS, Metric.REACH, Metric.CLICKS, Metric.CONVERSIONS, Metric.VALUE)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What one budget brings; ``planned`` for the plan's own."""

    budget_micros: float
    spend_micros: float
    outcomes: Mapping[Metric, float]
    planned: bool


def spend_curve(
    budgets_micros: Floats, replayed: Mapping[Metric, Floats], planned: int, told: Mapping[Metric, float]
) -> list[CurvePoint]:
    """The curve through what was told at the plan's own budget.

    Args:
        budgets_micros: (B,) rising.
        replayed: (B,) means by metric, spend among them.
        planned: which of them is the plan's.
        told: the point forecast by metric, which the curve passes through.
    """
    spend = np.maximum.accumulate(replayed[Metric.SPEND])
    if spend[planned] <= 0.0:
        return [
            CurvePoint(float(budget), 0.0, dict.fromkeys(OUTCOMES, 0.0), planned=place == planned)
            for place, budget in enumerate(budgets_micros)
        ]
    stretch = told[Metric.SPEND] / spend[planned]
    # Money told beyond a budget cannot be: there the curve is only read further left.
    money = np.minimum(spend * stretch, budgets_micros)
    outcomes = {}
    for metric in OUTCOMES:
        curve = concave_majorant(spend, replayed[metric])
        at_plan = float(curve(spend[planned : planned + 1])[0])
        scale = told[metric] / at_plan if at_plan > 0.0 else 0.0
        outcomes[metric] = scale * curve(money / stretch) if stretch > 0.0 else np.zeros(len(money))
    return [
        CurvePoint(
            float(budget),
            float(money[place]),
            {metric: float(values[place]) for metric, values in outcomes.items()},
            planned=place == planned,
        )
        for place, budget in enumerate(budgets_micros)
    ]


def concave_majorant(across: Floats, up: Floats) -> Callable[[Floats], Floats]:
    """The least concave function that is 0 at 0, never falls, and is nowhere below the points; flat beyond them."""
    order = np.lexsort((up, across))
    hull: list[tuple[float, float]] = [(0.0, 0.0)]
    for x, y in zip(across[order].tolist(), np.maximum.accumulate(up[order]).tolist(), strict=True):
        if x <= hull[-1][0]:
            if len(hull) == 1:
                continue
            hull.pop()
        while len(hull) > 1 and (hull[-1][1] - hull[-2][1]) * (x - hull[-2][0]) <= (y - hull[-2][1]) * (
            hull[-1][0] - hull[-2][0]
        ):
            hull.pop()
        hull.append((x, y))
    xs, ys = np.array(hull).T

    def at(asked: Floats) -> Floats:
        told: Floats = np.interp(asked, xs, ys)
        return told

    return at
