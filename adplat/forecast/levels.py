"""Levels that mean what they say: which level of our own distribution holds a tenth of what happens, by size of row.

Where a model was fitted without some rows, ``u = F(y)`` of those rows would be uniform were the model right. The level
to ask for in place of ``p`` is therefore the empirical ``p``-quantile of ``u`` (conformal prediction with the
distribution itself as score, Chernozhukov, Wuethrich and Zhu 2021; by slice it is Mondrian, Vovk 2005). A count's ``u``
lies anywhere between ``F(y - 1)`` and ``F(y)``: the share below a level counts that stretch in proportion, which draws
no random number. Rows of one campaign say nearly the same thing: a slice counts as many voices as it has
effective clusters (Kish 1965), and with few of them its levels stay near their names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adplat.forecast.arrays import Floats, Whole

LEVELS = (0.1, 0.5, 0.9)
GRID = np.linspace(0.0005, 0.9995, 1_000)
PRIOR_VOICES = 30.0
"""Our own distribution's levels weigh as so many independent rows."""


@dataclass(frozen=True, slots=True)
class LevelTable:
    """``edges``: expected counts where one slice ends and the next begins; ``levels``: one row a slice."""

    edges: tuple[float, ...]
    levels: tuple[tuple[float, float, float], ...]

    def at(self, expected: Floats) -> Floats:
        """``rows x 3``: the levels to ask for."""
        return np.array(self.levels)[np.searchsorted(np.array(self.edges), expected, side="right")]


PLAIN = LevelTable((), (LEVELS,))


def learn_levels(below: Floats, upto: Floats, expected: Floats, clusters: Whole, edges: Sequence[float]) -> LevelTable:
    """Levels from rows that the fit did not see.

    Args:
        below: ``F(y - 1)`` of each row (0 where y is 0).
        upto: ``F(y)``.
        expected: what the slices are cut by.
        clusters: rows with the same number are not independent.
        edges: where slices end, rising.
    """
    where = np.searchsorted(np.array(edges), expected, side="right")
    told = [
        _levels(below[where == number], upto[where == number], clusters[where == number])
        for number in range(len(edges) + 1)
    ]
    return LevelTable(tuple(edges), tuple(told))


def _levels(below: Floats, upto: Floats, clusters: Whole) -> tuple[float, float, float]:
    if not len(below):
        return LEVELS
    share = np.array([np.mean(_part_below(below, upto, level)) for level in GRID])
    found = np.interp(LEVELS, np.maximum.accumulate(share), GRID)
    _, counts = np.unique(clusters, return_counts=True)
    voices = float(counts.sum() ** 2 / np.sum(counts.astype(np.float64) ** 2))
    weight = voices / (voices + PRIOR_VOICES)
    low, middle, high = (weight * found + (1.0 - weight) * np.array(LEVELS)).tolist()
    return (low, middle, high)


def _part_below(below: Floats, upto: Floats, level: float) -> Floats:
    width = np.maximum(upto - below, 1e-12)
    part: Floats = np.clip((level - below) / width, 0.0, 1.0)
    return part
