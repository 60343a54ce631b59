"""P(this one is the largest) among independent normal quantities, by deterministic quadrature.

Sampling would give the same numbers with noise of 1/√draws; a propensity that is stored and later divided
by must not carry noise, and must come out the same in every process.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from adplat.domain import TableRejected
from adplat.statistics.columns import Float64

REACH = 6.0  # standard deviations that count: Φ(−6) = 1e-9
STEP = 0.03  # node distance on the logarithmic scale below
SPREAD_LIMIT = 1e-6  # narrower than this share of the widest counts as this wide


def probability_of_maximum(means: npt.ArrayLike, deviations: npt.ArrayLike) -> Float64:
    """P(X_i is the largest) for independent ``X_i ~ N(μ_i, σ_i²)``, shape ``(n,)``, summing to one.

    ``P_i = ∫ φ((x−μ_i)/σ_i)/σ_i · Π_{j≠i} Φ((x−μ_j)/σ_j) dx`` with the product formed once for all arms
    and divided by the arm's own factor: O(n · nodes).

    One grid serves narrow and wide arms alike. Let ``L`` be the highest of the lower ends ``μ_j − 6σ_j``.
    Below ``L`` the maximum never is, and an arm whose upper end lies below ``L`` never is the maximum.
    Every other arm begins below ``L``, so at a distance ``d`` above it only arms with ``12σ ≥ d`` still
    vary: the step may grow with the distance. ``x = L + a(eᵗ − 1)`` with ``a = 12 σ_min`` and equal steps
    in ``t`` does that, and the trapezoid rule converges exponentially on it since the integrand vanishes at
    both ends. Measured against adaptive integration: error below 2e-9 for deviations up to 1,000 times apart.

    Only element-wise functions and reductions in a fixed order are used, no BLAS, whose order of
    summation changes with thread count and processor.

    Args:
        means: ``(n,)`` finite.
        deviations: ``(n,)`` of 0 or more; those below a millionth of the widest count as a millionth.

    Raises:
        TableRejected: no arm, unequal lengths, a value that is not finite, a negative deviation.
    """
    mean = np.asarray(means, dtype=np.float64)
    deviation = np.asarray(deviations, dtype=np.float64)
    if mean.ndim != 1 or mean.size == 0 or deviation.shape != mean.shape:
        raise TableRejected("means and deviations do not run in parallel", hint="give one of each for every arm")
    if not (np.isfinite(mean).all() and np.isfinite(deviation).all() and deviation.min() >= 0.0):
        raise TableRejected("a mean or deviation is not a usable number", hint="give finite values")
    if mean.size == 1:
        return np.ones(1)
    widest = deviation.max()
    scale = widest if widest > 0.0 else max(float(np.abs(mean).max()), 1.0)
    deviation = np.maximum(deviation, scale * SPREAD_LIMIT)

    lowest = (mean - REACH * deviation).max()
    upper = mean + REACH * deviation
    alive = np.flatnonzero(upper > lowest)
    result = np.zeros(mean.size)
    result[alive] = _integrate(mean[alive], deviation[alive], lowest, upper.max())
    return result


def _integrate(mean: Float64, deviation: Float64, lowest: float, highest: float) -> Float64:
    start = 2.0 * REACH * deviation.min()
    length = np.log1p((highest - lowest) / start)
    nodes = int(np.ceil(length / STEP)) + 1
    growth = start * np.exp(np.linspace(0.0, length, nodes))  # dx/dt; x = lowest − start + growth
    inverse = 1.0 / deviation
    z = (growth - start)[None, :] + (lowest - mean)[:, None]
    z *= inverse[:, None]
    below = ndtr(z)  # ≥ Φ(−6) everywhere, since every arm left begins below the grid: safe to divide by
    everyone = np.multiply.reduce(below, axis=0) * growth
    np.square(z, out=z)
    z *= -0.5
    np.exp(z, out=z)
    z /= below
    z *= everyone
    weight = z.sum(axis=1) * inverse
    total: Float64 = weight / weight.sum()
    return total
