"""The same rows, network, seed and stopping rule under several ways of treating conversions that come late.

Nothing is written. Only the targets of the conversion loss differ between methods, in training, early stopping,
refit and calibration alike; encodings, histories and records are made once and know nothing of after ``as_of``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import expit

from adplat.ctr.as_seen import as_seen
from adplat.ctr.committee import fit_committee, held_out_logits
from adplat.ctr.config import TrainConfig
from adplat.ctr.delay_config import DelayConfig, Method
from adplat.ctr.delayed_feedback import Feedback, targets_of
from adplat.ctr.delayed_rows import feedback_of
from adplat.ctr.examples import Examples, part_of
from adplat.ctr.head_calibration import HeadCalibration
from adplat.ctr.late_calibration import levelled
from adplat.ctr.prepare import examples_of, prepare
from adplat.data import Tables
from adplat.domain import FeatureSchema, Progress, TableRejected

Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class DelayTrial:
    """One method's pCVR of the judged rows, (N,): as the network gives it, and as it would be served."""

    method: Method
    p_raw: Float64
    p_served: Float64


def delay_trials(
    config: TrainConfig,
    schema: FeatureSchema,
    tables: Tables,
    judged: pl.DataFrame,
    methods: Sequence[Method],
    cache_dir: Path,
    progress: Progress,
) -> list[DelayTrial]:
    """Train on ``tables`` as of ``config.delayed.as_of`` with each method and score ``judged``.

    ``tables`` may know of arrivals after that moment: they are hidden from all but the oracle. Each method finds its
    number of epochs on the later rows and is then fitted anew on all. Raises TableRejected, MissingInput.
    """
    # The oracle's view keeps the mature labels in columns of their own; everything else is the same for all.
    seen = as_seen(schema, replace(config.delayed, method="oracle"), tables)
    if seen.valid is None:
        raise TableRejected("no later rows to stop early on", where="delay trial", hint="hold some out")
    parts = [seen.rows, seen.valid]
    every = pl.concat(parts, how="diagonal_relaxed")
    plain = replace(config, delayed=DelayConfig())
    first = prepare(schema, plain, parts[0], parts[1], seen.tables, seen.root, cache_dir, progress)
    if first.later is None:
        raise TableRejected("no later rows to stop early on", where="delay trial", hint="hold some out")
    earlier_told, later_told = feedback_of(
        first.encoding, config.delayed, [(parts[0], first.train), (parts[1], first.later)]
    )
    whole = prepare(schema, plain, every, None, seen.tables, seen.root, cache_dir, progress)
    (whole_told,) = feedback_of(whole.encoding, config.delayed, [(every, whole.train)])
    items = whole.encoding.items_for(judged, seen.tables, seen.root, whole.train.items, cache_dir, progress)
    centres = whole.prior.centres(items)
    asked = examples_of(whole.encoding, items, whole.past, centres, judged, seen.tables, whole.shape)
    trials = []
    for done, method in enumerate(methods):
        progress(done, len(methods), f"late conversions: {method}")
        told = replace(config.delayed, method=method)
        later = _told(first.later, told, later_told)
        chosen = fit_committee(config, first.shape, _told(first.train, told, earlier_told), later, _silent)
        train = _told(whole.train, told, whole_told)
        final = fit_committee(config, whole.shape, train, None, _silent, chosen.epochs)
        latest = part_of(train, slice(parts[0].height, None))
        logits = held_out_logits(final, asked)[:, 1]
        served = _level_of(held_out_logits(final, latest)[:, 1], latest).logit_map(logits)
        trials.append(DelayTrial(method, expit(logits), expit(served)))
    progress(len(methods), len(methods), "late conversions")
    return trials


def _told(examples: Examples, config: DelayConfig, feedback: Feedback) -> Examples:
    return replace(examples, conversion=targets_of(config, feedback))


def _level_of(logits: Float64, latest: Examples) -> HeadCalibration:
    if latest.conversion is None:
        return HeadCalibration()
    clicked = np.flatnonzero(latest.labels[:, 0] > 0.5)
    return levelled(logits[clicked], *latest.conversion.take(clicked).pairs())


def _silent(done: int, total: int, what: str) -> None:
    """Epochs of a trial are not told one by one."""
