"""A day's plan: local days, flights, and the shape of traffic."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.domain import ConfigRejected, Flight
from adplat.market import EVEN_TRAFFIC, DayPlan, learned_traffic

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
ONLY_HOUR_2 = tuple(1.0 if hour == 2 else 0.0 for hour in range(24))


def at(*moment: int) -> float:
    return datetime(*moment, tzinfo=UTC).timestamp()  # type: ignore[misc, arg-type]


def test_even_traffic_is_a_straight_line_from_midnight_to_midnight() -> None:
    plan = DayPlan.build(NOON)
    assert plan.share_at(at(2026, 3, 4)) == 0.0
    assert plan.share_at(at(2026, 3, 4, 6)) == pytest.approx(0.25)
    assert plan.share_at(at(2026, 3, 4, 12, 7)) == pytest.approx(0.5 + 7 / 1440)
    assert plan.ends_s == at(2026, 3, 5)
    assert plan.share_at(plan.ends_s) == 1.0


def test_before_the_day_nothing_and_after_it_everything_is_planned() -> None:
    plan = DayPlan.build(NOON)
    assert plan.share_at(at(2026, 3, 3, 23)) == 0.0
    assert plan.share_at(at(2026, 3, 6)) == 1.0


def test_a_day_is_that_of_the_campaigns_zone() -> None:
    plan = DayPlan.build(NOON, "Asia/Kathmandu")  # UTC+5:45
    assert plan.moments_s[0] == at(2026, 3, 3, 18, 15)
    assert plan.ends_s == at(2026, 3, 4, 18, 15)
    night = DayPlan.build(NOON, "Asia/Kathmandu", ONLY_HOUR_2)
    assert night.share_at(at(2026, 3, 3, 20, 15)) == 0.0
    assert night.share_at(at(2026, 3, 3, 20, 45)) == pytest.approx(0.5)
    assert night.share_at(at(2026, 3, 3, 21, 15)) == 1.0


def test_a_day_loses_or_gains_an_hour_when_clocks_change() -> None:
    short = DayPlan.build(datetime(2026, 3, 29, 12, tzinfo=UTC), "Europe/Berlin")
    long = DayPlan.build(datetime(2026, 10, 25, 12, tzinfo=UTC), "Europe/Berlin")
    assert short.ends_s - short.moments_s[0] == 23 * 3600
    assert long.ends_s - long.moments_s[0] == 25 * 3600
    # The hour that comes twice is planned twice; the one left out leaves a plan that is even.
    twice = DayPlan.build(datetime(2026, 10, 25, 12, tzinfo=UTC), "Europe/Berlin", ONLY_HOUR_2)
    assert twice.share_at(at(2026, 10, 25, 1)) == pytest.approx(0.5)
    assert twice.share_at(at(2026, 10, 25, 2)) == 1.0
    never = DayPlan.build(datetime(2026, 3, 29, 12, tzinfo=UTC), "Europe/Berlin", ONLY_HOUR_2)
    assert never.share_at(at(2026, 3, 29, 10, 30)) == pytest.approx(0.5)


def test_a_flight_cuts_the_day() -> None:
    flight = Flight(NOON + timedelta(minutes=7), NOON + timedelta(hours=2, minutes=7))
    plan = DayPlan.build(NOON, flight=flight)
    assert plan.share_at(at(2026, 3, 4, 12, 7)) == 0.0
    assert plan.share_at(at(2026, 3, 4, 13, 7)) == pytest.approx(0.5)
    assert plan.ends_s == at(2026, 3, 4, 14, 7)
    with pytest.raises(ConfigRejected, match="without any of the flight"):
        DayPlan.build(NOON - timedelta(days=3), flight=flight)


def test_a_plan_may_be_done_before_the_day_is() -> None:
    plan = DayPlan.build(NOON, finish_early_s=1800.0)
    assert plan.share_at(at(2026, 3, 4, 23, 30)) == pytest.approx(1.0)
    assert plan.share_at(at(2026, 3, 4, 23, 29)) < 1.0
    assert plan.ends_s == at(2026, 3, 5)


def test_a_short_flight_is_not_used_up_by_finishing_early() -> None:
    flight = Flight(NOON, NOON + timedelta(hours=1))
    plan = DayPlan.build(NOON, flight=flight, finish_early_s=1800.0)
    assert plan.share_at(at(2026, 3, 4, 12, 27)) == pytest.approx(0.5)
    assert plan.share_at(at(2026, 3, 4, 12, 54)) == pytest.approx(1.0)


@settings(deadline=None)
@given(
    moment=st.integers(1_700_000_000, 1_900_000_000),
    zone=st.sampled_from(["UTC", "Asia/Shanghai", "Australia/Lord_Howe", "America/St_Johns", "Africa/Cairo"]),
    weights=st.lists(st.floats(0, 1e6), min_size=24, max_size=24),
    early_s=st.floats(0, 40_000),
)
def test_a_plan_rises_from_nothing_to_all_on_any_day(
    moment: int, zone: str, weights: list[float], early_s: float
) -> None:
    plan = DayPlan.build(datetime.fromtimestamp(moment, UTC), zone, weights, finish_early_s=early_s)
    assert plan.moments_s[0] <= moment < plan.ends_s
    assert plan.shares[0] == 0.0
    assert plan.shares[-1] == 1.0
    assert list(plan.shares) == sorted(plan.shares)
    assert list(plan.moments_s) == sorted(set(plan.moments_s))
    assert 22 * 3600 < plan.ends_s - plan.moments_s[0] < 26 * 3600


def test_yesterdays_traffic_shapes_the_day_and_leaves_no_hour_dead() -> None:
    learned = learned_traffic([0] * 12 + [300] * 12)
    assert sum(learned) == pytest.approx(1.0)
    assert learned[0] == pytest.approx(0.05 / 24)
    assert learned[23] == pytest.approx(0.95 / 12 + 0.05 / 24)
    assert learned_traffic([0] * 24) == EVEN_TRAFFIC


@pytest.mark.parametrize("weights", [[1.0] * 23, [-1.0] + [1.0] * 23, [float("nan")] * 24])
def test_weights_that_are_none_are_refused(weights: list[float]) -> None:
    with pytest.raises(ConfigRejected, match="24 numbers"):
        learned_traffic(weights)
    with pytest.raises(ConfigRejected, match="24 numbers"):
        DayPlan.build(NOON, "UTC", weights)
