"""Calibration where the market moves: three drifting worlds and the posters, each judged on days after its calibration.

Three parts by time: the network is fitted on the first, calibrated on the second, and judged on the third, in which the
world drifts. Within the third every row is scored as `adplat recalibrate` would have it, run each hour with what
was known by then: level of every hour from the hours before, field offsets of every day from the days before.
The posters, a panel of visitors and no market, are judged with the calibration they were trained with.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import expit, logit

from adplat.ctr import KeptBundle, TrainConfig, read_train_config, train_bundle
from adplat.ctr.calibration import LogitMap
from adplat.ctr.field_places import Cells
from adplat.ctr.level_tracking import follow_level
from adplat.ctr.prepare import labels_of, times_of
from adplat.ctr.recalibration import HOUR_S
from adplat.ctr.refresh import moved_by, moves_of
from adplat.data import DataConfig, Tables, configs_folder, load_training_tables, read_config, read_feature_schema
from adplat.domain import FeatureSchema, Figure, Progress
from adplat.flows.bench_real import real_data_folder
from adplat.simulator import WorldConfig, build_world, write_world
from adplat.statistics import auc, normalised_entropy, pcoc, relative_ece

Float64 = npt.NDArray[np.float64]
WORLDS = ("drift_rate", "drift_mix", "drift_creatives")
POSTERS = "posters"
FITTED, CALIBRATED = 0.5, 0.625  # of a world's days; they drift from about 0.63 on
POSTERS_FITTED, POSTERS_CALIBRATED = 0.65, 0.8  # of the rows
EPOCHS, QUICK_EPOCHS, QUICK_IMPRESSIONS = 3, 1, 60_000
_DAY_HOURS = 24


@dataclass(frozen=True)
class Judgement:
    """``N`` judged rows three ways: the plain network, the calibration it was trained with, and kept up to date."""

    labels: Float64
    plain: Float64
    static: Float64
    fresh: Float64


def judge_world(name: str, cache_dir: Path, progress: Progress, *, quick: bool = False) -> Judgement:
    """Simulate a committed world, train on its first days, judge its last ones. Cost: linear in its impressions."""
    world = read_config(configs_folder() / "worlds" / f"{name}.yaml", WorldConfig)
    config, schema_path = read_train_config(configs_folder() / "ctr" / "marketplace.yaml")
    if quick:
        world = replace(world, impressions=QUICK_IMPRESSIONS)
    config = _short(config, QUICK_EPOCHS if quick else EPOCHS)
    with tempfile.TemporaryDirectory(prefix="adplat-bench-") as place:
        folder = Path(place) / "world"
        write_world(build_world(world), folder, progress)
        start = int(world.log_start.timestamp())
        ends = [start + int(share * world.days) * 86_400 for share in (FITTED, CALIBRATED)]
        return _judge(config, read_feature_schema(schema_path), folder, Path(place), cache_dir, progress, ends)


def judge_posters(cache_dir: Path, progress: Progress, *, quick: bool = False) -> Judgement:
    """MovieLens with posters: fitted on the earlier rows, judged on the last fifth. Raises MissingInput without it.

    Judged as trained, without recalibration: following the level of single visits made every measure worse.
    """
    config, schema_path = read_train_config(configs_folder() / "ctr" / "movielens_posters.yaml")
    schema, folder = read_feature_schema(schema_path), real_data_folder() / "movielens_posters"
    if quick:
        config = _short(config, QUICK_EPOCHS)
    rows = load_training_tables(schema, replace(config.data, valid_fraction=0.0), folder).rows
    times = np.sort(times_of(schema, rows))
    ends = [int(times[int(share * len(times))]) for share in (POSTERS_FITTED, POSTERS_CALIBRATED)]
    with tempfile.TemporaryDirectory(prefix="adplat-bench-") as place:
        judged = _judge(replace(config, baselines=()), schema, folder, Path(place), cache_dir, progress, ends)
    # An hour here is a visit of one or two people: what it tells is their taste, not the level of a market.
    return replace(judged, fresh=judged.static)


def calibration_figures(name: str, judged: Judgement) -> list[Figure]:
    """PCOC, relative ECE, and the change of normalised entropy against the plain network, on the judged rows."""
    labels, rows = judged.labels, len(judged.labels)
    change = normalised_entropy(labels, judged.fresh) - normalised_entropy(labels, judged.plain)
    static = pcoc(labels, judged.static)
    told = f"{name}: {int(labels.sum())} clicks after the calibration; left alone it would have PCOC {static:.3f}"
    return [
        Figure(f"ctr.3.{name}.pcoc", told, pcoc(labels, judged.fresh), "pcoc", "between", (0.98, 1.02), n=rows),
        Figure(
            f"ctr.3.{name}.ece",
            f"{name}: relative ECE, 20 bins of equal mass",
            relative_ece(labels, judged.fresh),
            "relative ece",
            "<=",
            0.05,
            n=rows,
        ),
        Figure(
            f"ctr.3.{name}.entropy",
            f"{name}: normalised entropy, calibrated less plain",
            change,
            "normalised entropy",
            "<=",
            0.0,
            n=rows,
        ),
        Figure(
            f"ctr.3.{name}.auc",
            f"{name}: AUC, calibrated less plain",
            auc(labels, judged.fresh) - auc(labels, judged.plain),
            "auc",
            ">=",
            -1e-4,
            n=rows,
        ),
    ]


def _short(config: TrainConfig, epochs: int) -> TrainConfig:
    return replace(config, training=replace(config.training, epochs=epochs), baselines=())


def _judge(
    config: TrainConfig,
    schema: FeatureSchema,
    folder: Path,
    place: Path,
    cache_dir: Path,
    progress: Progress,
    ends: list[int],
) -> Judgement:
    told: DataConfig = replace(config.data, valid_fraction=0.0)
    tables = load_training_tables(schema, told, folder)
    rows = tables.rows.sort(schema.time)
    times = times_of(schema, rows)
    first, second, third = (
        rows.filter(pl.Series(part))
        for part in (times < ends[0], (times >= ends[0]) & (times < ends[1]), times >= ends[1])
    )
    fitted = Tables(first, second, tables.tables, folder)
    outcome = train_bundle(config, schema, fitted, place / "bundles", cache_dir, progress)
    kept = KeptBundle.open(Path(outcome.bundle.path))
    items = kept.items_for(third, tables.tables, folder, cache_dir, progress)
    arrays = kept.scorer.encoding.row_arrays(third, tables.tables, items, kept.histories)
    static = kept.scorer.score(arrays, items).p_ctr
    head, labels = kept.calibration["click"], labels_of(schema, third)[:, 0].astype(np.float64)
    cells = Cells.of([field.place for field in head.fields], kept.manifest.shape, items, arrays)
    served: Float64 = logit(static)
    plain = expit(unmapped(head.logit_map, served - head.offsets(cells.indices)))
    hours = times_of(schema, third) // HOUR_S
    return Judgement(labels, plain, static, expit(kept_fresh(served, labels, cells, hours)))


def kept_fresh(served: Float64, labels: Float64, cells: Cells, hours: npt.NDArray[np.int64]) -> Float64:
    """(N,) logits as a bundle recalibrated every hour would have given them; ``hours`` never fall."""
    fresh = served.copy()
    days = (hours - hours[0]) // _DAY_HOURS
    for day in np.unique(days):
        start, end = np.searchsorted(days, [day, day + 1])
        moves = moves_of(served[:start], labels[:start], cells.take(slice(0, int(start))), hours[:start])
        moved = served[:end] + moved_by(moves, cells.take(slice(0, int(end))))
        fresh[start:end] = (moved + follow_level(moved, labels[:end], hours[:end]).served)[start:end]
    return fresh


def unmapped(logit_map: LogitMap, mapped: Float64) -> Float64:
    """The logits that ``logit_map`` sends to ``mapped``: exact, since it is piecewise linear and rising."""
    knots = np.array(logit_map.knots or (0.0,))
    points = np.concatenate([[knots[0] - 100.0], knots, [knots[-1] + 100.0]])
    logits: Float64 = np.interp(mapped, logit_map(points), points)
    return logits
