"""Where a training run stands, on disk: a killed run goes on to the very weights it would have reached.

One safetensors file a network: weights, best weights, optimiser states and torch's generator as tensors, the rest
as JSON in its header; replaced whole, so a kill leaves the last one. A checkpoint of another run is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import msgspec
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from adplat.ctr.config import FitConfig, ModelConfig
from adplat.ctr.examples import Examples
from adplat.ctr.shape import NetworkShape
from adplat.domain import ConfigRejected, MissingInput

_HASHED_ROWS = 65_536


@dataclass(frozen=True, slots=True)
class EpochReport:
    """Mean training loss of one epoch and what the later split said (NaN without one).

    ``entire_space`` is the training loss on the later split: conversions as far as they can be known.
    """

    epoch: int
    loss: float
    logloss: float
    auc: float
    entire_space: float = float("nan")


@dataclass(frozen=True, slots=True)
class Position:
    """How far a run is: ``batch`` batches into ``epoch`` (from 1), and what it has seen so far.

    ``total`` is the loss summed over the ``rows`` of this epoch, ``idle`` the epochs since the best one.
    """

    epoch: int = 1
    batch: int = 0
    total: float = 0.0
    rows: int = 0
    best_epoch: int = 0
    best_gain: float | None = None
    idle: int = 0
    rate: float = 0.0
    done: bool = False
    reports: tuple[EpochReport, ...] = ()


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """``folder/name.safetensors``, written after every epoch and every ``every_batches`` batches."""

    folder: Path
    name: str = "network"
    every_batches: int = 500

    def named(self, name: str) -> Checkpoints:
        """The checkpoints of another network of the same run."""
        return replace(self, name=name)

    @property
    def path(self) -> Path:
        """The one file."""
        return self.folder / f"{self.name}.safetensors"

    def save(self, identity: str, position: Position, tensors: Mapping[str, Tensor]) -> None:
        """Replace the file. Raises MissingInput where it cannot be written."""
        told = {"identity": identity, "position": json.dumps(asdict(position))}
        temporary = self.path.with_suffix(".part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, temporary, metadata=told)
            temporary.replace(self.path)
        except OSError as reason:
            raise MissingInput(
                f"no checkpoint can be written: {reason.strerror}", where=str(self.folder), hint="give another folder"
            ) from None

    def load(self, identity: str) -> tuple[Position, dict[str, Tensor]] | None:
        """What ``save`` kept last; ``None`` where there is nothing yet. Raises ConfigRejected."""
        if not self.path.exists():
            return None
        try:
            with safe_open(self.path, framework="pt") as file:
                told = file.metadata() or {}
                kept = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no mapping
            position = msgspec.convert(json.loads(told["position"]), Position)
        except (SafetensorError, KeyError, msgspec.ValidationError, ValueError, OSError) as reason:
            raise ConfigRejected(
                f"the checkpoint cannot be read: {type(reason).__name__}",
                where=str(self.path),
                hint="remove it to start anew",
            ) from None
        if told["identity"] != identity:
            raise ConfigRejected(
                "the checkpoint belongs to another config, seed or table",
                where=str(self.path),
                hint="give an empty folder, or train as before",
            )
        return position, kept


def run_identity(shape: NetworkShape, model: ModelConfig, fit: FitConfig, train: Examples, seed: int) -> str:
    """SHA-256 (hex) over everything that decides the weights but the machine and its threads."""
    told = [asdict(shape), asdict(model), asdict(replace(fit, threads=1)), seed, len(train)]
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode())
    rows = train.rows
    late = () if train.conversion is None else (train.conversion.stacked(),)
    for array in (
        train.labels,
        train.record,
        rows.item,
        rows.categorical,
        rows.bags,
        rows.numeric,
        rows.history,
        *late,
    ):
        for start in range(0, len(array), _HASHED_ROWS):
            digest.update(array[start : start + _HASHED_ROWS].tobytes())
    return digest.hexdigest()
