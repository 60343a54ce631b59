"""Campaigns of simulated markets told before they began: by us, by the raw replay, and by trees on the plans alone.

The correction is learned from other markets' campaigns; each market's own campaigns that had ended by the moment of
a forecast move it once more. The rival, LightGBM's quantile regression, knows the same past: it is fitted on the plans
and outcomes of the other markets, and is told the means of what this market's ended campaigns brought.

Beside them stands one who cannot be beaten: ``knowing`` is told who will be shown what, and the true chance of each
click and conversion, so that a count's own luck is all that it misses by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from scipy.special import ndtr
from scipy.stats import poisson

from adplat.domain import TOLD_LEVELS, Metric
from adplat.flows.bench_run import silent
from adplat.flows.campaign_worlds import SLICES, WorldCampaigns
from adplat.forecast import CampaignCorrection, PastCampaigns, SpendLaw, fit_correction, share_below, stacked
from adplat.statistics import Float64

WHO = ("ours", "raw", "trees")
KNOWING = "knowing"
KNOWN = (Metric.CLICKS, Metric.CONVERSIONS)
VERTICALS = {
    "food_home": ("food", "home"),
    "fashion_beauty": ("fashion", "beauty"),
    "electronics_travel": ("electronics", "travel"),
    "sports_books": ("sports", "books-toys"),
}


@dataclass(frozen=True)
class Trial:
    """N held-out campaigns of all markets.

    Args:
        markets: (N,) whose they are.
        actual: (N,) by metric.
        told: (N, levels) by teller and metric; ``KNOWING`` tells of ``KNOWN`` alone.
        parts: (N, 2) by metric: of what happened, the share that lies inside 80 and 95 %; all or nothing but for whole
            numbers and spent budgets, whose stretch counts in proportion.
        below_budget: (N,) we did not expect the budget to be spent.
        slices: (N,) by name.
        refused: so many more were not told.
    """

    markets: np.ndarray
    actual: dict[Metric, Float64]
    told: dict[tuple[str, Metric], Float64]
    parts: dict[Metric, Float64]
    below_budget: np.ndarray
    slices: dict[str, np.ndarray]
    refused: int
    correction: CampaignCorrection


def try_campaigns(history: Sequence[WorldCampaigns], markets: Sequence[WorldCampaigns]) -> Trial:
    """Learn from ``history``, tell the held-out campaigns of ``markets``."""
    correction = fit_correction(joined([one.past for one in history]), silent)
    rivals = {metric: _fit_rival(history, metric) for metric in Metric}
    pieces = [piece for one in markets for piece in _told_market(one, correction, rivals)]
    return Trial(
        np.concatenate([piece["markets"] for piece in pieces]),
        {metric: np.concatenate([piece["actual"][metric] for piece in pieces]) for metric in Metric},
        {
            (who, metric): np.concatenate([piece["told"][who, metric] for piece in pieces])
            for who, metric in pieces[0]["told"]
        },
        {metric: np.concatenate([piece["parts"][metric] for piece in pieces]) for metric in Metric},
        np.concatenate([piece["below_budget"] for piece in pieces]),
        {name: np.concatenate([piece["slices"][name] for piece in pieces]) for name in pieces[0]["slices"]},
        sum(one.refused for one in markets),
        correction,
    )


def joined(parts: Sequence[PastCampaigns]) -> PastCampaigns:
    """Campaigns of several markets as one table."""
    return PastCampaigns(
        parts[0].names,
        np.concatenate([one.features for one in parts]),
        np.concatenate([one.slices for one in parts]),
        {metric: stacked([one.laws[metric] for one in parts]) for metric in parts[0].laws},
        {metric: np.concatenate([one.actual[metric] for one in parts]) for metric in parts[0].actual},
        np.concatenate([one.markets for one in parts]),
        np.concatenate([one.starts_s for one in parts]),
        np.concatenate([one.ends_s for one in parts]),
    )


def _told_market(
    market: WorldCampaigns, correction: CampaignCorrection, rivals: dict[Metric, list[Any]]
) -> list[dict[str, Any]]:
    pieces = []
    past = market.past
    for origin in np.unique(past.starts_s[market.held_out]).tolist():
        rows = np.flatnonzero(market.held_out & (past.starts_s == origin))
        ended = np.flatnonzero(past.ends_s <= origin)
        ours = correction.adapted(past.take(ended)) if len(ended) else correction
        here = past.take(rows)
        told: dict[tuple[str, Metric], Float64] = {}
        parts = {}
        own = _own_means(market, ended)
        for metric, law in here.laws.items():
            told["ours", metric] = ours.quantiles(metric, law, here.features, here.slices)
            told["raw", metric] = CampaignCorrection().quantiles(metric, law, here.features, here.slices)
            columns = np.column_stack([market.plans[rows], np.tile(own, (len(rows), 1))])
            told["trees", metric] = _told_rival(rivals[metric], columns)
            parts[metric] = _parts(ours, metric, here)
        for metric in KNOWN:
            # Chances are small: a sum of such is Poisson, and if anything a little wide.
            told[KNOWING, metric] = poisson.ppf(np.array(TOLD_LEVELS), market.expected[metric][rows, None])
        spend = cast("SpendLaw", here.laws[Metric.SPEND])
        middle = told["ours", Metric.SPEND][:, TOLD_LEVELS.index(0.5)]
        verticals = np.array(market.vertical)[rows]
        pieces.append(
            {
                "markets": past.markets[rows],
                "actual": here.actual,
                "told": told,
                "parts": parts,
                "below_budget": middle < 0.98 * spend.budget,
                "slices": {name: market.slices[name][rows] for name in SLICES}
                | {f"vertical_{name}": np.isin(verticals, names) for name, names in VERTICALS.items()},
            }
        )
    return pieces


def _parts(correction: CampaignCorrection, metric: Metric, rows: PastCampaigns) -> Float64:
    low, high = correction.stretches(metric, rows.laws[metric], rows.actual[metric], rows.features, rows.slices)
    asked = correction.levels_of(metric, rows.slices)
    below, upto = ndtr(low), ndtr(high)
    return np.stack(
        [
            share_below(below, upto, asked[:, TOLD_LEVELS.index(most)])
            - share_below(below, upto, asked[:, TOLD_LEVELS.index(least)])
            for least, most in ((0.1, 0.9), (0.025, 0.975))
        ],
        axis=1,
    )


def _own_means(market: WorldCampaigns, ended: np.ndarray) -> Float64:
    """Mean log outcomes of the market's ended campaigns, and how many there were; NaN for none."""
    if not len(ended):
        return np.array([*[np.nan] * len(Metric), 0.0])
    means = [float(np.log1p(market.past.actual[metric][ended]).mean()) for metric in Metric]
    return np.array([*means, float(len(ended))])


def _fit_rival(history: Sequence[WorldCampaigns], metric: Metric) -> list[Any]:
    """One model a level, of the logarithm: quantiles do not mind, and trees are better at it."""
    from adplat.flows.bench_forecast_baselines import quantile_trees

    columns, answers = [], []
    for market in history:
        past = market.past
        for origin in np.unique(past.starts_s).tolist():
            rows = np.flatnonzero(past.starts_s == origin)
            own = _own_means(market, np.flatnonzero(past.ends_s <= origin))
            columns.append(np.column_stack([market.plans[rows], np.tile(own, (len(rows), 1))]))
            answers.append(np.log1p(past.actual[metric][rows]))
    table, answer = np.concatenate(columns), np.concatenate(answers)
    models = []
    for level in TOLD_LEVELS:
        models.append(quantile_trees(level).fit(table, answer))
    return models


def _told_rival(models: list[Any], columns: Float64) -> Float64:
    told = np.sort(np.stack([np.asarray(model.predict(columns)) for model in models], axis=1), axis=1)
    found: Float64 = np.maximum(np.expm1(told), 0.0)
    return found
