"""One try of a hyper-parameter search: a single network, or trees, fitted on earlier rows and judged on later ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from scipy.special import expit

from adplat import statistics
from adplat.ctr.config import TrainConfig
from adplat.ctr.fit import fit_network, predict_logits
from adplat.ctr.prepare import Prepared, prepare
from adplat.ctr.trees import fit_trees
from adplat.domain import FeatureSchema, Progress

Watch = Callable[[int, float], object]


@dataclass(frozen=True, slots=True)
class TrialFigures:
    """What later rows say of one configuration, before calibration."""

    logloss: float
    auc: float

    def loss(self, monitor: str) -> float:
        """What a search makes small: the logloss, or 1 - AUC."""
        return 1.0 - self.auc if monitor == "auc" else self.logloss


class TrialRows:
    """The rows of all trials; encoded again only where a trial changes what the encoding or the records depend on."""

    def __init__(
        self,
        schema: FeatureSchema,
        earlier: pl.DataFrame,
        later: pl.DataFrame,
        tables: Mapping[str, pl.DataFrame],
        root: Path,
        cache_dir: Path,
    ) -> None:
        self._schema, self._earlier, self._later = schema, earlier, later
        self._tables, self._root, self._cache_dir = tables, root, cache_dir
        self._known: tuple[object, Prepared] | None = None

    def prepared(self, config: TrainConfig, progress: Progress) -> Prepared:
        """Encoded for this configuration."""
        model = config.model
        key = (
            config.encoders,
            config.seed,
            model.record,
            model.record_shrinkage,
            model.familiarity,
            model.content_prior,
        )
        if self._known is None or self._known[0] != key:
            made = prepare(
                self._schema, config, self._earlier, self._later, self._tables, self._root, self._cache_dir, progress
            )
            self._known = (key, made)
        return self._known[1]


def run_trial(config: TrainConfig, rows: TrialRows, progress: Progress, watch: Watch) -> TrialFigures:
    """Fit and judge; ``watch(epoch, loss)`` hears every epoch of a network and may raise to end the trial."""
    prepared = rows.prepared(config, progress)
    train, later = prepared.train, prepared.later
    if later is None:
        raise ValueError("a trial needs later rows")
    monitor = config.training.monitor
    if config.model.kind == "lightgbm":
        logits = fit_trees(config, prepared.shape, train, later, progress).logits_of(later)[:, 0]
    else:
        fitted = fit_network(
            prepared.shape,
            config.model,
            config.training,
            train,
            later,
            config.seed,
            progress,
            watch=lambda told: watch(told.epoch, TrialFigures(told.logloss, told.auc).loss(monitor)),
        )
        logits = predict_logits(fitted.network, later)[:, 0]
    clicks = later.labels[:, 0].astype(np.float64)
    chances = expit(np.asarray(logits, np.float64))
    return TrialFigures(statistics.logloss(clicks, chances), statistics.auc(clicks, chances))
