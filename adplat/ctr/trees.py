"""Gradient-boosted trees (LightGBM, Ke et al. 2017) as a model: fitted, kept and served like the network.

One booster a head over ``flattening``'s columns; the conversion head learns from clicked rows. What a tree model
gives is what a network has to beat, so it trains, calibrates, evaluates, scores and serves by the same commands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from adplat.ctr.config import TrainConfig
from adplat.ctr.examples import Examples
from adplat.ctr.flattening import Float32, categorical_columns, flattened_examples
from adplat.ctr.shape import NetworkShape
from adplat.domain import BundleRejected, Progress

Float64 = npt.NDArray[np.float64]
TREE_FILES = ("trees_click.txt", "trees_conversion.txt")
_ROUNDS_BETWEEN_WORDS = 50
_BOTH_CLASSES = 2


@dataclass(frozen=True)
class Trees:
    """One booster a head (click first) and what each row of their input means."""

    shape: NetworkShape
    boosters: tuple[Any, ...]
    threads: int = 1

    @property
    def rounds(self) -> tuple[int, ...]:
        """How many trees each head has."""
        return tuple(int(booster.current_iteration()) for booster in self.boosters)

    def logits(self, columns: Float32) -> Float64:
        """Uncalibrated log-odds (N, H) of flattened rows."""
        told = [booster.predict(columns, raw_score=True, num_threads=self.threads) for booster in self.boosters]
        return np.column_stack(told).astype(np.float64)

    def logits_of(self, examples: Examples) -> Float64:
        """The same of a table of rows."""
        return self.logits(flattened_examples(self.shape, examples))

    def contributions(self, columns: Float32, head: int = 0) -> Float64:
        """(N, C + 1) exact Shapley values (TreeSHAP, Lundberg et al. 2020) and, last, the mean; each row sums to its
        logit."""
        return np.asarray(self.boosters[head].predict(columns, pred_contrib=True, num_threads=self.threads), np.float64)

    def save(self, folder: Path) -> None:
        """Write LightGBM's own text format, one file a head."""
        for name, booster in zip(TREE_FILES, self.boosters, strict=False):
            (folder / name).write_text(booster.model_to_string(), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, shape: NetworkShape, threads: int = 1) -> Trees:
        """Read what ``save`` wrote. Raises BundleRejected."""
        import lightgbm

        boosters = []
        for name in TREE_FILES[: shape.heads]:
            try:
                text = (folder / name).read_text(encoding="utf-8")
                boosters.append(lightgbm.Booster(model_str=text))
            except (OSError, UnicodeDecodeError, lightgbm.basic.LightGBMError):
                raise BundleRejected(f"{name} cannot be read", where=str(folder), hint="train again") from None
        return cls(shape, tuple(boosters), threads)


def fit_trees(
    config: TrainConfig,
    shape: NetworkShape,
    train: Examples,
    later: Examples | None,
    progress: Progress,
    rounds: Sequence[int] = (),
) -> Trees:
    """Boost one model a head, stopped early on ``later``; with ``rounds`` (a refit) for exactly so many.

    A head whose rows hold one class only learns their rate and nothing else.
    """
    columns = flattened_examples(shape, train)
    later_columns = None if later is None else flattened_examples(shape, later)
    boosters = []
    for head in range(shape.heads):
        chosen = _speaks(train, head)
        held_out = None
        if later is not None and later_columns is not None:
            heard = _speaks(later, head)
            if len(np.unique(later.labels[heard, head])) == _BOTH_CLASSES:
                held_out = (later_columns[heard], later.labels[heard, head])
        boosters.append(
            _boost(
                config,
                categorical_columns(shape),
                (columns[chosen], train.labels[chosen, head]),
                held_out,
                rounds[head] if rounds else config.trees.rounds,
                progress,
            )
        )
    return Trees(shape, tuple(boosters), config.training.threads)


def _speaks(examples: Examples, head: int) -> npt.NDArray[np.bool_]:
    return np.ones(len(examples), bool) if head == 0 else examples.labels[:, 0] > 0.5


def _boost(
    config: TrainConfig,
    categorical: list[int],
    train: tuple[Float32, Float32],
    held_out: tuple[Float32, Float32] | None,
    rounds: int,
    progress: Progress,
) -> Any:
    import lightgbm

    trees = config.trees
    parameters = {
        "objective": "binary",
        "metric": "auc" if config.training.monitor == "auc" else "binary_logloss",
        "learning_rate": trees.rate,
        "num_leaves": trees.leaves,
        "min_data_in_leaf": trees.leaf_rows,
        "feature_fraction": trees.feature_share,
        "cat_smooth": trees.category_smoothing,
        "seed": config.seed,
        "num_threads": config.training.threads,
        "deterministic": True,
        "force_col_wise": True,
        "verbosity": -1,
    }

    def tell(told: Any) -> None:
        if (told.iteration + 1) % _ROUNDS_BETWEEN_WORDS == 0:
            progress(told.iteration + 1, rounds, "boosting")

    data = lightgbm.Dataset(train[0], train[1].copy(), categorical_feature=categorical, free_raw_data=False)
    callbacks: list[Any] = [tell]
    valid = []
    if held_out is not None:
        valid = [lightgbm.Dataset(held_out[0], held_out[1].copy(), reference=data)]
        callbacks.append(lightgbm.early_stopping(trees.patience, verbose=False))
    booster = lightgbm.train(parameters, data, num_boost_round=rounds, valid_sets=valid, callbacks=callbacks)
    progress(rounds, rounds, "boosting")
    # Only the best trees are kept: what is written, read and served is the same model.
    best = booster.best_iteration if held_out is not None else -1
    return lightgbm.Booster(model_str=booster.model_to_string(num_iteration=best))
