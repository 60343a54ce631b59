"""One plan in one market: openings laid out, replayed, and made into raw laws."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from adplat.forecast import (
    MOST_OPENINGS,
    BidLandscape,
    CampaignPlan,
    CreativeChances,
    CreativeResponse,
    LaidOut,
    OpportunitySample,
    PlanFacts,
    PlanResponse,
    RawForecast,
    ReachableUsers,
    ReplayTerms,
    ResponseDoubt,
    SupplyForecast,
    UncertainRate,
    day_lengths_s,
    draw_flight,
    lay_out,
    raw_forecast,
    together,
)
from adplat.market import ShadingModel

REPLICATES = 16
SPREAD_OF_OPENINGS = 0.6
"""How far (log) the bidder's click chances lie apart between openings of one placement."""


@dataclass(frozen=True, slots=True)
class Market:
    """What one plan will meet. ``reach`` is ``None`` where the log does not know people.

    ``shading`` makes first-price bids, ``None``: they are the value.
    """

    sample: OpportunitySample
    supply: SupplyForecast
    reach: ReachableUsers | None
    landscape: BidLandscape
    price_log_sd: float
    shading: ShadingModel | None = None


def replay_plan(
    plan: CampaignPlan,
    market: Market,
    response: PlanResponse,
    *,
    seed: int = 0,
    replicates: int = REPLICATES,
    most_openings: int = MOST_OPENINGS,
) -> RawForecast:
    """From what is known to the raw forecast; draws come from ``seed`` alone."""
    rng = np.random.default_rng(seed)
    sample, supply = market.sample, market.supply
    chances = [_chances(one, sample) for one in response.creatives]
    laid = lay_out(sample, plan, supply, market.landscape, chances, rng, most=most_openings, shading=market.shading)
    more = _more_people(market, plan)
    draws = draw_flight(supply, sample, laid, market.price_log_sd, replicates, rng, more_people=more)
    terms = ReplayTerms(
        plan.flight,
        day_lengths_s(plan),
        plan.daily_budget_micros,
        plan.total_budget_micros,
        tuple(plan.frequency_caps),
        response.fatigue.factor,
    )
    doubt = response_doubt(response)
    facts = _facts(plan, market, laid, response, doubt)
    return raw_forecast(laid.openings, terms, draws, doubt, facts, seed)


def response_doubt(response: PlanResponse) -> ResponseDoubt:
    """How unsure the plan's rates are, its creatives shown evenly."""
    even = [1.0] * len(response.creatives)
    click = together([one.click_rate for one in response.creatives], even).log_sd
    rates = [one.conversion_rate or UncertainRate(1e-9, 1.0, 0.0) for one in response.creatives]
    values = [one.value for one in response.creatives if one.value is not None]
    return ResponseDoubt(
        click,
        together(rates, even).log_sd,
        float(np.mean([value.log_sd for value in values])) if values else 0.0,
        float(np.mean([value.cv for value in values])) if values else 0.0,
    )


def _more_people(market: Market, plan: CampaignPlan) -> float:
    if market.reach is None or not market.reach.extrapolated:
        return 1.0
    sample = market.sample
    people = np.unique(sample.user[sample.mask(plan.targeting, plan.time_zone)])
    return max(market.reach.at_least[0] * sample.rate / max(int((people >= 0).sum()), 1), 1.0)


def _chances(one: CreativeResponse, sample: OpportunitySample) -> CreativeChances:
    names = [*sample.texts["placement"].values, ""]
    factors = np.array([one.cell_factors.get(name, 1.0) for name in names])
    conversion = math.nan if one.conversion_rate is None else one.conversion_rate.mean
    return CreativeChances(
        click=np.minimum(one.click_rate.mean * factors, 1.0),
        conversion=conversion,
        value_micros=math.nan if one.value is None else one.value.mean_micros,
        bid_click=np.minimum((one.model_p_ctr or one.click_rate.mean) * factors, 1.0),
        bid_conversion=conversion if one.model_p_cvr is None else one.model_p_cvr,
        spread=SPREAD_OF_OPENINGS,
    )


def _facts(
    plan: CampaignPlan,
    market: Market,
    laid: LaidOut,
    response: PlanResponse,
    doubt: ResponseDoubt,
) -> PlanFacts:
    sample, supply = market.sample, market.supply
    middle = plan.flight.start + timedelta(days=plan.days / 2.0)
    bids = laid.openings.bid_micros
    caps = [cap.limit * 86_400.0 / cap.window_s for cap in plan.frequency_caps]
    budgets = [] if plan.total_budget_micros is None else [float(plan.total_budget_micros)]
    if plan.daily_budget_micros is not None:
        budgets.append(float(plan.daily_budget_micros) * plan.days)
    new = [one for one in response.creatives if not one.impressions]
    return PlanFacts(
        days=plan.days,
        budget_micros=min(budgets),
        is_daily=plan.daily_budget_micros is not None,
        kind=plan.bid.kind,
        bid_micros=float(bids.mean()) if len(bids) else 0.0,
        caps_a_day=min(caps, default=0.0),
        creatives=len(response.creatives),
        new_creatives=len(new),
        new_advertiser=not plan.advertiser_id or len(new) == len(response.creatives),
        eligible_share=float(supply.total.at(0.5)) / plan.days / max(sample.opportunities / supply.logged_days, 1.0),
        openings=len(laid.openings),
        log_days=float(supply.logged_days),
        ahead_days=(middle - sample.data_to).total_seconds() / 86_400.0,
        click_log_sd=doubt.click_log_sd,
    )
