"""Sampled openings of logged days laid on the days of a flight: who comes when, at what price, and how it responds.

Which logged day stands for a day of the flight, and how many opportunities each of its rows is, says
:mod:`adplat.forecast.supply`. A logged day that stands for several days of the flight brings the same people again.
The least winning bid of every row is one draw from the bid landscape in the row's context. What is bid in a first-price
auction is shaded as live (:func:`adplat.market.bids_micros`), by what such auctions taught by now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import numpy.typing as npt

from adplat.domain import AuctionKind, BidStrategy
from adplat.forecast.arrays import Floats, Whole
from adplat.forecast.campaign_replay import NEVER_MICROS, FlightOpenings, ReplayDraws
from adplat.forecast.landscape import FLOOR, BidLandscape
from adplat.forecast.opportunity_sample import OpportunitySample
from adplat.forecast.plan import CampaignPlan
from adplat.forecast.supply import SupplyForecast
from adplat.market import (
    NOBODY,
    ShadingModel,
    StrategyColumns,
    bids_micros,
    segment_key,
    time_zone_named,
    values_micros,
)

MOST_OPENINGS = 12_000
"""Of a replay: as many as fit into a second where caps ask opening by opening. The same with caps and without, so that
two plans which differ in their caps alone meet the same people."""
QUARTER_S = 900
DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class CreativeChances:
    """One creative of the plan where it may stand.

    Args:
        click: (P,) chance of a click at a first showing by placement of the sample, and last of an unknown one.
        conversion: chance of a conversion after a click; NaN where nobody knows.
        value_micros: expected value of a conversion; NaN where nobody knows.
        bid_click, bid_conversion: what the bidder will take these chances to be, ``bid_click`` (P,).
        spread: how far (log) click chances lie apart between people at one placement, as the bidder sees them.
    """

    click: Floats
    conversion: float
    value_micros: float
    bid_click: Floats
    bid_conversion: float
    spread: float = 0.0


@dataclass(frozen=True, slots=True)
class LaidOut:
    """``kept`` is the share of people that was taken, ``rows`` (N,) the sample's row of each opening."""

    openings: FlightOpenings
    rows: Whole
    kept: float


def lay_out(
    sample: OpportunitySample,
    plan: CampaignPlan,
    supply: SupplyForecast,
    landscape: BidLandscape,
    creatives: Sequence[CreativeChances],
    rng: np.random.Generator,
    *,
    most: int = MOST_OPENINGS,
    shading: ShadingModel | None = None,
) -> LaidOut:
    """Eligible openings of the whole flight; of more than ``most`` whole people are left out, drawn by lot.

    ``shading``: what first-price bids are made by; without one they are the value, as live.

    Cost: linear in the sample, and one reading of the landscape for each opening.
    """
    eligible = np.flatnonzero(sample.mask(plan.targeting, plan.time_zone))
    days = _local_days(sample.at_s[eligible], plan.time_zone)
    on_day = {day: eligible[days == day.toordinal()] for day in {one.stands_for for one in supply.days}}
    wanted = sum(len(on_day[one.stands_for]) for one in supply.days)
    kept = min(most / max(wanted, 1), 1.0)
    # One number a person, and one for each row of a person whom nobody knows.
    lot = rng.random(int(sample.user.max(initial=NOBODY)) + 2)
    of_row = np.where(sample.user[eligible] == NOBODY, rng.random(len(eligible)), lot[sample.user[eligible]])
    is_kept = np.zeros(len(sample), dtype=np.bool_)
    is_kept[eligible] = of_row < kept
    parts, places = [], []
    for number, one in enumerate(supply.days):
        rows = on_day[one.stands_for]
        rows = rows[is_kept[rows]]
        parts.append(rows)
        places.append(np.full(len(rows), number))
    rows, day = np.concatenate(parts), np.concatenate(places)
    at_s = _moved(sample.at_s[rows], day, supply, plan)
    creative = rng.integers(len(creatives), size=len(rows))
    placement = sample.texts["placement"].codes[rows]
    chances = [np.stack([getattr(one, name) for one in creatives]) for name in ("click", "bid_click")]
    click, bid_click = (table[creative, placement] for table in chances)
    conversion, value, bid_conversion = (
        np.array([getattr(one, name) for one in creatives])[creative]
        for name in ("conversion", "value_micros", "bid_conversion")
    )
    taste = _spread(sample, rows, creative, creatives, rng)
    click, bid_click = np.minimum(click * taste, 1.0), np.minimum(bid_click * taste, 1.0)
    contexts = contexts_of(sample, rows, at_s)
    first_price = np.array(contexts["auction"]) == AuctionKind.FIRST_PRICE.value
    values = values_of(plan.bid, bid_click, bid_conversion, value)
    bids = bids_of(values, sample.floor_micros[rows], first_price, np.array(contexts["placement"]), shading)
    drawn = np.maximum(rng.random(len(rows)), 1e-9)
    least = np.concatenate(
        [np.zeros(0)]
        + [
            landscape.bids_to_win(drawn[part], {name: values[part] for name, values in contexts.items()})
            for part in _in_parts(len(rows))
        ]
    )
    openings = FlightOpenings(
        at_s=at_s,
        day=day,
        user=sample.user[rows].astype(np.int64),
        creative=creative.astype(np.int64),
        bid_micros=bids,
        least_micros=np.where(np.isnan(least), NEVER_MICROS, np.ceil(np.nan_to_num(least))).astype(np.int64),
        pays_bid=first_price,
        click=click,
        conversion=np.nan_to_num(conversion),
        value_micros=np.nan_to_num(value),
    )
    return LaidOut(openings, rows, kept)


def _spread(
    sample: OpportunitySample,
    rows: Whole,
    creative: Whole,
    creatives: Sequence[CreativeChances],
    rng: np.random.Generator,
) -> Floats:
    """(N,) of mean 1: a person's own taste for each creative."""
    spread = np.array([one.spread for one in creatives])
    tastes = rng.standard_normal((int(sample.user.max(initial=NOBODY)) + 2, len(creatives)))
    user = sample.user[rows]
    taste = np.where(user == NOBODY, rng.standard_normal(len(rows)), tastes[user, creative])
    log_sd = spread[creative]
    factor: Floats = np.exp(log_sd * taste - 0.5 * log_sd**2)
    return factor


def values_of(bid: BidStrategy, p_ctr: Floats, p_cvr: Floats, value_micros: Floats) -> Whole:
    """(N,) what a showing is worth to the plan's strategy."""
    rows = np.zeros(len(p_ctr), dtype=np.int64)
    return values_micros(StrategyColumns.build([bid]), rows, p_ctr, p_cvr, value_micros).astype(np.int64)


def bids_of(
    values: Whole,
    floor_micros: Whole,
    first_price: npt.NDArray[np.bool_],
    placements: npt.NDArray[np.generic],
    shading: ShadingModel | None,
) -> Whole:
    """(N,) what is bid for these values, 0 below the floor; ``floor_micros`` of 0 or less were not told.

    Deals are not known to the sample: every auction is priced as an open one.
    """
    floors = np.maximum(floor_micros, 0).astype(np.int64)
    bids = bids_micros(AuctionKind.SECOND_PRICE, values, floors)
    if shading is None:
        return bids
    for placement in np.unique(placements[first_price]):
        here = first_price & (placements == placement)
        key = segment_key(str(placement), in_deal=False)
        bids[here] = bids_micros(AuctionKind.FIRST_PRICE, values[here], floors[here], shading=shading, key=key)
    return bids


def contexts_of(sample: OpportunitySample, rows: Whole, at_s: Floats) -> dict[str, npt.NDArray[np.generic]]:
    """Columns by which a landscape tells auctions apart; hours and weekdays are those of UTC, as in the bids' log."""
    hours = (at_s // 3600).astype(np.int64)
    floors = sample.floor_micros[rows].astype(np.float64)
    texts = {name: _texts(sample, name, rows) for name in sample.texts}
    return {
        **texts,
        "in_deal": np.full(len(rows), "false"),
        "hour": (hours % 24).astype(np.float64),
        "weekday": ((hours // 24 + 3) % 7).astype(np.float64),
        "position": sample.position[rows].astype(np.float64),
        FLOOR: np.where(floors > 0.0, floors, np.nan),
    }


def draw_flight(
    supply: SupplyForecast,
    sample: OpportunitySample,
    laid: LaidOut,
    price_log_sd: float,
    replicates: int,
    rng: np.random.Generator,
    *,
    more_people: float = 1.0,
) -> ReplayDraws:
    """Traffic, prices and people of each replicate; evenly spread over supply's own draws.

    ``more_people``: how many people the flight meets over those of the log, where it is longer than the log.
    """
    chosen = np.linspace(0, len(supply.levels) - 1, replicates).astype(np.int64)
    # By the flight's volume, so that a few replicates hold its whole range.
    order = np.argsort(supply.levels.mean(axis=1), kind="stable")
    levels = supply.levels[rng.permutation(order[chosen])]
    middle = np.array([one.weight for one in supply.days])
    weights = levels * middle / laid.kept
    # Antithetic: what is dear in one replicate is cheap in the next.
    half = rng.standard_normal((replicates + 1) // 2)
    prices = np.concatenate([half, -half])[:replicates]
    # Traffic beyond what the sample stands for is more people, not the same ones more often.
    growth = (weights * laid.kept * sample.rate).mean(axis=1)
    people = more_people * np.clip(growth, 0.2, 5.0) / (sample.rate * laid.kept)
    return ReplayDraws(weights, np.exp(price_log_sd * rng.permutation(prices)), people)


def day_lengths_s(plan: CampaignPlan) -> Floats:
    """(D,) of the flight's local days: 23 or 25 hours where clocks change."""
    midnights = [_midnight_s(plan.start + timedelta(days=number), plan.time_zone) for number in range(plan.days + 1)]
    return np.diff(np.array(midnights))


def _moved(at_s: Floats, day: Whole, supply: SupplyForecast, plan: CampaignPlan) -> Floats:
    """The same local time on the flight's day; what a shorter day lacks falls on its last second."""
    from_s = np.array([_midnight_s(one.stands_for, plan.time_zone) for one in supply.days])
    to_s = np.array([_midnight_s(one.day, plan.time_zone) for one in supply.days])
    last_s = np.array([_midnight_s(one.day + timedelta(days=1), plan.time_zone) for one in supply.days]) - 1.0
    moved: Floats = np.minimum(at_s - from_s[day] + to_s[day], last_s[day])
    return moved


def _local_days(at_s: Floats, time_zone: str) -> Whole:
    """(N,) ordinals of the local day of each moment."""
    zone = time_zone_named(time_zone)
    quarters, place = np.unique(np.floor_divide(at_s, QUARTER_S).astype(np.int64), return_inverse=True)
    days = [datetime.fromtimestamp(one * QUARTER_S, UTC).astimezone(zone).toordinal() for one in quarters.tolist()]
    return np.array(days, dtype=np.int64)[place]


def _midnight_s(day: date, time_zone: str) -> float:
    return datetime.combine(day, time(), tzinfo=time_zone_named(time_zone)).timestamp()


def _texts(sample: OpportunitySample, name: str, rows: Whole) -> npt.NDArray[np.str_]:
    column = sample.texts[name]
    return np.array([*column.values, ""])[column.codes[rows]]


def _in_parts(number: int, size: int = 50_000) -> list[slice]:
    return [slice(start, start + size) for start in range(0, number, size)]
