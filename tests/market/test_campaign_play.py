"""A campaign played against openings: money and caps hold, the rest is bought, and a sample does for all."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.domain import ConfigRejected, Exposure, Flight, FrequencyCap
from adplat.market import NOBODY, CapTable, Openings, Played, PlayTerms, barred_now, play_campaign

START = datetime(2026, 3, 1, 16, tzinfo=UTC)  # midnight in Shanghai
ZONE = "Asia/Shanghai"
DAY_S = 86_400
# Requests by local hour: a quiet night, an evening hill.
TRAFFIC = (30, 20, 15, 12, 12, 18, 30, 50, 65, 75, 80, 85, 90, 85, 80, 78, 80, 88, 98, 110, 115, 105, 80, 50)


def some_openings(count: int, days: int = 7, *, seed: int = 0, users: int = 4000, known: float = 0.9) -> Openings:
    """Second price; about 70 % of the bids of 20,000 micros win, and cost about 14,000."""
    rng = np.random.default_rng(seed)
    hours = rng.choice(24, size=count, p=np.array(TRAFFIC) / sum(TRAFFIC))
    at_s = START.timestamp() + rng.integers(days, size=count) * DAY_S + (hours + rng.random(count)) * 3600
    least = rng.lognormal(np.log(16_000), 0.4, count).astype(np.int64)
    user = np.where(rng.random(count) < known, rng.integers(users, size=count), NOBODY)
    return Openings(
        at_s=np.sort(at_s),
        user=user.astype(np.int64),
        bid_micros=np.full(count, 20_000, dtype=np.int64),
        price_micros=least,
        least_micros=least,
        creative=rng.integers(3, size=count).astype(np.int32),
    )


def terms(days: int = 7, **changes: Any) -> PlayTerms:
    flight = Flight(START, START + timedelta(days=days))
    return PlayTerms(flight, ZONE, **{"hourly_traffic": TRAFFIC, **changes})


def played(openings: Openings, on: PlayTerms, seed: int = 0, scale: float = 1.0) -> Played:
    return play_campaign(openings, on, np.random.default_rng(seed), scale=scale)


def spend_by_day(openings: Openings, one: Played, days: int = 7) -> list[int]:
    day = ((openings.at_s - START.timestamp()) // DAY_S).astype(int)
    spent = np.zeros(days, dtype=np.int64)
    np.add.at(spent, day[one.shown], openings.price_micros[one.shown])
    return [int(micros) for micros in spent]


def taken(openings: Openings, rows: np.ndarray) -> Openings:
    assert openings.creative is not None
    return Openings(
        openings.at_s[rows],
        openings.user[rows],
        openings.bid_micros[rows],
        openings.price_micros[rows],
        openings.least_micros[rows],
        openings.creative[rows],
    )


def breaches(openings: Openings, one: Played, cap: FrequencyCap) -> int:
    """Windows with more than ``limit`` showings, looked for at every showing of every known user."""
    assert openings.creative is not None
    seen: dict[tuple[int, int], list[float]] = defaultdict(list)
    for row in np.flatnonzero(one.shown & (openings.user != NOBODY)).tolist():
        key = (int(openings.user[row]), int(openings.creative[row]) if cap.per_creative else 0)
        seen[key].append(float(openings.at_s[row]))
    return sum(
        sum(at_s - cap.window_s < other_s <= at_s for other_s in moments) > cap.limit
        for moments in seen.values()
        for at_s in moments
    )


def shown_by_the_rule_of_live(openings: Openings, caps: tuple[FrequencyCap, ...]) -> np.ndarray:
    """All winners that the live service's own rule lets through, one after another."""
    assert openings.creative is not None
    table = CapTable.build({"k": caps})
    exposures: dict[int, list[Exposure]] = defaultdict(list)
    shown = np.zeros(len(openings), dtype=np.bool_)
    for row in range(len(openings)):
        user, creative = int(openings.user[row]), str(openings.creative[row])
        now = datetime.fromtimestamp(float(openings.at_s[row]), UTC)
        if openings.bid_micros[row] < openings.least_micros[row]:
            continue
        if user != NOBODY:
            barred = barred_now(table, exposures[user], 0, now)
            if "k" in barred.campaigns or creative in barred.creatives:
                continue
            exposures[user].append(Exposure("k", creative, now))
        shown[row] = True
    return shown


def test_without_a_budget_every_opening_that_the_bid_wins_is_shown() -> None:
    openings = some_openings(5000)
    one = played(openings, terms())
    assert one.took_part.all()
    assert np.array_equal(one.shown, openings.bid_micros >= openings.least_micros)


def test_a_budget_that_is_never_exhausted_holds_back_the_first_minute_alone() -> None:
    openings = some_openings(20_000)
    wins = openings.bid_micros >= openings.least_micros
    for budget in ({"daily_budget_micros": 1_000_000_000}, {"total_budget_micros": 7_000_000_000}):
        one = played(openings, terms(**budget))
        missed = np.flatnonzero(wins & ~one.shown)
        assert (openings.at_s[missed] < START.timestamp() + 120).all()


@pytest.mark.parametrize("micros_a_day", [300_000, 3_000_000, 20_000_000])
@pytest.mark.parametrize("caps", [(), (FrequencyCap(2, DAY_S),)])
def test_a_daily_budget_is_spent_and_never_overspent(micros_a_day: int, caps: tuple[FrequencyCap, ...]) -> None:
    openings = some_openings(40_000)  # some 55 million micros a day could be spent
    spent = spend_by_day(openings, played(openings, terms(daily_budget_micros=micros_a_day, caps=caps)))
    assert max(spent) <= micros_a_day
    assert min(spent) > 0.97 * micros_a_day - 20_000


@pytest.mark.parametrize("showings", [20, 100, 1000])
def test_a_day_that_ended_without_a_share_is_no_end_of_the_flight(showings: int) -> None:
    openings = some_openings(40_000)
    first_price = replace(openings, price_micros=openings.bid_micros)
    spent = spend_by_day(first_price, played(first_price, terms(daily_budget_micros=showings * 20_000)))
    assert max(spent) <= showings * 20_000
    assert min(spent) >= (showings - 1) * 20_000


@pytest.mark.parametrize("micros_a_day", [100_000, 1_000_000, 3_000_000])
def test_a_campaign_of_the_morning_goes_on_every_morning(micros_a_day: int) -> None:
    openings = some_openings(20_000)
    hour = ((openings.at_s - START.timestamp()) // 3600).astype(int) % 24
    morning = taken(openings, np.flatnonzero((hour >= 8) & (hour < 12)))
    spent = spend_by_day(morning, played(morning, terms(daily_budget_micros=micros_a_day)))
    planned = micros_a_day * sum(TRAFFIC[:12]) / sum(TRAFFIC)
    assert max(spent) < 1.6 * planned + 20_000
    assert min(spent) > 0.7 * planned - 20_000


def test_money_of_a_day_follows_its_traffic() -> None:
    openings = some_openings(60_000, days=1)
    one = played(openings, terms(days=1, daily_budget_micros=100_000_000))
    hour = ((openings.at_s - START.timestamp()) // 3600).astype(int)
    spent = np.bincount(hour[one.shown], openings.price_micros[one.shown], minlength=24)
    planned = 100_000_000 * np.array(TRAFFIC) / sum(TRAFFIC)
    assert np.abs(spent[:23] / planned[:23] - 1.0).max() < 0.25
    assert spent.sum() > 0.98 * 100_000_000


def test_traffic_that_nobody_told_is_learned_on_the_first_day_and_followed_from_the_second() -> None:
    openings = some_openings(140_000)
    one = played(openings, terms(daily_budget_micros=30_000_000, hourly_traffic=None))
    since_s = openings.at_s[one.shown] - START.timestamp()
    money = openings.price_micros[one.shown]
    by_hour = np.bincount((since_s // 3600).astype(int), money, minlength=7 * 24).reshape(7, 24)
    planned, even = 30_000_000 * np.array(TRAFFIC) / sum(TRAFFIC), 30_000_000 / 24
    assert np.abs(by_hour[0, :22] / even - 1.0).mean() < 0.15
    later = by_hour[1:].mean(axis=0)
    assert np.abs(later[:22] / planned[:22] - 1.0).mean() < 0.15


def test_a_total_budget_alone_is_spread_over_the_days_of_the_flight() -> None:
    openings = some_openings(40_000)
    spent = spend_by_day(openings, played(openings, terms(total_budget_micros=70_000_000)))
    assert sum(spent) <= 70_000_000
    assert sum(spent) > 0.99 * 70_000_000
    assert max(spent) < 1.15 * 10_000_000


def test_a_total_budget_that_is_not_spread_goes_to_the_first_auctions() -> None:
    openings = some_openings(40_000)
    one = played(openings, terms(total_budget_micros=70_000_000, spreads_total=False))
    spent = spend_by_day(openings, one)
    assert 70_000_000 - 20_000 < sum(spent) <= 70_000_000
    assert sum(spent[:2]) > 70_000_000 - 20_000
    # Everything is bought until there is not enough for a whole bid, and nothing after that.
    wins = openings.bid_micros >= openings.least_micros
    last = int(np.flatnonzero(one.took_part)[-1])
    assert np.array_equal(one.shown[: last + 1], wins[: last + 1])
    assert one.took_part[: last + 1].all()


def test_days_that_had_little_traffic_leave_their_part_of_the_total_to_later_ones() -> None:
    openings = some_openings(40_000)
    quiet = openings.at_s < START.timestamp() + 2 * DAY_S
    rows = np.flatnonzero(~quiet | (np.random.default_rng(1).random(len(openings)) < 0.02))
    spent = spend_by_day(left := taken(openings, rows), played(left, terms(total_budget_micros=70_000_000)))
    assert max(spent[:2]) < 2_000_000
    assert sum(spent) > 0.98 * 70_000_000


def test_both_budgets_hold() -> None:
    openings = some_openings(40_000)
    one = played(openings, terms(daily_budget_micros=20_000_000, total_budget_micros=50_000_000))
    spent = spend_by_day(openings, one)
    assert max(spent) <= 20_000_000
    assert 0.99 * 50_000_000 < sum(spent) <= 50_000_000
    assert sum(spent[3:]) == 0


def test_a_spike_is_met_within_steps_and_does_not_overspend() -> None:
    calm, crowd = some_openings(60_000, days=1), some_openings(60_000, days=1, seed=1)
    spike_s = START.timestamp() + 14 * 3600 + 600
    at_s = np.concatenate([calm.at_s, spike_s + 1800 * np.random.default_rng(2).random(len(crowd))])
    order = np.argsort(at_s)
    both = Openings(
        at_s[order],
        *(
            np.concatenate([getattr(calm, name), getattr(crowd, name)])[order]
            for name in ("user", "bid_micros", "price_micros", "least_micros", "creative")
        ),
    )
    budget = 100_000_000
    one = played(both, terms(days=1, daily_budget_micros=budget))
    assert both.price_micros[one.shown].sum() <= budget
    assert both.price_micros[one.shown].sum() > 0.98 * budget
    within = (both.at_s >= spike_s) & (both.at_s < spike_s + 1800)
    planned = budget * 0.5 * TRAFFIC[14] / sum(TRAFFIC)
    assert within.sum() > 20 * ((both.at_s >= spike_s - 1800) & (both.at_s < spike_s)).sum()
    # A step goes by before it is answered; ceilings bound what that costs.
    assert both.price_micros[one.shown & within].sum() < 4.0 * planned


@pytest.mark.parametrize(
    "caps",
    [
        (FrequencyCap(1, DAY_S),),
        (FrequencyCap(3, 3600), FrequencyCap(5, 7 * DAY_S)),
        (FrequencyCap(1, 2 * DAY_S, per_creative=True), FrequencyCap(2, DAY_S)),
    ],
)
def test_caps_let_through_what_the_live_rule_lets_through(caps: tuple[FrequencyCap, ...]) -> None:
    openings = some_openings(6000, users=300)
    one = played(openings, terms(caps=caps))
    assert np.array_equal(one.shown, shown_by_the_rule_of_live(openings, caps) & (openings.user != NOBODY))
    assert sum(breaches(openings, one, cap) for cap in caps) == 0
    assert one.shown.sum() < (openings.bid_micros >= openings.least_micros).sum()


def test_people_whom_nobody_knows_see_no_capped_campaign_where_the_service_keeps_it_from_them() -> None:
    openings = some_openings(3000, known=0.5)
    caps = (FrequencyCap(1, DAY_S),)
    spared, kept = played(openings, terms(caps=caps, caps_spare_unknown=True)), played(openings, terms(caps=caps))
    unknown = openings.user == NOBODY
    assert np.array_equal(spared.shown[unknown], (openings.bid_micros >= openings.least_micros)[unknown])
    assert not kept.took_part[unknown].any()
    assert np.array_equal(spared.shown[~unknown], kept.shown[~unknown])


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    count=st.integers(0, 1500),
    daily=st.none() | st.integers(0, 30_000_000),
    total=st.none() | st.integers(0, 60_000_000),
    limit=st.none() | st.integers(1, 4),
    window_s=st.integers(60, 4 * DAY_S),
    per_creative=st.booleans(),
    first_price=st.booleans(),
    step_s=st.sampled_from([10.0, 120.0, 300.0]),
    scale=st.sampled_from([1.0, 1.3, 25.0]),
)
def test_whatever_comes_money_and_caps_hold(
    seed: int,
    count: int,
    daily: int | None,
    total: int | None,
    limit: int | None,
    window_s: int,
    per_creative: bool,
    first_price: bool,
    step_s: float,
    scale: float,
) -> None:
    openings = some_openings(count, days=2, seed=seed, users=40)
    if first_price:
        openings = replace(openings, price_micros=openings.bid_micros)
    caps = () if limit is None else (FrequencyCap(limit, window_s, per_creative),)
    on = terms(2, daily_budget_micros=daily, total_budget_micros=total, caps=caps, step_s=step_s)
    one = played(openings, on, seed, scale)
    spent = [scale * micros for micros in spend_by_day(openings, one, 2)]
    piece = 0 if scale == 1.0 else scale * 20_000
    assert daily is None or max(spent) <= daily + piece
    assert total is None or sum(spent) <= total + piece
    assert all(breaches(openings, one, cap) == 0 for cap in caps)
    assert not (one.shown & ~one.took_part).any()
    assert not (one.shown & (openings.bid_micros < openings.least_micros)).any()


@pytest.mark.parametrize("caps", [(), (FrequencyCap(2, 3 * DAY_S),)])
@pytest.mark.parametrize("daily", [4_000_000, 15_000_000, None])
def test_a_tenth_of_the_users_at_ten_times_the_scale_gives_about_the_same(
    daily: int | None, caps: tuple[FrequencyCap, ...]
) -> None:
    openings = some_openings(60_000, users=20_000, known=1.0)
    whole = played(openings, terms(daily_budget_micros=daily, caps=caps))
    money, showings = openings.price_micros[whole.shown].sum(), whole.shown.sum()
    sampled_money, sampled_showings = [], []
    for part in range(5):
        sample = taken(openings, np.flatnonzero(openings.user % 10 == part))
        one = played(sample, terms(daily_budget_micros=daily, caps=caps), seed=part, scale=10.0)
        sampled_money.append(10 * sample.price_micros[one.shown].sum())
        sampled_showings.append(10 * one.shown.sum())
    assert np.mean(sampled_money) == pytest.approx(money, rel=0.03)
    assert np.mean(sampled_showings) == pytest.approx(showings, rel=0.03)


def test_coarser_steps_buy_about_what_live_steps_buy() -> None:
    openings = some_openings(60_000)
    for daily in (2_000_000, 30_000_000):
        live, coarse = (
            played(openings, terms(daily_budget_micros=daily, step_s=step_s)).shown.sum() for step_s in (10.0, 120.0)
        )
        assert coarse == pytest.approx(live, rel=0.02)


def test_what_lies_outside_the_flight_is_left_alone() -> None:
    openings = some_openings(5000)
    flight = Flight(START + timedelta(days=1, hours=5), START + timedelta(days=3, hours=2))
    for budget in ({}, {"daily_budget_micros": 5_000_000}, {"total_budget_micros": 9_000_000}):
        one = played(openings, replace(terms(**budget), flight=flight))
        inside = (openings.at_s >= flight.start.timestamp()) & (openings.at_s < START.timestamp() + 3 * DAY_S + 7200)
        assert one.shown.any()
        assert not one.took_part[~inside].any()


def test_equal_draws_give_equal_plays() -> None:
    openings = some_openings(5000)
    on = terms(daily_budget_micros=3_000_000)
    assert np.array_equal(played(openings, on, 3).shown, played(openings, on, 3).shown)
    assert not np.array_equal(played(openings, on, 3).shown, played(openings, on, 4).shown)


def test_what_cannot_be_played_is_refused() -> None:
    openings = some_openings(10)
    for changes, scale in (
        ({"flight": Flight(START, None)}, 1.0),
        ({"step_s": 0.0}, 1.0),
        ({"step_s": 301.0}, 1.0),
        ({"time_zone": "Mars/Olympus"}, 1.0),
        ({}, 0.0),
        ({}, float("nan")),
    ):
        with pytest.raises(ConfigRejected):
            played(openings, replace(terms(daily_budget_micros=1_000_000), **changes), scale=scale)
    with pytest.raises(ConfigRejected, match="order of time"):
        played(taken(openings, np.arange(10)[::-1]), terms())


def test_a_week_of_sixty_thousand_openings_takes_a_fraction_of_a_second() -> None:
    openings = some_openings(60_000)
    for caps, most_s in (((), 0.6), ((FrequencyCap(2, DAY_S),), 1.2)):
        begin = time.process_time()
        played(openings, terms(daily_budget_micros=20_000_000, caps=caps))
        assert time.process_time() - begin < most_s
