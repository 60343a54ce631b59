"""Live play: requests that show only what may be known, and people who respond by the truth."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from adplat.domain import ConfigRejected, UnknownReference
from adplat.simulator import PublicWorld, World
from adplat.simulator.catalogue_rows import USER_ATTRIBUTES


@pytest.fixture
def public(small_world: World) -> PublicWorld:
    return small_world.public(seed=3)


def test_requests_come_in_time_order_after_the_log(small_world: World, public: PublicWorld) -> None:
    requests = public.next_requests(200)
    moments = [request.ts for request in requests]
    assert moments == sorted(moments)
    assert moments[0] >= small_world.config.log_end
    offset = timedelta(hours=small_world.config.utc_offset_hours)
    assert all(request.context["hour"] == (request.ts + offset).hour for request in requests)
    assert all(request.context["weekday"] == (request.ts + offset).weekday() for request in requests)


def test_equal_seeds_ask_alike_and_others_differently(small_world: World) -> None:
    one, same, other = (small_world.public(seed).next_requests(50) for seed in (3, 3, 4))
    assert one == same
    assert one != other


def test_what_is_shown_does_not_change_who_asks_next(small_world: World) -> None:
    quiet, busy = small_world.public(3), small_world.public(3)
    quiet.next_requests(20)
    rng = np.random.default_rng(1)
    for request in busy.next_requests(20):
        busy.react(request, request.candidates[0], rng)
    assert quiet.next_requests(20) == busy.next_requests(20)


def test_requests_show_the_context_and_only_consented_attributes(small_world: World, public: PublicWorld) -> None:
    requests = public.next_requests(400)
    context = {"placement", "position", "device", "region", "hour", "weekday", "language"}
    assert all(set(request.context) == context for request in requests)
    assert all(set(r.attributes) == (set(USER_ATTRIBUTES) if r.user_key else set()) for r in requests)
    assert 0.02 < sum(not request.user_key for request in requests) / 400 < 0.25
    consented = {
        key
        for key, agreed in zip(small_world.population.user_key, small_world.population.consent, strict=True)
        if agreed
    }
    assert {request.user_key for request in requests} - {""} <= consented


def test_candidates_are_live_from_several_campaigns_and_some_are_new(small_world: World, public: PublicWorld) -> None:
    creatives, config = small_world.catalogue.creatives, small_world.config
    row_of = {creative_id: row for row, creative_id in enumerate(small_world.creative_ids)}
    new = 0
    for request in public.next_requests(100):
        rows = [row_of[creative_id] for creative_id in request.candidates]
        assert 8 <= len(set(rows)) == len(rows) <= 16
        assert len({int(creatives.campaign[row]) for row in rows}) >= 2
        assert all(small_world.catalogue.campaigns.end_day[creatives.campaign[row]] > config.days for row in rows)
        new += sum(creatives.first_day[row] == config.days for row in rows)
    assert new > 50


def test_clicks_come_as_often_as_the_truth_says(public: PublicWorld) -> None:
    rng = np.random.default_rng(7)
    expected = variance = clicks = 0.0
    for request in public.next_requests(6000):
        creative_id = request.candidates[int(rng.integers(len(request.candidates)))]
        truth = float(public.true_click_probability(request, [creative_id])[0])
        expected += truth
        variance += truth * (1 - truth)
        clicks += public.react(request, creative_id, rng).clicked
    assert abs(clicks - expected) < 4.5 * np.sqrt(variance)
    assert 0.005 < expected / 6000 < 0.025


def test_showing_the_same_again_lowers_the_truth(public: PublicWorld) -> None:
    (request,) = public.next_requests(1)
    before = public.true_click_probability(request, request.candidates)
    rng = np.random.default_rng(0)
    for _ in range(5):
        public.react(request, request.candidates[0], rng)
    after = public.true_click_probability(request, request.candidates)
    assert after[0] < 0.8 * before[0]
    assert after[1:] == pytest.approx(before[1:])


def test_conversions_are_promised_for_later(public: PublicWorld) -> None:
    rng = np.random.default_rng(11)
    late = []
    for request in public.next_requests(60):
        for _ in range(200):
            reaction = public.react(request, request.candidates[0], rng)
            assert reaction.clicked or reaction.conversion is None
            if reaction.conversion:
                late.append(reaction.conversion)
    assert late
    assert all(each.delay_s >= 20 and each.value_micros > 0 for each in late)
    assert {each.kind for each in late} <= {"purchase", "signup"}


def test_unknown_requests_and_creatives_are_refused(public: PublicWorld) -> None:
    (request,) = public.next_requests(1)
    with pytest.raises(UnknownReference, match="c999999"):
        public.true_click_probability(request, ["c999999"])
    stranger = replace(request, request_id="p9999999999")
    with pytest.raises(UnknownReference, match="p9999999999"):
        public.react(stranger, request.candidates[0], np.random.default_rng(0))


def test_play_cannot_start_before_the_log(small_world: World) -> None:
    with pytest.raises(ConfigRejected, match="play cannot start"):
        small_world.public(1, small_world.config.log_start - timedelta(days=1))


def test_play_during_the_log_offers_no_creative_before_its_time(small_world: World) -> None:
    public = small_world.public(1, small_world.config.log_start)
    row_of = {creative_id: row for row, creative_id in enumerate(small_world.creative_ids)}
    for request in public.next_requests(40):
        assert all(
            small_world.catalogue.creatives.first_day[row_of[creative_id]] == 0 for creative_id in request.candidates
        )
