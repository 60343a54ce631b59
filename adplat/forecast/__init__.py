"""Card
This room:   what a campaign will meet and bring: the bid landscape (what share of auctions a bid wins, at what price);
             what comes of rows of past-campaign tables, and how a daily or hourly series goes on, as p10, p50 and p90
             that were checked on what was held out; how creatives will be answered, and how surely that is known; what
             a planned campaign will bring, replayed on the log's openings and corrected by what past ones brought.
May import:  statistics, market, domain; numpy, scipy, msgspec; torch, safetensors and lightgbm inside.
Must not:    know another engine, read or write files or the clock, draw from anything but the passed generator; give a
             number where the data know none.
Called by:   flows.
Tests:       tests/forecast/
"""

from adplat.forecast.campaign_correction import CampaignCorrection, MetricCorrection
from adplat.forecast.campaign_curve import CurvePoint, concave_majorant, spend_curve
from adplat.forecast.campaign_features import FEATURE_NAMES, PLAN_NAMES, PlanFacts, plan_features
from adplat.forecast.campaign_forecast import CampaignForecast, RawForecast, raw_forecast, told_forecast
from adplat.forecast.campaign_levels import share_below
from adplat.forecast.campaign_predictive import CountLaw, OutcomeLaw, SpendLaw, ValueLaw
from adplat.forecast.campaign_raw import ResponseDoubt, stacked, total_laws
from adplat.forecast.campaign_replay import FlightOpenings, ReplayDraws, Replayed, ReplayTerms, replay_campaign
from adplat.forecast.censored_prices import CensoredPrices, known_prices, prices_of_auctions
from adplat.forecast.context_coding import Contexts
from adplat.forecast.conversion_value import ConversionValue, ValueTable, learn_values
from adplat.forecast.correction_document import correction_bytes, correction_id, correction_of_bytes
from adplat.forecast.fatigue import Fatigue, learn_fatigue
from adplat.forecast.fit_correction import fit_correction
from adplat.forecast.fit_curve import fit_win_curve
from adplat.forecast.fit_landscape import Auctions, fit_landscape
from adplat.forecast.flight_openings import (
    MOST_CAPPED,
    MOST_OPENINGS,
    CreativeChances,
    LaidOut,
    day_lengths_s,
    draw_flight,
    lay_out,
)
from adplat.forecast.hazard_fit import HazardSettings
from adplat.forecast.kaplan_meier import IntervalKind, kaplan_meier
from adplat.forecast.landscape import FLOOR, BidLandscape, ContextLandscape, LandscapeTrial
from adplat.forecast.landscape_document import landscape_bytes, landscape_of_bytes
from adplat.forecast.levels import LEVELS
from adplat.forecast.opportunity_sample import (
    CELL_COLUMNS,
    NOT_TOLD,
    POOLED,
    TEXT_COLUMNS,
    HourlyCells,
    ListCodes,
    OpportunitySample,
    TextCodes,
)
from adplat.forecast.outcome_model import OutcomeModel, fit_outcome_model
from adplat.forecast.outcomes_config import IMPRESSIONS, Outcome, OutcomesConfig, check_outcomes_config
from adplat.forecast.past_campaigns import PastCampaigns
from adplat.forecast.past_rows import PastRows
from adplat.forecast.plan import CampaignPlan, NewCreative, check_plan
from adplat.forecast.plan_response import CreativeResponse, PlanResponse
from adplat.forecast.reach import ReachableUsers, reachable_users
from adplat.forecast.response import Evidence, Trust, UncertainRate, learn_trust, no_evidence, rate_of, together
from adplat.forecast.sample_document import sample_bytes, sample_of_bytes
from adplat.forecast.series import fewest_steps, forecast_series
from adplat.forecast.supply import DaySupply, SupplyForecast, forecast_supply, supply_paths
from adplat.forecast.turnbull import turnbull
from adplat.forecast.win_curve import WinCurve

__all__ = [
    "CELL_COLUMNS",
    "FEATURE_NAMES",
    "FLOOR",
    "IMPRESSIONS",
    "LEVELS",
    "MOST_CAPPED",
    "MOST_OPENINGS",
    "NOT_TOLD",
    "PLAN_NAMES",
    "POOLED",
    "TEXT_COLUMNS",
    "Auctions",
    "BidLandscape",
    "CampaignCorrection",
    "CampaignForecast",
    "CampaignPlan",
    "CensoredPrices",
    "ContextLandscape",
    "Contexts",
    "ConversionValue",
    "CountLaw",
    "CreativeChances",
    "CreativeResponse",
    "CurvePoint",
    "DaySupply",
    "Evidence",
    "Fatigue",
    "FlightOpenings",
    "HazardSettings",
    "HourlyCells",
    "IntervalKind",
    "LaidOut",
    "LandscapeTrial",
    "ListCodes",
    "MetricCorrection",
    "NewCreative",
    "OpportunitySample",
    "Outcome",
    "OutcomeLaw",
    "OutcomeModel",
    "OutcomesConfig",
    "PastCampaigns",
    "PastRows",
    "PlanFacts",
    "PlanResponse",
    "RawForecast",
    "ReachableUsers",
    "ReplayDraws",
    "ReplayTerms",
    "Replayed",
    "ResponseDoubt",
    "SpendLaw",
    "SupplyForecast",
    "TextCodes",
    "Trust",
    "UncertainRate",
    "ValueLaw",
    "ValueTable",
    "WinCurve",
    "check_outcomes_config",
    "check_plan",
    "concave_majorant",
    "correction_bytes",
    "correction_id",
    "correction_of_bytes",
    "day_lengths_s",
    "draw_flight",
    "fewest_steps",
    "fit_correction",
    "fit_landscape",
    "fit_outcome_model",
    "fit_win_curve",
    "forecast_series",
    "forecast_supply",
    "kaplan_meier",
    "known_prices",
    "landscape_bytes",
    "landscape_of_bytes",
    "lay_out",
    "learn_fatigue",
    "learn_trust",
    "learn_values",
    "no_evidence",
    "plan_features",
    "prices_of_auctions",
    "rate_of",
    "raw_forecast",
    "reachable_users",
    "replay_campaign",
    "sample_bytes",
    "sample_of_bytes",
    "share_below",
    "spend_curve",
    "stacked",
    "supply_paths",
    "together",
    "told_forecast",
    "total_laws",
    "turnbull",
]
