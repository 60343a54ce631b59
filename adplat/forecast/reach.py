"""How many distinct people a flight could meet, and how many of them k times or more.

Within the log it is counted: kept people over the share kept. No sketch (HyperLogLog) is needed: a person is kept by
hash, so the count of the kept is binomial, and its relative standard error ``sqrt((1 - rate) / kept)`` is told; at
10,000 kept people it is 1 %, as of a sketch of 8 KiB, and the same sample tells every targeting's.

Beyond the log, people come and go like customers who live exponentially long (rate ``c`` a day, as in Schmittlein,
Morrison and Colombo 1987, with as many who come as who go), and one who is there for ``d`` days has a number of
opportunities that is negative binomial with mean ``m d`` and shape ``a`` (Ehrenberg 1959; Goodhardt, Ehrenberg and
Chatfield 1984). Of ``N`` who are there at a time, a window of ``t`` days sees for ``d`` days, d < t,

    N exp(-c d) (2 c + c² (t - d)) people,   and N exp(-c t) for all of it.

``c`` is how the people that two weeks share get fewer with the weeks between them; ``m`` and ``a`` are fitted to how
reach grew over the log's weeks, and to how often people were met in all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares
from scipy.stats import nbinom

from adplat.domain import Refusal, Refused, Targeting
from adplat.forecast.arrays import Floats, Whole
from adplat.forecast.eligible_counts import daily_counts, local_days
from adplat.forecast.opportunity_sample import OpportunitySample

TIMES = 10
WEEK = 7
LEAST_AUDIENCE = 1_000
FEWEST_WEEKS = 2
"""Of log, for reach to be foretold beyond it."""
FEWEST_MET = 20
"""Kept people, for their number to teach anything."""
MOST_LEAVING = 0.3
NODES = 24
_SHAPES = (1e-3, 50.0)


@dataclass(frozen=True, slots=True)
class ReachableUsers:
    """Distinct people with an eligible opportunity, whether or not anybody bids.

    Args:
        at_least: at ``k - 1``, people with ``k`` opportunities or more in the flight, k from 1 to 10; never rising.
        audience: people with one in the log or in the flight, whichever is longer.
        relative_error: standard error of the counts from sampling people, as a share of ``audience``.
        extrapolated: the flight is longer than the log.
    """

    at_least: tuple[float, ...]
    audience: float
    relative_error: float
    extrapolated: bool


def reachable_users(
    sample: OpportunitySample,
    targeting: Targeting,
    time_zone: str,
    days: int,
    *,
    least_audience: float = LEAST_AUDIENCE,
) -> ReachableUsers | Refused | None:
    """For a flight of so many days; ``None`` where the log does not know people.

    Refused below ``least_audience`` people: neither a count nor a list may single anybody out.
    Raises ConfigRejected for an unknown zone.
    """
    if sample.users is None:
        return None
    counts = daily_counts(sample, targeting, time_zone)
    logged = len(counts.total)
    rows = np.flatnonzero(sample.mask(targeting, time_zone) & (sample.user >= 0))
    day = local_days(sample.at_s[rows], time_zone, counts.first)
    inside = (day >= 0) & (day < logged)
    people, day = np.unique(sample.user[rows[inside]], return_inverse=True)[1], day[inside]
    kept = int(people.max(initial=-1)) + 1
    if logged == 0 or kept / sample.rate < least_audience:
        return Refused(
            Refusal.AUDIENCE_BELOW_K,
            f"fewer than {least_audience:,.0f} people were seen who are eligible",
            "widen the targeting",
        )
    error = float(np.sqrt((1.0 - sample.rate) / kept))
    in_log = _at_least(np.bincount(people)) / sample.rate
    if days <= logged:
        told = _mean_of_windows(people, day, kept, days, logged) / sample.rate
        return ReachableUsers(tuple(told.tolist()), kept / sample.rate, error, extrapolated=False)
    if logged < FEWEST_WEEKS * WEEK:
        return Refused(
            Refusal.HORIZON_TOO_LONG,
            f"reach of {days} days cannot be told from {logged} days of log",
            f"sample {FEWEST_WEEKS * WEEK} days of it, or ask for {logged} days",
        )
    told = in_log * _growth(people, day, kept, days, logged)
    told = np.minimum.accumulate(told)
    return ReachableUsers(tuple(told.tolist()), float(told[0]), error, extrapolated=True)


def _at_least(times: Whole) -> Floats:
    """(TIMES,) people met k times or more, of how often each was met."""
    told: Floats = np.array([np.count_nonzero(times >= k) for k in range(1, TIMES + 1)], dtype=np.float64)
    return told


def _mean_of_windows(people: Whole, day: Whole, kept: int, days: int, logged: int) -> Floats:
    """The mean of the log's stretches of so many days, those that end whole weeks before its end."""
    told = []
    for end in range(logged, days - 1, -WEEK):
        inside = (day >= end - days) & (day < end)
        told.append(_at_least(np.bincount(people[inside], minlength=kept)))
    mean: Floats = np.mean(told, axis=0)
    return mean


def _growth(people: Whole, day: Whole, kept: int, days: int, logged: int) -> Floats:
    """(TIMES,) people met k times or more in ``days``, over those in the whole log, of the fitted law."""
    spans = np.append(np.arange(WEEK, logged, WEEK), logged)
    grown = np.array([_mean_of_windows(people, day, kept, int(span), logged)[0] for span in spans])
    often = _at_least(np.bincount(people, minlength=kept))
    deep = np.flatnonzero(often >= FEWEST_MET)
    mean, leaving = len(people) / kept / logged, _leaving(people, day, kept, logged)

    def misses(parameters: Floats) -> Floats:
        size, rate, shape = np.exp(parameters)
        reach = np.array([_met(np.zeros(1), span, rate, shape, leaving)[0] for span in spans])
        times = _met(deep, logged, rate, shape, leaving)
        missed: Floats = np.concatenate(
            [
                np.log(size * np.maximum(reach, 1e-12) / grown),
                np.log(size * np.maximum(times, 1e-12) / often[deep]) / np.sqrt(max(len(deep), 1)),
            ]
        )
        return missed

    bounds = (
        [np.log(grown[0] * 0.1), np.log(mean * 1e-4), np.log(_SHAPES[0])],
        [np.log(grown[-1] * 1e3), np.log(mean * 1e2), np.log(_SHAPES[1])],
    )
    start = np.clip([np.log(grown[-1]), np.log(mean), np.log(0.5)], *bounds)
    _, rate, shape = np.exp(least_squares(misses, start, bounds=bounds).x)
    k = np.arange(TIMES)
    later, now = (_met(k, span, rate, shape, leaving) for span in (days, logged))
    told: Floats = np.maximum(later / np.maximum(now, 1e-12), 1.0)
    return told


def _met(beyond: Floats | Whole, days: float, rate: float, shape: float, leaving: float) -> Floats:
    """For each entry, people met more than so many times in ``days``, a head of those there at a time."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    seen = 0.5 * days * (nodes + 1.0)
    crowd = 0.5 * days * weights * np.exp(-leaving * seen) * leaving * (2.0 + leaving * (days - seen))
    seen, crowd = np.append(seen, days), np.append(crowd, np.exp(-leaving * days))
    told: Floats = crowd @ nbinom.sf(np.asarray(beyond)[None], shape, (shape / (shape + rate * seen))[:, None])
    return told


def _leaving(people: Whole, day: Whole, kept: int, logged: int) -> float:
    """The share of people who leave each day: 0 from two weeks, which say nothing of it."""
    weeks = logged // WEEK
    if weeks <= FEWEST_WEEKS:
        return 0.0
    met = np.zeros((weeks, kept), dtype=np.float32)
    week = (logged - 1 - day) // WEEK
    met[week[week < weeks], people[week < weeks]] = 1.0
    shared = met @ met.T
    lags = np.arange(1, weeks)
    mean = np.array([np.diagonal(shared, lag).mean() for lag in lags])
    known = mean >= FEWEST_MET
    if known.sum() < 2:
        return 0.0
    # The longer the lag, the fewer the pairs of weeks that tell it.
    slope = np.polyfit(lags[known] * float(WEEK), np.log(mean[known]), 1, w=np.sqrt(weeks - lags[known]))[0]
    return float(np.clip(-slope, 0.0, MOST_LEAVING))
