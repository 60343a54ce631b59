"""One counted outcome of past campaigns: fitted, and told for rows whose campaign may never have run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adplat.forecast.arrays import Floats, Whole
from adplat.forecast.count_regression import fit_counts
from adplat.forecast.design import Design, design_of
from adplat.forecast.past_rows import PastRows
from adplat.forecast.predictive import CountMixture

NODES = (-np.sqrt(3.0), 0.0, np.sqrt(3.0))
NODE_SHARES = (1.0 / 6.0, 2.0 / 3.0, 1.0 / 6.0)
"""Three-point Gauss-Hermite rule: what a campaign's rate may be, given its own rows."""
WIDEST = 1.0
SIZE_GRID = np.arange(0.0, 16.5, 0.5)
"""Log impressions; larger rows are as the largest."""
SIZE_WIDTH = 1.0
SMALLEST_MEAN = 1e-12


@dataclass(frozen=True, slots=True)
class CountModel:
    """A regression over rows, and a rate of its own for each past campaign.

    Args:
        design: how rows become columns.
        effects: the constant, then one a column.
        campaigns: names of the past campaigns; empty where campaigns are not told apart.
        rates: log rate of each over an average campaign, with ``rate_deviations``.
        sizes: of the negative binomial, one a campaign, or one in all.
        likeness: ``SIZE_GRID x campaigns``: of rows so large, the share of each campaign.
    """

    design: Design
    effects: tuple[float, ...]
    campaigns: tuple[str, ...]
    rates: tuple[float, ...]
    rate_deviations: tuple[float, ...]
    sizes: tuple[float, ...]
    likeness: tuple[tuple[float, ...], ...]

    def mixture(self, rows: PastRows) -> CountMixture:
        """What the outcome of each row may be; impressions of all rows are above 0."""
        logs = np.log(rows.impressions) + self.effects[0] + self.design.columns(rows) @ np.array(self.effects[1:])
        if not self.campaigns:
            means = np.exp(logs)[:, None]
            return CountMixture(means, np.broadcast_to(np.array(self.sizes), means.shape), np.ones_like(means))
        deviations = np.minimum(np.array(self.rate_deviations), WIDEST)
        rates = (np.array(self.rates)[:, None] + deviations[:, None] * np.array(NODES)).ravel()
        means = np.maximum(np.exp(np.clip(logs[:, None] + rates, -30.0, 30.0)), SMALLEST_MEAN)
        sizes = np.broadcast_to(np.repeat(self.sizes, len(NODES)), means.shape)
        return CountMixture(means, sizes, self._shares(rows))

    def _shares(self, rows: PastRows) -> Floats:
        """A known campaign is itself; another is the one that a past row of about this size would have been of."""
        known = {name: number for number, name in enumerate(self.campaigns)}
        size = np.log(rows.impressions)
        shares = np.stack([np.interp(size, SIZE_GRID, column) for column in np.array(self.likeness).T], axis=1)
        for row, name in enumerate(rows.campaigns or ()):
            at = known.get(name)
            if at is not None:
                shares[row] = 0.0
                shares[row, at] = 1.0
        told: Floats = np.repeat(shares, len(NODES), axis=1) * np.tile(NODE_SHARES, len(known))
        return told


def fit_count_model(rows: PastRows, counts: Floats) -> CountModel:
    """Fit on rows with impressions above 0.

    Cost: linear in rows, cubic in columns and campaigns together.
    """
    design = design_of(rows)
    columns, groups = design.columns(rows), design.groups()
    if rows.campaigns is None:
        found = fit_counts(counts, rows.impressions, columns, groups)
        return CountModel(design, tuple(found.effects.tolist()), (), (), (), tuple(found.sizes.tolist()), ())
    names, home = numbered(rows.campaigns)
    width = columns.shape[1]
    member = np.zeros((len(rows), len(names)))
    member[np.arange(len(rows)), home] = 1.0
    found = fit_counts(
        counts,
        rows.impressions,
        np.concatenate([columns, member], axis=1),
        np.concatenate([groups, np.full(len(names), groups.max() + 1)]),
        home,
    )
    return CountModel(
        design,
        tuple(found.effects[: width + 1].tolist()),
        names,
        tuple(found.effects[width + 1 :].tolist()),
        tuple(np.sqrt(found.variances[width + 1 :]).tolist()),
        tuple(found.sizes.tolist()),
        _likeness(rows, home, len(names)),
    )


def _likeness(rows: PastRows, home: Whole, campaigns: int) -> tuple[tuple[float, ...], ...]:
    """Rows of about a size, counted by campaign with normal weights ``SIZE_WIDTH`` wide; none has nothing at all."""
    size = np.log(rows.impressions)
    counted = [
        np.bincount(home, np.exp(-0.5 * ((size - centre) / SIZE_WIDTH) ** 2), minlength=campaigns) + 1e-9
        for centre in SIZE_GRID
    ]
    return tuple(tuple((column / column.sum()).tolist()) for column in counted)


def numbered(names: Sequence[str]) -> tuple[tuple[str, ...], Whole]:
    """Distinct names in order, and the number of each entry's."""
    known, home = np.unique(np.array(names, dtype=np.str_), return_inverse=True)
    return tuple(str(name) for name in known), home.astype(np.int64)
