"""Do the 80 % intervals of kept forecasts still hold 80 %? A test that may be looked at after every scored forecast.

Forecasts of campaigns that ran at the same time met the same world, so they are one piece of evidence and not many: a
week says which share of the flights that ended in it held, and is one bet (``statistics.coverage_evidence``). The bound
on false alarms is exact where the forecasts of a week could know how the weeks before went. Flights that began earlier
could not; with shocks that all campaigns share, false alarms grow as docs/forecasts.md says, and the alternative, to
bet only on weeks that nothing overlaps, would tell a drift three times as late.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from adplat.domain import ForecastScore, Metric, ScoredForecast
from adplat.statistics import coverage_evidence

WATCHED_SHARE = 0.8
FALSE_ALARMS = 0.05
"""At most the chance that a sound forecaster ever raises any alarm of the 24."""
Scope = Literal["total", "day"]
SCOPES: tuple[Scope, ...] = ("total", "day")
_STREAMS = len(Metric) * len(SCOPES) * 2
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class CoverageStream:
    """What the weeks say of one metric's intervals.

    Args:
        scope: of whole flights, or of their days (of a forecast the share of its days).
        too_low: it is asked whether they hold too seldom; else whether they hold too often, ends not counted.
        weeks: weeks with a flight that ended in them.
        held: the share that held, since ``since``.
        since: the Monday of the week in which it probably began; of all weeks where nothing did.
        log_evidence: at ``log_alarm`` or above, it is an alarm.
    """

    metric: Metric
    scope: Scope
    too_low: bool
    forecasts: int
    weeks: int
    held: float
    since: date
    log_evidence: float
    log_alarm: float = math.log(_STREAMS / FALSE_ALARMS)

    @property
    def name(self) -> str:
        """Such as ``clicks total too seldom``."""
        return f"{self.metric.value} {self.scope} {'too seldom' if self.too_low else 'too often'}"

    @property
    def alarmed(self) -> bool:
        """Whether a person has to hear of it."""
        return self.log_evidence >= self.log_alarm


@dataclass(slots=True)
class _Week:
    """Forecasts whose flights ended in one week."""

    monday: datetime
    shares: list[float] = field(default_factory=list)

    @property
    def ends(self) -> datetime:
        return self.monday + _WEEK


def coverage_drift(scored: Sequence[ScoredForecast], settled_before: datetime) -> list[CoverageStream]:
    """One stream for each metric, scope and direction of which a week is told; by first scores, which never change.

    ``settled_before``: weeks that end later are left out, since scores may still come.
    """
    return [
        stream
        for metric in Metric
        for scope in SCOPES
        for too_low in (True, False)
        if (stream := _stream(scored, metric, scope, too_low, settled_before)) is not None
    ]


def _stream(
    scored: Sequence[ScoredForecast], metric: Metric, scope: Scope, too_low: bool, settled_before: datetime
) -> CoverageStream | None:
    weeks = [one for one in _weeks(scored, metric, scope, too_low) if one.ends <= settled_before]
    if not weeks:
        return None
    means = [sum(one.shares) / len(one.shares) for one in weeks]
    found = coverage_evidence(means, WATCHED_SHARE, too_low=too_low)
    since = found.since if found.log_e > 0.0 else 0
    shares = [share for one in weeks[since:] for share in one.shares]
    return CoverageStream(
        metric,
        scope,
        too_low,
        sum(len(one.shares) for one in weeks),
        len(weeks),
        sum(shares) / len(shares),
        weeks[since].monday.date(),
        found.log_e,
    )


def _weeks(scored: Sequence[ScoredForecast], metric: Metric, scope: Scope, too_low: bool) -> list[_Week]:
    found: dict[datetime, _Week] = {}
    for one in scored:
        scores = [score for score in one.first if score.metric is metric and (score.day is None) == (scope == "total")]
        if not scores:
            continue
        # A flight ends with its last day, not with the day that begins then.
        monday = _monday(one.forecast.ends_at - timedelta(microseconds=1))
        week = found.setdefault(monday, _Week(monday))
        week.shares.append(sum(_holds(score, too_low) for score in scores) / len(scores))
    return [found[monday] for monday in sorted(found)]


def _holds(score: ForecastScore, too_low: bool) -> bool:
    return score.inside(WATCHED_SHARE) if too_low else score.well_inside(WATCHED_SHARE)


def _monday(moment: datetime) -> datetime:
    day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())
