"""How likely a test with looks ends, and when, if the difference is real."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from scipy.special import ndtr

from adplat.statistics import Float64

REACH = 8.0  # deviations beyond which nothing is left to count
NODES_PER_DEVIATION, LEAST_NODES, MOST_NODES = 2.5, 32, 800


def crossing_probabilities(
    fractions: Sequence[float], bounds: Sequence[float], drift: float, two_sided: bool
) -> Float64:
    """P(first beyond the bound at look k) for ``B(t) ~ N(drift·t, t)`` with independent steps, ``(k,)``.

    ``bounds`` are of ``|B/√t|`` if two-sided, else of ``B/√t``; ``drift`` is the expected z at ``t = 1``. The
    density of tests that go on is carried from look to look by Gauss–Legendre quadrature (Jennison & Turnbull, 2000,
    chapter 19).
    """
    found = np.zeros(len(fractions))
    nodes, mass, before = np.zeros(1), np.ones(1), 0.0
    for position, (fraction, bound) in enumerate(zip(fractions, bounds, strict=True)):
        variance = fraction - before
        step, shift = math.sqrt(variance), drift * variance
        top = min(bound * math.sqrt(fraction), drift * fraction + REACH * math.sqrt(fraction))
        floor = drift * fraction - REACH * math.sqrt(fraction)
        bottom = max(-bound * math.sqrt(fraction), floor) if two_sided else floor
        if two_sided:
            found[position] += float((mass * ndtr((-bound * math.sqrt(fraction) - nodes - shift) / step)).sum())
        found[position] += float((mass * ndtr((nodes + shift - bound * math.sqrt(fraction)) / step)).sum())
        if top <= bottom:
            break
        count = int(min(max(LEAST_NODES, NODES_PER_DEVIATION * (top - bottom) / step), MOST_NODES))
        points, weights = _rule(count)
        new = bottom + (top - bottom) / 2.0 * (points + 1.0)
        z = (new[:, None] - nodes[None, :] - shift) / step
        density = (np.exp(-0.5 * z * z) * mass[None, :]).sum(axis=1) / (step * math.sqrt(2.0 * math.pi))
        nodes, mass, before = new, weights * (top - bottom) / 2.0 * density, fraction
    return found


@lru_cache(maxsize=256)  # a plan asks for the same few rules again for every number of units that it tries
def _rule(count: int) -> tuple[Float64, Float64]:
    points, weights = np.polynomial.legendre.leggauss(count)
    return points, weights
