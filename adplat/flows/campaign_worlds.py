"""Simulated markets whose campaigns were forecast before they began, with what truly came of them.

A market lives for eight weeks. From its third week on, campaigns begin every day. At the beginning of each week (an
origin) a forecaster who knows what the log told by then forecasts all that begin within that week. Markets differ in
size, traffic, weather, prices, click rates, advertisers. Draws of a market come from its seed alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from adplat.domain import Metric, Refused
from adplat.flows.campaign_world_log import (
    WorldLog,
    landscape_before,
    openings_frame,
    opportunities_before,
    past_before,
    price_log_sd_before,
)
from adplat.flows.forecast_response import responses_by_history
from adplat.flows.replay_plan import Market, replay_plan
from adplat.forecast import (
    FEATURE_NAMES,
    CampaignPlan,
    OutcomeLaw,
    PastCampaigns,
    RawForecast,
    forecast_supply,
    plan_features,
    stacked,
)
from adplat.simulator import (
    DelayConfig,
    SimulatedCampaign,
    WeatherConfig,
    WorldConfig,
    build_world,
    live_through,
    simulate_campaigns,
)
from adplat.statistics import Float64

ORIGINS = (14, 21, 28, 35)
LOG_DAYS, LIFE_DAYS = 42, 56
FIRST_HELD_OUT = 21
"""Campaigns that begin from this day on are held out; earlier ones are past, once they have ended."""
STEP_S = 300.0
"""Between two looks at the true campaigns' pace: longer than live, so that thousands can be played."""
NEW_LANDSCAPE = 28
REPLICATES, MOST_OPENINGS, SUPPLY_DRAWS = 12, 6_000, 600
SLICES = ("small_budget", "large_budget", "new_advertiser", "new_creative", "short_flight", "capped", "by_click")


@dataclass(frozen=True)
class WorldCampaigns:
    """N campaigns of one market in order of their start; ``past`` as for a correction, all of them with their outcome.

    Args:
        plans: (N, P) what is known without a replay.
        vertical: (N,) place of the category.
        held_out: (N,) whether it begins late enough.
        exhausted: (N,) whether it truly spent its budget.
        expected: (N,) clicks and conversions that the true chances of the very showings add up to.
        slices: (N,) by name in ``SLICES``.
    """

    past: PastCampaigns
    plans: Float64
    vertical: tuple[str, ...]
    held_out: np.ndarray
    exhausted: np.ndarray
    slices: dict[str, np.ndarray]
    refused: int
    expected: dict[Metric, Float64]


def draw_market(seed: int) -> WorldConfig:
    """A market of some 1,500 to 9,000 requests a day."""
    rng = np.random.default_rng([seed, 4_242])
    days = rng.permutation(np.arange(8, LIFE_DAYS))[: int(rng.integers(0, 4))]
    impressions = int(np.exp(rng.uniform(np.log(40_000), np.log(110_000))))
    return WorldConfig(
        name=f"market {seed}",
        start=date(2025, 3, 3) + timedelta(days=int(rng.integers(0, 7))),
        seed=seed,
        days=LOG_DAYS,
        utc_offset_hours=int(rng.integers(-6, 10)),
        advertisers=int(rng.integers(16, 29)),
        late_advertisers=4,
        campaigns_per_advertiser=int(rng.integers(1, 3)),
        creatives_per_campaign=int(rng.integers(4, 11)),
        new_creatives_per_campaign=2,
        users=int(np.exp(rng.uniform(np.log(3_000), np.log(12_000)))),
        impressions=impressions,
        click_rate=float(np.exp(rng.uniform(np.log(0.006), np.log(0.03)))),
        conversion_base=float(rng.uniform(-3.0, -1.5)),
        delay=DelayConfig(window_days=7),
        weather=WeatherConfig(
            traffic_sd=float(rng.uniform(0.03, 0.15)),
            weekly_growth=float(rng.normal(0.0, 0.02)),
            holidays=tuple(sorted(int(day) for day in days)),
            holiday_traffic=float(rng.uniform(0.6, 1.3)),
            price_sd=float(rng.uniform(0.02, 0.12)),
        ),
    )


def forecast_world(seed: int, campaigns: int) -> WorldCampaigns:
    """Simulate a market and forecast its campaigns. Cost: some 0.1 s a campaign, and 15 s a market."""
    config = draw_market(seed)
    world = build_world(config)
    life = live_through(world, LIFE_DAYS)
    log = WorldLog.of(world, life)
    known = simulate_campaigns(world, life, campaigns, first_day=ORIGINS[0], seed=seed, step_s=STEP_S)
    kept: list[tuple[SimulatedCampaign, RawForecast, int]] = []
    refused = 0
    landscape = landscape_before(log, ORIGINS[0])
    for place, origin in enumerate(ORIGINS):
        after = ORIGINS[place + 1] if place + 1 < len(ORIGINS) else LIFE_DAYS
        here = [one for one in known if origin <= one.facts.start_day < after]
        if origin == NEW_LANDSCAPE:
            landscape = landscape_before(log, origin)
        sample = opportunities_before(log, origin)
        past, word = past_before(log, origin)
        price_log_sd = price_log_sd_before(log, origin)
        holidays = frozenset(config.start + timedelta(days=day) for day in config.weather.holidays)
        for one in here:
            plan = plan_of(one)
            rows = np.flatnonzero(sample.mask(plan.targeting, plan.time_zone))
            supply = forecast_supply(
                sample,
                plan.targeting,
                plan.time_zone,
                plan.start,
                plan.end,
                np.random.default_rng(seed),
                holidays=holidays,
                draws=SUPPLY_DRAWS,
            )
            if isinstance(supply, Refused) or not len(rows):
                refused += 1
                continue
            response = responses_by_history(
                past, log.catalogue, word, plan, openings_frame(sample, rows), log.moment(origin)
            )
            if isinstance(response, Refused):
                refused += 1
                continue
            market = Market(sample, supply, None, landscape, price_log_sd)
            raw = replay_plan(plan, market, response, seed=seed, replicates=REPLICATES, most_openings=MOST_OPENINGS)
            kept.append((one, raw, origin))
    return _as_rows(seed, kept, refused)


def plan_of(campaign: SimulatedCampaign) -> CampaignPlan:
    """What the advertiser says, as a plan."""
    facts = campaign.facts
    dates = campaign.outcome.dates
    return CampaignPlan(
        name=facts.name,
        start=dates[0],
        end=dates[-1],
        bid=facts.bid,
        daily_budget_micros=facts.daily_budget_micros,
        total_budget_micros=facts.total_budget_micros,
        time_zone=facts.time_zone,
        targeting=facts.targeting,
        frequency_caps=list(facts.frequency_caps),
        advertiser_id=facts.advertiser_id,
        creatives=list(campaign.creative_ids),
    )


def _as_rows(seed: int, kept: list[tuple[SimulatedCampaign, RawForecast, int]], refused: int) -> WorldCampaigns:
    kept.sort(key=lambda one: one[0].facts.start_day)
    totals = [one.outcome.total for one, _, _ in kept]
    actual = {metric: np.array([float(getattr(total, metric.value)) for total in totals]) for metric in Metric}
    laws: dict[Metric, OutcomeLaw] = {metric: stacked([raw.laws[metric] for _, raw, _ in kept]) for metric in Metric}
    facts = [raw.facts for _, raw, _ in kept]
    starts = np.array([float(one.facts.start_day) for one, _, _ in kept])
    ends = starts + np.array([float(one.facts.days) for one, _, _ in kept])
    # A forecast is made at its origin: what ends after that teaches it nothing. Conversions take another week.
    past = PastCampaigns(
        FEATURE_NAMES,
        np.stack([raw.features for _, raw, _ in kept]),
        np.array([one.slice for one in facts], dtype=np.int64),
        laws,
        actual,
        np.full(len(kept), seed, dtype=np.int64),
        np.array([float(origin) for _, _, origin in kept]),
        ends + 7.0,
    )
    margins = np.array([raw.features[FEATURE_NAMES.index("log_margin")] for _, raw, _ in kept])
    slices = {
        "small_budget": margins > np.log(3.0),
        "large_budget": margins < 0.0,
        "new_advertiser": np.array([one.facts.is_new_advertiser for one, _, _ in kept]),
        "new_creative": np.array([bool(one.new_creative_ids) for one, _, _ in kept]),
        "short_flight": np.array([one.facts.days <= 3 for one, _, _ in kept]),
        "capped": np.array([bool(one.facts.frequency_caps) for one, _, _ in kept]),
        "by_click": np.array([one.facts.bid.kind.value == "max_cpc" for one, _, _ in kept]),
    }
    return WorldCampaigns(
        past,
        np.stack([plan_features(one) for one in facts]),
        tuple(one.facts.category for one, _, _ in kept),
        starts >= FIRST_HELD_OUT,
        np.array([one.outcome.is_exhausted for one, _, _ in kept]),
        slices,
        refused,
        {
            Metric.CLICKS: np.array([one.outcome.expected_clicks for one, _, _ in kept]),
            Metric.CONVERSIONS: np.array([one.outcome.expected_conversions for one, _, _ in kept]),
        },
    )
