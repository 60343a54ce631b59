"""Standard normal points that are the same everywhere and for ever: what linear Thompson sampling has for chance."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.special import ndtri

from adplat.statistics import Float64

DRAWS = 1024


@lru_cache(maxsize=64)
def fixed_draws(dimensions: int) -> Float64:
    """``(dimensions, DRAWS)`` points with mean 0 and covariance I, exactly.

    An additive recurrence ``frac(½ + s φ⁻ʲ)`` with ``φ`` the root of ``φ^(D+1) = φ + 1`` (Roberts, The Unreasonable
    Effectiveness of Quasirandom Sequences, 2018), through the normal quantiles; each point with its opposite, and then
    stretched so that second moments are those of the normal too. Read-only, since all policies share them.
    """
    root = 2.0
    for _ in range(64):
        root = (1.0 + root) ** (1.0 / (dimensions + 1))
    steps = root ** -np.arange(1.0, dimensions + 1.0)
    half = ndtri((0.5 + steps[:, None] * np.arange(1, DRAWS // 2 + 1)) % 1.0)
    points = np.concatenate([half, -half], axis=1)
    for row in range(dimensions):  # Gram–Schmidt
        for before in points[:row]:
            points[row] -= before * (before * points[row]).mean()
        points[row] /= np.sqrt((points[row] * points[row]).mean())
    points.flags.writeable = False
    return points
