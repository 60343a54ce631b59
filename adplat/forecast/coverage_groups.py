"""How often the intervals of scored forecasts held, group by group, with intervals that know who belongs together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from adplat.domain import TOLD_LEVELS, ForecastScore, Interval, KeptForecast, Metric
from adplat.forecast.coverage_drift import Scope
from adplat.statistics import clustered_proportion

HELD_SHARES = (0.5, 0.8, 0.95)
HORIZONS = ((1, "1 day"), (3, "2 to 3 days"), (7, "4 to 7 days"), (14, "8 to 14 days"))
_FARTHEST = "over 14 days"


@dataclass(frozen=True, slots=True)
class ScoredNumber:
    """One score with its forecast."""

    forecast: KeptForecast
    score: ForecastScore

    @property
    def scope(self) -> Scope:
        """Of the whole flight or of one day."""
        return "total" if self.score.day is None else "day"

    @property
    def cluster(self) -> str:
        """Campaigns of one advertiser go well or badly together."""
        return self.forecast.advertiser_id or self.forecast.carried_out_by or self.forecast.forecast_id


@dataclass(frozen=True, slots=True)
class GroupCoverage:
    """Of one group's numbers of one metric and scope.

    Args:
        clusters: advertisers, or campaigns where there is none.
        held: by the share that the interval should hold, the share that it held.
        pinball_share: pinball loss over what happened, both summed; ``None`` where nothing happened.
        below: for each of ``TOLD_LEVELS``, the share of what happened that lay at or below that quantile.
    """

    group: str
    metric: Metric
    scope: Scope
    numbers: int
    forecasts: int
    clusters: int
    held: Mapping[float, Interval]
    pinball_share: float | None
    below: tuple[float, ...]


def coverage_by(numbers: Sequence[ScoredNumber], group_of: Callable[[ScoredNumber], str | None]) -> list[GroupCoverage]:
    """A row for each group, metric and scope, in order of their names; ``None`` leaves a number out."""
    found: defaultdict[tuple[str, Metric, Scope], list[ScoredNumber]] = defaultdict(list)
    for number in numbers:
        group = group_of(number)
        if group is not None:
            found[group, number.score.metric, number.scope].append(number)
    places = {metric: place for place, metric in enumerate(Metric)}
    order = sorted(found, key=lambda key: (key[0], places[key[1]], key[2] == "day"))
    return [_coverage(*key, found[key]) for key in order]


def days_ahead(number: ScoredNumber) -> str | None:
    """From the last day that its maker knew to the day that it is about; ``None`` of a whole flight."""
    if number.score.day is None:
        return None
    ahead = (number.score.day - number.forecast.known_to.date()).days
    return next((name for most, name in HORIZONS if ahead <= most), _FARTHEST)


def _coverage(group: str, metric: Metric, scope: Scope, numbers: Sequence[ScoredNumber]) -> GroupCoverage:
    clusters = np.array([one.cluster for one in numbers])
    actual = np.array([one.score.actual for one in numbers])
    told = np.array([one.score.quantiles.values for one in numbers])
    lost, happened = sum(one.score.pinball for one in numbers), float(actual.sum())
    below = (actual[:, None] <= told).mean(axis=0)
    return GroupCoverage(
        group,
        metric,
        scope,
        len(numbers),
        len({one.forecast.forecast_id for one in numbers}),
        len(set(clusters.tolist())),
        {share: clustered_proportion([one.score.inside(share) for one in numbers], clusters) for share in HELD_SHARES},
        lost / happened if happened else None,
        tuple(float(share) for share in below[: len(TOLD_LEVELS)]),
    )
