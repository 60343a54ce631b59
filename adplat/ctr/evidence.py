"""Measures with their intervals: how far chance alone could have moved them on these rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from adplat import statistics
from adplat.domain import Interval, TableRejected

Float64 = npt.NDArray[np.float64]
REPLICATES = 200
# Beyond this many rows chance moves nothing that a person would see, and drawing them again takes minutes.
_MOST_ROWS = 300_000


def refuse_one_class(labels: Float64, where: str, what: str = "click") -> None:
    """Raises TableRejected where there is no row, or nothing to tell apart."""
    positives = int(labels.sum())
    if not 0 < positives < len(labels):
        raise TableRejected(
            f"{positives} of {len(labels)} rows have a {what}",
            where=where,
            hint="give labelled rows of both outcomes",
        )


def with_intervals(
    labels: Float64,
    chances: Float64,
    groups: npt.NDArray[Any] | None,
    rng: np.random.Generator,
    level: float = 0.95,
) -> dict[str, Interval]:
    """Intervals of AUC, GAUC, logloss, normalised entropy, ECE (``ece``) and PCOC of (N,) rows.

    Whole groups (users) are drawn where there are any, else rows; the same draws serve all measures. A measure
    that is undefined on too many draws is left out.
    """
    measures: dict[str, Callable[..., float]] = {
        "auc": statistics.auc,
        "logloss": statistics.logloss,
        "normalised_entropy": statistics.normalised_entropy,
        "ece": statistics.relative_ece,
        "pcoc": statistics.pcoc,
    }
    if len(labels) > _MOST_ROWS:
        return {"pcoc": statistics.pcoc_interval(labels, chances, level=level)}
    columns: list[npt.NDArray[Any]] = [labels, chances]
    if groups is not None:
        _, member = np.unique(groups, return_inverse=True)
        columns.append(member)
        measures["gauc"] = statistics.grouped_auc
    seed = int(rng.integers(2**63))
    told: dict[str, Interval] = {}
    for name, metric in measures.items():
        reads = columns if name == "gauc" else columns[:2]
        try:
            told[name] = statistics.bootstrap_interval(
                metric,
                reads,
                np.random.default_rng(seed),
                REPLICATES,
                groups=columns[2] if groups is not None else None,
                level=level,
            )
        except TableRejected:
            continue
    return told
