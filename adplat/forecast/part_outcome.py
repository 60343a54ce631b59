"""A count whose every one comes of one of another: conversions of clicks.

    z_i | y_i ~ NB(mean y_i r_i, size k),   mean w where y_i = 0

``y`` is itself only known as a distribution: each of so many equally likely counts of it, which lie on an even grid of
levels, is a component of what is told. Rows with few of ``y`` then spread as these do, rows with many as ``k`` says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from adplat.forecast.arrays import Floats
from adplat.forecast.count_outcome import SMALLEST_MEAN, CountModel, fit_count_model
from adplat.forecast.past_rows import PastRows
from adplat.forecast.predictive import CountMixture

UNIT_POINTS = 48


@dataclass(frozen=True, slots=True)
class PartModel:
    """``of`` names the count that these come of; ``model`` is told its number in place of impressions; ``without`` is
    what a row brings on average that has none of it, such as conversions of people who only saw the ad."""

    of: str
    model: CountModel
    without: float

    def mixture(self, rows: PastRows, units: CountMixture) -> CountMixture:
        """What the outcome of each row may be, ``units`` of the same rows."""
        bought = units.points((np.arange(UNIT_POINTS) + 0.5) / UNIT_POINTS)
        told = [self.model.mixture(replace(rows, impressions=np.maximum(some, 1.0))) for some in bought.T]
        means = np.where(bought > 0.0, np.concatenate([one.means for one in told], axis=1), self.without)
        return CountMixture(
            means, np.concatenate([one.sizes for one in told], axis=1), np.full(means.shape, 1.0 / UNIT_POINTS)
        )


def fit_part_model(rows: PastRows, counts: Floats, units: Floats, of: str) -> PartModel:
    """Fit on rows that name no campaigns, some of whose ``units`` are above 0."""
    some, none = np.flatnonzero(units > 0.0), np.flatnonzero(units <= 0.0)
    model = fit_count_model(replace(rows.take(some), impressions=units[some]), counts[some])
    return PartModel(of, model, max(float(counts[none].mean()) if len(none) else 0.0, SMALLEST_MEAN))
