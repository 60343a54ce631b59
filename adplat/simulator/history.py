"""What happened: hours of the log in order, request by request, under a uniform-random logging policy.

Memory is bounded by the size of a chunk plus one byte per user and creative (who has met what).
Letters used in shapes: ``N`` bids, ``I`` impressions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adplat.simulator.auction import Auctions, hold_auctions
from adplat.simulator.catalogue import Bool
from adplat.simulator.colour import Float64
from adplat.simulator.elements import Int32
from adplat.simulator.seeds import stream
from adplat.simulator.traffic import CampaignLottery, Requests, draw_requests, hour_weights
from adplat.simulator.weather import CALM
from adplat.simulator.world import World

Int64 = npt.NDArray[np.int64]
CHUNK_IMPRESSIONS = 100_000
HOUR_US = 3_600_000_000
_USUAL_WIN_RATE = 0.6


@dataclass(frozen=True)
class Chunk:
    """A few whole hours of the log. Bids are in time order; the won ones are the impressions, in the same order.

    ``time_us`` counts from the log's start; ``click_us`` and ``conversion_us`` are -1 where there is none.
    """

    number: int
    first_bid: int  # how many bids came before this chunk
    first_impression: int
    requests: Requests  # (N,)
    time_us: Int64  # (N,)
    campaign: Int32  # (N,)
    auctions: Auctions  # (N,)
    won: Int64  # (I,) rows of the bids that were shown
    creative: Int32  # (I,)
    propensity: Float64  # (I,)
    exposures: Int64  # (I,) earlier meetings of the same user and creative
    p_click: Float64  # (I,) true
    p_conversion: Float64  # (I,) true, given a click
    click_us: Int64  # (I,)
    conversion_us: Int64  # (I,)
    value_micros: Int64  # (I,)
    kind: Int32  # (I,) into response.KINDS


class Meetings:
    """How often each user has met each creative; stops counting at 255."""

    def __init__(self, users: int, creatives: int) -> None:
        self._creatives = creatives
        self._counts = np.zeros(users * creatives, dtype=np.uint8)

    def meet(self, user: Int32, creative: Int32) -> Int64:
        """(I,) earlier meetings of each pair, in row order; the pairs have met once more afterwards."""
        pair = user.astype(np.int64) * self._creatives + creative
        order = np.argsort(pair, kind="stable")
        pairs, first, counts = np.unique(pair[order], return_index=True, return_counts=True)
        before = np.empty(len(pair), dtype=np.int64)
        before[order] = np.arange(len(pair)) - np.repeat(first, counts)
        before += self._counts[pair]
        self._counts[pairs] = np.minimum(self._counts[pairs] + counts, 255).astype(np.uint8)
        return before


@dataclass(frozen=True)
class Bids:
    """A few whole hours of auctions in time order; nobody has seen anything yet. ``rng`` goes on with the responses."""

    requests: Requests  # (N,)
    time_us: Int64  # (N,) from the log's start
    campaign: Int32  # (N,)
    auctions: Auctions  # (N,)
    rng: np.random.Generator


def play_history(world: World) -> Iterator[Chunk]:
    """Yield the whole log; its impressions are exactly as many as the config says."""
    lottery = CampaignLottery(world.catalogue, world.config.days)
    meetings = Meetings(len(world.population), len(world.catalogue.creatives))
    bids = impressions = 0
    for number, part in enumerate(bid_through(world, lottery)):
        chunk = _respond(world, lottery, meetings, part, number=number, before=(bids, impressions))
        bids, impressions = bids + len(part.requests), impressions + len(chunk.won)
        yield chunk


def bid_through(world: World, lottery: CampaignLottery) -> Iterator[Bids]:
    """The auctions of the log alone: all that a campaign outside it must know."""
    config = world.config
    weather = world.weather(config.days)
    weights = hour_weights(config)
    if config.weather != CALM:
        weights = weights * np.repeat(weather.traffic, 24)
        weights = weights / weights.sum()
    quota = stream(world.seed, "hours of the log").multinomial(config.impressions, weights)
    for number, hours in enumerate(_groups(quota)):
        rng = stream(world.seed, "history", number)
        share = weights[hours] / weights[hours].sum()
        wanted = int(quota[hours].sum())
        requests, campaign, auctions = _auctions_until(world, lottery, hours, share, wanted, weather.price, rng)
        within_us = rng.integers(0, HOUR_US, size=len(requests))
        time_us = requests.hour_of_log.astype(np.int64) * HOUR_US + within_us
        order = np.argsort(time_us, kind="stable").astype(np.int32)
        yield Bids(
            requests=requests.take(order),
            time_us=time_us[order],
            campaign=campaign[order],
            auctions=Auctions(auctions.bid_micros[order], auctions.min_to_win_micros[order]),
            rng=rng,
        )


def _groups(quota: Int64) -> Iterator[Int64]:
    """Consecutive hours that together hold about a chunk of impressions; hours without any are skipped."""
    group: list[int] = []
    for hour, count in enumerate(quota):
        group.append(hour)
        if quota[group].sum() >= CHUNK_IMPRESSIONS or (hour == len(quota) - 1 and quota[group].sum() > 0):
            yield np.array(group, dtype=np.int64)
            group = []
        elif count == 0 and len(group) == 1:
            group = []


def _auctions_until(
    world: World,
    lottery: CampaignLottery,
    hours: Int64,
    share: Float64,
    wanted: int,
    price_levels: Float64,
    rng: np.random.Generator,
) -> tuple[Requests, Int32, Auctions]:
    """Bid in random order until ``wanted`` auctions are won; what would come after is never held."""
    parts: list[tuple[Requests, Int32, Auctions]] = []
    won = 0
    while won < wanted:
        size = int((wanted - won) / _USUAL_WIN_RATE) + 64
        hour = hours[np.searchsorted(np.cumsum(share)[:-1], rng.random(size), side="right")].astype(np.int32)
        requests = draw_requests(world.population, hour, rng, drift=world.config.drift)
        campaign = lottery.draw(requests, rng)
        auctions = hold_auctions(world.catalogue.campaigns, requests, campaign, rng, price_levels)
        total = np.cumsum(auctions.won)
        kept = np.arange(int(np.searchsorted(total, wanted - won)) + 1 if total[-1] >= wanted - won else size)
        rows = kept.astype(np.int32)
        parts.append(
            (requests.take(rows), campaign[rows], Auctions(auctions.bid_micros[rows], auctions.min_to_win_micros[rows]))
        )
        won += int(total[rows[-1]])
    return (
        Requests.joined([part[0] for part in parts]),
        np.concatenate([part[1] for part in parts]),
        Auctions(
            np.concatenate([part[2].bid_micros for part in parts]),
            np.concatenate([part[2].min_to_win_micros for part in parts]),
        ),
    )


def _respond(
    world: World,
    lottery: CampaignLottery,
    meetings: Meetings,
    bids: Bids,
    *,
    number: int,
    before: tuple[int, int],
) -> Chunk:
    """Choose a creative for every won auction, and let the users see, click and buy."""
    requests, time_us, campaign, auctions, rng = bids.requests, bids.time_us, bids.campaign, bids.auctions, bids.rng
    won = np.flatnonzero(auctions.won)
    shown = requests.take(won.astype(np.int32))
    eligible = lottery.eligible_creatives[shown.day, campaign[won]]
    first = world.catalogue.creatives.first_of_campaign[campaign[won]]
    creative = (first + (rng.random(len(won)) * eligible).astype(np.int32)).astype(np.int32)
    exposures = meetings.meet(shown.user, creative)
    p_click = world.response.click_probability(shown, creative, exposures)
    p_conversion = world.response.conversion_probability(shown.user, creative)
    clicked: Bool = rng.random(len(won)) < p_click
    converted = clicked & (rng.random(len(won)) < p_conversion)
    click_us = time_us[won] + (rng.lognormal(1.6, 0.8, len(won)) * 1e6).astype(np.int64)
    delay_s, value_micros, kind = world.response.draw_conversions(creative, rng)
    conversion_us = click_us + (delay_s * 1e6).astype(np.int64)
    return Chunk(
        number=number,
        first_bid=before[0],
        first_impression=before[1],
        requests=requests,
        time_us=time_us,
        campaign=campaign,
        auctions=auctions,
        won=won,
        creative=creative,
        propensity=1.0 / eligible,
        exposures=exposures,
        p_click=p_click,
        p_conversion=p_conversion,
        click_us=np.where(clicked, click_us, -1),
        conversion_us=np.where(converted, conversion_us, -1),
        value_micros=value_micros,
        kind=kind,
    )
