"""Time as a budget: what of the caller's deadline is left, and which steps still fit into it.

A step fits when its usual slow case (a high quantile of what it took before) ends before the reserve begins; the
reserve is for writing the answer and for the way back.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TimeBudget:
    """``time_left_ms`` were granted at ``started_ms`` (a monotonic clock); ``reserve_ms`` of it are for the answer."""

    started_ms: float
    time_left_ms: float
    reserve_ms: float = 0.0

    def left_ms(self, now_ms: float) -> float:
        """What may still be spent before the answer; never below 0."""
        return max(self.started_ms + self.time_left_ms - self.reserve_ms - now_ms, 0.0)

    def fits(self, now_ms: float, cost_ms: float) -> bool:
        """Whether a step of so many milliseconds, begun now, ends before the reserve begins."""
        return cost_ms <= self.left_ms(now_ms)


def next_quantile_ms(quantile_ms: float, observed_ms: float, *, level: float = 0.99, rate: float = 0.05) -> float:
    """A running quantile after one more observation, without keeping any: ``q ← q · (1 + rate · (level − [x ≤ q]))``.

    In balance ``P(x ≤ q) = level``: a stochastic approximation (Robbins & Monro, Ann. Math. Statist. 22, 1951) on a
    multiplicative scale, so that it follows a step that became ten times slower in tens of observations. Coming
    down is slower, about ``1 / (rate · (1 − level))`` observations for a factor of e: it errs on the late side.

    Args:
        quantile_ms: positive; to begin with, the first observation.
        observed_ms: 0 or more.
    """
    above = 0.0 if observed_ms <= quantile_ms else 1.0
    return quantile_ms * (1.0 + rate * (above - (1.0 - level)))
