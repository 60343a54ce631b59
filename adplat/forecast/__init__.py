"""Card
This room:   what a campaign will deliver: what comes of rows of past-campaign tables, and how a daily or hourly series
             goes on, always as p10, p50 and p90 that were checked on what was held out.
May import:  statistics, domain; numpy, scipy, msgspec.
Must not:    read files or the clock, draw random numbers except from a passed generator, know another engine.
Called by:   flows.
Tests:       tests/forecast/
"""

from adplat.forecast.levels import LEVELS
from adplat.forecast.outcome_model import OutcomeModel, fit_outcome_model
from adplat.forecast.outcomes_config import IMPRESSIONS, Outcome, OutcomesConfig, check_outcomes_config
from adplat.forecast.past_rows import PastRows
from adplat.forecast.series import fewest_steps, forecast_series

__all__ = [
    "IMPRESSIONS",
    "LEVELS",
    "Outcome",
    "OutcomeModel",
    "OutcomesConfig",
    "PastRows",
    "check_outcomes_config",
    "fewest_steps",
    "fit_outcome_model",
    "forecast_series",
]
