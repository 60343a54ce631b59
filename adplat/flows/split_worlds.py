"""Campaigns whose curves are known and of no form that a split assumes, and what replays show of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float64 = npt.NDArray[np.float64]

KINDS = ("hill", "log", "power", "s_shaped", "bent")
UNIT = 1_000_000.0
# A plan is replayed at these shares of today's spend.
REPLAYED = np.array([0.1, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0])
LEVEL_SD = 0.1


@dataclass(frozen=True, slots=True)
class TrueCurve:
    """``most`` clicks; ``half_micros`` sets the scale, ``power`` the bend; ``end_micros``: more cannot be spent."""

    kind: str
    most: float
    half_micros: float
    power: float
    end_micros: float

    def outcome(self, spend_micros: npt.ArrayLike) -> Float64:
        """True clicks at a spend."""
        spend = np.minimum(np.asarray(spend_micros, np.float64), self.end_micros) / self.half_micros
        if self.kind in ("hill", "s_shaped"):
            told: Float64 = self.most * spend**self.power / (1.0 + spend**self.power)
        elif self.kind == "log":
            told = self.most * np.log1p(spend) / 3.0
        elif self.kind == "power":
            told = self.most * (1.0 - np.exp(-(spend**self.power)))
        else:
            # Straight while a budget binds, flat once it does not.
            told = self.most * np.minimum(spend, 1.0)
        return told


@dataclass(frozen=True, slots=True)
class SplitWorld:
    """Campaigns with what is spent today, a budget to split, and replayed points (spend, clicks) of each."""

    curves: tuple[TrueCurve, ...]
    today_micros: Float64
    budget_micros: int
    spends_micros: Float64
    clicks: Float64

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> SplitWorld:
        """3 to 8 campaigns of mixed kinds; budgets of 0.6 to 1.4 of today's spend."""
        count = int(rng.integers(3, 9))
        curves = tuple(_curve(rng) for _ in range(count))
        today = np.array([curve.half_micros * rng.lognormal(0.0, 0.6) for curve in curves])
        today = np.minimum(today, [curve.end_micros for curve in curves])
        points = [_replayed(curve, spend, rng) for curve, spend in zip(curves, today, strict=True)]
        return cls(
            curves,
            today,
            int(today.sum() * rng.uniform(0.6, 1.4)),
            np.array([spends for spends, _ in points]),
            np.array([clicks for _, clicks in points]),
        )

    def truth(self, spends_micros: npt.ArrayLike) -> float:
        """True clicks of a split."""
        spends = np.asarray(spends_micros, np.float64)
        return float(sum(float(curve.outcome(spend)) for curve, spend in zip(self.curves, spends, strict=True)))


def _curve(rng: np.random.Generator) -> TrueCurve:
    kind = str(rng.choice(KINDS))
    half = 100.0 * UNIT * rng.lognormal(0.0, 0.8)
    power = {"hill": rng.uniform(0.7, 1.0), "power": rng.uniform(0.5, 1.0), "s_shaped": rng.uniform(1.4, 3.0)}
    most = half / UNIT * rng.lognormal(0.0, 0.5) * 4.0
    return TrueCurve(kind, most, half, float(power.get(kind, 1.0)), half * float(rng.uniform(2.0, 6.0)))


def _replayed(curve: TrueCurve, today: float, rng: np.random.Generator) -> tuple[Float64, Float64]:
    """A replay counts showings of one sample at every budget, so its noise adds up along the curve, and ends where no
    more can be spent; how well people respond is missed by one factor for all points."""
    spends = np.minimum(REPLAYED * today, curve.end_micros) * (1.0 + 0.005 * rng.standard_normal(len(REPLAYED)))
    spends = np.sort(spends)
    truth = curve.outcome(spends)
    counted = rng.uniform(200.0, 4_000.0) / max(float(truth[-1]), 1e-9)
    steps = np.maximum(np.diff(truth, prepend=0.0), 0.0) * counted
    clicks = np.cumsum(np.where(steps > 0, rng.gamma(np.maximum(steps, 1e-9)), 0.0)) / counted
    return spends, clicks * float(rng.lognormal(0.0, LEVEL_SD))
