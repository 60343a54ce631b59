"""Pacing: single steps of the controller, and whole days in a market that answers late."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.market import DayPlan, PaceState, affordable_micros, next_pace, start_pace
from tests.market.draw_paced_day import draw
from tests.market.paced_day import MIDNIGHT, TRAFFIC, Market, PacedDay, run_day

START_S = MIDNIGHT.timestamp()
BUDGET = 1_000_000_000
SHOWING_MICROS = 1_950  # what one costs on average in the market of run_day


def settled(updates: int = 60, *, requests: int = 1_000, cost_per_request: int = 1_000) -> PaceState:
    """A campaign some updates into an even day; everything it books is billed at once."""
    state = start_pace(DayPlan.build(MIDNIGHT), BUDGET, START_S)
    for step in range(updates):
        booked = int(state.multiplier * requests * cost_per_request)
        state = next_pace(state, state.spent_micros + booked, 0, booked, requests, START_S + 10 * (step + 1))
    return state


def test_a_steady_market_is_met_by_the_share_that_spends_the_plan() -> None:
    a_step = BUDGET / 8640
    assert settled(360).multiplier == pytest.approx(a_step / (1_000 * 1_000), rel=0.02)


def test_a_spike_is_answered_within_one_update_and_met_within_six() -> None:
    calm = settled(360)
    shares, state = [], calm
    for step in range(6):
        booked = int(state.multiplier * 5_000 * 1_000)
        state = next_pace(state, state.spent_micros + booked, 0, booked, 5_000, calm.at_s + 10 * (step + 1))
        shares.append(state.multiplier / calm.multiplier)
    assert shares[0] < 0.5
    assert shares[-1] < 0.2


def test_money_in_reserve_counts_by_the_part_that_is_usually_billed() -> None:
    state = settled(360)
    # In an hour of settled bookings all was billed; so what is reserved counts nearly in full.
    assert 0.6 < state.settle_share <= 1.0
    reserved = BUDGET // 2
    held = next_pace(state, state.spent_micros, reserved, reserved, 1_000, state.at_s + 10)
    assert held.committed_micros > state.committed_micros + 0.5 * reserved
    assert held.multiplier == 0.0
    assert held.ceiling_micros == state.spent_micros + reserved  # no more is granted


def test_nothing_is_bought_after_the_day_or_without_money() -> None:
    state = settled(10)
    over = next_pace(state, state.spent_micros, 0, 0, 1_000, state.plan.ends_s)
    assert (over.multiplier, over.ceiling_micros) == (0.0, 0)
    broke = start_pace(DayPlan.build(MIDNIGHT), 0, START_S)
    assert broke.ceiling_micros == 0
    assert next_pace(broke, 0, 0, 0, 1_000, START_S + 10).multiplier == 0.0


def test_a_day_after_one_that_ended_without_money_begins_to_buy() -> None:
    state = start_pace(DayPlan.build(MIDNIGHT), BUDGET, START_S, multiplier=0.0)
    for step in range(30):
        booked = int(state.multiplier * 1_000 * 1_000)
        state = next_pace(state, state.spent_micros + booked, 0, booked, 1_000, START_S + 10 * (step + 1))
    assert state.spent_micros > 0


def test_a_process_that_starts_at_noon_takes_up_what_was_spent() -> None:
    plan, noon_s = DayPlan.build(MIDNIGHT), START_S + 12 * 3600
    ahead = start_pace(plan, BUDGET, noon_s, spent_micros=int(0.7 * BUDGET))
    assert ahead.ceiling_micros == int(0.7 * BUDGET)
    assert next_pace(ahead, int(0.7 * BUDGET), 0, 0, 1_000, noon_s + 10).multiplier == 0.0
    behind = start_pace(plan, BUDGET, noon_s, spent_micros=int(0.3 * BUDGET))
    assert int(0.3 * BUDGET) < behind.ceiling_micros <= BUDGET


def test_the_last_bid_is_lowered_to_what_is_left() -> None:
    state = start_pace(DayPlan.build(MIDNIGHT), 10_000, START_S + 86_000)
    assert affordable_micros(state, 4_000, 1_000, 3_000) == 3_000
    assert affordable_micros(state, 4_000, 4_000, 3_000) == state.ceiling_micros - 8_000
    assert affordable_micros(state, 9_000, 4_000, 3_000) == 0


counts = st.integers(0, 10**12)


@settings(max_examples=300, deadline=None)
@given(
    budget=counts,
    updates=st.lists(
        st.tuples(counts, counts, counts, st.integers(0, 10**7), st.floats(-100, 9_000)), min_size=1, max_size=12
    ),
)
def test_whatever_is_counted_the_share_is_one_and_the_ceiling_within_the_budget(
    budget: int, updates: list[tuple[int, int, int, int, float]]
) -> None:
    state, now_s = start_pace(DayPlan.build(MIDNIGHT), budget, START_S), START_S
    for spent, reserved, booked, requests, wait_s in updates:
        now_s += wait_s
        state = next_pace(state, spent, reserved, booked, requests, now_s)
        assert 0.0 <= state.multiplier <= 1.0
        assert 0 <= state.ceiling_micros <= max(budget, 0)


@functools.cache
def a_day(showings: int, seed: int, market: Market) -> PacedDay:
    return run_day(showings * SHOWING_MICROS, seed, market)


def days(showings: int, seeds: range, market: Market | None = None) -> list[PacedDay]:
    return [a_day(showings, seed, market or Market()) for seed in seeds]


@pytest.mark.parametrize(
    ("showings", "seeds"), [(50, range(8)), (500, range(4)), (5_000, range(3)), (50_000, range(2))]
)
def test_a_day_with_a_spike_and_late_notices_is_spent_to_the_budget(showings: int, seeds: range) -> None:
    for day in days(showings, seeds):
        assert day.overspent <= 0.005
        assert day.underspent <= 0.02
        assert day.most_committed_micros <= day.budget_micros


def test_losses_that_nobody_tells_cost_little_of_the_day() -> None:
    silent = Market(told_losses=0.75)
    for day in [*days(500, range(4), silent), *days(5_000, range(2), silent), *days(50_000, range(1), silent)]:
        assert day.overspent <= 0.005
        assert day.underspent <= 0.02


def test_every_hour_of_a_large_campaign_is_within_a_tenth_of_its_plan() -> None:
    for day in days(50_000, range(2)):
        assert np.abs(day.hourly_deviations()).max() <= 0.10


@pytest.mark.parametrize(("showings", "seeds"), [(50, range(8)), (500, range(4)), (5_000, range(3))])
def test_hours_of_smaller_campaigns_stray_less_than_chance_alone_would_make_them(showings: int, seeds: range) -> None:
    """Showings that fall independently stray by the root of their number (Poisson), also under a perfect plan."""
    found = days(showings, seeds)
    planned = np.array([day.by_hour(day.planned) for day in found]) / SHOWING_MICROS
    bought = np.array([day.by_hour(day.bought) for day in found]) / SHOWING_MICROS
    assert np.mean((bought - planned) ** 2) < np.mean(planned)


def test_a_spike_spends_minutes_ahead_and_no_more() -> None:
    market = Market()
    for day in days(50_000, range(2)):
        first = market.spike_at_s // 10
        in_spike = day.bought[first : first + market.spike_s // 10]
        planned = day.planned[first : first + market.spike_s // 10]
        assert day.requests[first + 60] > 4 * day.requests[first - 60]
        assert in_spike[:30].sum() < 2.0 * planned[:30].sum()  # the first five minutes
        assert in_spike[30:].sum() == pytest.approx(planned[30:].sum(), rel=0.10)


def test_without_pacing_the_same_market_would_have_the_budget_gone_by_night() -> None:
    day = days(50_000, range(1))[0]
    assert day.multipliers.mean() < 0.1  # at a share of one the day's money lasts for a tenth of it


def test_a_market_with_too_few_auctions_is_taken_whole() -> None:
    scarce = Market(requests=10_000, spike_factor=1.0)
    day = run_day(50_000 * SHOWING_MICROS, 0, scarce)
    assert np.median(day.multipliers) == 1.0
    assert day.showings > 0.25 * day.requests.sum()


def test_traffic_unlike_yesterdays_still_follows_the_plan() -> None:
    shifted = Market(today=TRAFFIC[6:] + TRAFFIC[:6])
    day = run_day(5_000 * SHOWING_MICROS, 0, shifted)
    assert day.underspent <= 0.02
    assert day.cumulative_deviation() < 0.02


def test_prices_that_half_win_and_are_paid_in_full_are_paced_as_well() -> None:
    day = run_day(20_000 * SHOWING_MICROS, 0, Market(win_chance=0.9))
    assert day.underspent <= 0.02
    assert np.abs(day.hourly_deviations()[1:]).max() <= 0.12


def test_the_picture_of_the_page_can_be_drawn() -> None:
    assert draw(run_day(500 * SHOWING_MICROS, 0))[:4] == b"\x89PNG"
