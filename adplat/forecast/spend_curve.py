"""What more money brings: outcome by spend, from a campaign replayed at several budgets.

The slope is linear between the replayed points and may drop at them, so the outcome is a quadratic spline with kinks.
It never falls, and past its steepest knot each further unit of money brings no more than the one before: people who
respond best, and the cheapest openings, are used up first. Before that knot the curve may be convex (an S-shape). No
formula of a curve is assumed: a replay bends where a budget stops binding or where caps bite, and Hill's curve or a
logarithm bends elsewhere.

Nothing is extrapolated: beyond the last point that was replayed the outcome stays what it is there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from adplat.domain import TOLD_LEVELS
from adplat.forecast.arrays import Floats

STILL_RISING = 0.05
"""A curve whose last slope is above this share of its mean slope was not replayed up to where money brings nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class ReplayedPoints:
    """``(n,)`` replayed points the fit went by: spends rising, all above 0; ``sds`` is the noise of each outcome."""

    spends_micros: Floats
    outcomes: Floats
    sds: Floats


@dataclass(frozen=True, slots=True, eq=False)
class SpendCurve:
    """Fitted by ``fit_spend_curve``.

    Args:
        spends_micros: ``(K,)`` knots; the first is 0, the last is the most that was replayed; each one between stands
            twice, with the slope before and after it.
        outcomes: ``(K,)`` at the knots, from 0; clicks, conversions or micros of value.
        marginals: ``(K,)`` outcome for one further micro, at the knots.
        peak: the knot of the inflexion, from which on ``marginals`` never rise; 0 where all of it is concave.
        points: what was replayed.
        ratios: quantiles at ``TOLD_LEVELS`` of what will happen over what the curve says, the same along it: the
            forecast's own interval, which is mostly about how well people respond and not about its shape.
    """

    spends_micros: Floats
    outcomes: Floats
    marginals: Floats
    peak: int
    points: ReplayedPoints
    ratios: tuple[float, ...]

    @property
    def known_to_micros(self) -> float:
        """The most that was replayed; nothing is known of more."""
        return float(self.spends_micros[-1])

    @property
    def inflexion_micros(self) -> float:
        """Where the convex start ends; 0 where there is none."""
        return float(self.spends_micros[self.peak])

    @property
    def still_rises(self) -> bool:
        """Whether more money than was replayed would bring more: then ask for a forecast of a larger budget."""
        return float(self.marginals[-1]) * self.known_to_micros > STILL_RISING * float(self.outcomes[-1])

    def outcome(self, spend_micros: ArrayLike) -> Floats:
        """Expected outcome; beyond ``known_to_micros`` that of the last point, the least it can be."""
        at, into, bend = self._place(spend_micros)
        told: Floats = self.outcomes[at] + into * (self.marginals[at] + bend * into / 2.0)
        return told

    def marginal(self, spend_micros: ArrayLike) -> Floats:
        """What one further micro brings; at ``known_to_micros`` what the last one brought, 0 beyond."""
        at, into, bend = self._place(spend_micros)
        told: Floats = self.marginals[at] + bend * into
        return np.where(np.asarray(spend_micros) > self.known_to_micros, 0.0, told)

    def level(self, chance: ArrayLike) -> Floats:
        """The factor on the whole curve that is not exceeded with ``chance``, between 0 and 1.

        Straight lines over normal scores; the outermost ones go on, for a tail does not end at the last level told.
        """
        score, known, ratios = (
            ndtri(np.asarray(chance, np.float64)),
            ndtri(np.array(TOLD_LEVELS)),
            np.array(self.ratios),
        )
        lower, upper = np.diff(ratios)[[0, -1]] / np.diff(known)[[0, -1]]
        beyond = np.minimum(score - known[0], 0.0) * lower + np.maximum(score - known[-1], 0.0) * upper
        told: Floats = np.maximum(np.interp(score, known, ratios) + beyond, 0.0)
        return told

    def document(self) -> dict[str, object]:
        """The curve as plain data: what a picture or another program needs."""
        return {
            "spend_micros": [round(spend) for spend in self.spends_micros.tolist()],
            "outcome": self.outcomes.tolist(),
            "marginal": self.marginals.tolist(),
            "inflexion_micros": round(self.inflexion_micros),
            "known_to_micros": round(self.known_to_micros),
            "still_rises": self.still_rises,
            "points": len(self.points.outcomes),
        }

    def _place(self, spend_micros: ArrayLike) -> tuple[np.ndarray, Floats, Floats]:
        spend = np.clip(np.asarray(spend_micros, np.float64), 0.0, self.known_to_micros)
        last = len(self.spends_micros) - 2
        at = np.clip(np.searchsorted(self.spends_micros, spend, side="right") - 1, 0, last)
        width = self.spends_micros[at + 1] - self.spends_micros[at]
        return at, spend - self.spends_micros[at], (self.marginals[at + 1] - self.marginals[at]) / width
