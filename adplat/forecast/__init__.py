"""Card
This room:   what a campaign will meet and bring: the bid landscape (what share of auctions a bid wins, at what price);
             how many eligible opportunities and people a flight has; what comes of rows of past-campaign tables, and
             how a daily or hourly series goes on, as p10, p50 and p90 that were checked on what was held out.
May import:  statistics, market, domain; numpy, scipy, msgspec; torch and safetensors inside.
Must not:    know another engine, read or write files or the clock, draw from anything but the passed generator; give a
             number where the data know none.
Called by:   flows.
Tests:       tests/forecast/
"""

from adplat.forecast.censored_prices import CensoredPrices, known_prices, prices_of_auctions
from adplat.forecast.context_coding import Contexts
from adplat.forecast.fit_curve import fit_win_curve
from adplat.forecast.fit_landscape import Auctions, fit_landscape
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
from adplat.forecast.past_rows import PastRows
from adplat.forecast.plan import CampaignPlan, NewCreative, check_plan
from adplat.forecast.reach import ReachableUsers, reachable_users
from adplat.forecast.sample_document import sample_bytes, sample_of_bytes
from adplat.forecast.series import fewest_steps, forecast_series
from adplat.forecast.supply import DaySupply, SupplyForecast, forecast_supply, supply_paths
from adplat.forecast.turnbull import turnbull
from adplat.forecast.win_curve import WinCurve

__all__ = [
    "CELL_COLUMNS",
    "FLOOR",
    "IMPRESSIONS",
    "LEVELS",
    "NOT_TOLD",
    "POOLED",
    "TEXT_COLUMNS",
    "Auctions",
    "BidLandscape",
    "CampaignPlan",
    "CensoredPrices",
    "ContextLandscape",
    "Contexts",
    "DaySupply",
    "HazardSettings",
    "HourlyCells",
    "IntervalKind",
    "LandscapeTrial",
    "ListCodes",
    "NewCreative",
    "OpportunitySample",
    "Outcome",
    "OutcomeModel",
    "OutcomesConfig",
    "PastRows",
    "ReachableUsers",
    "SupplyForecast",
    "TextCodes",
    "WinCurve",
    "check_outcomes_config",
    "check_plan",
    "fewest_steps",
    "fit_landscape",
    "fit_outcome_model",
    "fit_win_curve",
    "forecast_series",
    "forecast_supply",
    "kaplan_meier",
    "known_prices",
    "landscape_bytes",
    "landscape_of_bytes",
    "prices_of_auctions",
    "reachable_users",
    "sample_bytes",
    "sample_of_bytes",
    "supply_paths",
    "turnbull",
]
