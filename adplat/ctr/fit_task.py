"""One network to be trained, handed to whoever trains it: this process, or a crew elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from adplat.ctr.checkpoint import Checkpoints
from adplat.ctr.config import FitConfig, ModelConfig, TrainConfig
from adplat.ctr.epoch import ALONE, Crew
from adplat.ctr.examples import Examples
from adplat.ctr.fit import Fitted, fit_network
from adplat.ctr.shape import NetworkShape
from adplat.domain import ConfigRejected, Progress


@dataclass(frozen=True)
class FitTask:
    """The arguments of ``fit_network`` that decide the weights, and where it may keep checkpoints."""

    shape: NetworkShape
    model: ModelConfig
    fit: FitConfig
    train: Examples
    later: Examples | None
    seed: int
    checkpoints: Checkpoints | None = None

    def run(self, progress: Progress, crew: Crew = ALONE) -> Fitted:
        """See ``fit_network``."""
        return fit_network(
            self.shape,
            self.model,
            self.fit,
            self.train,
            self.later,
            self.seed,
            progress,
            self.checkpoints,
            crew,
        )


NetworkFit = Callable[[FitTask, Progress], Fitted]


def fit_alone(task: FitTask, progress: Progress) -> Fitted:
    """Train it in this process."""
    return task.run(progress)


def refuse_sharing(config: TrainConfig, checkpoints: Path | None) -> None:
    """Raises ConfigRejected for what a crew cannot train yet."""
    reasons = {
        "boosted trees are grown by one process": config.model.kind == "lightgbm",
        "contrasts are fitted by one process": config.model.kind == "contrast",
        "rows that are streamed are read by one process": config.data.stream,
        "a checkpoint is the state of one process": checkpoints is not None,
    }
    for reason, holds in reasons.items():
        if holds:
            raise ConfigRejected(reason, where="--workers", hint="train without --workers")
