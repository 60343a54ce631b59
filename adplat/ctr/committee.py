"""Fitting, calibrating and judging one kind of network: the same steps for the model and its baselines."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from adplat.ctr.checkpoint import Checkpoints, EpochReport
from adplat.ctr.config import CalibrationConfig, TrainConfig
from adplat.ctr.delayed_feedback import ConversionTargets
from adplat.ctr.examples import Examples
from adplat.ctr.field_places import Cells, field_places
from adplat.ctr.fit import predict_logits
from adplat.ctr.fit_task import FitTask, NetworkFit, fit_alone
from adplat.ctr.head_calibration import HeadCalibration, fit_head
from adplat.ctr.late_calibration import levelled
from adplat.ctr.network import Committee
from adplat.ctr.prepare import HEADS, Prepared
from adplat.ctr.shape import NetworkShape
from adplat.domain import Progress

Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Trained:
    """A committee in evaluation mode, the epochs of each member and their stories."""

    committee: Committee
    epochs: tuple[int, ...]
    reports: tuple[tuple[EpochReport, ...], ...]


def fit_committee(
    config: TrainConfig,
    shape: NetworkShape,
    train: Examples,
    later: Examples | None,
    progress: Progress,
    epochs: tuple[int, ...] = (),
    checkpoints: Checkpoints | None = None,
    network_fit: NetworkFit = fit_alone,
) -> Trained:
    """Train ``config.model.members`` networks, each from its own seed.

    With ``epochs`` (a refit) member ``k`` runs for exactly ``epochs[k]`` and nothing is held out. Each member
    has a checkpoint of its own, so a killed run repeats no member that was finished.
    """
    members, counts, reports = [], [], []
    for number in range(config.model.members):
        fit = config.training if not epochs else replace(config.training, epochs=max(epochs[number], 1))
        held_out, seed = None if epochs else later, config.seed + number
        kept = checkpoints.named(f"{checkpoints.name}{number}") if checkpoints else None
        fitted = network_fit(FitTask(shape, config.model, fit, train, held_out, seed, kept), progress)
        members.append(fitted.network)
        counts.append(fitted.epochs)
        reports.append(fitted.reports)
    return Trained(Committee(members).eval(), tuple(counts), tuple(reports))


def cells_of(config: TrainConfig, prepared: Prepared, examples: Examples) -> Cells:
    """The rows' values of the fields that the config calibrates. Raises ConfigRejected for one that is not there."""
    places = field_places(prepared.encoding.layout, config.calibration.fields, "calibration.fields")
    return Cells.of(places, prepared.shape, examples.items, examples.rows)


def calibrate(
    logits: Float64,
    labels: npt.NDArray[np.float32],
    cells: Cells,
    config: CalibrationConfig,
    seed: int,
    conversion: ConversionTargets | None = None,
) -> dict[str, HeadCalibration]:
    """One calibration a head from later rows; the conversion head is fitted on clicked rows, where it speaks.

    With ``conversion`` these rows' conversions are still coming in: only that head's level is moved (``levelled``).
    """
    clicked = labels[:, 0] > 0.5
    heads = {}
    for number, name in enumerate(HEADS[: logits.shape[1]]):
        if number and conversion is not None:
            heads[name] = levelled(logits[clicked, number], *conversion.take(np.flatnonzero(clicked)).pairs())
            continue
        chosen = np.ones(len(labels), bool) if number == 0 else clicked
        rng = np.random.default_rng([seed, number])
        known = labels[chosen, number].astype(np.float64)
        heads[name] = fit_head(logits[chosen, number], known, cells.take(chosen), config, rng)
    return heads


def anchor(
    heads: dict[str, HeadCalibration],
    logits: Float64,
    labels: npt.NDArray[np.float32],
    before: Cells,
    after: Cells,
    conversion: ConversionTargets | None = None,
) -> dict[str, HeadCalibration]:
    """The same shapes for a refitted network, with the level of these rows.

    It has learned the latest rows' level itself; a calibration fitted before would correct it twice. ``before`` and
    ``after`` are the same rows' cells under the vocabularies of the earlier and of the refitted network.
    """
    clicked = labels[:, 0] > 0.5
    moved = {}
    for number, (name, head) in enumerate(heads.items()):
        if number and conversion is not None:
            moved[name] = levelled(logits[clicked, number], *conversion.take(np.flatnonzero(clicked)).pairs())
            continue
        chosen = np.ones(len(labels), bool) if number == 0 else clicked
        known = labels[chosen, number].astype(np.float64)
        again = head.reindexed(before.indices, after.indices, after.sizes)
        moved[name] = again.anchored(logits[chosen, number], known, after.indices[chosen])
    return moved


def identity_calibration(heads: int) -> dict[str, HeadCalibration]:
    """No change: where nothing was held out to calibrate on."""
    return {name: HeadCalibration() for name in HEADS[:heads]}


def cross_fitted_chances(
    logits: Float64, labels: Float64, config: CalibrationConfig, seed: int, cells: Cells | None = None
) -> Float64:
    """Calibrated pCTR (N,) of held-out rows, each half calibrated by what the other half taught.

    So the reported calibration error is not that of a calibration on its own fitting rows.
    """
    rng = np.random.default_rng([seed, 2])
    half = half_of(len(labels), seed)
    chances = np.empty(len(labels))
    told = cells or Cells.none(len(labels))
    for mine, other in ((half, ~half), (~half, half)):
        head = fit_head(logits[other], labels[other], told.take(other), config, rng)
        chances[mine] = expit(head(logits[mine], told.indices[mine]))
    return chances


def half_of(rows: int, seed: int) -> npt.NDArray[np.bool_]:
    """(N,) marks the rows of one of the two halves that calibrate each other."""
    half: npt.NDArray[np.bool_] = np.random.default_rng(seed).random(rows) < 0.5
    return half


def held_out_logits(trained: Trained, later: Examples) -> Float64:
    """Uncalibrated logits (N, H) of the committee."""
    return predict_logits(trained.committee, later)
