"""Campaigns that have ended: how they were forecast when they began, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adplat.domain import Metric
from adplat.forecast.arrays import Floats, Whole
from adplat.forecast.campaign_predictive import OutcomeLaw


@dataclass(frozen=True, slots=True)
class PastCampaigns:
    """N campaigns as they were forecast when they began, and what came of them.

    Args:
        features: (N, F) of plan and raw law, named by ``names``.
        slices: (N,) from 0: which levels are theirs.
        laws: the raw law of each metric.
        actual: (N,) what happened; NaN where it is not known.
        markets: (N,) the same number for campaigns of one market.
        starts_s: (N,) when they began.
        ends_s: (N,) when their outcome was known.
    """

    names: tuple[str, ...]
    features: Floats
    slices: Whole
    laws: Mapping[Metric, OutcomeLaw]
    actual: Mapping[Metric, Floats]
    markets: Whole
    starts_s: Floats
    ends_s: Floats

    def __len__(self) -> int:
        return len(self.features)

    def take(self, rows: Whole) -> PastCampaigns:
        """Some of them."""
        return PastCampaigns(
            self.names,
            self.features[rows],
            self.slices[rows],
            {metric: law.take(rows) for metric, law in self.laws.items()},
            {metric: values[rows] for metric, values in self.actual.items()},
            self.markets[rows],
            self.starts_s[rows],
            self.ends_s[rows],
        )
