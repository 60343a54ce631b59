"""The two kinds of model behind one set of steps: fit, give logits, be written into a bundle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from safetensors.torch import save_file

from adplat.ctr.checkpoint import Checkpoints
from adplat.ctr.committee import Float64, Trained, fit_committee, held_out_logits
from adplat.ctr.config import TrainConfig
from adplat.ctr.epoch import as_tensors
from adplat.ctr.examples import Examples, Inputs
from adplat.ctr.export import ScoringModule, export_graphs
from adplat.ctr.fit_task import NetworkFit, fit_alone
from adplat.ctr.head_calibration import HeadCalibration
from adplat.ctr.int8_tables import with_int8_tables
from adplat.ctr.shape import NetworkShape
from adplat.ctr.trees import Trees, fit_trees
from adplat.domain import Progress

Model = Trained | Trees


def fit_model(
    config: TrainConfig,
    shape: NetworkShape,
    train: Examples,
    later: Examples | None,
    progress: Progress,
    epochs: tuple[int, ...] = (),
    checkpoints: Checkpoints | None = None,
    network_fit: NetworkFit = fit_alone,
) -> Model:
    """Train what ``config.model.kind`` says; with ``epochs`` (a refit) for exactly so many, holding nothing out.

    Networks are trained by ``network_fit`` and go on from their ``checkpoints``; trees, quickly made, start anew.
    """
    if config.model.kind == "lightgbm":
        return fit_trees(config, shape, train, later, progress, epochs)
    return fit_committee(config, shape, train, later, progress, epochs, checkpoints, network_fit)


def tree_baseline(
    config: TrainConfig, shape: NetworkShape, train: Examples, later: Examples, progress: Progress
) -> Model:
    """Trees for the click alone, on the same rows as the network."""
    return fit_trees(config, replace(shape, heads=1), train, later, progress)


def logits_of(model: Model, examples: Examples) -> Float64:
    """Uncalibrated logits (N, H)."""
    return model.logits_of(examples) if isinstance(model, Trees) else held_out_logits(model, examples)


def epochs_of(model: Model) -> tuple[int, ...]:
    """Epochs of each network, or trees of each head."""
    return model.rounds if isinstance(model, Trees) else model.epochs


def write_model(
    folder: Path,
    config: TrainConfig,
    model: Model,
    maps: Mapping[str, HeadCalibration],
    shape: NetworkShape,
    example: Inputs,
) -> None:
    """Write what scoring reads: booster texts, or weights and graphs, which are traced with ``example``."""
    if isinstance(model, Trees):
        model.save(folder)
        return
    state = {name: tensor.contiguous() for name, tensor in model.committee.state_dict().items()}
    save_file(state, folder / "weights.safetensors")
    served = with_int8_tables(model.committee) if config.export.tables == "int8" else model.committee
    export_graphs(ScoringModule(served, maps), shape, as_tensors(example), folder)
