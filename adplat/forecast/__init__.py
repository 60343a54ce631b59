"""Card
This room:   what a campaign will meet and bring: the bid landscape (what share of auctions a bid wins, at what price);
             how many eligible opportunities and people a flight has; how creatives will be answered; a planned campaign
             replayed on a sample of the log, corrected by past campaigns; what comes of rows of past-campaign tables,
             and how a daily or hourly series goes on; how a budget is best split, and advice; how often kept forecasts
             came true.
May import:  statistics, market, domain; numpy, scipy, msgspec; torch, safetensors and lightgbm inside.
Must not:    know another engine, read or write files or the clock, draw from anything but the passed generator; give a
             number where the data know none.
Called by:   flows.
Tests:       tests/forecast/
"""

from adplat.forecast.advice import (
    Advice,
    advise_next_money,
    advise_pause,
    advise_split,
    advise_what_if,
    interval_document,
    interval_of,
)
from adplat.forecast.advice_words import Words
from adplat.forecast.budget_split import NO_BOUNDS, BudgetSplit, GroupBounds, SplitBounds, outcome_of, split_budget
from adplat.forecast.campaign_correction import CampaignCorrection, MetricCorrection
from adplat.forecast.campaign_curve import CurvePoint, concave_majorant, spend_curve
from adplat.forecast.campaign_features import FEATURE_NAMES, PLAN_NAMES, SHORT_DAYS, PlanFacts, plan_features
from adplat.forecast.campaign_forecast import CampaignForecast, RawForecast, raw_forecast, told_forecast
from adplat.forecast.campaign_levels import share_below
from adplat.forecast.campaign_predictive import CountLaw, OutcomeLaw, SpendLaw, ValueLaw
from adplat.forecast.campaign_raw import ResponseDoubt, stacked, total_laws
from adplat.forecast.campaign_replay import FlightOpenings, ReplayDraws, Replayed, ReplayTerms, replay_campaign
from adplat.forecast.censored_prices import CensoredPrices, known_prices, prices_of_auctions
from adplat.forecast.context_coding import Contexts
from adplat.forecast.conversion_value import ConversionValue, ValueTable, learn_values
from adplat.forecast.correction_document import correction_bytes, correction_id, correction_of_bytes
from adplat.forecast.correction_trial import FEWEST_CAMPAIGNS, CorrectionTrial, tried_correction
from adplat.forecast.coverage_drift import WATCHED_SHARE, CoverageStream, coverage_drift
from adplat.forecast.coverage_groups import HELD_SHARES, HORIZONS, GroupCoverage, ScoredNumber, coverage_by, days_ahead
from adplat.forecast.curve_document import (
    Objective,
    curve_of_forecast,
    name_of_forecast,
    plan_of_forecast,
    point_of_forecast,
    refuse_refused,
    told_quantiles,
)
from adplat.forecast.fatigue import Fatigue, learn_fatigue
from adplat.forecast.fit_correction import fit_correction
from adplat.forecast.fit_curve import fit_win_curve
from adplat.forecast.fit_landscape import Auctions, fit_landscape
from adplat.forecast.fit_spend_curve import fit_spend_curve, redrawn
from adplat.forecast.flight_openings import (
    MOST_OPENINGS,
    CreativeChances,
    LaidOut,
    day_lengths_s,
    draw_flight,
    lay_out,
)
from adplat.forecast.forecast_difference import ShownCreative, compare_forecasts, creatives_of_forecast, pauses
from adplat.forecast.hazard_fit import HazardSettings
from adplat.forecast.kaplan_meier import IntervalKind, kaplan_meier
from adplat.forecast.kept_promises import Promise, promises_of, score_promise
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
from adplat.forecast.plan_difference import plan_difference
from adplat.forecast.plan_response import CreativeResponse, PlanResponse
from adplat.forecast.reach import ReachableUsers, reachable_users
from adplat.forecast.response import Evidence, Trust, UncertainRate, learn_trust, no_evidence, rate_of, together
from adplat.forecast.sample_document import sample_bytes, sample_of_bytes
from adplat.forecast.series import fewest_steps, forecast_series
from adplat.forecast.spend_curve import ReplayedPoints, SpendCurve
from adplat.forecast.split_evidence import CurveDraws
from adplat.forecast.supply import DaySupply, SupplyForecast, forecast_supply, supply_paths
from adplat.forecast.turnbull import turnbull
from adplat.forecast.win_curve import WinCurve

__all__ = [
    "CELL_COLUMNS",
    "FEATURE_NAMES",
    "FEWEST_CAMPAIGNS",
    "FLOOR",
    "HELD_SHARES",
    "HORIZONS",
    "IMPRESSIONS",
    "LEVELS",
    "MOST_OPENINGS",
    "NOT_TOLD",
    "NO_BOUNDS",
    "PLAN_NAMES",
    "POOLED",
    "SHORT_DAYS",
    "TEXT_COLUMNS",
    "WATCHED_SHARE",
    "Advice",
    "Auctions",
    "BidLandscape",
    "BudgetSplit",
    "CampaignCorrection",
    "CampaignForecast",
    "CampaignPlan",
    "CensoredPrices",
    "ContextLandscape",
    "Contexts",
    "ConversionValue",
    "CorrectionTrial",
    "CountLaw",
    "CoverageStream",
    "CreativeChances",
    "CreativeResponse",
    "CurveDraws",
    "CurvePoint",
    "DaySupply",
    "Evidence",
    "Fatigue",
    "FlightOpenings",
    "GroupBounds",
    "GroupCoverage",
    "HazardSettings",
    "HourlyCells",
    "IntervalKind",
    "LaidOut",
    "LandscapeTrial",
    "ListCodes",
    "MetricCorrection",
    "NewCreative",
    "Objective",
    "OpportunitySample",
    "Outcome",
    "OutcomeLaw",
    "OutcomeModel",
    "OutcomesConfig",
    "PastCampaigns",
    "PastRows",
    "PlanFacts",
    "PlanResponse",
    "Promise",
    "RawForecast",
    "ReachableUsers",
    "ReplayDraws",
    "ReplayTerms",
    "Replayed",
    "ReplayedPoints",
    "ResponseDoubt",
    "ScoredNumber",
    "ShownCreative",
    "SpendCurve",
    "SpendLaw",
    "SplitBounds",
    "SupplyForecast",
    "TextCodes",
    "Trust",
    "UncertainRate",
    "ValueLaw",
    "ValueTable",
    "WinCurve",
    "Words",
    "advise_next_money",
    "advise_pause",
    "advise_split",
    "advise_what_if",
    "check_outcomes_config",
    "check_plan",
    "compare_forecasts",
    "concave_majorant",
    "correction_bytes",
    "correction_id",
    "correction_of_bytes",
    "coverage_by",
    "coverage_drift",
    "creatives_of_forecast",
    "curve_of_forecast",
    "day_lengths_s",
    "days_ahead",
    "draw_flight",
    "fewest_steps",
    "fit_correction",
    "fit_landscape",
    "fit_outcome_model",
    "fit_spend_curve",
    "fit_win_curve",
    "forecast_series",
    "forecast_supply",
    "interval_document",
    "interval_of",
    "kaplan_meier",
    "known_prices",
    "landscape_bytes",
    "landscape_of_bytes",
    "lay_out",
    "learn_fatigue",
    "learn_trust",
    "learn_values",
    "name_of_forecast",
    "no_evidence",
    "outcome_of",
    "pauses",
    "plan_difference",
    "plan_features",
    "plan_of_forecast",
    "point_of_forecast",
    "prices_of_auctions",
    "promises_of",
    "rate_of",
    "raw_forecast",
    "reachable_users",
    "redrawn",
    "refuse_refused",
    "replay_campaign",
    "sample_bytes",
    "sample_of_bytes",
    "score_promise",
    "share_below",
    "spend_curve",
    "split_budget",
    "stacked",
    "supply_paths",
    "together",
    "told_forecast",
    "told_quantiles",
    "total_laws",
    "tried_correction",
    "turnbull",
]
