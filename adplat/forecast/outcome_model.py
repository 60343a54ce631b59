"""All outcomes of a table of past campaigns: fitted together, checked on rows held out, told as p10, p50 and p90."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from adplat.forecast.amount_outcome import CHUNK_ROWS, AmountModel, fit_amount_model
from adplat.forecast.arrays import Floats, Whole
from adplat.forecast.count_outcome import CountModel, fit_count_model, numbered
from adplat.forecast.levels import LEVELS, PLAIN, LevelTable, learn_levels
from adplat.forecast.outcomes_config import IMPRESSIONS, OutcomesConfig
from adplat.forecast.part_outcome import PartModel, fit_part_model
from adplat.forecast.past_rows import PastRows
from adplat.forecast.predictive import CountMixture

SLICE_EDGES = (1.0, 10.0)
"""Expected counts between small, middling and large rows."""


@dataclass(frozen=True, slots=True)
class OutcomeModel:
    """``levels`` were learned on rows held out; ``within_impressions`` names counts that never passed the showings."""

    config: OutcomesConfig
    counts: dict[str, CountModel]
    parts: dict[str, PartModel]
    amounts: dict[str, AmountModel]
    levels: dict[str, LevelTable]
    within_impressions: tuple[str, ...]

    def quantiles(self, rows: PastRows) -> dict[str, Floats]:
        """By outcome, ``rows x 3``: p10, p50, p90, never crossing. Nothing was shown, nothing comes of it: zeros."""
        told = {name: np.zeros((len(rows), len(LEVELS))) for name in self.config.outcomes}
        shown = np.flatnonzero(rows.impressions > 0.0)
        for start in range(0, len(shown), CHUNK_ROWS):
            chosen = shown[start : start + CHUNK_ROWS]
            part = rows.take(chosen)
            mixtures = _mixtures(self.counts, self.parts, part)
            for name, mixture in mixtures.items():
                found = mixture.quantiles(self._levels(name, part, mixture))
                if name in self.within_impressions:
                    found = np.minimum(found, np.floor(part.impressions)[:, None])
                told[name][chosen] = found
            for name, amount in self.amounts.items():
                units = mixtures.get(amount.per)
                points = amount.points(part, units)
                at = np.ceil(self._levels(name, part, units) * points.shape[1]).astype(int) - 1
                told[name][chosen] = np.take_along_axis(points, np.clip(at, 0, points.shape[1] - 1), axis=1)
        return told

    def draws(self, rows: PastRows, rng: np.random.Generator) -> dict[str, Floats]:
        """By outcome, what may come of rows with impressions, drawn from the law, each outcome by itself.

        Cost: the memory of 2,112 amounts a row.
        """
        mixtures = _mixtures(self.counts, self.parts, rows)
        told = {name: mixture.draw(rng) for name, mixture in mixtures.items()}
        for name in self.within_impressions:
            told[name] = np.minimum(told[name], np.floor(rows.impressions))
        for name, amount in self.amounts.items():
            points = amount.points(rows, mixtures.get(amount.per))
            told[name] = points[np.arange(len(rows)), rng.integers(points.shape[1], size=len(rows))]
        return told

    def _levels(self, name: str, rows: PastRows, mixture: CountMixture | None) -> Floats:
        """Those learned on held-out campaigns, except for rows of a campaign that was fitted."""
        expected = rows.impressions if mixture is None else mixture.expected()
        levels = self.levels[name].at(expected)
        known = next(iter(self.counts.values())).campaigns if self.counts else ()
        if rows.campaigns is not None and known:
            seen = np.isin(np.array(rows.campaigns), np.array(known))
            levels = np.where(seen[:, None], np.array(LEVELS), levels)
        return levels


def fit_outcome_model(
    config: OutcomesConfig,
    rows: PastRows,
    outcomes: Mapping[str, Floats],
    rng: np.random.Generator,
    progress: Callable[[int], None],
) -> OutcomeModel:
    """Fit every outcome, and learn its levels by cross-fitting: whole campaigns held out where they are told apart.

    Args:
        config: checked.
        rows: with impressions above 0.
        outcomes: by name, of the same rows.
        rng: deals rows or campaigns to folds.
        progress: told the number of fits done, of ``config.folds + 1``.
    """
    counts, parts, amounts = _fit(config, rows, outcomes)
    progress(1)
    clusters = np.arange(len(rows)) if rows.campaigns is None else numbered(rows.campaigns)[1]
    dealt = rng.permutation(int(clusters.max()) + 1) % config.folds
    seen: dict[str, list[tuple[Floats, Floats, Floats, Whole]]] = {name: [] for name in config.outcomes}
    for fold in range(config.folds):
        outside = dealt[clusters] == fold
        inside, out = np.flatnonzero(~outside), np.flatnonzero(outside)
        if not len(inside) or not len(out):
            continue
        models = _fit(config, rows.take(inside), {name: told[inside] for name, told in outcomes.items()})
        held = rows.take(out)
        for name, found in _positions(models, held, {key: told[out] for key, told in outcomes.items()}).items():
            seen[name].append((*found, clusters[out]))
        progress(fold + 2)
    levels = {name: _learned(told) for name, told in seen.items()}
    within = tuple(name for name in (*counts, *parts) if bool(np.all(outcomes[name] <= rows.impressions)))
    return OutcomeModel(config, counts, parts, amounts, levels, within)


def _learned(told: Sequence[tuple[Floats, Floats, Floats, Whole]]) -> LevelTable:
    if not told:
        return PLAIN
    below, upto, expected, clusters = (np.concatenate([part[at] for part in told]) for at in range(4))
    return learn_levels(below, upto, expected, clusters, SLICE_EDGES)


Models = tuple[dict[str, CountModel], dict[str, PartModel], dict[str, AmountModel]]


def _fit(config: OutcomesConfig, rows: PastRows, outcomes: Mapping[str, Floats]) -> Models:
    counts, parts, amounts = {}, {}, {}
    for name, outcome in config.outcomes.items():
        happened = outcomes[name]
        if outcome.of:
            parts[name] = fit_part_model(rows, happened, outcomes[outcome.of], outcome.of)
        elif outcome.per:
            units = rows.impressions if outcome.per == IMPRESSIONS else outcomes[outcome.per]
            paid = np.flatnonzero(units > 0.0)
            amounts[name] = fit_amount_model(rows.take(paid), happened[paid], units[paid], outcome.per)
        else:
            counts[name] = fit_count_model(rows, happened)
    return counts, parts, amounts


def _mixtures(
    counts: Mapping[str, CountModel], parts: Mapping[str, PartModel], rows: PastRows
) -> dict[str, CountMixture]:
    told = {name: model.mixture(rows) for name, model in counts.items()}
    return told | {name: part.mixture(rows, told[part.of]) for name, part in parts.items()}


def _positions(
    models: Models, rows: PastRows, outcomes: Mapping[str, Floats]
) -> dict[str, tuple[Floats, Floats, Floats]]:
    """By outcome: ``F(just below y)``, ``F(y)`` and what the slices are cut by."""
    counts, parts, amounts = models
    told = {}
    mixtures = _mixtures(counts, parts, rows)
    for name, mixture in mixtures.items():
        happened = outcomes[name]
        told[name] = (mixture.cumulative(happened - 1.0), mixture.cumulative(happened), mixture.expected())
    for name, amount in amounts.items():
        units, happened = mixtures.get(amount.per), outcomes[name]
        below, upto = np.zeros(len(rows)), np.zeros(len(rows))
        for start in range(0, len(rows), CHUNK_ROWS):
            part = slice(start, start + CHUNK_ROWS)
            chosen = np.arange(len(rows))[part]
            points = amount.points(rows.take(chosen), None if units is None else units.take(part))
            below[part] = np.mean(points < happened[part, None], axis=1)
            upto[part] = np.mean(points <= happened[part, None], axis=1)
        told[name] = (below, upto, rows.impressions if units is None else units.expected())
    return told
