"""Card
This room:   the maths of one opportunity: which ads may stand there, what a showing is worth, what to offer for it,
             how fast a budget may go, how often one person may see it, what still fits into the time left, whose a
             conversion is, and what a whole campaign gets when all of that is played in order of time.
May import:  domain; numpy, scipy.
Must not:    read files or the clock, draw from anything but a passed generator, keep anything between calls that could
             not be thrown away.
Called by:   flows, forecast, services/bidding, simulator, storage.
Tests:       tests/market/
"""

from adplat.market.ad_terms import AdTerms
from adplat.market.attribution import last_touch, window_of
from adplat.market.campaign_play import NOBODY, Openings, Played, PlayTerms, play_campaign
from adplat.market.conditions import FACT_OF, Condition, wished
from adplat.market.day_plan import EVEN_TRAFFIC, DayPlan, learned_traffic
from adplat.market.deadline import TimeBudget, next_quantile_ms
from adplat.market.delivery import Delivery, booked_micros, delivery_of
from adplat.market.eligibility import EligibilityIndex, told_values
from adplat.market.frequency import Barred, CapTable, barred_now
from adplat.market.hierarchies import domain_and_above
from adplat.market.pacing import PaceSettings, PaceState, affordable_micros, next_pace, start_pace
from adplat.market.pricing import bids_micros
from adplat.market.running_time import time_zone_named
from adplat.market.shading_fit import fit_shading
from adplat.market.shading_gate import AuctionLog, ShadingTrial, expected_surplus, try_shading
from adplat.market.shading_model import PriceLaw, ShadingModel, segment_key, shaded_bids
from adplat.market.traffic import day_traffic, hour_of_week, traffic_counted
from adplat.market.value import StrategyColumns, values_micros

__all__ = [
    "EVEN_TRAFFIC",
    "FACT_OF",
    "NOBODY",
    "AdTerms",
    "AuctionLog",
    "Barred",
    "CapTable",
    "Condition",
    "DayPlan",
    "Delivery",
    "EligibilityIndex",
    "Openings",
    "PaceSettings",
    "PaceState",
    "PlayTerms",
    "Played",
    "PriceLaw",
    "ShadingModel",
    "ShadingTrial",
    "StrategyColumns",
    "TimeBudget",
    "affordable_micros",
    "barred_now",
    "bids_micros",
    "booked_micros",
    "day_traffic",
    "delivery_of",
    "domain_and_above",
    "expected_surplus",
    "fit_shading",
    "hour_of_week",
    "last_touch",
    "learned_traffic",
    "next_pace",
    "next_quantile_ms",
    "play_campaign",
    "segment_key",
    "shaded_bids",
    "start_pace",
    "time_zone_named",
    "told_values",
    "traffic_counted",
    "try_shading",
    "values_micros",
    "window_of",
    "wished",
]
