"""Train a model: read the config and the rows it names, fit, judge beside the baselines, write the bundle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from adplat.ctr import Overrides, fit_alone, read_train_config, train_bundle
from adplat.data import load_training_tables, read_feature_schema
from adplat.domain import Clock, Progress

if TYPE_CHECKING:
    from adplat.ctr import NetworkFit, TrainingOutcome


def train_model(
    config_path: Path,
    data_dir: Path,
    out_dir: Path,
    *,
    cache_dir: Path,
    clock: Clock,
    progress: Progress,
    seed: int | None = None,
    epochs: int | None = None,
    sample: int | None = None,
    checkpoints: Path | None = None,
    network_fit: NetworkFit | None = None,
) -> TrainingOutcome:
    """Train what ``config_path`` says on ``data_dir``; the bundle appears under ``out_dir`` whole or not at all.

    ``seed``, ``epochs`` and ``sample`` override the config; a killed run goes on from ``checkpoints``;
    ``network_fit`` trains the networks where this process shall not.
    Raises InputError.
    """
    config, schema_path = read_train_config(config_path)
    config = Overrides(epochs=epochs, sample=sample, seed=seed).applied_to(config)
    schema = read_feature_schema(schema_path)
    tables = load_training_tables(schema, config.data, data_dir, may_stream=True)
    return train_bundle(
        config, schema, tables, out_dir, cache_dir, progress, clock, checkpoints, network_fit or fit_alone
    )
