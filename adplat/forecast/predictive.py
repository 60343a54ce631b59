"""What a count will be: a negative binomial for each thing that a row's campaign may turn out to be, mixed.

A row of a campaign that has never run is as one of the past campaigns, nobody knows which; a row of a known kind has
one component. A count is whole, so its quantile at a level is the smallest count whose cumulative chance reaches it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc

from adplat.forecast.arrays import Floats

CHUNK = 2_000_000
LARGEST = 1e15
EXACT, CLIMB = 16, 40
"""Counts that a grid holds one by one, and further ones in growing steps up to the largest."""


@dataclass(frozen=True, slots=True)
class CountMixture:
    """For every row (first axis) its components (second): expected counts, sizes, and shares that sum to 1."""

    means: Floats
    sizes: Floats
    shares: Floats

    def take(self, rows: slice) -> CountMixture:
        """Some of the rows."""
        return CountMixture(self.means[rows], self.sizes[rows], self.shares[rows])

    def expected(self) -> Floats:
        """The expected count of each row."""
        told: Floats = np.sum(self.shares * self.means, axis=1)
        return told

    def draw(self, rng: np.random.Generator) -> Floats:
        """One count of each row."""
        beyond = rng.random((len(self.means), 1)) > np.cumsum(self.shares, axis=1)
        part = np.minimum(beyond.sum(axis=1), self.means.shape[1] - 1)[:, None]
        mean, size = (np.take_along_axis(of, part, axis=1)[:, 0] for of in (self.means, self.sizes))
        told: Floats = rng.negative_binomial(size, size / (size + mean)).astype(np.float64)
        return told

    def cumulative(self, counts: Floats) -> Floats:
        """Chance of at most ``counts``, one of each row; 0 below 0."""
        told = np.maximum(counts, 0.0)[:, None]
        # P(Y <= y) of a negative binomial is a regularised incomplete beta function.
        chance = betainc(self.sizes, told + 1.0, self.sizes / (self.sizes + self.means))
        mixed: Floats = np.where(counts < 0.0, 0.0, np.sum(self.shares * chance, axis=1))
        return mixed

    def quantiles(self, levels: Floats) -> Floats:
        """``rows x levels``: whole numbers, never falling along ``levels`` of a row where these do not fall.

        Args:
            levels: ``rows x levels``, between 0 and 1.

        Cost: some 17 evaluations of every component for counts up to 100,000.
        """
        step = max(1, CHUNK // max(1, self.means.shape[1]))
        parts = [
            self.take(slice(start, start + step))._quantiles(levels[start : start + step])
            for start in range(0, len(self.means), step)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, levels.shape[1]))

    def points(self, levels: Floats) -> Floats:
        """``rows x levels`` at ``levels`` that all rows share: exact for small counts, else about a tenth off.

        Cost: one evaluation of every component for each count of a grid, however many levels are asked for.
        """
        step = max(1, CHUNK // max(1, self.means.shape[1]))
        parts = [self.take(slice(start, start + step))._points(levels) for start in range(0, len(self.means), step)]
        return np.concatenate(parts) if parts else np.zeros((0, len(levels)))

    def _points(self, levels: Floats) -> Floats:
        last = np.broadcast_to(levels[-1:], (len(self.means), 1))
        top = np.maximum(self._quantiles(last)[:, 0], EXACT + 1.0)
        climb = np.geomspace(np.full(len(top), float(EXACT)), top, CLIMB, axis=1)
        grid = np.concatenate([np.tile(np.arange(float(EXACT)), (len(top), 1)), np.ceil(climb)], axis=1)
        chance = np.stack([self.cumulative(grid[:, at]) for at in range(grid.shape[1])], axis=1)
        found = np.zeros((len(top), len(levels)))
        for row in range(len(top)):
            at = np.minimum(np.searchsorted(chance[row], levels), grid.shape[1] - 1)
            found[row] = grid[row, at]
        return found

    def _quantiles(self, levels: Floats) -> Floats:
        found = np.zeros(levels.shape)
        for column in range(levels.shape[1]):
            level = levels[:, column]
            above = np.ceil(self.expected()) + 1.0
            while True:
                short = (self.cumulative(above) < level) & (above < LARGEST)
                if not short.any():
                    break
                above = np.where(short, above * 4.0, above)
            below = np.full(len(level), -1.0)
            while np.any(above - below > 1.0):
                middle = np.floor((above + below) / 2.0)
                reached = self.cumulative(middle) >= level
                above, below = np.where(reached, middle, above), np.where(reached, below, middle)
            found[:, column] = above
        return found
