"""How sure a split is: what it brings, gains over another one, and what its last money costs, as intervals.

Two things are unknown of a curve: its level, by the forecast's own interval, and its shape, by the noise of the
replayed points. Each draw has one of either. Whether campaigns err together nobody knows, so each figure is told on
the assumption that makes it wider: totals as if all levels erred together, gains as if each erred alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from adplat.domain import TOLD_LEVELS, Interval, Quantiles, rising_quantiles
from adplat.forecast.arrays import Floats
from adplat.forecast.budget_split import outcome_of
from adplat.forecast.curve_document import Objective
from adplat.forecast.fit_spend_curve import redrawn
from adplat.forecast.spend_curve import SpendCurve

DRAWS = 400


@dataclass(frozen=True, slots=True)
class CurveDraws:
    """``DRAWS`` curves that each campaign may have: shapes, and the chance at which each level is read."""

    curves: Mapping[str, SpendCurve]
    shapes: Mapping[str, tuple[SpendCurve, ...]]
    alone: Mapping[str, Floats]
    shared: Floats

    @classmethod
    def of(cls, curves: Mapping[str, SpendCurve], rng: np.random.Generator, count: int = DRAWS) -> CurveDraws:
        """Cost: a fit for each draw and campaign, a third of a millisecond each."""
        shapes = {name: tuple(redrawn(curve, rng) for _ in range(count)) for name, curve in curves.items()}
        alone = {name: curve.level(rng.permutation(_even(count))) for name, curve in curves.items()}
        return cls(curves, shapes, alone, _even(count))

    def brings(self, spends_micros: Mapping[str, float], objective: Objective, *, together: bool) -> dict[str, Floats]:
        """By campaign, what it brings in each draw; ``together``: every level is read at the same chance."""
        return {
            name: np.array([float(shape.outcome(spend)) for shape in self.shapes[name]])
            * (self.curves[name].level(self.shared) if together else self.alone[name])
            - objective.cost * min(spend, self.curves[name].known_to_micros)
            for name, spend in spends_micros.items()
        }

    def total(self, spends_micros: Mapping[str, float], objective: Objective) -> Quantiles:
        """What a split brings in all."""
        drawn = sum(self.brings(spends_micros, objective, together=True).values(), np.zeros(len(self.shared)))
        return rising_quantiles(np.quantile(drawn, TOLD_LEVELS).tolist())

    def gain(
        self, spends_micros: Mapping[str, float], before_micros: Mapping[str, float], objective: Objective
    ) -> Interval:
        """What one split brings more than another, with a 95 % interval."""
        more, less = (self.brings(spends, objective, together=False) for spends in (spends_micros, before_micros))
        drawn = sum(more.values(), np.zeros(len(self.shared))) - sum(less.values(), np.zeros(len(self.shared)))
        value = outcome_of(self.curves, spends_micros, objective) - outcome_of(self.curves, before_micros, objective)
        return around(value, drawn)

    def marginal_cost(self, name: str, spend_micros: float) -> Interval | None:
        """Micros for one more outcome at this spend; none where more money brings nothing."""
        slope = float(self.curves[name].marginal(spend_micros))
        if slope <= 0.0:
            return None
        drawn = np.array([float(shape.marginal(spend_micros)) for shape in self.shapes[name]]) * self.alone[name]
        costs = 1.0 / np.maximum(drawn, 1e-3 * slope)
        return around(1.0 / slope, costs)


def around(value: float, drawn: Floats) -> Interval:
    """The 95 % interval of draws around a value, which it holds."""
    low, high = np.quantile(drawn, (0.025, 0.975)).tolist()
    return Interval(value, min(low, value), max(high, value))


def _even(count: int) -> Floats:
    """Chances in even steps: fewer draws are needed than of random ones."""
    return (np.arange(count) + 0.5) / count
