"""A chunk of history as the lake's tables, and apart from them its truth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from adplat.domain import AuctionKind
from adplat.simulator.history import Chunk, Int64
from adplat.simulator.response import KINDS
from adplat.simulator.trade import DEVICES, LANGUAGES, PLACEMENTS, REGIONS
from adplat.simulator.world import World

POLICY = "uniform"


def impression_rows(world: World, chunk: Chunk) -> pl.DataFrame:
    """The ``impressions`` table; users without consent have no key."""
    catalogue, people = world.catalogue, world.population
    shown = chunk.requests.take(chunk.won.astype(np.int32))
    campaign = chunk.campaign[chunk.won]
    consent = people.consent[shown.user]
    key = _picked(("", *people.user_key), np.where(consent, shown.user + 1, 0))
    count = len(chunk.won)
    return pl.DataFrame(
        {
            "decision_id": decision_ids(chunk),
            "request_id": _numbered("r", chunk.first_bid + chunk.won),
            "ts": _moments(world, chunk.time_us[chunk.won]),
            "user_key": key,
            "advertiser_id": _picked(advertiser_ids(world), catalogue.campaigns.advertiser[campaign]),
            "campaign_id": _picked(campaign_ids(world), campaign),
            "creative_id": _picked(world.creative_ids, chunk.creative),
            "placement": _picked([place.placement for place in PLACEMENTS], shown.placement),
            "position": shown.position.astype(np.int64),
            "bid_micros": chunk.auctions.bid_micros[chunk.won],
            "price_micros": chunk.auctions.min_to_win_micros[chunk.won],
            "propensity": chunk.propensity,
            "p_ctr": pl.repeat(None, count, dtype=pl.Float64, eager=True),
            "p_cvr": pl.repeat(None, count, dtype=pl.Float64, eager=True),
            "policy": pl.repeat(POLICY, count, eager=True),
            "bundle_id": pl.repeat("", count, eager=True),
            "device": _picked(DEVICES, shown.device),
            "region": _picked(REGIONS, people.region[shown.user]),
            "hour": shown.hour.astype(np.int64),
            "weekday": shown.weekday(world.config).astype(np.int64),
            "language": _picked(LANGUAGES, shown.language),
            "consent": consent,
        }
    )


def choice_rows(world: World, chunk: Chunk) -> pl.DataFrame:
    """The ``choices`` table: the creatives of the campaign that ran that day, one as likely as another; no model."""
    first = world.catalogue.creatives.first_of_campaign[chunk.campaign[chunk.won]]
    eligible = np.rint(1.0 / chunk.propensity).astype(np.int64)
    kinds, kind_of = np.unique(np.column_stack([first, eligible]), axis=0, return_inverse=True)
    candidates = [list(world.creative_ids[start : start + count]) for start, count in kinds.tolist()]
    shares = [[1.0 / count] * count for _, count in kinds.tolist()]
    rows = pl.Series(kind_of.ravel())
    return pl.DataFrame(
        {
            "decision_id": decision_ids(chunk),
            "ts": _moments(world, chunk.time_us[chunk.won]),
            "candidates": pl.Series(candidates, dtype=pl.List(pl.String)).gather(rows),
            "propensities": pl.Series(shares, dtype=pl.List(pl.Float64)).gather(rows),
        }
    )


def bid_rows(world: World, chunk: Chunk) -> pl.DataFrame:
    """The ``bids`` table, won and lost."""
    numbers = chunk.first_bid + np.arange(len(chunk.requests))
    return pl.DataFrame(
        {
            "request_id": _numbered("r", numbers),
            "ts": _moments(world, chunk.time_us),
            "campaign_id": _picked(campaign_ids(world), chunk.campaign),
            "bid_micros": chunk.auctions.bid_micros,
            "won": chunk.auctions.won,
            "min_to_win_micros": chunk.auctions.min_to_win_micros,
            "placement": _picked([place.placement for place in PLACEMENTS], chunk.requests.placement),
            "device": _picked(DEVICES, chunk.requests.device),
        }
    )


def request_rows(world: World, chunk: Chunk) -> pl.DataFrame:
    """The ``requests`` table: every opportunity, with what the page told of it; all of them were bid on."""
    asked, people = chunk.requests, world.population
    count = len(asked)
    key = _picked(("", *people.user_key), np.where(people.consent[asked.user], asked.user + 1, 0))
    return pl.DataFrame(
        {
            "request_id": _numbered("r", chunk.first_bid + np.arange(count)),
            "ts": _moments(world, chunk.time_us),
            "user_key": key,
            "placement": _picked([place.placement for place in PLACEMENTS], asked.placement),
            "position": asked.position.astype(np.int64),
            "device": _picked(DEVICES, asked.device),
            "region": _picked(REGIONS, people.region[asked.user]),
            "language": _picked(LANGUAGES, asked.language),
            "hour": asked.hour.astype(np.int64),
            "weekday": asked.weekday(world.config).astype(np.int64),
            "auction": pl.repeat(AuctionKind.SECOND_PRICE.value, count, eager=True),
            "sample_rate": pl.repeat(1.0, count, eager=True),
        }
    )


def click_rows(world: World, chunk: Chunk) -> pl.DataFrame:
    """The ``clicks`` table of this chunk's impressions; what comes after the log's end is not in it."""
    rows = np.flatnonzero((chunk.click_us >= 0) & (chunk.click_us < _end_us(world)))
    return pl.DataFrame({"decision_id": decision_ids(chunk).gather(rows), "ts": _moments(world, chunk.click_us[rows])})


def conversion_rows(world: World, chunk: Chunk, *, whole_truth: bool = False) -> pl.DataFrame:
    """The ``conversions`` of this chunk's impressions; only ``whole_truth`` knows those after the log's end."""
    happened = chunk.conversion_us >= 0
    if not whole_truth:
        happened &= chunk.conversion_us < _end_us(world)
    rows = np.flatnonzero(happened)
    return pl.DataFrame(
        {
            "decision_id": decision_ids(chunk).gather(rows),
            "ts": _moments(world, chunk.conversion_us[rows]),
            "value_micros": chunk.value_micros[rows],
            "kind": _picked(KINDS, chunk.kind[rows]),
        }
    )


def truth_rows(world: World, chunk: Chunk) -> pl.DataFrame:
    """What only the simulator knows of each impression; ``user`` is the row of ``truth/users``."""
    user = chunk.requests.user[chunk.won]
    return pl.DataFrame(
        {
            "decision_id": decision_ids(chunk),
            "creative_id": _picked(world.creative_ids, chunk.creative),
            "user": user,
            "bot": world.population.bot[user],
            "exposures": chunk.exposures.astype(np.int32),
            "p_click": chunk.p_click,
            "p_conversion": chunk.p_conversion,
        }
    )


def decision_ids(chunk: Chunk) -> pl.Series:
    """(I,) the ids of this chunk's decisions."""
    return _numbered("d", chunk.first_impression + np.arange(len(chunk.won)))


def advertiser_ids(world: World) -> tuple[str, ...]:
    """The ids in row order."""
    return tuple(f"a{row:03d}" for row in range(len(world.catalogue.advertisers.category)))


def campaign_ids(world: World) -> tuple[str, ...]:
    """The ids in row order."""
    return tuple(f"k{row:04d}" for row in range(len(world.catalogue.campaigns.advertiser)))


def _numbered(letter: str, numbers: Int64) -> pl.Series:
    return letter + pl.Series(numbers).cast(pl.String).str.zfill(10)


def _picked(values: Sequence[str], rows: npt.NDArray[np.integer]) -> pl.Series:
    return pl.Series(values, dtype=pl.String).gather(pl.Series(rows))


def _moments(world: World, since_start_us: Int64) -> pl.Series:
    start_us = int(world.config.log_start.timestamp()) * 1_000_000
    return pl.Series(since_start_us + start_us).cast(pl.Datetime("us", "UTC"))


def _end_us(world: World) -> int:
    return world.config.days * 24 * 3_600_000_000
