"""Frappe, our model and the rivals on the same halves: AUC and logloss over seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from adplat.ctr import KeptBundle, Overrides, read_train_config, score_frame, train_bundle
from adplat.data import configs_folder, load_training_tables, read_feature_schema, read_table
from adplat.domain import Clock, Figure, Progress
from adplat.flows.bench_ctr_frappe import LABEL, FrappeFiles
from adplat.flows.rival_quality import Quality, judged

OURS = "adplat"
FUXICTR = ("FinalMLP", "FinalNet", "DCNv2")
AUC_GAIN, LOGLOSS_SHARE = 0.001, 0.97


@dataclass(frozen=True)
class OurRun:
    """One seed of ours: where its bundle lies and how good it is on the reported half."""

    bundle: Path
    quality: Quality


def our_quality(
    files: FrappeFiles,
    seed: int,
    out_dir: Path,
    cache_dir: Path,
    clock: Clock,
    progress: Progress,
    epochs: int | None = None,
) -> OurRun:
    """Train as ``adplat train configs/ctr/frappe.yaml`` does, score the reported half with the bundle."""
    config = configs_folder() / "ctr" / "frappe.yaml"
    return trained_quality(config, None, files, seed, out_dir, cache_dir, clock, progress, epochs)


def trained_quality(
    config_path: Path,
    schema_path: Path | None,
    files: FrappeFiles,
    seed: int,
    out_dir: Path,
    cache_dir: Path,
    clock: Clock,
    progress: Progress,
    epochs: int | None = None,
) -> OurRun:
    """One seed of a config on these rows, without its baselines; ``schema_path`` where the config's is not meant."""
    config, named = read_train_config(config_path)
    config = replace(Overrides(epochs=epochs, seed=seed).applied_to(config), baselines=())
    schema = read_feature_schema(schema_path or named)
    tables = load_training_tables(schema, config.data, files.folder)
    outcome = train_bundle(config, schema, tables, out_dir, cache_dir, progress, clock)
    bundle = Path(outcome.bundle.path)
    return OurRun(bundle, bundle_quality(bundle, files, seed, cache_dir, progress))


def bundle_quality(bundle: Path, files: FrappeFiles, seed: int, cache_dir: Path, progress: Progress) -> Quality:
    """What ``adplat score`` makes of the reported half, whose labels it never sees."""
    rows = read_table(files.report)
    kept, hidden = KeptBundle.open(bundle), rows.drop(LABEL)
    items = kept.items_for(hidden, {}, files.folder, cache_dir, progress)
    chances = score_frame(kept, hidden, {}, items)["p_ctr"].to_numpy()
    return judged(OURS, seed, rows[LABEL].to_numpy(), chances)


def quality_figures(ours: Sequence[Quality], rivals: Sequence[Quality]) -> list[Figure]:
    """The claims: beyond FuxiCTR's best by the margins, and beside every other rival."""
    names = list(dict.fromkeys(quality.model for quality in rivals))
    means = {name: _mean([quality for quality in rivals if quality.model == name]) for name in names}
    fuxictr = [name for name in FUXICTR if name in means]
    best_auc = max(fuxictr, key=lambda name: means[name][0])
    best_logloss = min(fuxictr, key=lambda name: means[name][1])
    auc, logloss = _mean(ours)
    seeds, rows = tuple(quality.seed for quality in ours), ours[0].rows
    aucs, losses = [quality.auc for quality in ours], [quality.logloss for quality in ours]
    told = "mean over seeds (lowest to highest), FuxiCTR's best of three"
    figures = [
        Figure(
            "ctr.1.auc",
            f"Frappe AUC on the reported half of valid, {told}",
            auc,
            "AUC",
            ">=",
            means[best_auc][0] + AUC_GAIN,
            n=rows,
            seeds=seeds,
            interval=(min(aucs), max(aucs)),
            rival=f"FuxiCTR {best_auc}",
            rival_value=means[best_auc][0],
        ),
        Figure(
            "ctr.1.logloss",
            f"Frappe logloss there, {told}",
            logloss,
            "logloss",
            "<=",
            means[best_logloss][1] * LOGLOSS_SHARE,
            n=rows,
            seeds=seeds,
            interval=(min(losses), max(losses)),
            rival=f"FuxiCTR {best_logloss}",
            rival_value=means[best_logloss][1],
        ),
    ]
    for name in names:
        slug = name.lower().replace("-", "_")
        figures += [
            Figure(
                f"ctr.1.{slug}.{measure}",
                f"the same {measure} beside {name}",
                mine,
                measure,
                op,
                theirs,
                n=rows,
                seeds=seeds,
                rival=name,
                rival_value=theirs,
            )
            for measure, mine, op, theirs in (
                ("auc", auc, ">=", means[name][0]),
                ("logloss", logloss, "<=", means[name][1]),
            )
        ]
    return figures


def _mean(runs: Sequence[Quality]) -> tuple[float, float]:
    return float(np.mean([run.auc for run in runs])), float(np.mean([run.logloss for run in runs]))
