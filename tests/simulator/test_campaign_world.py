"""Campaigns beside the log: what they were told to keep is kept, and what came of them adds up."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import fields, replace
from datetime import timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from adplat.data import configs_folder, read_config
from adplat.domain import BidStrategyKind, ConfigRejected, Targeting
from adplat.simulator import (
    DelayConfig,
    Life,
    SimulatedCampaign,
    World,
    WorldConfig,
    build_world,
    live_through,
    simulate_campaigns,
)
from adplat.simulator.campaign_draw import is_known, meets, zone_of
from adplat.simulator.elements import Int32
from adplat.simulator.history import play_history
from adplat.simulator.response import Response
from adplat.simulator.trade import DEVICES, LANGUAGES, PLACEMENTS, REGIONS
from adplat.simulator.traffic import Requests
from tests.simulator.builders import a_small_config

COUNT = 60


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(
        a_small_config(
            days=21, advertisers=8, late_advertisers=2, users=3000, impressions=60_000, new_creatives_per_campaign=2
        )
    )


@pytest.fixture(scope="module")
def life(world: World) -> Life:
    return live_through(world, 42)


@pytest.fixture(scope="module")
def campaigns(world: World, life: Life) -> list[SimulatedCampaign]:
    return simulate_campaigns(world, life, COUNT, first_day=7)


def test_campaigns_of_all_kinds_are_drawn(world: World, campaigns: list[SimulatedCampaign]) -> None:
    facts = [one.facts for one in campaigns]
    assert {1, 7, 14} <= {one.days for one in facts}
    assert min(one.start_day for one in facts) >= 7
    assert max(one.start_day + one.days for one in facts) <= 42
    past = sum(one.start_day + one.days <= world.config.days for one in facts)
    held_out = sum(one.start_day >= world.config.days for one in facts)
    assert min(past, held_out) > COUNT // 6
    assert 0.1 < np.mean([one.is_new_advertiser for one in facts]) < 0.35
    assert 0.2 < np.mean([bool(one.frequency_caps) for one in facts]) < 0.45
    assert {one.bid.kind for one in facts} == {BidStrategyKind.CPM, BidStrategyKind.MAX_CPC}
    assert len({one.category for one in facts}) > 4
    for name in ("placements", "regions", "devices", "languages", "hours_of_week"):
        narrowed = [bool(getattr(one.targeting, name)) for one in facts]
        assert any(narrowed) and not all(narrowed), name
    budgets = {(one.daily_budget_micros is None, one.total_budget_micros is None) for one in facts}
    assert budgets == {(False, True), (True, False), (False, False)}
    news = [len(one.new_creative_ids) / len(one.creative_ids) for one in campaigns]
    assert {0.0, 1.0} < set(news)
    known = [one for one in campaigns if not one.facts.is_new_advertiser]
    assert np.mean([len(one.new_creative_ids) == len(one.creative_ids) for one in known]) > 0.12
    assert {len(one.creative_ids) for one in campaigns} == {1, 2, 3, 4}


def test_tight_and_endless_budgets_are_both_there(campaigns: list[SimulatedCampaign]) -> None:
    exhausted = [one.outcome.is_exhausted for one in campaigns if one.outcome.total.impressions > 100]
    assert 0.3 < np.mean(exhausted) < 0.9


def test_flights_are_whole_local_days(world: World, campaigns: list[SimulatedCampaign]) -> None:
    for one in campaigns:
        zone = ZoneInfo(one.facts.time_zone)
        start, end = one.facts.flight.start.astimezone(zone), one.facts.flight.end
        assert end is not None
        assert (start.hour, start.minute) == (0, 0)
        assert end - start == timedelta(days=one.facts.days)
        assert start.date() == world.config.start + timedelta(days=one.facts.start_day)
        assert one.outcome.dates[0] == start.date()
        assert len(one.outcome.dates) == len(one.outcome.daily) == one.facts.days


@pytest.mark.parametrize("offset", [-12, -5, 0, 8, 14])
def test_a_zone_is_so_far_ahead_of_utc(offset: int) -> None:
    start = a_small_config().log_start.astimezone(ZoneInfo(zone_of(offset)))
    assert start.utcoffset() == timedelta(hours=offset)


def test_budgets_hold_by_day_and_in_all(campaigns: list[SimulatedCampaign]) -> None:
    for one in campaigns:
        daily, total = one.facts.daily_budget_micros, one.facts.total_budget_micros
        assert daily is None or max(day.spend_micros for day in one.outcome.daily) <= daily
        assert total is None or one.outcome.total.spend_micros <= total


def test_days_add_up_to_the_flight(campaigns: list[SimulatedCampaign]) -> None:
    for one in campaigns:
        total, daily = one.outcome.total, one.outcome.daily
        for name in ("impressions", "clicks", "conversions", "value_micros", "spend_micros", "openings", "bids"):
            assert sum(getattr(day, name) for day in daily) == getattr(total, name), name
        assert max(day.reach for day in daily) <= total.reach <= sum(day.reach for day in daily)
        assert total.conversions <= total.clicks <= total.impressions <= total.bids <= total.openings
        assert one.outcome.reached_times[0] == total.reach <= total.impressions
        assert sorted(one.outcome.reached_times, reverse=True) == list(one.outcome.reached_times)
        assert (total.value_micros > 0) == (total.conversions > 0)


def test_caps_bound_how_often_one_person_is_reached(campaigns: list[SimulatedCampaign]) -> None:
    capped = 0
    for one in campaigns:
        for cap in one.facts.frequency_caps:
            windows = -(-one.facts.days * 86_400 // cap.window_s) + 1
            most = cap.limit * windows * (len(one.creative_ids) if cap.per_creative else 1)
            if most < len(one.outcome.reached_times):
                assert one.outcome.reached_times[most] == 0
                capped += 1
    assert capped > 10


def test_known_creatives_have_run_before_the_flight_and_new_ones_have_not(
    world: World, campaigns: list[SimulatedCampaign]
) -> None:
    creatives = world.catalogue.creatives
    first_shown = np.full(len(creatives), np.iinfo(np.int64).max)
    for chunk in play_history(world):
        np.minimum.at(first_shown, chunk.creative, chunk.time_us[chunk.won] // 86_400_000_000)
    row_of = {creative_id: row for row, creative_id in enumerate(world.creative_ids)}
    owner = world.catalogue.campaigns.advertiser[creatives.campaign]
    for one in campaigns:
        rows = np.array([row_of[name] for name in one.creative_ids])
        new = np.array([name in one.new_creative_ids for name in one.creative_ids])
        assert (first_shown[rows[new]] >= min(one.facts.start_day, world.config.days)).all()
        assert ((first_shown[rows] < one.facts.start_day) == ~new).mean() > 0.5
        assert {f"a{row:03d}" for row in owner[rows]} == {one.facts.advertiser_id}
        if one.facts.is_new_advertiser:
            assert new.all()


def test_targeting_is_met_name_by_name(world: World, life: Life) -> None:
    targeting = Targeting(
        placements=("feed_300x250", "home_600x500"),
        devices=("phone",),
        languages=("en",),
        regions=("CN-SH", "CN-GD"),
        hours_of_week=tuple(range(18, 48)),
    )
    some = life.requests.take(np.arange(len(life), dtype=np.int32))
    met = meets(world, some, targeting)
    assert met.sum() > 100
    for row in np.flatnonzero(met)[:100].tolist():
        assert PLACEMENTS[some.placement[row]].placement in ("feed_300x250", "home_600x500")
        assert DEVICES[some.device[row]] == "phone"
        assert LANGUAGES[some.language[row]] == "en"
        assert REGIONS[world.population.region[some.user[row]]] in ("CN-SH", "CN-GD")
        local = world.config.log_start + timedelta(hours=int(some.hour_of_log[row])) + timedelta(hours=8)
        assert 24 * local.weekday() + local.hour in targeting.hours_of_week
    for name in ("placements", "devices", "languages", "regions", "hours_of_week"):
        wider = meets(world, some, replace(targeting, **{name: ()}))
        assert (wider | ~met).all()
        assert wider.sum() > met.sum(), name
    assert meets(world, some, Targeting()).all()


def test_reach_counts_people_with_a_key_alone() -> None:
    world = build_world(a_small_config(days=7, users=1000, impressions=20_000, no_consent_share=0.9))
    simulated = simulate_campaigns(world, live_through(world, 28), 8, first_day=7)
    keyed = int(world.population.consent.sum())
    most = max(simulated, key=lambda one: one.outcome.total.impressions).outcome.total
    assert most.impressions > 10 * keyed
    assert 0.5 * keyed < most.reach <= keyed


def test_a_conversion_after_the_window_is_none() -> None:
    counted = []
    for hours in (1.0, 1000.0):
        delay = DelayConfig(shape="lognormal", slow_hours=hours, exponent=0.3)
        world = build_world(a_small_config(days=7, users=1000, impressions=20_000, delay=delay, click_rate=0.1))
        simulated = simulate_campaigns(world, live_through(world, 28), 8, first_day=7)
        counted.append(sum(one.outcome.total.conversions for one in simulated))
    assert counted[0] > 20
    assert counted[1] == 0


class Watched(Response):
    """Keeps what it was asked."""

    asked: ClassVar[list[tuple[Requests, Int32, np.ndarray]]] = []

    def click_probability(self, requests: Requests, creative: Int32, exposures: np.ndarray) -> np.ndarray:
        self.asked.append((requests, creative, exposures))
        return super().click_probability(requests, creative, exposures)


def test_people_tire_of_a_creative_within_a_campaign(world: World, life: Life) -> None:
    own = {field.name: getattr(world.response, field.name) for field in fields(Response)}
    Watched.asked.clear()
    simulate_campaigns(replace(world, response=Watched(**own)), life, 4, first_day=7)
    assert len(Watched.asked) == 4
    for requests, creative, exposures in Watched.asked:
        met: Counter[tuple[int, int]] = Counter()
        for pair, before in zip(zip(requests.user.tolist(), creative.tolist(), strict=True), exposures, strict=True):
            assert met[pair] == before
            met[pair] += 1
    assert max(int(exposures.max()) for _, _, exposures in Watched.asked) > 5


def test_clicks_are_those_of_the_world(world: World, campaigns: list[SimulatedCampaign]) -> None:
    shown = sum(one.outcome.total.impressions for one in campaigns)
    clicked = sum(one.outcome.total.clicks for one in campaigns)
    assert 0.5 * world.config.click_rate < clicked / shown < 2.0 * world.config.click_rate


def test_true_chances_add_up_to_what_comes_but_for_luck(campaigns: list[SimulatedCampaign]) -> None:
    totals = [one.outcome.total for one in campaigns]
    for happened, expected in (
        ([one.clicks for one in totals], [one.outcome.expected_clicks for one in campaigns]),
        ([one.conversions for one in totals], [one.outcome.expected_conversions for one in campaigns]),
    ):
        assert abs(sum(happened) - sum(expected)) < 4.0 * np.sqrt(sum(expected))
        # Not on the whole alone: each campaign misses by no more than chance has it.
        squares = [(y - mean) ** 2 / mean for y, mean in zip(happened, expected, strict=True) if mean > 0.5]
        assert np.mean(squares) == pytest.approx(1.0, abs=6.0 * np.sqrt(2.0 / len(squares)))


def test_more_campaigns_change_none_and_seeds_change_all(
    world: World, life: Life, campaigns: list[SimulatedCampaign]
) -> None:
    assert simulate_campaigns(world, life, 5, first_day=7) == campaigns[:5]
    assert simulate_campaigns(world, life, 5, first_day=7, seed=1) != campaigns[:5]


def test_a_world_too_short_for_the_longest_flight_is_refused(world: World, life: Life) -> None:
    with pytest.raises(ConfigRejected, match="live 14 days longer"):
        simulate_campaigns(world, life, 1, first_day=29)


def test_a_creative_is_known_by_its_days_in_the_log(world: World) -> None:
    rows = np.arange(len(world.catalogue.creatives), dtype=np.int32)
    first = world.catalogue.creatives.first_day
    assert np.array_equal(is_known(world, rows, 3), first < 3)
    assert np.array_equal(is_known(world, rows, 30), first < world.config.days)


def test_twenty_campaigns_of_thirty_thousand_requests_a_day_take_seconds() -> None:
    config = read_config(configs_folder() / "worlds" / "campaigns.yaml", WorldConfig)
    small = build_world(replace(config, days=14, impressions=250_000))
    life = live_through(small, 30)
    assert len(life) / 30 > 25_000
    begin = time.process_time()
    simulate_campaigns(small, life, 20, first_day=7)
    assert time.process_time() - begin < 12
