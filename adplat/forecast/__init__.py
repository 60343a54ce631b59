"""Card
This room:   what a campaign will meet and bring: the bid landscape (what share of auctions a bid wins, at what price);
             how many eligible opportunities and people a flight has; how creatives will be answered, and how surely that
             is known; what comes of rows of past-campaign tables, and how a daily or hourly series goes on, as p10, p50
             and p90 that were checked on what was held out; how a budget is best split, and advice; how often kept
             forecasts came true.
May import:  statistics, market, domain; numpy, scipy, msgspec; torch and safetensors inside.
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
from adplat.forecast.censored_prices import CensoredPrices, known_prices, prices_of_auctions
from adplat.forecast.context_coding import Contexts
from adplat.forecast.conversion_value import ConversionValue, ValueTable, learn_values
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
from adplat.forecast.fit_curve import fit_win_curve
from adplat.forecast.fit_landscape import Auctions, fit_landscape
from adplat.forecast.fit_spend_curve import fit_spend_curve, redrawn
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
    "FLOOR",
    "HELD_SHARES",
    "HORIZONS",
    "IMPRESSIONS",
    "LEVELS",
    "NOT_TOLD",
    "NO_BOUNDS",
    "POOLED",
    "TEXT_COLUMNS",
    "WATCHED_SHARE",
    "Advice",
    "Auctions",
    "BidLandscape",
    "BudgetSplit",
    "CampaignPlan",
    "CensoredPrices",
    "ContextLandscape",
    "Contexts",
    "ConversionValue",
    "CoverageStream",
    "CreativeResponse",
    "CurveDraws",
    "DaySupply",
    "Evidence",
    "Fatigue",
    "GroupBounds",
    "GroupCoverage",
    "HazardSettings",
    "HourlyCells",
    "IntervalKind",
    "LandscapeTrial",
    "ListCodes",
    "NewCreative",
    "Objective",
    "OpportunitySample",
    "Outcome",
    "OutcomeModel",
    "OutcomesConfig",
    "PastRows",
    "PlanResponse",
    "Promise",
    "ReachableUsers",
    "ReplayedPoints",
    "ScoredNumber",
    "ShownCreative",
    "SpendCurve",
    "SplitBounds",
    "SupplyForecast",
    "TextCodes",
    "Trust",
    "UncertainRate",
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
    "coverage_by",
    "coverage_drift",
    "creatives_of_forecast",
    "curve_of_forecast",
    "days_ahead",
    "fewest_steps",
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
    "learn_fatigue",
    "learn_trust",
    "learn_values",
    "name_of_forecast",
    "no_evidence",
    "outcome_of",
    "pauses",
    "plan_difference",
    "plan_of_forecast",
    "point_of_forecast",
    "prices_of_auctions",
    "promises_of",
    "rate_of",
    "reachable_users",
    "redrawn",
    "refuse_refused",
    "sample_bytes",
    "sample_of_bytes",
    "score_promise",
    "split_budget",
    "supply_paths",
    "together",
    "told_quantiles",
    "turnbull",
]
