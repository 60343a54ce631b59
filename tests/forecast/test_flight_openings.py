"""Openings of a flight: what is bid for them is what the service would bid, and brings what that would bring."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.domain import AuctionKind, BidStrategy, BidStrategyKind, Targeting
from adplat.forecast import (
    Auctions,
    BidLandscape,
    CampaignPlan,
    CreativeChances,
    OpportunitySample,
    Replayed,
    ReplayTerms,
    SupplyForecast,
    day_lengths_s,
    draw_flight,
    fit_landscape,
    forecast_supply,
    lay_out,
    prices_of_auctions,
    replay_campaign,
)
from adplat.forecast.arrays import Floats, Whole
from adplat.forecast.flight_openings import bids_of
from adplat.market import Openings, PlayTerms, PriceLaw, ShadingModel, bids_micros, play_campaign, segment_key
from tests.forecast.opportunities import MONDAY, a_sample

VALUE_MICROS = 20_000
LAW = PriceLaw(math.log(10_000.0), 0.3, 1_000)
SHADING = ShadingModel(PriceLaw(math.log(2_000.0), 0.2), {segment_key("feed", in_deal=False): LAW})
DAYS, A_DAY, PEOPLE = 28, 1_500, 3_000
MANY = 10**12
FLIGHT_FROM = MONDAY.date() + timedelta(days=DAYS)


@dataclass(frozen=True)
class FirstPriceMarket:
    """A log of one placement where the winner pays the own bid, and what it taught."""

    sample: OpportunitySample
    supply: SupplyForecast
    landscape: BidLandscape


def least_bids(count: int, rng: np.random.Generator) -> Floats:
    """Least winning bids by ``LAW``."""
    drawn = rng.uniform(1e-6, 1.0 - 1e-6, count)
    return np.ceil(np.exp(LAW.location + LAW.scale * np.log(drawn / (1.0 - drawn))))


def moments(days: int, rng: np.random.Generator) -> tuple[Floats, Whole]:
    """When somebody comes, and who."""
    count = days * A_DAY
    return np.sort(rng.uniform(0.0, days * 86_400.0, count)), rng.integers(PEOPLE, size=count)


@pytest.fixture(scope="module")
def market() -> FirstPriceMarket:
    rng = np.random.default_rng(4)
    at_s, people = moments(DAYS, rng)
    facts = {"placement": ["feed"] * len(at_s), "auction": ["first_price"] * len(at_s)}
    sample = a_sample(
        MONDAY.timestamp() + at_s, people, facts, data_from=MONDAY, data_to=MONDAY + timedelta(days=DAYS, seconds=-1)
    )
    supply = forecast_supply(sample, Targeting(), "UTC", FLIGHT_FROM, FLIGHT_FROM + timedelta(days=2), rng)
    assert isinstance(supply, SupplyForecast)
    least, bids = least_bids(6_000, rng), np.exp(rng.normal(math.log(12_000.0), 0.5, 6_000)).round()
    told = prices_of_auctions(bids, bids >= least, least)
    return FirstPriceMarket(sample, supply, fit_landscape(Auctions(told, bids, bids >= least, {}), rng))


def plan_of(daily_budget_micros: int) -> CampaignPlan:
    return CampaignPlan(
        name="first price",
        start=FLIGHT_FROM,
        end=FLIGHT_FROM + timedelta(days=2),
        bid=BidStrategy(BidStrategyKind.CPM, 1_000 * VALUE_MICROS),
        daily_budget_micros=daily_budget_micros,
    )


def replayed(market: FirstPriceMarket, plan: CampaignPlan, shading: ShadingModel | None) -> Replayed:
    rng = np.random.default_rng(1)
    chances = CreativeChances(np.full(2, 0.02), math.nan, math.nan, np.full(2, 0.02), math.nan)
    laid = lay_out(market.sample, plan, market.supply, market.landscape, [chances], rng, shading=shading)
    draws = draw_flight(market.supply, market.sample, laid, 0.0, 8, rng)
    terms = ReplayTerms(plan.flight, day_lengths_s(plan), plan.daily_budget_micros, None)
    return replay_campaign(laid.openings, terms, draws, rng)


def played(plan: CampaignPlan) -> tuple[float, float]:
    """Impressions and spend of the campaign as it truly runs: the service's own bids, paid as they are."""
    rng = np.random.default_rng(9)
    at_s, people = moments(plan.days, rng)
    least = least_bids(len(at_s), rng).astype(np.int64)
    key = segment_key("feed", in_deal=False)
    [bid] = bids_micros(AuctionKind.FIRST_PRICE, np.array([VALUE_MICROS]), None, shading=SHADING, key=key)
    bids = np.full(len(at_s), bid)
    shown = play_campaign(
        Openings(plan.flight.start.timestamp() + at_s, people, bids, bids, least),
        PlayTerms(plan.flight, daily_budget_micros=plan.daily_budget_micros),
        rng,
    ).shown
    return float(shown.sum()), float(bids[shown].sum())


@pytest.mark.parametrize("daily", [5_000_000, MANY])
def test_a_first_price_replay_brings_what_the_live_bids_bring(market: FirstPriceMarket, daily: int) -> None:
    plan = plan_of(daily)
    impressions, spend = played(plan)
    told = replayed(market, plan, SHADING)
    assert told.impressions.sum(axis=1).mean() == pytest.approx(impressions, rel=0.05)
    assert told.spend_micros.sum(axis=1).mean() == pytest.approx(spend, rel=0.05)
    # Bids at their value would have told another story: dearer showings, and without a budget more of them.
    unshaded = replayed(market, plan, None)
    assert abs(unshaded.impressions.sum(axis=1).mean() / impressions - 1.0) > 0.2


AUCTIONS = st.lists(
    st.tuples(
        st.integers(0, 60_000),
        st.sampled_from([-1, 0, 900, 9_000, 30_000]),
        st.booleans(),
        st.sampled_from(["feed", "banner", ""]),
    ),
    min_size=1,
    max_size=30,
)


@given(AUCTIONS)
def test_every_opening_is_bid_for_as_the_service_bids_one_by_one(rows: list[tuple[int, int, bool, str]]) -> None:
    values, floors, first, places = (np.array(column) for column in zip(*rows, strict=True))
    for shading in (None, SHADING):
        found = bids_of(values, floors, first, places, shading)
        for number, (value, floor, is_first, place) in enumerate(rows):
            kind = AuctionKind.FIRST_PRICE if is_first else AuctionKind.SECOND_PRICE
            key = segment_key(place, in_deal=False)
            told = floor if floor > 0 else None
            assert found[number] == bids_micros(kind, np.array([value]), told, shading=shading, key=key)[0]
