"""A world's traffic from the start of its log to long after it: what campaigns outside the log are played against.

Within the log these are its own auctions, one for one; after it requests and prices go on as they came. (Within the log
they go on until the config's impressions are there, so that dear days have a few more of them; after it they come
freely, as many as the log's usual traffic.)

Letters used in shapes: ``N`` requests.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adplat.simulator.auction import Int64, draw_clearing
from adplat.simulator.colour import Float64
from adplat.simulator.history import HOUR_US, bid_through
from adplat.simulator.seeds import stream
from adplat.simulator.traffic import CampaignLottery, Requests, draw_requests, usual_traffic
from adplat.simulator.world import World


@dataclass(frozen=True)
class Life:
    """Requests in order of time; a bid wins the auction of row ``i`` from ``min_to_win_micros[i]`` on, and pays it."""

    days: int
    requests: Requests  # (N,)
    time_us: Int64  # (N,) from the log's start
    min_to_win_micros: Int64  # (N,) for one impression

    def __len__(self) -> int:
        return len(self.time_us)

    def rows_of_days(self, first: int, after: int) -> slice:
        """The rows of local days ``first`` to ``after``, exclusive."""
        day_us = 24 * HOUR_US
        low, high = np.searchsorted(self.time_us, (first * day_us, after * day_us))
        return slice(int(low), int(high))


def live_through(world: World, days: int) -> Life:
    """The traffic of the log, and of as many further days as make ``days`` in all. About 60 bytes a request."""
    lottery = CampaignLottery(world.catalogue, world.config.days)
    parts = [(bids.requests, bids.time_us, bids.auctions.min_to_win_micros) for bids in bid_through(world, lottery)]
    in_log = sum(len(requests) for requests, _, _ in parts)
    weather = world.weather(days)
    busy = usual_traffic(world.config, days) * np.repeat(weather.traffic, 24)
    hourly = busy * (in_log / busy[: 24 * world.config.days].sum())
    parts += [_day_after(world, day, hourly, weather.price[day]) for day in range(world.config.days, days)]
    return Life(
        days=max(days, world.config.days),
        requests=Requests.joined([part[0] for part in parts]),
        time_us=np.concatenate([part[1] for part in parts]),
        min_to_win_micros=np.maximum(np.concatenate([part[2] for part in parts]), 1),
    )


def _day_after(world: World, day: int, hourly: Float64, price_level: float) -> tuple[Requests, Int64, Int64]:
    """One day after the log: a stream of its own, so that it is the same however many follow it."""
    rng = stream(world.seed, "after the log", day)
    hours = np.arange(24 * day, 24 * (day + 1))
    hour = np.repeat(hours, rng.poisson(hourly[hours])).astype(np.int32)
    requests = draw_requests(world.population, hour, rng, drift=world.config.drift)
    clearing = draw_clearing(requests.placement, requests.hour, rng, np.full(len(hour), price_level))
    time_us = hour.astype(np.int64) * HOUR_US + rng.integers(0, HOUR_US, size=len(hour))
    order = np.argsort(time_us, kind="stable").astype(np.int32)
    return requests.take(order), time_us[order], clearing[order]
