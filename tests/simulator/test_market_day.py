"""A day of the market: its traffic, its spike, and what it takes to win."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from adplat.domain import ConfigRejected
from adplat.simulator import Spike, World, market_day


def busy(world: World, a_day: int) -> World:
    """The same world with so many requests a day."""
    return replace(world, config=replace(world.config, impressions=a_day * world.config.days))


def test_a_day_has_its_requests_in_order_and_within_it(small_world: World) -> None:
    start = small_world.config.log_end
    day = market_day(busy(small_world, 5_000), 1, start)
    moments = [request.ts for request in day.requests]
    assert moments == sorted(moments)
    assert start <= moments[0] <= moments[-1] < start + timedelta(days=1)
    assert 0.9 < len(moments) / 5_000 < 1.1
    assert len({request.request_id for request in day.requests}) == len(moments) == len(day.min_to_win_micros)


def test_a_spike_multiplies_requests_while_it_lasts_and_leaves_the_rest_alone(small_world: World) -> None:
    world, start = busy(small_world, 20_000), small_world.config.log_end
    spike = Spike(start + timedelta(hours=14), timedelta(minutes=30), 5)
    calm, spiked = market_day(world, 1, start), market_day(world, 1, start, spike)

    def within(requests: tuple[object, ...]) -> int:
        return sum(spike.start <= one.ts < spike.start + spike.length for one in requests)  # type: ignore[attr-defined]

    assert 4.0 < within(spiked.requests) / within(calm.requests) < 6.0
    outside = [len(day.requests) - within(day.requests) for day in (calm, spiked)]
    assert outside[0] == outside[1]
    assert len({request.user_key for request in spiked.requests}) > 50


def test_equal_seeds_give_equal_days_and_others_do_not(small_world: World) -> None:
    start = small_world.config.log_end
    one, same, other = (market_day(busy(small_world, 1_000), seed, start) for seed in (1, 1, 2))
    assert one.requests == same.requests
    assert one.min_to_win_micros.tolist() == same.min_to_win_micros.tolist()
    assert [request.ts for request in one.requests] != [request.ts for request in other.requests]


def test_a_dear_place_costs_more_than_a_cheap_one_and_prices_are_of_one_showing(small_world: World) -> None:
    day = market_day(busy(small_world, 20_000), 1, small_world.config.log_end)
    places = np.array([str(request.context["placement"]) for request in day.requests])
    home, video = (np.median(day.min_to_win_micros[places == name]) for name in ("home_600x500", "video_300x250"))
    # 30 and 12 yuan a thousand, whatever the hour does to them.
    assert 2.2 < home / video < 2.8
    assert 5_000 < video < 20_000
    assert day.min_to_win_micros.min() >= 1


@pytest.mark.parametrize(("hours", "minutes", "factor"), [(23.9, 20, 5), (-1, 20, 5), (3, 20, 0)])
def test_a_spike_that_is_none_of_the_day_is_refused(
    small_world: World, hours: float, minutes: int, factor: int
) -> None:
    start = small_world.config.log_end
    with pytest.raises(ConfigRejected, match="spike"):
        market_day(small_world, 1, start, Spike(start + timedelta(hours=hours), timedelta(minutes=minutes), factor))
