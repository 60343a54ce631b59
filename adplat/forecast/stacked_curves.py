"""Many spend curves as one array, their concave hulls between bounds, and what each would take at a price of money.

With a price ``p`` on a micro, every campaign takes the spend at which ``outcome - p * spend`` is largest. Where a curve
is convex nothing in between is ever best: its hull, the tangent from the lower bound to the concave part, says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adplat.forecast.arrays import Floats, Whole
from adplat.forecast.spend_curve import SpendCurve

HALVINGS = 60


@dataclass(frozen=True, slots=True, eq=False)
class StackedCurves:
    """``(N, K)`` knots, the last one repeated; ``peak`` is ``(N,)``. ``cost`` is taken off for each micro spent."""

    spends: Floats
    outcomes: Floats
    slopes: Floats
    peak: Whole

    @classmethod
    def of(cls, curves: Sequence[SpendCurve], cost: float) -> StackedCurves:
        """Of ``N`` curves, the objective being outcome less ``cost`` times spend."""
        most = max(len(curve.spends_micros) for curve in curves)

        def padded(values: Floats) -> Floats:
            return np.concatenate([values, np.repeat(values[-1:], most - len(values))])

        return cls(
            np.array([padded(curve.spends_micros) for curve in curves]),
            np.array([padded(curve.outcomes - cost * curve.spends_micros) for curve in curves]),
            np.array([padded(curve.marginals - cost) for curve in curves]),
            np.array([curve.peak for curve in curves]),
        )

    def outcome(self, spend: Floats) -> Floats:
        """``(N,)`` at ``(N,)`` spends within the curves."""
        rows, at, into, bend = self._place(spend)
        told: Floats = self.outcomes[rows, at] + into * (self.slopes[rows, at] + bend * into / 2.0)
        return told

    def slope(self, spend: Floats) -> Floats:
        """``(N,)``: outcome of one further micro."""
        rows, at, into, bend = self._place(spend)
        told: Floats = self.slopes[rows, at] + bend * into
        return told

    def hull(self, low: Floats, high: Floats) -> Hull:
        """The least concave curve above each, between its bounds."""
        start = self.outcome(low)
        left = np.clip(self.spends[np.arange(len(low)), self.peak], low, high)
        right = high.copy()
        for _ in range(HALVINGS):
            middle = (left + right) / 2.0
            # While the slope is above that of the chord from the lower bound, the tangent touches further up.
            before = self.slope(middle) * (middle - low) > self.outcome(middle) - start
            left, right = np.where(before, middle, left), np.where(before, right, middle)
        bent = self.spends[np.arange(len(low)), self.peak] > low
        touch = np.where(bent, right, low)
        rise = np.where(touch > low, (self.outcome(touch) - start) / np.maximum(touch - low, 1e-300), np.inf)
        return Hull(self, low, high, touch, rise)

    def _place(self, spend: Floats) -> tuple[Whole, Whole, Floats, Floats]:
        rows = np.arange(len(spend))
        at = np.clip(np.sum(self.spends <= spend[:, None], axis=1) - 1, 0, self.spends.shape[1] - 2)
        width = self.spends[rows, at + 1] - self.spends[rows, at]
        bend = np.where(width > 0.0, self.slopes[rows, at + 1] - self.slopes[rows, at], 0.0)
        return rows, at, spend - self.spends[rows, at], bend / np.where(width > 0.0, width, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Hull:
    """``(N,)`` each: a straight line of slope ``rise`` from ``low`` to ``touch``, from there the curve itself."""

    curves: StackedCurves
    low: Floats
    high: Floats
    touch: Floats
    rise: Floats

    def outcome(self, spend: Floats) -> Floats:
        """``(N,)``: at least that of the curve."""
        line = self.curves.outcome(self.low) + np.where(self.touch > self.low, self.rise, 0.0) * (spend - self.low)
        return np.where(spend < self.touch, line, self.curves.outcome(spend))

    def taken(self, price: float) -> Floats:
        """``(N,)``: the most that each takes where a micro costs ``price``; falls as the price rises."""
        curves, count = self.curves, self.curves.spends.shape[1]
        rows = np.arange(len(self.low))
        worth = (curves.slopes >= price) & (np.arange(count) >= curves.peak[:, None])
        last = np.where(worth.any(axis=1), count - 1 - np.argmax(worth[:, ::-1], axis=1), curves.peak)
        after = np.minimum(last + 1, count - 1)
        drop = curves.slopes[rows, last] - curves.slopes[rows, after]
        part = np.where(drop > 0.0, (curves.slopes[rows, last] - price) / np.where(drop > 0.0, drop, 1.0), 0.0)
        width = curves.spends[rows, after] - curves.spends[rows, last]
        spend = curves.spends[rows, last] + np.clip(part, 0.0, 1.0) * width
        return np.where(self.rise >= price, np.clip(spend, self.touch, self.high), self.low)
