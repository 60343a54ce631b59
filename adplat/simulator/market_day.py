"""A day of live play with a spike of traffic, and what it takes to win each of its auctions.

Letters used in shapes: ``N`` requests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from adplat.domain import ConfigRejected
from adplat.simulator.auction import Int64, draw_clearing
from adplat.simulator.play import PlayRequest, PublicWorld
from adplat.simulator.seeds import stream
from adplat.simulator.trade import PLACEMENTS
from adplat.simulator.world import World

_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Spike:
    """From ``start`` on, and for ``length``, there are ``factor`` times the usual requests."""

    start: datetime
    length: timedelta
    factor: int


@dataclass(frozen=True)
class MarketDay:
    """Requests in order of time; a bid wins the auction of row ``i`` from ``min_to_win_micros[i]`` on."""

    requests: tuple[PlayRequest, ...]  # (N,)
    min_to_win_micros: Int64  # (N,) for one impression


def market_day(world: World, seed: int, start: datetime, spike: Spike | None = None) -> MarketDay:
    """The 24 hours from ``start``: ``impressions / days`` requests of the world's config, the spike's on top.

    Equal seeds and starts give equal days. Raises ConfigRejected for a spike outside the day.
    """
    end = start + timedelta(days=1)
    found = [*_until(world.public(seed, start), end)]
    if spike is not None:
        if spike.factor < 1 or not start <= spike.start <= spike.start + spike.length <= end:
            raise ConfigRejected(
                "the spike is none of this day", where=f"{spike.start}", hint="let it begin and end within the day"
            )
        for more in range(1, spike.factor):
            # Other people at the same time: a stream of its own for each multiple.
            crowd = world.public(1000 * seed + more, spike.start)
            found += _until(crowd, spike.start + spike.length)
    found.sort(key=lambda request: request.ts)
    row_of = {kind.placement: row for row, kind in enumerate(PLACEMENTS)}
    placement = np.array([row_of[str(request.context["placement"])] for request in found], dtype=np.int32)
    hour = np.array([int(request.context["hour"]) for request in found], dtype=np.int32)
    clearing = draw_clearing(placement, hour, stream(world.seed, "market day", seed))
    named = (replace(request, request_id=f"d{seed}-{number}") for number, request in enumerate(found))
    return MarketDay(tuple(named), np.maximum(clearing, 1))


def _until(public: PublicWorld, end: datetime) -> Iterator[PlayRequest]:
    while True:
        for request in public.next_requests(_CHUNK):
            if request.ts >= end:
                return
            yield request
