"""How many rows a second a config trains: whole warm epochs of the very loop of ``adplat train``."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

from adplat.ctr.config import TrainConfig
from adplat.ctr.fit import fit_network
from adplat.ctr.prepare import Prepared, prepare
from adplat.data import Tables
from adplat.domain import FeatureSchema, Progress


@dataclass(frozen=True)
class TrainingSpeed:
    """Encoded rows, ready to be trained on again and again."""

    config: TrainConfig
    prepared: Prepared

    @classmethod
    def of(
        cls, config: TrainConfig, schema: FeatureSchema, tables: Tables, cache_dir: Path, progress: Progress
    ) -> TrainingSpeed:
        """Encode once; what that costs is not part of the speed."""
        return cls(config, prepare(schema, config, tables.rows, None, tables.tables, tables.root, cache_dir, progress))

    def rows_per_s(self, epochs: int = 1, *, bf16: bool = False) -> float:
        """Rows a second over ``epochs`` epochs after a first one that warms up: batches, gradients, updates."""
        ends: dict[int, float] = {}

        def note(done: int, _total: int, _what: str) -> None:
            # Told also from inside the next epoch: the first time is the end of this one.
            ends.setdefault(done, time.perf_counter())

        fit = replace(self.config.training, epochs=epochs + 1, bf16=bf16)
        train = self.prepared.train
        fit_network(self.prepared.shape, self.config.model, fit, train, None, self.config.seed, note)
        return len(train) * epochs / (ends[epochs + 1] - ends[1])
