"""Fitting, calibrating and judging one kind of network: the same steps for the model and its baselines."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from adplat.ctr.calibration import LogitMap, fit_logit_map
from adplat.ctr.config import CalibrationConfig, TrainConfig
from adplat.ctr.examples import Examples
from adplat.ctr.fit import EpochReport, fit_network, predict_logits
from adplat.ctr.network import Committee
from adplat.ctr.prepare import HEADS
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
) -> Trained:
    """Train ``config.model.members`` networks, each from its own seed.

    With ``epochs`` (a refit) member ``k`` runs for exactly ``epochs[k]`` and nothing is held out.
    """
    members, counts, reports = [], [], []
    for number in range(config.model.members):
        fit = config.training if not epochs else replace(config.training, epochs=max(epochs[number], 1))
        fitted = fit_network(shape, config.model, fit, train, None if epochs else later, config.seed + number, progress)
        members.append(fitted.network)
        counts.append(fitted.epochs)
        reports.append(fitted.reports)
    return Trained(Committee(members).eval(), tuple(counts), tuple(reports))


def calibrate(logits: Float64, labels: npt.NDArray[np.float32], config: CalibrationConfig) -> dict[str, LogitMap]:
    """One map a head from later rows; the conversion head is fitted on clicked rows, where it speaks."""
    clicked = labels[:, 0] > 0.5
    maps = {}
    for number, name in enumerate(HEADS[: logits.shape[1]]):
        chosen = np.ones(len(labels), bool) if number == 0 else clicked
        maps[name] = fit_logit_map(logits[chosen, number], labels[chosen, number].astype(np.float64), config)
    return maps


def anchor(maps: dict[str, LogitMap], logits: Float64, labels: npt.NDArray[np.float32]) -> dict[str, LogitMap]:
    """The maps' shapes with the level of these rows.

    A refitted network has learned the latest rows' level itself; a map fitted before would correct it twice.
    """
    clicked = labels[:, 0] > 0.5
    moved = {}
    for number, (name, logit_map) in enumerate(maps.items()):
        chosen = np.ones(len(labels), bool) if number == 0 else clicked
        moved[name] = logit_map.anchored(logits[chosen, number], labels[chosen, number].astype(np.float64))
    return moved


def identity_calibration(heads: int) -> dict[str, LogitMap]:
    """No change: where nothing was held out to calibrate on."""
    return {name: LogitMap() for name in HEADS[:heads]}


def cross_fitted_chances(logits: Float64, labels: Float64, config: CalibrationConfig, seed: int) -> Float64:
    """Calibrated pCTR (N,) of held-out rows, each half mapped by what the other half taught.

    So the reported calibration error is not that of a map on its own fitting rows.
    """
    half = np.random.default_rng(seed).random(len(labels)) < 0.5
    chances = np.empty(len(labels))
    for mine, other in ((half, ~half), (~half, half)):
        chances[mine] = expit(fit_logit_map(logits[other], labels[other], config)(logits[mine]))
    return chances


def held_out_logits(trained: Trained, later: Examples) -> Float64:
    """Uncalibrated logits (N, H) of the committee."""
    return predict_logits(trained.committee, later)
