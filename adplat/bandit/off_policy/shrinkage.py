"""Choosing how much of the weights to give up, from the log alone."""

from __future__ import annotations

import math
from dataclasses import replace

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
    """The estimate with the least bound on its mean squared error among columns of shrunk weights ``(N, K)``.

    ::

        MSE(ŵ) ≲ Var(T(ŵ)) / N + b̂²,     b̂ = mean(T(w) − T(ŵ))

    with ``T`` the rows' contributions. The first column must be the weights themselves: against them ``b̂`` is an
    unbiased estimate of the bias that shrinking brings (Su, Dimakopoulou, Krishnamurthy & Dudík, ICML 2020, section
    5.2), and its square is in expectation the squared bias and the variance of ``b̂`` on top: a bound. Of equals the
    first wins.
    """
    totals = evidence.corrected(shrunk)
    biases = (totals[:, :1] - totals).mean(axis=0)
    best = int(np.argmin(totals.var(axis=0, ddof=1) / len(totals) + biases**2))
    bound = float(shrunk[:, best].max()) if best else evidence.weight_bound
    found = evidence.estimate(shrunk[:, best], totals[:, best], bound)
    return replace(found, missing=missing_of(totals[:, 0] - totals[:, best]))


def missing_of(given_up: Float64) -> tuple[float, float]:
    """Limits of what an estimate lacks that gave up ``T(w) − T(ŵ)``, ``(N,)``: ``b̂`` give or take its standard error.

    The limits are around 0: what it gave up may be all bias or all noise, and its intervals must hold for both.
    """
    bias, error = float(given_up.mean()), float(given_up.std(ddof=1)) / math.sqrt(len(given_up))
    return min(bias - error, 0.0), max(bias + error, 0.0)
