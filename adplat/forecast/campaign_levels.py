"""Which level of a corrected law holds what its name says, by slice of campaigns: conformal levels, shrunk twice.

As :mod:`adplat.forecast.levels`, at all told levels and for slices that are named, not cut. Where a law was corrected
without some campaigns, ``u = F(y)`` of those would be uniform were the law right, so the level to ask for in place of
``p`` is the empirical ``p``-quantile of ``u`` (Mondrian conformal prediction, Vovk 2005). A stretch from ``F(y-)`` to
``F(y)`` counts below a level in proportion. All slices together are shrunk to the names of the levels, and each slice
to all together, so a slice of three campaigns says next to nothing. Campaigns of one market err alike: so many of them
count as ``n / (1 + (n / markets - 1) rho)``, where ``rho`` is how far their ``u`` agree (Kish 1965).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adplat.domain import TOLD_LEVELS
from adplat.forecast.arrays import Floats, Whole

GRID = np.concatenate(
    [np.linspace(0.0002, 0.05, 250), np.linspace(0.0505, 0.9495, 900), np.linspace(0.95, 0.9998, 250)]
)
NAMES = np.array(TOLD_LEVELS)
PRIOR_CAMPAIGNS = 30.0
"""The names of the levels weigh as so many campaigns."""
PRIOR_OF_SLICE = 150.0
"""All slices together weigh as so many campaigns of one."""


@dataclass(frozen=True, slots=True)
class SliceLevels:
    """One row of levels a slice; a slice beyond the last is as all together, which come first."""

    rows: tuple[tuple[float, ...], ...] = (TOLD_LEVELS,)

    def at(self, slices: Whole) -> Floats:
        """``N x levels`` to ask for; ``slices`` count from 0."""
        table = np.array(self.rows)
        place = slices + 1
        return table[np.where((place > 0) & (place < len(table)), place, 0)]


def learn_slice_levels(below: Floats, upto: Floats, slices: Whole, markets: Whole) -> SliceLevels:
    """Levels from campaigns that the correction did not see.

    Args:
        below: (N,) ``F(y-)``.
        upto: (N,) ``F(y)``; the same where the law has no heap there.
        slices: (N,) from 0.
        markets: (N,) the same number for campaigns that err alike.
    """
    if not len(below):
        return SliceLevels()
    middles = (below + upto) / 2.0
    pooled = _shrunk(below, upto, NAMES, PRIOR_CAMPAIGNS / _voice(middles, markets))
    rows = [pooled]
    for number in range(int(slices.max()) + 1):
        here = slices == number
        prior = PRIOR_OF_SLICE / _voice(middles[here], markets[here])
        rows.append(_shrunk(below[here], upto[here], pooled, prior) if here.any() else pooled)
    return SliceLevels(tuple(tuple(row.tolist()) for row in rows))


def share_below(below: Floats, upto: Floats, level: float | Floats) -> Floats:
    """(N,) the part of each stretch that lies below ``level``, one or (N,)."""
    width = np.maximum(upto - below, 1e-12)
    part: Floats = np.clip((level - below) / width, 0.0, 1.0)
    return part


def _voice(middles: Floats, markets: Whole) -> float:
    """What one campaign counts, up to 1: one over the design effect of its market (one-way analysis of variance)."""
    distinct, home = np.unique(markets, return_inverse=True)
    if len(distinct) < 2 or len(distinct) == len(home):
        return 1.0
    sizes = np.bincount(home)
    means = np.bincount(home, middles) / sizes
    within = float(np.sum((middles - means[home]) ** 2)) / (len(home) - len(distinct))
    usual = (len(home) - float(np.sum(sizes.astype(np.float64) ** 2)) / len(home)) / (len(distinct) - 1)
    between = (float(np.sum(sizes * (means - middles.mean()) ** 2)) / (len(distinct) - 1) - within) / usual
    rho = max(between, 0.0) / max(max(between, 0.0) + within, 1e-12)
    return 1.0 / (1.0 + (usual - 1.0) * rho)


def _shrunk(below: Floats, upto: Floats, prior: Floats, prior_campaigns: float) -> Floats:
    share = np.array([np.mean(share_below(below, upto, level)) for level in GRID])
    found = np.interp(NAMES, np.maximum.accumulate(share), GRID)
    weight = len(below) / (len(below) + prior_campaigns)
    mixed: Floats = weight * found + (1.0 - weight) * prior
    return mixed
