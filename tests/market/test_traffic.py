"""When requests come: counted by hour of the week, and what a day is planned by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.domain import HourOfTraffic
from adplat.market import day_traffic, hour_of_week, traffic_counted

MONDAY, SATURDAY = 0, 5


Rate = Callable[[int, int], float]


def a_week(rate: Rate, watched_s: float = 3600.0, days: range = range(7)) -> dict[int, HourOfTraffic]:
    """Watched so long in every hour of these days; ``rate(weekday, hour)`` requests a second."""
    hours = [(day, hour) for day in days for hour in range(24)]
    return {24 * day + hour: HourOfTraffic(rate(day, hour) * watched_s, watched_s) for day, hour in hours}


def by_day(_: int, hour: int) -> float:
    return 1.0 + hour


def test_an_hour_of_the_week_is_one_of_the_campaigns_own() -> None:
    sunday_night = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert hour_of_week(sunday_night, "UTC") == 167
    assert hour_of_week(sunday_night, "Asia/Shanghai") == 7
    assert hour_of_week(sunday_night, "America/New_York") == 6 * 24 + 18


def test_a_day_that_was_not_watched_all_round_has_no_plan() -> None:
    assert day_traffic({}, MONDAY) is None
    week = a_week(by_day)
    for day in range(7):
        del week[24 * day + 3]
    assert day_traffic(week, MONDAY) is None
    week[3] = HourOfTraffic(1.0, 1799.0)
    assert day_traffic(week, MONDAY) is None
    week[24 + 3] = HourOfTraffic(0.0, 1.0)
    assert day_traffic(week, MONDAY) is not None


def test_a_handful_of_requests_is_no_shape() -> None:
    assert day_traffic(a_week(lambda *_: 9.0 / 3600.0, days=range(1)), MONDAY) is None
    assert day_traffic(a_week(lambda *_: 11.0 / 3600.0, days=range(1)), MONDAY) is not None


def test_the_weights_follow_the_rates_however_long_each_hour_was_watched() -> None:
    week = a_week(by_day)
    week[10] = HourOfTraffic(11.0 * 40_000.0, 40_000.0)
    weights = day_traffic(week, MONDAY)
    assert weights is not None
    assert sum(weights) == pytest.approx(1.0)
    even = 0.05 / 24
    assert (weights[10] - even) / (weights[0] - even) == pytest.approx(11.0)
    assert weights == pytest.approx(day_traffic(a_week(by_day), MONDAY))


def test_a_weekday_has_its_own_shape_once_it_was_watched_all_day() -> None:
    def busy_saturday_night(day: int, hour: int) -> float:
        return 20.0 if (day, hour >= 20) == (SATURDAY, True) else 1.0

    monday, saturday = (day_traffic(a_week(busy_saturday_night), day) for day in (MONDAY, SATURDAY))
    assert monday is not None
    assert saturday is not None
    assert saturday[22] / saturday[10] > 5.0
    assert monday[22] / monday[10] < 3.0


def test_a_weekday_that_was_watched_since_noon_does_not_join_two_levels_in_the_middle_of_the_day() -> None:
    week = a_week(lambda day, _: 3.0 if day == SATURDAY else 1.0)
    for hour in range(12):
        del week[24 * SATURDAY + hour]
    weights = day_traffic(week, SATURDAY)
    assert weights is not None
    assert weights[12] / weights[11] < 1.4


def test_what_was_counted_fades_with_the_time_watched() -> None:
    hour = HourOfTraffic()
    for _ in range(5_000):
        hour = traffic_counted(hour, 10, 5.0)
    assert hour.requests / hour.watched_s == pytest.approx(2.0)
    assert hour.watched_s == pytest.approx(4 * 3600.0, rel=0.2)
    for _ in range(3 * 720):  # three weeks on, the hour has half the traffic
        hour = traffic_counted(hour, 5, 5.0)
    assert 1.3 < hour.requests / hour.watched_s < 1.6


@given(
    st.dictionaries(
        st.integers(0, 167),
        st.builds(HourOfTraffic, st.floats(0, 1e9), st.floats(0, 1e5)),
        max_size=168,
    ),
    st.integers(0, 6),
)
def test_a_plan_is_24_weights_or_none(week: dict[int, HourOfTraffic], weekday: int) -> None:
    weights = day_traffic(week, weekday)
    assert weights is None or (len(weights) == 24 and min(weights) > 0.0 and sum(weights) == pytest.approx(1.0))
