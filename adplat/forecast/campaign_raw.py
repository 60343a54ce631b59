"""From a replay to raw laws: the spread of its replicates, the doubt about the response, and the chance of counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from scipy.special import stdtr

from adplat.domain import Metric
from adplat.forecast.arrays import Bools, Floats
from adplat.forecast.campaign_predictive import FULL_SHARE, CountLaw, OutcomeLaw, SpendLaw, ValueLaw
from adplat.forecast.campaign_replay import Replayed

REPLICATE_DOUBT = 0.03
"""No replay is surer than this (log) of anything."""
BELOW_BUDGET_LOG_SD = 0.15
"""Of the money spent where the replay always spent the whole budget, and the campaign does not."""
LEAST_CHANCE_OF_ALL = 1e-6
"""Of a budget that no replicate came near."""


@dataclass(frozen=True, slots=True)
class ResponseDoubt:
    """Log standard deviations of the click rate, of the conversion rate and of a conversion's mean value of the plan;
    ``value_cv`` is how much single conversions differ."""

    click_log_sd: float
    conversion_log_sd: float
    value_log_sd: float
    value_cv: float


def total_laws(replayed: Replayed, doubt: ResponseDoubt, budget_micros: float) -> dict[Metric, OutcomeLaw]:
    """One row: the whole flight."""
    totals = {
        Metric.IMPRESSIONS: replayed.impressions.sum(axis=1),
        Metric.REACH: replayed.often[:, 0],
        Metric.CLICKS: replayed.clicks.sum(axis=1),
        Metric.CONVERSIONS: replayed.conversions.sum(axis=1),
        Metric.VALUE: replayed.value_micros.sum(axis=1),
        Metric.SPEND: replayed.spend_micros.sum(axis=1),
    }
    return _laws({metric: values[:, None] for metric, values in totals.items()}, doubt, np.array([budget_micros]))


def daily_laws(replayed: Replayed, doubt: ResponseDoubt, budgets_micros: Floats) -> dict[Metric, OutcomeLaw]:
    """A row a day; ``budgets_micros`` (D,) is the most that each may spend, infinite for no limit."""
    days = {
        Metric.IMPRESSIONS: replayed.impressions,
        Metric.REACH: replayed.reach_by_day,
        Metric.CLICKS: replayed.clicks,
        Metric.CONVERSIONS: replayed.conversions,
        Metric.VALUE: replayed.value_micros,
        Metric.SPEND: replayed.spend_micros,
    }
    return _laws(days, doubt, budgets_micros)


def often_law(replayed: Replayed) -> CountLaw:
    """A row a number of times: people who saw it at least so often."""
    return CountLaw(*_lognormal(replayed.often))


def stacked(laws: Sequence[OutcomeLaw]) -> Any:
    """The rows of several laws of one kind as one."""
    kind: Any = type(laws[0])
    columns = {each.name: [getattr(law, each.name) for law in laws] for each in fields(kind)}
    return kind(
        **{
            name: np.concatenate(parts) if isinstance(parts[0], np.ndarray) else parts[0]
            for name, parts in columns.items()
        }
    )


def _laws(values: Mapping[Metric, Floats], doubt: ResponseDoubt, budgets_micros: Floats) -> dict[Metric, OutcomeLaw]:
    """From (R, N) of each metric."""
    laws: dict[Metric, OutcomeLaw] = {
        metric: CountLaw(*_lognormal(values[metric])) for metric in (Metric.IMPRESSIONS, Metric.REACH)
    }
    clicks, click_log_sd = _lognormal(values[Metric.CLICKS])
    laws[Metric.CLICKS] = CountLaw(clicks, np.hypot(click_log_sd, doubt.click_log_sd))
    conversions, log_sd = _lognormal(values[Metric.CONVERSIONS])
    log_sd = np.sqrt(log_sd**2 + doubt.click_log_sd**2 + doubt.conversion_log_sd**2)
    laws[Metric.CONVERSIONS] = CountLaw(conversions, log_sd)
    laws[Metric.VALUE] = ValueLaw.of_conversions(
        values[Metric.VALUE].mean(axis=0), CountLaw(conversions, np.hypot(log_sd, doubt.value_log_sd)), doubt.value_cv
    )
    laws[Metric.SPEND] = _spend_law(values[Metric.SPEND], budgets_micros)
    return laws


def _lognormal(values: Floats) -> tuple[Floats, Floats]:
    """Mean and log deviation of (R, N) replicates; replicates of nothing count as half of one."""
    logs = np.log(np.maximum(values, 0.5))
    spread = logs.std(axis=0, ddof=1) if len(values) > 1 else np.zeros(values.shape[1])
    return values.mean(axis=0), np.hypot(spread, REPLICATE_DOUBT)


def _spend_law(spend: Floats, budgets_micros: Floats) -> SpendLaw:
    full = spend >= FULL_SHARE * budgets_micros
    logs = np.log(np.maximum(spend, 1.0))
    below = np.where(full, np.nan, logs)
    short = (~full).sum(axis=0)
    budget = np.where(np.isfinite(budgets_micros), budgets_micros, 1e18)
    edge = np.log(FULL_SHARE * budget)
    middle = np.where(short > 0, np.nansum(below, axis=0) / np.maximum(short, 1), edge - BELOW_BUDGET_LOG_SD)
    away = np.nansum((below - middle) ** 2, axis=0)
    log_sd = np.hypot(np.sqrt((away + BELOW_BUDGET_LOG_SD**2) / np.maximum(short, 1.0)), REPLICATE_DOUBT)
    chance = _chance_of_all(full, (edge - middle) / log_sd)
    unlimited = ~np.isfinite(budgets_micros)
    return SpendLaw(budget, np.where(unlimited, LEAST_CHANCE_OF_ALL, chance), middle, log_sd)


def _chance_of_all(full: Bools, away: Floats) -> Floats:
    """That the whole budget is spent, from (R, N) replicates that did so or not; those that did not are ``away``
    (N,) log deviations below it, on the mean.

    Half a replicate on either side: sixteen that agree do not prove it. But a budget that none came near is not spent
    because a seventeenth was not played: there the chance is at most the tail of one more (Student's predictive law).
    """
    replicates = len(full)
    counted = (full.sum(axis=0) + 0.5) / (replicates + 1.0)
    tail = stdtr(max(replicates - 1, 1), -away / np.sqrt(1.0 + 1.0 / replicates))
    told: Floats = np.where(full.any(axis=0), counted, np.clip(tail, LEAST_CHANCE_OF_ALL, counted))
    return told
