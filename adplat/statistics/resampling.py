"""Bootstrap: an interval for any measure of parallel columns, by rows or by whole groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from adplat.domain import ConfigRejected, Interval, TableRejected

UNDEFINED_LIMIT = 0.05


def bootstrap_interval(
    metric: Callable[..., float],
    arrays: Sequence[npt.NDArray[Any]],
    rng: np.random.Generator,
    replicates: int = 1000,
    *,
    groups: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> Interval:
    """Percentile bootstrap interval of ``metric(*arrays)`` (Efron & Tibshirani 1993, ch. 13).

    With ``groups`` whole groups are drawn, as many as there are, so that rows of one user stay together:
    rows of a user are not independent, and drawing them singly makes the interval too narrow
    (cluster bootstrap, Field & Welsh, JRSS B 69, 2007).

    Args:
        metric: takes the arrays in order; a TableRejected from it marks a replicate where it is undefined.
        arrays: each with ``N`` rows along the first axis.
        rng: the only source of randomness.
        replicates: how many resamples.
        groups: ``(N,)`` sortable, or none to draw rows.

    Raises:
        TableRejected: no rows, lengths differ, the metric is undefined on the whole, or on more than
            5 % of the replicates (leaving more of them out would bend the interval).
        ConfigRejected: fewer than 2 replicates or a level outside (0, 1).
    """
    if replicates < 2 or not 0.0 < level < 1.0:
        raise ConfigRejected(
            f"{replicates} replicates at level {level} give no interval",
            hint="use 200 replicates or more and a level such as 0.95",
        )
    lengths = {len(array) for array in arrays}
    if len(lengths) != 1 or lengths == {0}:
        raise TableRejected("columns are empty or not of one length", hint="give columns of one length")
    rows = lengths.pop()
    draw = _row_draws(rows, rng) if groups is None else _group_draws(np.asarray(groups), rows, rng)
    value = metric(*arrays)
    found: list[float] = []
    for _ in range(replicates):
        chosen = draw()
        try:
            found.append(metric(*(array[chosen] for array in arrays)))
        except TableRejected:
            continue
    if len(found) < (1.0 - UNDEFINED_LIMIT) * replicates:
        raise TableRejected(
            f"the measure is undefined on {replicates - len(found)} of {replicates} resamples",
            hint="give more rows or groups",
        )
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(np.asarray(found), [tail, 1.0 - tail])
    return Interval(float(value), float(low), float(high), level)


def paired_difference(
    metric: Callable[..., float],
    shared: Sequence[npt.NDArray[Any]],
    first: npt.NDArray[Any],
    second: npt.NDArray[Any],
    rng: np.random.Generator,
    replicates: int = 1000,
    *,
    groups: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> Interval:
    """Interval of ``metric(*shared, first) − metric(*shared, second)``, both on the same resampled rows.

    Two models judged on the same rows share most of their luck; drawn together it cancels, and the interval
    is that of their difference. ``shared`` are the columns that come before the scores (labels, say);
    ``groups``, errors and the rest as in ``bootstrap_interval``::

        paired_difference(auc, [labels], new_scores, old_scores, rng, groups=user_keys)
    """

    def difference(*columns: npt.NDArray[Any]) -> float:
        *common, one, other = columns
        return metric(*common, one) - metric(*common, other)

    return bootstrap_interval(difference, [*shared, first, second], rng, replicates, groups=groups, level=level)


def _row_draws(rows: int, rng: np.random.Generator) -> Callable[[], npt.NDArray[np.int64]]:
    return lambda: rng.integers(0, rows, size=rows)


def _group_draws(groups: npt.NDArray[Any], rows: int, rng: np.random.Generator) -> Callable[[], npt.NDArray[np.int64]]:
    if groups.shape != (rows,):
        raise TableRejected("groups do not run in parallel", where="groups", hint="give one group per row")
    _, member, counts = np.unique(groups, return_inverse=True, return_counts=True)
    by_group = np.argsort(member, kind="stable")
    starts = np.cumsum(counts) - counts

    def draw() -> npt.NDArray[np.int64]:
        picked = rng.integers(0, len(counts), size=len(counts))
        sizes = counts[picked]
        # Row j of a drawn group sits at starts[group] + j: all of them without a loop over groups.
        offsets = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        chosen: npt.NDArray[np.int64] = by_group[np.repeat(starts[picked], sizes) + offsets]
        return chosen

    return draw
