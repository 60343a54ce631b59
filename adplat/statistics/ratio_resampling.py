"""Bootstrap intervals of many ratios of sums at once, all on the same draws."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from adplat.domain import ConfigRejected, Interval, Progress, TableRejected
from adplat.statistics.columns import Float64


def ratio_intervals(
    numerators: Float64,
    denominators: Float64,
    rng: np.random.Generator,
    replicates: int = 1000,
    *,
    groups: npt.ArrayLike | None = None,
    level: float = 0.95,
    progress: Progress | None = None,
) -> list[Interval | None]:
    """Percentile intervals of ``Σ numerators[:, k] / Σ denominators[:, k]``, one a column (Efron & Tibshirani 1993).

    A mean has ones below the line, a weighted mean its weights. What ``bootstrap_interval`` would find column by
    column is found in one pass: rows (or whole ``groups``, whose sums are all that a ratio needs) are drawn once a
    replicate for all columns. A column whose denominator sums to zero has no ratio and gives ``None``; so does one
    that has none on more than 5 % of the replicates.

    Args:
        numerators: ``(N, K)``.
        denominators: ``(N, K)``.
        groups: ``(N,)`` sortable; rows of one group are drawn together.

    Raises:
        TableRejected: no rows, or shapes that differ.
        ConfigRejected: fewer than 2 replicates or a level outside (0, 1).
    """
    if replicates < 2 or not 0.0 < level < 1.0:
        raise ConfigRejected(
            f"{replicates} replicates at level {level} give no interval",
            hint="use 200 replicates or more and a level such as 0.95",
        )
    if numerators.shape != denominators.shape or numerators.ndim != 2 or not len(numerators):
        raise TableRejected("columns are empty or not of one length", hint="give columns of one length")
    both = np.ascontiguousarray(np.hstack([numerators, denominators]))
    if groups is not None:
        both = _summed(both, np.asarray(groups))
    columns, rows = numerators.shape[1], len(both)
    found = np.empty((replicates, columns))
    for number in range(replicates):
        counts = np.bincount(rng.integers(0, rows, size=rows), minlength=rows).astype(np.float64)
        found[number] = _ratios(counts @ both, columns)
        if progress is not None:
            progress(number + 1, replicates, "resampling")
    whole = _ratios(both.sum(axis=0), columns)
    return [_interval(value, column, level) for value, column in zip(whole.tolist(), found.T, strict=True)]


def _summed(both: Float64, groups: npt.NDArray[np.generic]) -> Float64:
    if groups.shape != (len(both),):
        raise TableRejected("groups do not run in parallel", where="groups", hint="give one group per row")
    _, member = np.unique(groups, return_inverse=True)
    summed = np.zeros((int(member.max()) + 1, both.shape[1]))
    np.add.at(summed, member, both)
    return summed


def _ratios(sums: Float64, columns: int) -> Float64:
    above, below = sums[:columns], sums[columns:]
    ratios: Float64 = np.divide(above, below, out=np.full(columns, np.nan), where=below != 0.0)
    return ratios


def _interval(value: float, found: Float64, level: float) -> Interval | None:
    defined = found[~np.isnan(found)]
    if np.isnan(value) or len(defined) < 0.95 * len(found):
        return None
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(defined, [tail, 1.0 - tail])
    return Interval(value, float(low), float(high), level)
