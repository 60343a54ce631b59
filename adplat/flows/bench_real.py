"""The real-data commands in full, with their figures: MovieLens with posters, Frappe, Open Bandit."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adplat.ctr import TrainingOutcome
from adplat.data import configs_folder
from adplat.domain import Figure, MissingInput
from adplat.flows.bench_run import BenchRun
from adplat.flows.import_data import import_data
from adplat.flows.train_model import train_model

QUICK_SAMPLE = 8_000
QUICK_EPOCHS = 2


# Better than chance within a user; mean prediction and reliability within a tenth.
FIXED_TARGETS: tuple[tuple[str, str, float | tuple[float, float]], ...] = (
    ("gauc", ">=", 0.5),
    ("ece", "<=", 0.1),
    ("pcoc", "between", (0.9, 1.1)),
)


ENOUGH_POSITIVES = 100


@dataclass(frozen=True, slots=True)
class RealSet:
    """One data set: its config, its folder below the data folder, and how it is imported when it has to be."""

    name: str
    config: str
    folder: str
    import_as: str = ""


SETS = (
    RealSet("movielens_100k", "movielens_posters", "movielens_posters"),
    RealSet("movielens_small", "movielens_small", "movielens_posters"),
    RealSet("frappe", "frappe", "frappe_x1"),
    RealSet("open_bandit", "open_bandit", "open_bandit/random/all", "open-bandit"),
)


def real_data_folder() -> Path:
    """Where the public data sets lie: ``ADPLAT_DATA``, or ``shared/data`` beside the project. Raises MissingInput."""
    folder = Path(os.environ.get("ADPLAT_DATA", "../shared/data"))
    if not folder.is_dir():
        raise MissingInput(
            "the public data sets are not here", where=str(folder), hint="set ADPLAT_DATA to the folder that holds them"
        )
    return folder


def bench_real(run: BenchRun) -> Sequence[Figure]:
    """Train every set as its command does and compare with the baselines of the same run.

    Cost: linear in rows × epochs; pictures are encoded once.
    """
    data = real_data_folder()
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="adplat-bench-") as place:
        for chosen in SETS:
            if run.wants(f"loop.3.{chosen.name}"):
                outcome = _train(chosen, data, Path(place), run)
                figures += figures_of(chosen.name, outcome)
    return figures


def figures_of(name: str, outcome: TrainingOutcome) -> list[Figure]:
    """AUC and logloss beside the better baseline of each, and how far the mean prediction is from the mean outcome."""
    metrics, rows = outcome.metrics, int(outcome.metrics["rows"])
    if metrics["positives"] < ENOUGH_POSITIVES:
        # A dozen clicks rank no models; the figure says that the command works and how little there is to judge by.
        what = "clicks on later rows; too few to compare models, so only that the command trains and judges is claimed"
        return [Figure(f"loop.3.{name}.trains", what, _value(metrics, "positives"), "clicks", ">=", 1.0, n=rows)]
    figures = []
    for key, op in (("auc", ">="), ("logloss", "<=")):
        for rival, rival_metrics in outcome.baselines.items():
            figures.append(
                Figure(
                    f"loop.3.{name}.{key}.{rival}",
                    f"{key} on later rows beside {rival}",
                    _value(metrics, key),
                    key,
                    op,
                    _value(rival_metrics, key),
                    n=rows,
                    rival=rival,
                    rival_value=_value(rival_metrics, key),
                )
            )
    for key, op, target in FIXED_TARGETS:
        if metrics.get(key) is not None:
            figures.append(
                Figure(f"loop.3.{name}.{key}", f"{key} on later rows", _value(metrics, key), key, op, target, n=rows)
            )
    return figures


def _value(metrics: Mapping[str, Any], key: str) -> float:
    return float(metrics[key])


def _train(chosen: RealSet, data: Path, place: Path, run: BenchRun) -> TrainingOutcome:
    folder = data / chosen.folder
    if chosen.import_as:
        imported = place / chosen.name
        import_data(chosen.import_as, folder, imported, schema_path=None, progress=run.progress)
        folder = imported
    return train_model(
        configs_folder() / "ctr" / f"{chosen.config}.yaml",
        folder,
        place / "bundles" / chosen.name,
        cache_dir=place / "cache",
        clock=run.clock,
        progress=run.progress,
        epochs=QUICK_EPOCHS if run.quick else None,
        sample=QUICK_SAMPLE if run.quick else None,
    )
