"""P(this arm is the best) where arms share what is not known of them: deterministic, and the same on every machine."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats.qmc import Sobol

from adplat.statistics import Float64, probability_of_maximum

MOST_FACTORS = 8
MOST_POINTS, FEWEST_POINTS = 128, 16
_WORK = 4096
_REACH = 6.0
_STEP = 0.08
_LEAST = 1e-6


def probability_of_correlated_maximum(means: Float64, shared: Float64, own: Float64) -> Float64:
    """P(X_i is the largest) for ``X = means + shared z + √own ε`` with independent standard normals, ``(m,)``.

    What all share alike moves none ahead, so ``shared`` is centred. Its covariance is then taken by the few directions
    that carry most of it (Cholesky with pivoting, eight at most); what is left of each arm's variance counts as its
    own, so that variances stay as they are. Given those directions the arms are independent, and the probability is
    an integral over one dimension (as in ``probability_of_maximum``); over the directions it is averaged on 128 fixed
    points of equal weight (a Sobol sequence turned normal), fewer for more than 32 arms. Arms that are surely not the
    best are left out beforehand.

    Against sampling from the same distribution, 2 to 16 arms of four elements: off by at most 0.023, by 0.010 in the
    worst arm on average. What is drawn is drawn from these numbers, so that as propensities they are exact.

    Args:
        means: ``(m,)``.
        shared: ``(m, d)``.
        own: ``(m,)`` variances of 0 or more.
    """
    shared = shared - np.add.reduce(shared, axis=0) / len(means)
    spread = np.sqrt(np.add.reduce(shared**2, axis=1) + own)
    # What it takes to be the best, in the least lucky case of the one that is ahead.
    alive = np.flatnonzero(means + _REACH * spread > (means - _REACH * spread).max())
    result = np.zeros(len(means))
    if len(alive) <= 1:
        result[alive if len(alive) else np.argmax(means)] = 1.0
        return result
    factors, own = _few_factors(shared[alive], own[alive])
    deviations = np.sqrt(own)
    if not factors.shape[1]:
        result[alive] = probability_of_maximum(means[alive], deviations)
        return result
    count = MOST_POINTS
    while count > FEWEST_POINTS and count * len(alive) > _WORK:
        count //= 2
    points = normal_points(count, factors.shape[1])
    moved = means[alive] + np.add.reduce(points[:, None, :] * factors[None, :, :], axis=2)
    found = np.add.reduce(_given(moved, np.maximum(deviations, _LEAST * spread.max())), axis=0)
    result[alive] = found / found.sum()
    return result


@lru_cache(maxsize=64)
def normal_points(count: int, dimensions: int) -> Float64:
    """``(count, dimensions)`` fixed points that stand for independent standard normals: mean 0, variance 1 in each.

    ``count`` is a power of two: then each dimension has one point in each of as many equal parts.
    """
    points: Float64 = ndtri(Sobol(dimensions, scramble=False).random(count) + 0.5 / count)
    points /= np.sqrt(np.add.reduce(points**2, axis=0) / count)
    points.flags.writeable = False
    return points


def _few_factors(shared: Float64, own: Float64) -> tuple[Float64, Float64]:
    """``(m, k ≤ 8)`` and ``(m,)``: the same variances, and nearly the same covariances, from few directions."""
    rest = np.add.reduce(shared**2, axis=1)
    enough = 1e-3 * (rest + own).min()
    columns: list[Float64] = []
    rows = shared.copy()
    while len(columns) < MOST_FACTORS and rest.max() > enough:
        direction = rows[np.argmax(rest)]
        direction = direction / np.sqrt(np.add.reduce(direction**2))
        column = np.add.reduce(rows * direction, axis=1)
        columns.append(column)
        rows -= column[:, None] * direction
        rest = np.add.reduce(rows**2, axis=1)
    factors = np.stack(columns, axis=1) if columns else np.zeros((len(own), 0))
    return factors, own + rest


def _given(means: Float64, deviations: Float64) -> Float64:
    """(q, m): for each of q rows of means, P(arm is the largest); the grid is that of ``probability_of_maximum``."""
    lowest = (means - _REACH * deviations).max(axis=1)
    highest = (means + _REACH * deviations).max(axis=1)
    start = 2.0 * _REACH * deviations.min()
    length = float(np.log1p((highest - lowest).max() / start))
    nodes = int(np.ceil(length / _STEP)) + 1
    growth = start * np.exp(np.linspace(0.0, length, nodes))
    x = (lowest - start)[:, None] + growth[None, :]
    inverse = 1.0 / deviations
    z = (x[:, None, :] - means[:, :, None]) * inverse[None, :, None]
    below = ndtr(z)
    everyone = np.multiply.reduce(below, axis=1) * growth
    np.square(z, out=z)
    z *= -0.5
    np.exp(z, out=z)
    z /= below
    z *= everyone[:, None, :]
    weight = np.add.reduce(z, axis=2) * inverse
    found: Float64 = weight / np.add.reduce(weight, axis=1)[:, None]
    return found
