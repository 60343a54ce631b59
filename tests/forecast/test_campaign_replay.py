"""Replays keep to budgets and caps, agree with the played pace, and count people and chances as told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.domain import FrequencyCap
from adplat.forecast import FlightOpenings, Replayed, ReplayTerms, replay_campaign
from adplat.forecast.arrays import Floats, Whole
from adplat.market import Openings, PlayTerms, play_campaign
from tests.forecast.campaign_replays import draws, openings, terms, with_click

MANY = 10**12


def replayed(rows: FlightOpenings, told: ReplayTerms, seed: int = 3, **more: float) -> Replayed:
    return replay_campaign(rows, told, draws(len(told.day_lengths_s), **more), np.random.default_rng(seed))


def total(values: Floats) -> Floats:
    return values.sum(axis=1)


@settings(max_examples=30, deadline=None)
@given(daily=st.integers(10_000, 20_000_000), whole=st.integers(10_000, 50_000_000), weight=st.floats(0.5, 50.0))
def test_no_replicate_spends_more_than_its_budgets(daily: int, whole: int, weight: float) -> None:
    found = replayed(openings(a_day=300), terms(daily=daily, total=whole), weight=weight)
    assert np.all(found.spend_micros <= daily * (1.0 + 1e-9))
    assert np.all(total(found.spend_micros) <= whole * (1.0 + 1e-9))


def test_a_budget_that_supply_can_spend_is_spent_to_the_last() -> None:
    found = replayed(openings(), terms(daily=1_000_000))
    assert found.spend_micros == pytest.approx(np.full((8, 4), 1_000_000.0))


def test_a_budget_smaller_than_one_sampled_showing_is_spent_in_part() -> None:
    found = replayed(openings(), terms(daily=100_000), weight=1_000.0)
    assert total(found.spend_micros) == pytest.approx(np.full(8, 400_000.0))
    assert np.all(total(found.impressions) == pytest.approx(400_000 / 9_000, rel=0.15))


def test_a_total_budget_is_spread_over_the_flight() -> None:
    found = replayed(openings(), terms(total=4_000_000))
    assert found.spend_micros == pytest.approx(np.full((8, 4), 1_000_000.0))


def test_without_a_binding_budget_every_won_opening_counts() -> None:
    rows = openings()
    found = replayed(rows, terms(daily=MANY), weight=3.0)
    assert total(found.impressions).mean() == pytest.approx(
        3.0 * np.sum(rows.bid_micros >= rows.least_micros), rel=0.03
    )
    assert found.spend_micros == pytest.approx(found.free_spend_micros)


@pytest.mark.parametrize("caps", [(), (FrequencyCap(1, 86_400),)])
@pytest.mark.parametrize("daily", [700_000, 2_500_000, MANY])
def test_the_settled_pace_brings_what_the_played_pace_does(daily: int, caps: tuple[FrequencyCap, ...]) -> None:
    rows, told = openings(a_day=3_000, people=1_500), terms(daily=daily, caps=caps)
    found = replayed(rows, told, replicates=24)
    played = play_campaign(
        Openings(rows.at_s, rows.user, rows.bid_micros, rows.least_micros, rows.least_micros),
        PlayTerms(told.flight, daily_budget_micros=daily, caps=caps),
        np.random.default_rng(1),
    ).shown
    reach = len(np.unique(rows.user[played & (rows.user >= 0)]))
    assert total(found.spend_micros).mean() == pytest.approx(float(rows.least_micros[played].sum()), rel=0.04)
    assert total(found.impressions).mean() == pytest.approx(float(played.sum()), rel=0.04)
    assert found.often[:, 0].mean() == pytest.approx(reach, rel=0.08)


def test_a_cap_lowers_impressions_and_never_raises_reach_where_money_does_not_bind() -> None:
    rows = openings()
    free = replayed(rows, terms(daily=MANY))
    for limit in (1, 2, 4):
        capped = replayed(rows, terms(daily=MANY, caps=(FrequencyCap(limit, 86_400),)))
        assert np.all(total(capped.impressions) <= total(free.impressions))
        assert np.all(capped.often[:, 0] <= free.often[:, 0] + 1e-6)
    # Whom nobody knows a capped campaign is kept from, as live.
    known = float(np.mean(rows.user[rows.bid_micros >= rows.least_micros] >= 0))
    assert known < 0.95
    assert 0.9 * known * total(free.impressions).mean() < total(capped.impressions).mean()
    assert total(capped.impressions).mean() < 1.02 * known * total(free.impressions).mean()


def test_people_seen_more_often_are_fewer_and_reach_is_at_most_everybody() -> None:
    rows = openings()
    found = replayed(rows, terms(daily=3_000_000))
    assert np.all(np.diff(found.often, axis=1) <= 1e-9)
    assert found.often[:, 0].mean() < 1.05 * len(np.unique(rows.user[rows.user >= 0]))
    assert np.all(found.reach_by_day.sum(axis=1) >= found.often[:, 0] - 1e-6)


def test_people_who_are_not_known_are_not_counted() -> None:
    rows = replace(openings(), user=np.full(4_000, -1, dtype=np.int64))
    found = replayed(rows, terms(daily=3_000_000))
    assert not found.often.any()
    assert total(found.impressions).min() > 0


def test_clicks_fall_with_earlier_showings_of_the_same_creative() -> None:
    def fatigue(earlier: Whole) -> Floats:
        return np.where(earlier == 0, 1.0, 0.0)

    rows = with_click(openings(people=5), 0.5)
    told = replace(terms(daily=MANY), fatigue=fatigue)
    known = replace(rows, user=np.abs(rows.user))
    # Five people and two creatives: ten first showings, each worth half a click.
    assert total(replayed(known, told).clicks).mean() == pytest.approx(5.0, rel=0.6)
    assert total(replayed(known, terms(daily=MANY)).clicks).mean() > 500.0


def test_more_money_brings_no_fewer_of_anything() -> None:
    rows = openings()
    before = None
    for daily in (300_000, 600_000, 1_200_000, 2_400_000, 4_800_000, 20_000_000):
        found = replayed(rows, terms(daily=daily))
        if before is not None:
            for name in ("impressions", "clicks", "spend_micros"):
                assert total(getattr(found, name)).mean() >= total(getattr(before, name)).mean() * 0.999, name
            assert found.often[:, 0].mean() >= before.often[:, 0].mean() * 0.999
        before = found


def test_a_day_without_openings_brings_nothing() -> None:
    rows = openings()
    kept = np.flatnonzero(rows.day != 1)
    some = FlightOpenings(**{name: getattr(rows, name)[kept] for name in FlightOpenings.__slots__})
    found = replayed(some, terms(daily=1_000_000))
    assert not found.impressions[:, 1].any()
    assert found.spend_micros[:, 2] == pytest.approx(np.full(8, 1_000_000.0))


def test_no_openings_at_all_bring_nothing() -> None:
    rows = openings()
    none = FlightOpenings(**{name: getattr(rows, name)[:0] for name in FlightOpenings.__slots__})
    found = replayed(none, terms(daily=1_000_000))
    assert not found.impressions.any()
    assert not found.often.any()


def test_dear_openings_are_won_less_often() -> None:
    rows, told = openings(), draws()
    dear = replace(told, price_factors=np.full(8, 1.5))
    cheap = replay_campaign(rows, terms(daily=MANY), told, np.random.default_rng(3))
    costly = replay_campaign(rows, terms(daily=MANY), dear, np.random.default_rng(3))
    assert np.all(total(costly.impressions) < total(cheap.impressions))


def test_the_same_state_gives_the_same_replay() -> None:
    one, other = (replayed(openings(), terms(daily=1_000_000), log_sd=0.2) for _ in range(2))
    assert np.array_equal(one.clicks, other.clicks)
    assert one.impressions.std(axis=0).min() > 0.0
