"""Outcomes of real past campaigns, held out: rows of the Facebook ads, whole campaigns of TabMo."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adplat.data import configs_folder
from adplat.domain import Figure, InternalFault
from adplat.flows.bench_forecast_baselines import rate_quantiles, tree_quantiles
from adplat.flows.bench_real import real_data_folder
from adplat.flows.bench_run import BenchRun, silent
from adplat.flows.fit_outcomes import fit_rows, read_outcomes_config
from adplat.flows.outcome_rows import read_outcomes, read_past_rows
from adplat.forecast import LEVELS, OutcomesConfig, PastRows
from adplat.statistics import Float64, inside_interval, pinball_losses, ratio_intervals

FOLDS = 6
LARGE_SHARE = 0.75
"""A row is large where impressions are in the upper quarter: counts are then nearly continuous."""
RIVALS = {"lightgbm": "LightGBM quantiles", "rate": "rate times impressions, Poisson"}
EXPECTED, DRAWS = "expected", 20
"""What our law would lose were it the truth: then nobody who knows no more of the rows could tell them better."""
TOLD = "outcomes held out"


@dataclass(frozen=True, slots=True)
class PastSet:
    """A config, its table below the data folder, and the deals into folds."""

    name: str
    table: str
    seeds: tuple[int, ...]


SETS = (
    PastSet("kag", "kag_facebook/ads.parquet", (1, 2, 3)),
    PastSet("tabmo", "tabmo_campaigns/slots.parquet", (1, 2)),
)


def outcome_figures(run: BenchRun, chosen: PastSet) -> list[Figure]:
    """Every row is told once a seed by a model that saw neither it nor, where told apart, its campaign."""
    config = read_outcomes_config(configs_folder() / "forecast" / f"{chosen.name}.yaml")
    path = real_data_folder() / chosen.table
    rows, outcomes = read_past_rows(config, path), read_outcomes(config, path)
    seeds = chosen.seeds[:1] if run.quick else chosen.seeds
    told = [_held_out(config, rows, outcomes, seed, run, number) for number, seed in enumerate(seeds)]
    figures: list[Figure] = []
    for name, happened in outcomes.items():
        losses = {
            who: np.mean([pinball_losses(happened, one[who, name], LEVELS) for one in told], axis=0)
            for who in ("ours", *RIVALS)
        }
        figures += _pinball_figures(chosen.name, name, losses, rows, seeds)
        expected = np.mean([one[EXPECTED, name] for one in told], axis=0)
        figures.append(_expected_figure(chosen.name, name, expected, losses["lightgbm"], rows, seeds))
        inside = np.mean([inside_interval(happened, *one["ours", name][:, [0, 2]].T) for one in told], axis=0)
        figures += _coverage_figures(chosen.name, name, inside, rows, seeds)
    return figures


def _held_out(
    config: OutcomesConfig, rows: PastRows, outcomes: dict[str, Float64], seed: int, run: BenchRun, number: int
) -> dict[tuple[str, str], Float64]:
    """Quantiles of all rows by who told them and of what; of ``EXPECTED`` the loss of each row."""
    rng = np.random.default_rng(seed)
    clusters = _clusters(rows)
    dealt = (rng.permutation(int(clusters.max()) + 1) % FOLDS)[clusters]
    found: dict[tuple[str, str], Float64] = {
        (who, name): np.zeros((len(rows), len(LEVELS))) for who in ("ours", *RIVALS) for name in outcomes
    }
    found |= {(EXPECTED, name): np.zeros(len(rows)) for name in outcomes}
    for fold in range(FOLDS):
        run.progress(fold, FOLDS, f"{TOLD} ({config.name}, deal {number + 1})")
        inside, outside = np.flatnonzero(dealt != fold), np.flatnonzero(dealt == fold)
        known, unknown = rows.take(inside), rows.take(outside)
        past = {name: values[inside] for name, values in outcomes.items()}
        model = fit_rows(config, known, past, config.name, silent)
        drawn = [model.draws(unknown, rng) for _ in range(DRAWS)]
        for name, told in model.quantiles(unknown).items():
            found["ours", name][outside] = told
            found[EXPECTED, name][outside] = np.mean([pinball_losses(one[name], told, LEVELS) for one in drawn], axis=0)
            found["lightgbm", name][outside] = tree_quantiles(known, past[name], unknown)
            per = config.outcomes[name].per
            unit = past[name].sum() / past[per].sum() if per in past else 1.0
            found["rate", name][outside] = rate_quantiles(past[name], known.impressions, unknown.impressions, unit)
    run.progress(FOLDS, FOLDS, f"{TOLD} ({config.name}, deal {number + 1})")
    return found


def _clusters(rows: PastRows) -> np.ndarray:
    if rows.campaigns is None:
        return np.arange(len(rows))
    return np.unique(np.array(rows.campaigns), return_inverse=True)[1]


def _pinball_figures(
    place: str, name: str, losses: dict[str, Float64], rows: PastRows, seeds: tuple[int, ...]
) -> list[Figure]:
    figures = []
    for rival, told in RIVALS.items():
        ours, theirs = losses["ours"], losses[rival]
        (interval,) = ratio_intervals(ours[:, None], theirs[:, None], np.random.default_rng(1), groups=_clusters(rows))
        if interval is None:
            raise InternalFault("no pinball loss to compare with", hint="check the rival's quantiles")
        held = "rows" if rows.campaigns is None else "campaigns"
        figures.append(
            Figure(
                f"forecast.1.{place}.{name}.pinball.{rival}",
                f"{name} of {held} held out: pinball loss over the rival's",
                float(ours.sum() / theirs.sum()),
                "ratio",
                "<=",
                0.8,
                n=len(rows),
                seeds=seeds,
                interval=(interval.low, interval.high),
                rival=told,
                rival_value=float(theirs.mean()),
            )
        )
    return figures


def _expected_figure(
    place: str, name: str, expected: Float64, rival: Float64, rows: PastRows, seeds: tuple[int, ...]
) -> Figure:
    (interval,) = ratio_intervals(expected[:, None], rival[:, None], np.random.default_rng(1), groups=_clusters(rows))
    if interval is None:
        raise InternalFault("no pinball loss to compare with", hint="check the rival's quantiles")
    return Figure(
        f"forecast.1.{place}.{name}.expected.lightgbm",
        f"{name}: pinball loss that our law expects of itself, were it the truth, over the rival's",
        float(expected.sum() / rival.sum()),
        "ratio",
        "<=",
        0.8,
        n=len(rows),
        seeds=seeds,
        interval=(interval.low, interval.high),
        rival=RIVALS["lightgbm"],
        rival_value=float(rival.mean()),
    )


def _coverage_figures(place: str, name: str, inside: Float64, rows: PastRows, seeds: tuple[int, ...]) -> list[Figure]:
    """Whole counts near 0 are inside more often than 80 %, whoever tells them; large rows need not be."""
    large = rows.impressions > np.quantile(rows.impressions, LARGE_SHARE)
    figures = []
    for part, chosen, op, target in (
        ("coverage", np.ones(len(rows), dtype=bool), ">=", 0.78),
        ("coverage_large", large, "between", (0.75, 0.85)),
    ):
        (interval,) = ratio_intervals(
            inside[chosen][:, None],
            np.ones((int(chosen.sum()), 1)),
            np.random.default_rng(1),
            groups=_clusters(rows)[chosen],
        )
        if interval is None:
            raise InternalFault("no rows to cover", hint="check the table")
        which = "the upper quarter by impressions" if part == "coverage_large" else "all rows"
        figures.append(
            Figure(
                f"forecast.1.{place}.{name}.{part}",
                f"{name} between p10 and p90, {which}",
                float(inside[chosen].mean()),
                "share",
                op,
                target,
                n=int(chosen.sum()),
                seeds=seeds,
                interval=(interval.low, interval.high),
            )
        )
    return figures
