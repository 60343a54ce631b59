"""How fast we train beside FuxiCTR's DCNv2, one thread each, in alternating rounds of one run, and at which AUC.

Ours is whole epochs of the loop of ``adplat train``, batches included. The rival's is its own ``train_step`` over
batches cut before the clock starts, so its file loader is never counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from adplat.ctr import TrainingSpeed, read_train_config
from adplat.data import configs_folder, load_training_tables, read_feature_schema, read_yaml
from adplat.domain import Clock, Figure, Progress
from adplat.flows.bench_ctr_frappe import FrappeFiles
from adplat.flows.bench_ctr_quality import trained_quality
from adplat.flows.rival_process import RivalProcess
from adplat.flows.rival_quality import Quality, Rival, frappe_rivals, request_of, rival_quality

RIVAL = "DCNv2"
FRAPPE_TIMES, WIDE_TIMES, SAME_AUC = 3.0, 1.4, 0.001
BF16_TIMES = 1.0  # nothing is claimed of half precision but that it is no loss
RIVAL_S = 4.0


@dataclass(frozen=True)
class Speeds:
    """Rows a second of each round."""

    ours: tuple[float, ...]
    theirs: tuple[float, ...]
    bf16: tuple[float, ...] = ()

    @property
    def ratios(self) -> tuple[float, ...]:
        """How many times as many rows we train, a round each."""
        return tuple(ours / theirs for ours, theirs in zip(self.ours, self.theirs, strict=True))

    @property
    def bf16_ratios(self) -> tuple[float, ...]:
        """The same with our matrices multiplied in half precision; the rival stays in single."""
        return tuple(ours / theirs for ours, theirs in zip(self.bf16, self.theirs, strict=True))


def frappe_rival(seed: int, epochs: int | None = None) -> Rival:
    """FuxiCTR's DCNv2 as its board runs it on Frappe."""
    return next(rival for rival in frappe_rivals(seed, epochs) if rival.model == RIVAL)


def wide_rival(seed: int) -> Rival:
    """FuxiCTR's DCNv2 for 39 fields of dimension 16."""
    return Rival("fuxictr", RIVAL, {**read_yaml(configs_folder() / "bench" / "wide_rival.yaml"), "seed": seed})


def our_speed_quality(
    config: str,
    files: FrappeFiles,
    out_dir: Path,
    cache_dir: Path,
    clock: Clock,
    progress: Progress,
    epochs: int | None = None,
) -> Quality:
    """AUC of the config that is timed, trained to its end."""
    told, schema = _config(config), _schema_beside(files)
    return trained_quality(told, schema, files, 1, out_dir, cache_dir, clock, progress, epochs).quality


def wide_rival_quality(python: Path, files: FrappeFiles, cache_dir: Path) -> Quality:
    """AUC of the rival on the wide table after the same number of epochs."""
    return rival_quality(python, wide_rival(1), files, cache_dir)


def alternating_speeds(
    python: Path,
    config: str,
    files: FrappeFiles,
    rival: Rival,
    cache_dir: Path,
    rounds: int,
    progress: Progress,
) -> Speeds:
    """Rows a second of both sides, in turn."""
    told, schema_path = read_train_config(_config(config))
    read = read_feature_schema(_schema_beside(files) or schema_path)
    tables = load_training_tables(read, told.data, files.folder)
    speed = TrainingSpeed.of(told, read, replace(tables, valid=None), cache_dir, progress)
    ours, half, theirs = [], [], []
    with RivalProcess(python, cache_dir / "rivals" / "training.log") as process:
        asked = {**request_of(rival, files, cache_dir), "seconds": RIVAL_S}
        for number in range(rounds):
            ours.append(speed.rows_per_s())
            half.append(speed.rows_per_s(bf16=True))
            theirs.append(float(process.ask("train_speed", **asked)["rows_per_s"]))
            progress(number + 1, rounds, f"training rounds of {config}")
    return Speeds(tuple(ours), tuple(theirs), tuple(half))


def speed_figures(point: str, what: str, speeds: Speeds, times: float, ours: Quality, theirs: Quality) -> list[Figure]:
    """Rows a second beside the rival, and that the AUC is the rival's or better (within 0.001 at worst)."""
    rival = f"FuxiCTR {theirs.model}"
    mine, his = np.median(speeds.ours), np.median(speeds.theirs)
    return [
        Figure(
            f"ctr.6.{point}",
            f"{what}: times as many rows a second, one thread ({mine:,.0f} against {his:,.0f})",
            float(np.median(speeds.ratios)),
            "times",
            ">=",
            times,
            n=len(speeds.ratios),
            interval=_range(speeds.ratios),
            rival=rival,
            rival_value=1.0,
        ),
        Figure(
            f"ctr.6.{point}_auc",
            f"{what}: AUC of that very config on rows not trained on",
            ours.auc,
            "AUC",
            ">=",
            theirs.auc - SAME_AUC,
            n=ours.rows,
            seeds=(ours.seed,),
            rival=rival,
            rival_value=theirs.auc,
        ),
        Figure(
            f"ctr.6.{point}_bf16",
            f"{what}: shown apart, ours in bf16 beside the rival in fp32 ({np.median(speeds.bf16):,.0f} rows a second)",
            float(np.median(speeds.bf16_ratios)),
            "times",
            ">=",
            BF16_TIMES,
            n=len(speeds.bf16_ratios),
            interval=_range(speeds.bf16_ratios),
            rival=rival,
            rival_value=1.0,
        ),
    ]


def _config(name: str) -> Path:
    return configs_folder() / "bench" / f"{name}.yaml"


def _schema_beside(files: FrappeFiles) -> Path | None:
    """The schema that a made-up table brings along."""
    path = files.folder / "schema.yaml"
    return path if path.is_file() else None


def _range(values: Sequence[float]) -> tuple[float, float]:
    return min(values), max(values)
