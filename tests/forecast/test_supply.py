"""What days to come bring: counts by local day, the days that stand for them, quantiles, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.domain import Quantiles, Refusal, Refused, Targeting
from adplat.forecast import OpportunitySample, SupplyForecast, forecast_supply
from adplat.forecast.day_map import day_map
from adplat.forecast.eligible_counts import daily_counts
from adplat.forecast.supply import supply_paths
from tests.forecast.opportunities import MONDAY, a_sample

DAY_S = 86_400.0
FEED = Targeting(placements=("feed",))


def a_log(days: int, a_day: float = 300.0, seed: int = 0) -> OpportunitySample:
    """Whole UTC days from a Monday, weekends twice as busy, evenings too; a third of it in the feed; 500 people."""
    rng = np.random.default_rng(seed)
    moments: list[float] = []
    for day in range(days):
        count = rng.poisson(a_day * (2.0 if day % 7 >= 5 else 1.0))
        hour = rng.choice(24, count, p=np.repeat([1 / 36, 2 / 36], 12))
        moments += sorted(MONDAY.timestamp() + day * DAY_S + 3600.0 * hour + rng.uniform(0, 3600, count))
    moments.sort()
    place = np.where(rng.random(len(moments)) < 1 / 3, "feed", "story").tolist()
    return a_sample(
        moments,
        rng.integers(0, 500, len(moments)),
        {"placement": place},
        [["s1"] if number % 4 == 0 else [] for number in range(len(moments))],
        data_from=MONDAY,
        data_to=MONDAY + timedelta(days=days, seconds=-1),
    )


def told(sample: OpportunitySample, targeting: Targeting, start: int, days: int, **more: Any) -> SupplyForecast:
    first = MONDAY.date() + timedelta(days=start)
    rng = np.random.default_rng(0)
    found = forecast_supply(sample, targeting, "UTC", first, first + timedelta(days=days - 1), rng, **more)
    assert isinstance(found, SupplyForecast)
    return found


def test_two_weeks_of_log_know_the_weekend_and_the_share() -> None:
    found = told(a_log(14), FEED, 14, 7)
    middles = [day.opportunities.at(0.5) for day in found.days]
    assert middles[1] == pytest.approx(100, rel=0.15)
    assert middles[5] == pytest.approx(200, rel=0.2)
    assert found.total.at(0.025) < 900 < found.total.at(0.975)
    assert 0.0 < found.days[0].log_sd < 0.5


def test_intervals_hold_about_as_often_as_they_say() -> None:
    inside = []
    for seed in range(12):
        log = a_log(35, seed=seed)
        counts = daily_counts(log, FEED, "UTC").eligible.sum(axis=1)
        found = told(log.until(MONDAY + timedelta(days=28)), FEED, 28, 7)
        inside += [
            day.opportunities.at(0.1) <= count <= day.opportunities.at(0.9)
            for day, count in zip(found.days, counts[28:], strict=True)
        ]
    assert 0.68 <= np.mean(inside) <= 0.95


def test_placements_add_up_to_the_whole_in_every_draw() -> None:
    rng = np.random.default_rng(1)
    total = rng.poisson(1_000, 30).astype(float)
    part = rng.binomial(total.astype(int), 0.3).astype(float)
    weekdays, none = np.arange(37) % 7, np.zeros(37)
    feed = supply_paths(part, total, weekdays, none, np.random.default_rng(2), draws=4_000)
    rest = supply_paths(total - part, total, weekdays, none, np.random.default_rng(2), draws=4_000)
    whole = supply_paths(total, total, weekdays, none, np.random.default_rng(2), draws=4_000)
    middle = np.median(feed, axis=0) + np.median(rest, axis=0)
    assert middle == pytest.approx(np.median(whole, axis=0), rel=0.02)


def test_logged_days_are_known_and_stand_for_themselves() -> None:
    log = a_log(14)
    counts = daily_counts(log, FEED, "UTC").eligible.sum(axis=1)
    found = told(log, FEED, 12, 4)
    assert [day.log_sd == 0.0 for day in found.days] == [True, True, False, False]
    assert found.days[0].opportunities == Quantiles.certain(float(counts[12]))
    assert found.days[0].stands_for == found.days[0].day
    assert found.days[0].weight == pytest.approx(1.0)


def test_rows_of_the_days_that_stand_for_a_flight_weigh_as_much_as_is_foretold() -> None:
    log = a_log(21)
    found = told(log, FEED, 24, 10)
    moments = log.at_s[log.mask(FEED, "UTC")]
    day = np.floor((moments - MONDAY.timestamp()) / DAY_S).astype(int)
    for one in found.days:
        rows = np.count_nonzero(day == (one.stands_for - MONDAY.date()).days)
        assert rows * one.weight == pytest.approx(one.opportunities.at(0.5))
        assert one.stands_for.weekday() == one.day.weekday()
    assert not found.reused
    assert told(log, FEED, 24, 22).reused


def test_hours_of_the_week_take_their_share_of_the_day() -> None:
    log = a_log(21, 400)
    nights = tuple(day * 24 + hour for day in range(7) for hour in range(12))
    whole, night = told(log, Targeting(), 21, 7), told(log, Targeting(hours_of_week=nights), 21, 7)
    ratio = night.days[2].opportunities.at(0.5) / whole.days[2].opportunities.at(0.5)
    assert ratio == pytest.approx(1 / 3, abs=0.04)
    assert sum(night.days[2].hours) == pytest.approx(1.0)
    assert sum(night.days[2].hours[12:]) == 0.0
    mondays = told(log, Targeting(hours_of_week=tuple(range(24))), 21, 7)
    assert [day.opportunities.at(0.5) > 0 for day in mondays.days] == [True] + [False] * 6


def test_a_segment_is_counted_by_the_rows_of_open_cells() -> None:
    log = a_log(14)
    targeting = replace(FEED, segments=("s1",))
    counts = daily_counts(log, targeting, "UTC")
    assert counts.eligible.sum() == pytest.approx(log.mask(targeting, "UTC").sum(), rel=0.05)
    assert (counts.eligible <= counts.total).all()


@pytest.mark.parametrize(
    ("zone", "first", "days"), [("UTC", 2, 14), ("Asia/Kolkata", 3, 13), ("America/New_York", 2, 13)]
)
def test_days_are_those_of_the_campaigns_zone_and_whole(zone: str, first: int, days: int) -> None:
    counts = daily_counts(a_log(14), Targeting(), zone)
    assert counts.first == date(2026, 3, first)
    assert len(counts.total) == days


def test_an_outage_does_not_move_what_is_foretold() -> None:
    rng = np.random.default_rng(3)
    total = rng.poisson(1_000, 28).astype(float)
    broken = total.copy()
    broken[[25, 27]] = 0.0, 150.0
    weekdays, none = np.arange(35) % 7, np.zeros(35)
    usual, after = (
        np.median(supply_paths(one, one, weekdays, none, np.random.default_rng(2)), axis=0) for one in (total, broken)
    )
    assert after == pytest.approx(usual, rel=0.08)


def test_a_level_that_moved_is_believed_within_a_week() -> None:
    rng = np.random.default_rng(6)
    total = 1_000 * np.where(np.arange(49) >= 36, 1.5, 1.0) * np.exp(rng.normal(0.0, 0.04, 49))
    ahead = np.median(supply_paths(total[:42], total[:42], np.arange(49) % 7, np.zeros(49), rng), axis=0)
    assert ahead == pytest.approx(np.full(7, 1_500), rel=0.12)


def test_a_holiday_seen_before_comes_back() -> None:
    rng = np.random.default_rng(4)
    holidays = np.zeros(42)
    holidays[[8, 20, 38]] = 1.0
    total = rng.poisson(1_000 * np.where(holidays[:35] > 0, 0.6, 1.0)).astype(float)
    ahead = np.median(supply_paths(total, total, np.arange(42) % 7, holidays, np.random.default_rng(2)), axis=0)
    assert ahead[3] == pytest.approx(620, abs=60)
    assert ahead[2] == pytest.approx(1_000, rel=0.06)


def test_people_travel_on_the_day_before_a_holiday_as_they_did_before() -> None:
    holidays = np.zeros(42)
    holidays[[8, 19, 26, 38]] = 1.0
    eves = np.flatnonzero(holidays) - 1
    expected = np.full(35, 1_000.0)
    expected[eves[:3]] = 1_300.0
    total = np.random.default_rng(4).poisson(expected).astype(float)
    ahead = np.median(supply_paths(total, total, np.arange(42) % 7, holidays, np.random.default_rng(2)), axis=0)
    assert ahead[eves[3] - 35] > 1_120.0
    assert np.delete(ahead, [eves[3] - 35, 3]) == pytest.approx(np.full(5, 1_000), rel=0.06)


@given(logged=st.integers(7, 80), start=st.integers(-3, 40), days=st.integers(1, 120))
def test_every_day_stands_for_one_of_its_weekday_in_order(logged: int, start: int, days: int) -> None:
    first = max(logged + start, 0)
    offsets = list(range(first, first + days))
    sources, reused = day_map(logged, offsets)
    assert all(0 <= source < logged for source in sources)
    assert all((source - offset) % 7 == 0 for source, offset in zip(sources, offsets, strict=True))
    ahead = [source for source, offset in zip(sources, offsets, strict=True) if offset >= logged]
    assert reused == (len(set(ahead)) < len(ahead))
    breaks = sum(later != earlier + 1 for earlier, later in pairwise(ahead))
    assert breaks <= len(ahead) // (logged // 7 * 7) + 1
    if len(ahead) <= logged - 6:
        assert breaks == 0


@pytest.mark.parametrize(
    ("days", "start", "flight", "targeting", "reason"),
    [
        (5, 5, 3, FEED, Refusal.TOO_FEW_REQUESTS),
        (14, -2, 3, FEED, Refusal.TOO_FEW_REQUESTS),
        (14, 14, 3, Targeting(placements=("nowhere",)), Refusal.TOO_FEW_REQUESTS),
        (14, 14, 29, FEED, Refusal.HORIZON_TOO_LONG),
    ],
)
def test_what_the_log_does_not_know_is_refused(
    days: int, start: int, flight: int, targeting: Targeting, reason: Refusal
) -> None:
    first = MONDAY.date() + timedelta(days=start)
    rng = np.random.default_rng(0)
    found = forecast_supply(a_log(days), targeting, "UTC", first, first + timedelta(days=flight - 1), rng)
    assert isinstance(found, Refused)
    assert found.reason == reason


def test_what_could_be_known_earlier_forgets_the_rest() -> None:
    log = a_log(14)
    early = log.until(MONDAY + timedelta(days=7, minutes=30))
    assert early.data_to < MONDAY + timedelta(days=7)
    assert early.opportunities == len(early)
    assert len(daily_counts(early, FEED, "UTC").total) == 7
    assert log.until(MONDAY + timedelta(days=99)) is log
