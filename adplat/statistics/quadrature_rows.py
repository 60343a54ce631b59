"""P(this one is the largest) in many sets of normal quantities at once.

Letters used in shapes: ``r`` rows (sets), ``n`` arms of the largest. Rows lie along the last axis in here: whatever is
done to an arm or a node is then done to all rows at once.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from adplat.statistics.columns import Float64
from adplat.statistics.normal_cdf import CDF_UNIT, density_and_cdf
from adplat.statistics.quadrature import CUT_SHIFT, CUTS, FINE, NARROWING, Grid, checked, widened

_AT_ONCE = 1 << 15  # numbers worked on together, and rows: what stays in the processor's cache
_ROWS_AT_ONCE = 256
_FAR_ABOVE = 10.0  # in units of CDF_UNIT: Φ is 1, its density 0


def probabilities_of_maximum(
    means: npt.ArrayLike,
    deviations: npt.ArrayLike,
    present: npt.NDArray[np.bool_] | None = None,
    grid: Grid = FINE,
) -> Float64:
    """``probability_of_maximum`` of each of ``r`` rows, ``(r, n)``, at a fraction of the cost of one after another.

    The two agree to rounding (1e-12): every row has the grid that it would have alone.

    Args:
        means, deviations: ``(r, n)`` as there.
        present: ``(r, n)`` false where a row has fewer arms than ``n``; their probability is 0, and what stands at
            their place is to be finite and does not count. Every row has one arm or more.
        grid: as there.

    Raises:
        TableRejected: like ``probability_of_maximum``.
    """
    mean, deviation = checked(means, deviations, dimensions=2)
    result = np.empty(mean.shape)
    for begin in range(0, len(mean), _ROWS_AT_ONCE):
        these = slice(begin, begin + _ROWS_AT_ONCE)
        there = None if present is None else present[these]
        result[these] = _probabilities(mean[these], deviation[these], there, grid)
    return result


def _probabilities(mean: Float64, deviation: Float64, present: npt.NDArray[np.bool_] | None, grid: Grid) -> Float64:
    rows, arms = mean.shape
    if present is not None:
        deviation = np.where(present, deviation, 0.0)
        mean = np.where(present, mean, np.where(present, mean, np.inf).min(axis=1, keepdims=True))
    deviation = widened(mean, deviation)
    mean, deviation = np.ascontiguousarray(mean.T), np.ascontiguousarray(deviation.T)
    reach = grid.reach * deviation
    lower, upper = mean - reach, mean + reach
    if present is not None:
        gone = ~present.T
        lower[gone] = upper[gone] = -np.inf
    lowest, highest = lower.max(axis=0), upper.max(axis=0)
    inverse = 1.0 / deviation
    if present is not None:
        inverse[gone] = 0.0
    lowest = _raised(mean + CUT_SHIFT * deviation, inverse, lowest, highest - lowest, grid.cut)
    alive = upper > lowest
    count = alive.sum(axis=0)
    start = grid.widths * np.where(alive, deviation, np.inf).min(axis=0) / (1.0 + NARROWING * np.log(count))
    length = np.log1p((highest - lowest) / start)
    nodes = np.ceil(length / grid.step).astype(np.int64) + 1
    # Rows that need as many nodes, and arms, are worked on together.
    order = np.argsort(nodes * (arms + 1) + count, kind="stable")
    start, length, nodes, count = start[order], length[order], nodes[order], count[order]
    alive, inverse = alive[:, order], CDF_UNIT * inverse[:, order]
    offset = (lowest[order] - start - mean[:, order]) * inverse
    # The living move to the front of their row; behind them stand arms that are never the largest.
    source = np.flatnonzero(alive)
    target = (np.cumsum(alive, axis=0) - 1).ravel()[source] * rows + source % rows
    front = int(count.max())
    packed_inverse, packed_offset = np.zeros((front, rows)), np.full((front, rows), _FAR_ABOVE)
    packed_inverse.ravel()[target] = inverse.ravel()[source]
    packed_offset.ravel()[target] = offset.ravel()[source]
    weights = _weights(packed_inverse, packed_offset, count, start, length, nodes)
    found = np.zeros((arms, rows))
    found.ravel()[source] = weights.ravel()[target]
    result = np.empty((rows, arms))
    result[order] = found.T
    return result


def _raised(middle: Float64, inverse: Float64, lowest: Float64, span: Float64, cut: float) -> Float64:
    """``(r,)`` the points below which no maximum is: the cut of ``probability_of_maximum``, found by halving."""
    part = 0.5
    while part >= 1.0 / CUTS:
        tried = lowest + span * part
        below = tried - middle
        below *= inverse
        below -= np.abs(below)
        below *= below
        lowest = np.where(below.sum(axis=0) >= cut, tried, lowest)
        part /= 2.0
    return lowest


def _weights(
    inverse: Float64,
    offset: Float64,
    count: npt.NDArray[np.int64],
    start: Float64,
    length: Float64,
    nodes: npt.NDArray[np.int64],
) -> Float64:
    """``(front, r)`` chances of being the largest, in blocks of rows that lie beside each other."""
    rows = len(start)
    weights = np.zeros_like(inverse)
    room = np.empty((4, max(_AT_ONCE, int(nodes[-1]) * len(inverse))))
    step = length / (nodes - 1)
    begin = 0
    while begin < rows:
        end = min(rows, begin + max(1, _AT_ONCE // (int(nodes[begin]) * int(count[begin]))))
        arms, most = int(count[begin:end].max()), int(nodes[end - 1])
        end = min(end, begin + max(1, room.shape[1] // (arms * most)))
        these = slice(begin, end)
        shape = (arms, most, end - begin)
        q, density, cdf, t = (one[: math.prod(shape)].reshape(shape) for one in room)
        number = np.arange(most)[:, None]
        growth = start[these] * np.exp(number * step[these])
        np.multiply(growth, inverse[:arms, None, these], out=q)
        q += offset[:arms, None, these]
        # Rows that end before the longest have no nodes there.
        growth *= number < nodes[these]
        density_and_cdf(q, (density, cdf, t))
        everyone = np.multiply.reduce(cdf, axis=0)
        everyone *= growth
        density /= cdf
        density *= everyone
        weight = density.sum(axis=1)
        weight *= inverse[:arms, these]
        weight /= weight.sum(axis=0)
        weights[:arms, these] = weight
        begin = end
    return weights
