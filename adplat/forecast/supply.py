"""How many eligible opportunities each day of a flight will bring, and which logged days stand for it.

The whole platform's days are forecast on a log scale, and the targeting's share of them on a logit scale
(:mod:`adplat.forecast.structural`): what moves everybody (weeks, holidays, outages) is learned where counts are
largest, and shares hardly move. A part and the rest of the platform so add up to the whole (top-down by forecast
shares: Athanasopoulos, Ahmed and Hyndman 2009). MinT would need the errors' covariance between all parts, which two
weeks of log cannot tell. Hours split a day by the targeting's own hours of the week, shrunk towards its usual day.

A day of the flight is then played on a logged day of the same weekday: the newest stretch of whole days that fits, in
its own order, so that what one person meets on successive days stays true. A flight longer than the log goes through
the log's newest whole weeks again and again.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from adplat.domain import TOLD_LEVELS, Quantiles, Refusal, Refused, Targeting
from adplat.forecast.arrays import Floats, Whole
from adplat.forecast.day_map import day_map
from adplat.forecast.eligible_counts import DAY_HOURS, DailyCounts, daily_counts, local_days
from adplat.forecast.opportunity_sample import OpportunitySample
from adplat.forecast.structural import WEEK, SeriesPrior, series_paths

LEAST_DAYS = 7
LEAST_ELIGIBLE = 1_000
"""Sampled opportunities of whole days, with fewer nothing is told."""
HORIZON_OF_LOG = 2.0
"""A day may lie so many times the log's length ahead, and at least two weeks."""
LEAST_HORIZON = 14
SHARE_PRIOR = SeriesPrior(weekday_sd=0.1, holiday_sd=0.1, eve_sd=0.05, own_holiday_sd=0.04, level_sd=1.5)
LEAN_DAYS = 1.5
"""An hour of the week leans on the same hour of all days as if they were so many days more of it."""
LEAST_ROWS = 20
"""A logged day with fewer sampled rows gets the whole flight's weight."""
DRAWS = 4_000


@dataclass(frozen=True, slots=True)
class DaySupply:
    """One day of the flight.

    Args:
        day: local.
        opportunities: eligible ones.
        log_sd: spread of their logarithm; 0 for a day that is logged already.
        stands_for: the logged local day that is played in its place.
        weight: each eligible sampled row of that day stands for so many opportunities, in the middle.
        hours: (24,) shares of the day by local hour, 0 outside the targeting's hours.
    """

    day: date
    opportunities: Quantiles
    log_sd: float
    stands_for: date
    weight: float
    hours: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class SupplyForecast:
    """The flight's days in order, and all of them.

    Args:
        levels: (draws, days) factors on the middle of each day, equally likely, days of one draw together.
        logged_days: whole days that the forecast was learned from.
        reused: the flight is longer than the log, whose weeks stand for several of its weeks.
    """

    days: tuple[DaySupply, ...]
    total: Quantiles
    levels: Floats
    logged_days: int
    reused: bool


def forecast_supply(
    sample: OpportunitySample,
    targeting: Targeting,
    time_zone: str,
    start: date,
    end: date,
    rng: np.random.Generator,
    *,
    holidays: Container[date] = (),
    draws: int = DRAWS,
) -> SupplyForecast | Refused:
    """Supply from ``start`` to ``end`` (local days, both within), for a targeting.

    Days that were logged throughout are known and stand for themselves. ``holidays`` are those of the log and of the
    flight. Raises ConfigRejected for an unknown zone.
    """
    counts = daily_counts(sample, targeting, time_zone)
    logged = len(counts.total)
    refused = _refused(sample, targeting, time_zone, counts, start, end)
    if refused is not None:
        return refused
    ahead = max((end - counts.last).days, 0)
    paths = _paths(sample, targeting, counts, ahead, holidays, rng, draws)
    hours = _hour_shares(counts, targeting)
    offsets = [(start - counts.first).days + number for number in range((end - start).days + 1)]
    sources, reused = day_map(logged, offsets)
    seen = _rows_by_day(sample, targeting, time_zone, counts)
    ways = np.empty((draws, len(offsets)))
    shapes = np.empty((len(offsets), DAY_HOURS))
    for number, offset in enumerate(offsets):
        weekday = (start + timedelta(days=number)).weekday()
        if offset < logged:
            shapes[number] = counts.eligible[offset] * _open_hours(targeting, weekday)
            ways[:, number] = shapes[number].sum()
        else:
            shapes[number] = hours[weekday]
            ways[:, number] = paths[:, offset - logged] * hours[weekday].sum()
    middle = np.maximum(np.median(ways, axis=0), 1e-9)
    levels = ways / middle
    rows = np.array([seen[source] for source in sources], dtype=np.float64)
    weights = np.where(rows >= LEAST_ROWS, middle / np.maximum(rows, 1.0), middle.sum() / max(rows.sum(), 1.0))
    shapes /= np.maximum(shapes.sum(axis=1, keepdims=True), 1e-12)
    days = tuple(
        DaySupply(
            start + timedelta(days=number),
            _quantiles(ways[:, number]),
            float(np.std(np.log(np.maximum(levels[:, number], 1e-9)))),
            counts.first + timedelta(days=sources[number]),
            float(weights[number]),
            tuple(shapes[number].tolist()),
        )
        for number in range(len(offsets))
    )
    return SupplyForecast(days, _quantiles(ways.sum(axis=1)), levels, logged, reused)


def _quantiles(values: Floats) -> Quantiles:
    return Quantiles(tuple(float(one) for one in np.quantile(values, TOLD_LEVELS)))


def _refused(
    sample: OpportunitySample, targeting: Targeting, time_zone: str, counts: DailyCounts, start: date, end: date
) -> Refused | None:
    logged = len(counts.total)
    if logged and start < counts.first:
        what = f"the flight starts on {start}, and the log's first whole day is {counts.first}"
        return Refused(Refusal.TOO_FEW_REQUESTS, what, f"ask for days from {counts.first} on")
    if logged < LEAST_DAYS:
        what = f"the log has {logged} whole days, from {counts.first} on" if logged else "the log has no whole day"
        return Refused(Refusal.TOO_FEW_REQUESTS, what, f"wait for {LEAST_DAYS} days of log, or sample more of it")
    eligible = int(_rows_by_day(sample, targeting, time_zone, counts).sum())
    if eligible < LEAST_ELIGIBLE:
        return Refused(
            Refusal.TOO_FEW_REQUESTS,
            f"{eligible:,} of {len(sample):,} sampled opportunities are eligible",
            f"widen the targeting, or sample until {LEAST_ELIGIBLE:,} are",
        )
    most = max(LEAST_HORIZON, int(HORIZON_OF_LOG * logged))
    ahead = (end - counts.last).days
    if ahead > most:
        return Refused(
            Refusal.HORIZON_TOO_LONG,
            f"the flight ends {ahead} days after the log of {logged} whole days",
            f"ask for days until {counts.last + timedelta(days=most)}, or sample a longer log",
        )
    return None


def _paths(
    sample: OpportunitySample,
    targeting: Targeting,
    counts: DailyCounts,
    ahead: int,
    holidays: Container[date],
    rng: np.random.Generator,
    draws: int,
) -> Floats:
    """(draws, ahead) eligible opportunities of the days after the log, hours of the week not yet applied."""
    if not ahead:
        return np.zeros((draws, 0))
    total, eligible = counts.total.sum(axis=1), counts.eligible.sum(axis=1)
    days = [counts.first + timedelta(days=number) for number in range(len(total) + ahead)]
    weekdays: Whole = np.array([day.weekday() for day in days], dtype=np.int64)
    special = np.array([float(day in holidays) for day in days])
    paths = supply_paths(eligible, total, weekdays, special, rng, draws=draws)
    error = _sampling_error(sample, targeting)
    told: Floats = paths * np.exp(error * rng.standard_normal((draws, 1)) - error**2 / 2.0)
    return told


def supply_paths(
    eligible: Floats, total: Floats, weekdays: Whole, holidays: Floats, rng: np.random.Generator, *, draws: int = DRAWS
) -> Floats:
    """(draws, horizon): ways on of a part of a whole after the last of ``n`` days.

    Args:
        eligible: (n,) of each day, at most ``total``.
        total: (n,) of the whole platform; 0 on a day that was not logged.
        weekdays: (n + horizon,) 0 is Monday.
        holidays: (n + horizon,) 1 on holidays.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        log_total = np.where(total > 0.0, np.log(total), np.nan)
        logit = np.where(total > 0.0, np.log((eligible + 0.5) / (np.maximum(total - eligible, 0.0) + 0.5)), np.nan)
    whole = np.exp(series_paths(log_total, weekdays, holidays, rng, draws=draws))
    if np.array_equal(eligible, total):
        return whole
    part = series_paths(logit, weekdays, holidays, rng, prior=SHARE_PRIOR, draws=draws)
    told: Floats = whole / (1.0 + np.exp(-part))
    return told


def _sampling_error(sample: OpportunitySample, targeting: Targeting) -> float:
    """Relative standard error of what sampled people had to say for the rest; 0 where cells decide."""
    met = sample.cells_met(replace(targeting, hours_of_week=()))
    rows = np.flatnonzero(np.isnan(met)[sample.cell] & sample.mask(targeting, "UTC"))
    if not len(rows):
        return 0.0
    people, anonymous = np.unique(sample.user[rows], return_counts=True), 0
    often = people[1].astype(np.float64)
    if people[0][0] < 0:
        anonymous, often = int(often[0]), often[1:]
    return float(np.sqrt((1.0 - sample.rate) * (np.sum(often**2) + anonymous)) / len(rows))


def _rows_by_day(sample: OpportunitySample, targeting: Targeting, time_zone: str, counts: DailyCounts) -> Whole:
    """(D,) eligible sampled rows of each whole day."""
    day = local_days(sample.at_s[sample.mask(targeting, time_zone)], time_zone, counts.first)
    inside = (day >= 0) & (day < len(counts.total))
    return np.bincount(day[inside], minlength=len(counts.total))


def _open_hours(targeting: Targeting, weekday: int) -> Floats:
    """(24,) 1 in the hours when it may run."""
    if not targeting.hours_of_week:
        return np.ones(DAY_HOURS)
    wanted = set(targeting.hours_of_week)
    return np.array([float(weekday * DAY_HOURS + hour in wanted) for hour in range(DAY_HOURS)])


def _hour_shares(counts: DailyCounts, targeting: Targeting) -> Floats:
    """(7, 24) of a whole day's opportunities, by weekday; 0 in hours when it may not run."""
    by_day = counts.eligible / np.maximum(counts.eligible.sum(axis=1, keepdims=True), 1e-12)
    weekday = (counts.first.weekday() + np.arange(len(by_day))) % WEEK
    usual = by_day.mean(axis=0)
    own = [by_day[weekday == day] for day in range(WEEK)]
    shares = np.stack([(one.sum(axis=0) + LEAN_DAYS * usual) / (len(one) + LEAN_DAYS) for one in own])
    return shares * np.stack([_open_hours(targeting, day) for day in range(WEEK)])
