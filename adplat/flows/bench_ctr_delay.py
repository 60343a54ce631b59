"""How much of what late conversions hide a model gets back: worlds with a known truth, method beside method.

The log is read at the end of its last day but one, when many conversions of its latest days are still to come. The
same network is then trained with the same rows, seed and stopping rule on labels as seen (``vanilla``), on old enough
rows (``fixed_window``), with the correction of the named config (ours) and on what will be known in the end
(``oracle``). All are judged on the day that follows, by the true chances: AUC and log loss are those expected over
clicks and conversions, so the judging carries no chance of its own. Judged is the network itself, before calibration,
which labels as seen would only make worse; the freshest hour is judged as it would be served.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.metrics import roc_auc_score

from adplat.ctr import Method, TrainConfig, delay_trials, read_train_config
from adplat.data import Tables, configs_folder, read_config, read_feature_schema, split_by_time
from adplat.domain import FeatureSchema, Figure, Progress
from adplat.simulator import World, WorldConfig, build_world, catalogue_of, whole_log

WORLDS = ("delay_two_speeds", "delay_long_tail", "delay_trial_period")
SEEDS, QUICK_SEEDS = (1, 2, 3), (1,)
OURS: Method = "survival"
WAITING: Method = "fixed_window"
METHODS: tuple[Method, ...] = ("vanilla", WAITING, OURS, "oracle")
LEAST_CLOSED = 0.7
FURTHEST_PCOC = 0.03
QUICK_IMPRESSIONS = 40_000


@dataclass(frozen=True, slots=True)
class DelayResult:
    """One method in one world and seed: on the judged day, and PCOC of the hour before the log was read."""

    world: str
    seed: int
    method: str
    clicks: int
    auc: float
    logloss: float
    freshest_pcoc: float


def bench_ctr_delay(progress: Progress, quick: bool) -> list[Figure]:
    """Every world and seed in turn. Cost: linear in worlds × seeds × methods; about 20 s a world and seed."""
    return delay_figures(measure_delay_worlds(WORLDS, QUICK_SEEDS if quick else SEEDS, progress, quick=quick))


def measure_delay_worlds(
    worlds: Sequence[str], seeds: Sequence[int], progress: Progress, *, quick: bool = False
) -> list[DelayResult]:
    """The results of all methods, worlds (names of ``configs/worlds``) and seeds."""
    config, schema_path = read_train_config(configs_folder() / "ctr" / "marketplace_conversions.yaml")
    schema = read_feature_schema(schema_path)
    results: list[DelayResult] = []
    for number, (name, seed) in enumerate((name, seed) for name in worlds for seed in seeds):
        progress(number, len(worlds) * len(seeds), f"late conversions: {name}, seed {seed}")
        told = read_config(configs_folder() / "worlds" / f"{name}.yaml", WorldConfig)
        if quick:
            told = replace(told, impressions=QUICK_IMPRESSIONS)
        results += measure_delay_world(build_world(told, seed), config, schema)
    progress(len(worlds) * len(seeds), len(worlds) * len(seeds), "late conversions")
    return results


def measure_delay_world(world: World, config: TrainConfig, schema: FeatureSchema) -> list[DelayResult]:
    """One world: its log as of the end of the last day but one, judged on the last day and the freshest hour."""
    moment = world.config.log_end - timedelta(days=1)
    log = whole_log(world)
    known = log.filter(pl.col("ts") < moment)
    fresh, judged = known.filter(pl.col("ts") >= moment - timedelta(hours=1)), log.filter(pl.col("ts") >= moment)
    earlier, later = split_by_time(known, "ts", config.data.valid_fraction)
    catalogue = catalogue_of(world)
    sides = {table.name: catalogue[table.name] for table in schema.tables}
    told = replace(config, seed=world.seed, delayed=replace(config.delayed, as_of=moment.isoformat()))
    asked = pl.concat([fresh, judged])
    with tempfile.TemporaryDirectory(prefix="adplat-bench-") as place:
        tables = Tables(earlier, later, sides, Path(place))
        trials = delay_trials(told, schema, tables, asked, METHODS, Path(place) / "cache", _silent)
    click, conversion = asked["p_click"].to_numpy(), asked["p_conversion"].to_numpy()
    hour, day = slice(0, fresh.height), slice(fresh.height, None)
    return [
        DelayResult(
            world=world.config.name,
            seed=world.seed,
            method=trial.method,
            clicks=int(judged["click"].sum()),
            auc=expected_auc(click[day], conversion[day], trial.p_raw[day]),
            logloss=expected_logloss(click[day], conversion[day], trial.p_raw[day]),
            freshest_pcoc=float((click * trial.p_served)[hour].sum() / (click * conversion)[hour].sum()),
        )
        for trial in trials
    ]


def expected_auc(click: np.ndarray, conversion: np.ndarray, predicted: np.ndarray) -> float:
    """AUC of ``predicted`` over clicked rows, every row being both classes with its true chances; all (N,)."""
    label = np.repeat([1.0, 0.0], len(click))
    weight = np.concatenate([click * conversion, click * (1.0 - conversion)])
    return float(roc_auc_score(label, np.tile(predicted, 2), sample_weight=weight))


def expected_logloss(click: np.ndarray, conversion: np.ndarray, predicted: np.ndarray) -> float:
    """Mean log loss in nats over clicked rows, every row being both classes with its true chances; all (N,)."""
    told = np.clip(predicted, 1e-12, 1.0 - 1e-12)
    loss = -(conversion * np.log(told) + (1.0 - conversion) * np.log1p(-told))
    return float((click * loss).sum() / click.sum())


def delay_figures(results: Sequence[DelayResult]) -> list[Figure]:
    """By world: how much of the vanilla-oracle gap ours closes, beside waiting, and PCOC of the freshest hour.

    The interval of a share is its least and greatest over seeds; the share itself is that of the summed gaps.
    """
    figures = []
    for world in dict.fromkeys(result.world for result in results):
        mine = [result for result in results if result.world == world]
        seeds = tuple(dict.fromkeys(result.seed for result in mine))
        clicks = sum(result.clicks for result in mine if result.method == OURS)
        name = world.removeprefix("delay_")
        for measure in ("auc", "logloss"):
            total, each, gap = closed(mine, OURS, measure)
            figures.append(
                Figure(
                    f"ctr.4.{name}.{measure}",
                    f"share of the vanilla-oracle gap in {measure} ({gap:+.4f}) closed by {OURS}, {name}",
                    total,
                    "",
                    ">=",
                    LEAST_CLOSED,
                    n=clicks,
                    seeds=seeds,
                    interval=(min(each), max(each)),
                    rival=WAITING,
                    rival_value=closed(mine, WAITING, measure)[0],
                )
            )
        fresh = {method: [r.freshest_pcoc for r in mine if r.method == method] for method in (OURS, "vanilla")}
        figures.append(
            Figure(
                f"ctr.4.{name}.freshest_pcoc",
                f"predicted over true conversions of the freshest hour, mean over seeds, {name}",
                float(np.mean(fresh[OURS])),
                "",
                "between",
                (1.0 - FURTHEST_PCOC, 1.0 + FURTHEST_PCOC),
                n=clicks,
                seeds=seeds,
                interval=(min(fresh[OURS]), max(fresh[OURS])),
                rival="vanilla",
                rival_value=float(np.mean(fresh["vanilla"])),
            )
        )
    return figures


def closed(results: Sequence[DelayResult], method: str, measure: str) -> tuple[float, list[float], float]:
    """Share of the gap closed over all seeds and of each, and the mean gap (oracle less vanilla)."""
    told = {(result.seed, result.method): float(getattr(result, measure)) for result in results}
    seeds = list(dict.fromkeys(result.seed for result in results))
    gaps = np.array([told[seed, "oracle"] - told[seed, "vanilla"] for seed in seeds])
    gains = np.array([told[seed, method] - told[seed, "vanilla"] for seed in seeds])
    return float(gains.sum() / gaps.sum()), (gains / gaps).tolist(), float(gaps.mean())


def _silent(done: int, total: int, what: str) -> None:
    """A world's own steps are not told one by one."""
