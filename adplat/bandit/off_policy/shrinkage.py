"""Choosing how much of the weights to give up, from the log alone."""

from __future__ import annotations

import numpy as np

from adplat.bandit.off_policy.evidence import Contributions, Evidence
from adplat.statistics import Float64

GRID_SIZE = 12


def grid_of(weights: Float64) -> Float64:
    """Falling thresholds at even steps of the weights' own quantiles, each a weight that occurred and is not zero."""
    found = np.unique(np.quantile(weights, np.linspace(0.0, 1.0, GRID_SIZE), method="higher"))[::-1]
    falling: Float64 = found[found > 0.0]
    return falling


def least_error(evidence: Evidence, shrunk: Float64) -> Contributions:
    """The estimate with the least estimated mean squared error among columns of shrunk weights ``(N, K)``.

    ::

        MSE(ŵ) ≈ Var(T(ŵ)) / N  +  max(0, b̂² − Var(T(w) − T(ŵ)) / N),     b̂ = mean(T(w) − T(ŵ))

    with ``T`` the rows' contributions. The first column must be the weights themselves: against them ``b̂`` is an
    unbiased estimate of the bias that shrinking brings (Su, Dimakopoulou, Krishnamurthy & Dudík, ICML 2020, section
    5.2). Its square is too large by the variance of ``b̂`` itself, which is taken off: otherwise a few huge weights,
    the very rows that shrinking is for, would forbid it. Of equals the first wins.
    """
    totals = evidence.corrected(shrunk)
    rows = len(totals)
    given_up = totals[:, :1] - totals
    bias_squared = given_up.mean(axis=0) ** 2 - given_up.var(axis=0, ddof=1) / rows
    best = int(np.argmin(totals.var(axis=0, ddof=1) / rows + np.maximum(bias_squared, 0.0)))
    bound = float(shrunk[:, best].max()) if best else evidence.weight_bound
    return evidence.estimate(shrunk[:, best], totals[:, best], bound)
