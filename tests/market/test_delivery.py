"""Delivery against what was booked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from adplat.domain import Budget, Flight, Money
from adplat.market import booked_micros, delivery_of

START = datetime(2026, 3, 1, tzinfo=UTC)
TEN_DAYS = Flight(START, START + timedelta(days=10))
DAY_S = 86_400.0


def a_budget(daily: int | None, total: int | None) -> Budget:
    return Budget(*(None if one is None else Money(one, "CNY") for one in (daily, total)))


def test_the_lesser_of_both_budgets_is_booked() -> None:
    assert booked_micros(a_budget(10, 1000), TEN_DAYS) == 100
    assert booked_micros(a_budget(10, 50), TEN_DAYS) == 50
    assert booked_micros(a_budget(10, None), Flight(START, None)) is None
    assert booked_micros(a_budget(None, 50), Flight(START, None)) == 50
    assert booked_micros(a_budget(None, None), TEN_DAYS) is None


def test_a_campaign_in_the_middle_is_ahead_or_behind_and_will_end_somewhere() -> None:
    now = START + timedelta(days=5)

    told = delivery_of(a_budget(None, 1000), TEN_DAYS, now, 400, 160, 2 * DAY_S)

    assert (told.spent_share, told.expected_micros, told.ahead_micros, told.projected_micros) == (0.4, 500, -100, 800)
    fast = delivery_of(a_budget(None, 1000), TEN_DAYS, now, 700, 700, 5 * DAY_S)
    assert (fast.ahead_micros, fast.projected_micros) == (200, 1000), "no more than was booked"


def test_before_and_after_its_flight_and_without_end() -> None:
    budget = a_budget(None, 1000)

    assert delivery_of(budget, TEN_DAYS, START - timedelta(days=3), 0, 0, 0.0).expected_micros == 0
    after = delivery_of(budget, TEN_DAYS, START + timedelta(days=30), 990, 70, 7 * DAY_S)
    assert (after.expected_micros, after.projected_micros) == (1000, 990)
    open_ended = delivery_of(budget, Flight(START, None), START + timedelta(days=5), 10, 10, DAY_S)
    assert (open_ended.expected_micros, open_ended.ahead_micros, open_ended.projected_micros) == (None, None, None)
    assert open_ended.spent_share == 0.01
