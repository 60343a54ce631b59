"""Do arms differ in what was settled before anybody was assigned? If so, assignment is broken, and so is the result."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, stdtr

from adplat.statistics import Float64

FLAGGED_BELOW = 0.001
LEAST_EXPECTED = 5.0


@dataclass(frozen=True, slots=True)
class Balance:
    """A test that what came before is alike in all arms; None where there is nothing to test."""

    statistic: float | None
    freedom: float
    p_value: float | None

    @property
    def flagged(self) -> bool:
        """Whether the arms differ beyond chance."""
        return self.p_value is not None and self.p_value < FLAGGED_BELOW


def category_balance(counts: Float64) -> Balance:
    """Pearson's χ² of homogeneity over ``(arms, values)`` counts of units.

    Values that would be expected fewer than five times in an arm are taken together, for χ² needs that many.
    """
    table = counts[counts.sum(axis=1) > 0.0]
    total = table.sum()
    if total == 0.0:
        return Balance(None, 0, None)
    fewest = table.sum(axis=1).min() / total * table.sum(axis=0)
    rare = fewest < LEAST_EXPECTED
    table = np.column_stack([table[:, ~rare], table[:, rare].sum(axis=1)]) if rare.any() else table
    table = table[:, table.sum(axis=0) > 0.0]
    freedom = (table.shape[0] - 1) * (table.shape[1] - 1)
    if freedom < 1:
        return Balance(None, freedom, None)
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / total
    statistic = float(((table - expected) ** 2 / expected).sum())
    return Balance(statistic, freedom, float(chdtrc(freedom, statistic)))


def mean_balance(n: Float64, total: Float64, squares: Float64) -> Balance:
    """Welch's test of each other arm's mean against the first's; the smallest p-value times their number."""
    with np.errstate(all="ignore"):
        mean = total / n
        share = (squares - total * mean) / (n - 1.0) / n
        spread = share[1:] + share[0]
        statistic = (mean[1:] - mean[0]) / np.sqrt(spread)
        freedom = spread**2 / (share[1:] ** 2 / (n[1:] - 1.0) + share[0] ** 2 / (n[0] - 1.0))
        p_values = 2.0 * stdtr(freedom, -np.abs(statistic))
    told = np.flatnonzero(np.isfinite(p_values))
    if not len(told):
        return Balance(None, 0, None)
    least = told[np.argmin(p_values[told])]
    return Balance(float(statistic[least]), float(freedom[least]), float(min(p_values[least] * len(told), 1.0)))
