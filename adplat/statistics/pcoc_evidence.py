"""How sure one can be of a PCOC: its interval, and whether it can lie within a range at all.

Given the rows, the clicks are a sum of independent draws of unequal chances, and of all such sums with the
same mean the binomial spreads widest (Hoeffding, "On the distribution of the number of successes in independent
trials", Ann. Math. Stat. 27, 1956). So the exact binomial limits of the click rate hold, whatever the model says.
Where rows of one user belong together, draw users instead: ``bootstrap_interval(pcoc, …, groups=…)``.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr, bdtrc, betaincinv

from adplat.domain import ConfigRejected, Interval
from adplat.statistics.columns import binary_labels, parallel_columns, probabilities


def pcoc_interval(labels: npt.ArrayLike, predictions: npt.ArrayLike, *, level: float = 0.95) -> Interval:
    """PCOC ``Σp / Σy`` with ``[p̄/u, p̄/l]``, ``l`` and ``u`` the Clopper–Pearson limits of the click rate.

    ``l = B⁻¹(α/2; n, N−n+1)`` and ``u = B⁻¹(1−α/2; n+1, N−n)`` for ``n`` clicks in ``N`` rows (Clopper & Pearson,
    Biometrika 26, 1934; ``B⁻¹`` the beta quantile, ``α = 1 − level``). Without a click value and upper limit are
    infinite: so many may still be missing.

    Raises:
        TableRejected: wrong shapes or values. ConfigRejected: a level outside (0, 1).
    """
    if not 0.0 < level < 1.0:
        raise ConfigRejected(f"confidence level {level} lies outside 0 and 1", where="level", hint="use 0.95 for 95 %")
    rows, clicks, mean = _counted(labels, predictions)
    tail = (1.0 - level) / 2.0
    low = float(betaincinv(clicks, rows - clicks + 1, tail)) if clicks else 0.0
    high = float(betaincinv(clicks + 1, rows - clicks, 1.0 - tail)) if clicks < rows else 1.0
    return Interval(
        mean * rows / clicks if clicks else math.inf,
        mean / high,
        mean / low if low else math.inf,
        level,
    )


def pcoc_outside(labels: npt.ArrayLike, predictions: npt.ArrayLike, low: float = 0.9, high: float = 1.1) -> float:
    """P-value against the claim that the PCOC lies in ``[low, high]``: small where it surely does not.

    ``min(1, 2 min(P(Bin(N, p̄/high) ≤ n), P(Bin(N, p̄/low) ≥ n)))``; it is at most ``α`` exactly where the
    interval above at level ``1 − α`` lies outside the range. Several slices: ``holm`` over their p-values.

    Raises:
        TableRejected: wrong shapes or values. ConfigRejected: an empty range.
    """
    if not 0.0 < low <= high:
        raise ConfigRejected(f"there is no PCOC from {low} to {high}", hint="give a range such as 0.9 to 1.1")
    rows, clicks, mean = _counted(labels, predictions)
    too_few = float(bdtr(clicks, rows, mean / high)) if mean / high < 1.0 else float(clicks == rows)
    too_many = float(bdtrc(clicks - 1, rows, min(mean / low, 1.0))) if clicks else 1.0
    return min(1.0, 2.0 * min(too_few, too_many))


def _counted(labels: npt.ArrayLike, predictions: npt.ArrayLike) -> tuple[int, int, float]:
    label, predicted = parallel_columns(labels=labels, predictions=predictions)
    binary_labels(label)
    return len(label), int(label.sum()), float(np.mean(probabilities(predicted)))
