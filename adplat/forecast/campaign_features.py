"""What a correction may look at: facts of the plan, and what the raw replay made of it. Never an outcome."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np

from adplat.domain import BidStrategyKind, Metric
from adplat.forecast.arrays import Floats
from adplat.forecast.campaign_predictive import CountLaw, OutcomeLaw, SpendLaw
from adplat.forecast.campaign_replay import Replayed

KINDS = tuple(BidStrategyKind)
SHORT_DAYS = 3


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """Of a plan, as of the moment of its forecast.

    Args:
        days: of the flight.
        budget_micros: the most that can be spent.
        is_daily: whether days have a budget of their own.
        kind: the bid strategy.
        bid_micros: mean bid over its openings.
        caps_a_day: the tightest cap as showings a day; 0 for none.
        creatives, new_creatives: how many, and of those without a showing of their own.
        new_advertiser: without any showing.
        eligible_share: of the log's openings.
        openings: eligible ones in the sample.
        log_days: how long the log is.
        ahead_days: from the log's end to the middle of the flight.
        click_log_sd: doubt about the click rate.
    """

    days: int
    budget_micros: float
    is_daily: bool
    kind: BidStrategyKind
    bid_micros: float
    caps_a_day: float
    creatives: int
    new_creatives: int
    new_advertiser: bool
    eligible_share: float
    openings: int
    log_days: float
    ahead_days: float
    click_log_sd: float

    @property
    def slice(self) -> int:
        """Which levels are its own: bids by chances, else new creatives, else a short flight, else a cap, else none."""
        if self.kind is not BidStrategyKind.CPM:
            return 0
        if self.new_creatives or self.new_advertiser:
            return 1
        if self.days <= SHORT_DAYS:
            return 2
        return 3 if self.caps_a_day else 4


PLAN_NAMES = (
    "log_days_of_flight",
    "log_budget",
    "log_budget_a_day",
    "is_daily",
    "kind",
    "log_bid",
    "caps_a_day",
    "creatives",
    "new_creative_share",
    "new_advertiser",
    "log_eligible_share",
    "log_days_known",
    "ahead_days",
)
"""What is known without any replay: also what a plain regression on plans may use."""
RAW_NAMES = (
    "log_openings",
    "click_log_sd",
    "log_margin",
    "full_chance",
    "win_rate",
    "frequency",
    *(f"log_{metric}" for metric in Metric),
    *(f"log_sd_{metric}" for metric in (Metric.IMPRESSIONS, Metric.REACH, Metric.CLICKS)),
    "log_sd_spend",
)
FEATURE_NAMES = (*PLAN_NAMES, *RAW_NAMES)


def plan_features(facts: PlanFacts) -> Floats:
    """(len(PLAN_NAMES),)."""
    return np.array(
        [
            math.log(facts.days),
            math.log(max(facts.budget_micros, 1.0)),
            math.log(max(facts.budget_micros / facts.days, 1.0)),
            float(facts.is_daily),
            float(KINDS.index(facts.kind)),
            math.log(max(facts.bid_micros, 1.0)),
            facts.caps_a_day,
            float(facts.creatives),
            facts.new_creatives / max(facts.creatives, 1),
            float(facts.new_advertiser),
            math.log(max(facts.eligible_share, 1e-6)),
            math.log(max(facts.log_days, 0.1)),
            facts.ahead_days,
        ]
    )


def campaign_features(facts: PlanFacts, replayed: Replayed, laws: Mapping[Metric, OutcomeLaw]) -> Floats:
    """(len(FEATURE_NAMES),); ``laws`` are one row of totals."""
    spend = cast("SpendLaw", laws[Metric.SPEND])
    counts = [cast("CountLaw", laws[metric]) for metric in (Metric.IMPRESSIONS, Metric.REACH, Metric.CLICKS)]
    impressions = float(replayed.impressions.sum(axis=1).mean())
    entered = float(replayed.entered.sum(axis=1).mean())
    reach = float(replayed.often[:, 0].mean())
    free = float(replayed.free_spend_micros.sum(axis=1).mean())
    raw = [
        math.log1p(facts.openings),
        facts.click_log_sd,
        math.log(max(free, 1.0) / max(facts.budget_micros, 1.0)),
        float(spend.full[0]),
        impressions / max(entered, 1e-9),
        impressions / max(reach, 1e-9),
        *(math.log1p(max(float(laws[metric].mean[0]), 0.0)) for metric in Metric),
        *(float(law.log_sd[0]) for law in counts),
        float(spend.log_sd[0]),
    ]
    return np.concatenate([plan_features(facts), np.array(raw)])
