"""The whole answer for one plan: raw laws, corrected; days, ratios and the curve that belong to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from scipy.special import ndtri

from adplat.domain import TOLD_LEVELS, Metric, Quantiles, rising_quantiles
from adplat.forecast.arrays import Floats
from adplat.forecast.campaign_correction import CampaignCorrection
from adplat.forecast.campaign_curve import BUDGET_FACTORS, OUTCOMES, CurvePoint, spend_curve
from adplat.forecast.campaign_features import PlanFacts, campaign_features
from adplat.forecast.campaign_predictive import CountLaw, OutcomeLaw, ValueLaw
from adplat.forecast.campaign_raw import ResponseDoubt, daily_laws, often_law, total_laws
from adplat.forecast.campaign_replay import FlightOpenings, ReplayDraws, Replayed, ReplayTerms, replay_campaign

SCORES = ndtri(np.array(TOLD_LEVELS))
MIDDLE, LOW, HIGH = (TOLD_LEVELS.index(level) for level in (0.5, 0.1, 0.9))
CURVE_REPLICATES = 4
NARROWER, WIDER = 0.3, 4.0


@dataclass(frozen=True, slots=True)
class CampaignForecast:
    """What a plan will bring.

    Args:
        total: of the flight.
        points: one number a metric: the median, or the mean where that is nothing.
        often: people who saw it at least 1, 2, … times.
        daily: by metric, a day each.
        cpa_micros, roas, win_rate, frequency: ratios over the flight; ``None`` where nothing is divided by nothing. A
            ``cpa_micros`` of infinity is a level at which no conversion comes.
        curve: by budget.
        features, slice, laws: what a correction learns from once the campaign has ended.
        replayed: the raw replicates.
    """

    total: Mapping[Metric, Quantiles]
    points: Mapping[Metric, float]
    often: tuple[Quantiles, ...]
    daily: Mapping[Metric, tuple[Quantiles, ...]]
    cpa_micros: Quantiles | None
    roas: Quantiles | None
    win_rate: Quantiles | None
    frequency: Quantiles | None
    curve: tuple[CurvePoint, ...]
    features: Floats
    slice: int
    laws: Mapping[Metric, OutcomeLaw]
    replayed: Replayed


@dataclass(frozen=True, slots=True)
class RawForecast:
    """A plan replayed, not yet corrected: its laws, and what a correction looks at. All of one plan."""

    openings: FlightOpenings
    terms: ReplayTerms
    draws: ReplayDraws
    doubt: ResponseDoubt
    facts: PlanFacts
    replayed: Replayed
    laws: Mapping[Metric, OutcomeLaw]
    features: Floats
    seed: int


def raw_forecast(
    openings: FlightOpenings,
    terms: ReplayTerms,
    draws: ReplayDraws,
    doubt: ResponseDoubt,
    facts: PlanFacts,
    seed: int,
) -> RawForecast:
    """Replay. Cost: a pass over the openings a replicate; over 12,000 it takes 3 ms, with caps 20."""
    replayed = replay_campaign(openings, terms, draws, np.random.default_rng(seed))
    laws = total_laws(replayed, doubt, terms.budget_micros)
    features = campaign_features(facts, replayed, laws)
    return RawForecast(openings, terms, draws, doubt, facts, replayed, laws, features, seed)


def told_forecast(raw: RawForecast, correction: CampaignCorrection) -> CampaignForecast:
    """Correct, and tell. The same for the same arguments. Cost: ``CURVE_REPLICATES`` passes a budget of the curve."""
    laws, slices = raw.laws, np.array([raw.facts.slice])
    told = {metric: correction.quantiles(metric, law, raw.features[None], slices)[0] for metric, law in laws.items()}
    _agree(told)
    plain = {metric: law.at_scores(SCORES[None])[0] for metric, law in laws.items()}
    moved = {metric: _moved(told[metric], plain[metric]) for metric in laws}
    points = {
        metric: float(told[metric][MIDDLE]) or float(law.mean[0]) * np.exp(moved[metric][0])
        for metric, law in laws.items()
    }
    return CampaignForecast(
        total={metric: rising_quantiles(values.tolist()) for metric, values in told.items()},
        points=points,
        often=_often(raw.replayed, moved[Metric.REACH], told[Metric.REACH]),
        daily=_daily(raw.replayed, raw.doubt, raw.terms, moved),
        **_ratios(raw.replayed, raw.doubt, laws, moved, points),
        curve=tuple(_curve(raw, points)),
        features=raw.features,
        slice=raw.facts.slice,
        laws=laws,
        replayed=raw.replayed,
    )


def _agree(told: dict[Metric, Floats]) -> None:
    """Nobody is reached without a showing, and no click comes without one."""
    for metric in (Metric.REACH, Metric.CLICKS):
        told[metric] = np.minimum(told[metric], told[Metric.IMPRESSIONS])


def _moved(told: Floats, plain: Floats) -> tuple[float, float]:
    """Log shift of the middle and widening of p10 to p90 by which a correction moved a law."""
    # Half a thing is added to counts; for money it is nothing.
    logs, before = np.log(told + 0.5), np.log(plain + 0.5)
    width, width_before = logs[HIGH] - logs[LOW], before[HIGH] - before[LOW]
    widening = width / width_before if width_before > 0.0 and width > 0.0 else 1.0
    shift = logs[MIDDLE] - before[MIDDLE] if told[MIDDLE] > 0.0 and plain[MIDDLE] > 0.0 else 0.0
    return float(shift), float(np.clip(widening, NARROWER, WIDER))


def _shifted(law: OutcomeLaw, moved: tuple[float, float], rows: int) -> OutcomeLaw:
    return law.shifted(np.full(rows, moved[0]), np.full(rows, moved[1]))


def _often(replayed: Replayed, moved: tuple[float, float], reach: Floats) -> tuple[Quantiles, ...]:
    law = often_law(replayed)
    rows = len(law.mean)
    values = _shifted(law, moved, rows).at_scores(np.tile(SCORES, (rows, 1)))
    values[0] = reach
    # Who saw it three times saw it twice.
    values = np.minimum.accumulate(values, axis=0)
    return tuple(rising_quantiles(row.tolist()) for row in values)


def _daily(
    replayed: Replayed, doubt: ResponseDoubt, terms: ReplayTerms, moved: Mapping[Metric, tuple[float, float]]
) -> dict[Metric, tuple[Quantiles, ...]]:
    days = replayed.impressions.shape[1]
    most = terms.total_budget_micros if terms.daily_budget_micros is None else terms.daily_budget_micros
    if terms.daily_budget_micros is None and most is not None:
        # A total is spread: a day can catch up on others, so none is held to its part.
        budgets = np.full(days, float(most))
    else:
        budgets = np.full(days, np.inf if most is None else float(most))
    laws = daily_laws(replayed, doubt, budgets)
    told = {
        metric: _shifted(law, moved[metric], days).at_scores(np.tile(SCORES, (days, 1))) for metric, law in laws.items()
    }
    _agree(told)
    return {metric: tuple(rising_quantiles(row.tolist()) for row in values) for metric, values in told.items()}


def _ratios(
    replayed: Replayed,
    doubt: ResponseDoubt,
    laws: Mapping[Metric, OutcomeLaw],
    moved: Mapping[Metric, tuple[float, float]],
    points: Mapping[Metric, float],
) -> dict[str, Quantiles | None]:
    spend = replayed.spend_micros.sum(axis=1)
    spent, conversions = points[Metric.SPEND], cast("CountLaw", laws[Metric.CONVERSIONS])
    cpa = roas = None
    if spent > 0.0 and points[Metric.CONVERSIONS] > 0.0:
        by_money = _log_sd(replayed.conversions.sum(axis=1), spend)
        log_sd = np.sqrt(by_money**2 + doubt.click_log_sd**2 + doubt.conversion_log_sd**2)
        shift, widening = moved[Metric.CONVERSIONS]
        counts = CountLaw(conversions.mean * np.exp(shift), np.array([log_sd * widening]))
        falling = counts.at_scores(-SCORES[None])[0]
        cpa = (
            rising_quantiles((spent / np.where(falling > 0.0, falling, np.nan)).tolist())
            if np.all(falling > 0.0)
            else (Quantiles(tuple(float(spent / count) if count > 0.0 else np.inf for count in falling)))
        )
        value_shift = moved[Metric.VALUE][0]
        value_mean = np.array([replayed.value_micros.sum(axis=1).mean() * np.exp(value_shift)])
        if value_mean[0] > 0.0:
            law = ValueLaw.of_conversions(
                value_mean, replace(counts, log_sd=np.hypot(counts.log_sd, doubt.value_log_sd)), doubt.value_cv
            )
            roas = rising_quantiles((law.at_scores(SCORES[None])[0] / spent).tolist())
    shown = replayed.impressions.sum(axis=1)
    return {
        "cpa_micros": cpa,
        "roas": roas,
        "win_rate": _ratio(shown, replayed.entered.sum(axis=1), 1.0),
        "frequency": _ratio(shown, replayed.often[:, 0], np.inf),
    }


def _ratio(above: Floats, below: Floats, most: float) -> Quantiles | None:
    if not (np.all(above > 0.0) and np.all(below > 0.0)):
        return None
    middle = float(np.exp(np.log(above / below).mean()))
    return rising_quantiles(np.minimum(middle * np.exp(_log_sd(above, below) * SCORES), most).tolist())


def _log_sd(above: Floats, below: Floats) -> float:
    logs = np.log(np.maximum(above, 1e-9) / np.maximum(below, 1e-9))
    return float(logs.std(ddof=1)) if len(logs) > 1 else 0.0


def _curve(raw: RawForecast, points: Mapping[Metric, float]) -> list[CurvePoint]:
    means: dict[Metric, list[float]] = {metric: [] for metric in (*OUTCOMES, Metric.SPEND)}
    draws = raw.draws.first(CURVE_REPLICATES)
    for factor in BUDGET_FACTORS:
        one = replay_campaign(raw.openings, raw.terms.times(factor), draws, np.random.default_rng(raw.seed))
        means[Metric.IMPRESSIONS].append(float(one.impressions.sum(axis=1).mean()))
        means[Metric.REACH].append(float(one.often[:, 0].mean()))
        means[Metric.CLICKS].append(float(one.clicks.sum(axis=1).mean()))
        means[Metric.CONVERSIONS].append(float(one.conversions.sum(axis=1).mean()))
        means[Metric.VALUE].append(float(one.value_micros.sum(axis=1).mean()))
        means[Metric.SPEND].append(float(one.spend_micros.sum(axis=1).mean()))
    return spend_curve(
        np.array([raw.terms.times(factor).budget_micros for factor in BUDGET_FACTORS]),
        {metric: np.array(values) for metric, values in means.items()},
        BUDGET_FACTORS.index(1.0),
        points,
    )
