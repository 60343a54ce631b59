"""How good quantiles are: pinball loss, row by row, and how often an interval holds."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from adplat.domain import TableRejected
from adplat.statistics.columns import Float64, parallel_columns


def pinball_losses(values: npt.ArrayLike, quantiles: npt.ArrayLike, levels: npt.ArrayLike) -> Float64:
    """``(N,)``: mean over levels of ``max(p (y - q), (p - 1) (y - q))`` (Koenker and Bassett 1978).

    The expected loss at a level is smallest at the true quantile, so no interval gains by being too wide or too narrow.

    Args:
        values: ``(N,)`` what happened.
        quantiles: ``(N, L)``.
        levels: ``(L,)`` between 0 and 1.

    Raises:
        TableRejected: shapes that do not fit, or values that are not finite.
    """
    (happened,) = parallel_columns(values=values)
    told, level = np.asarray(quantiles, dtype=np.float64), np.asarray(levels, dtype=np.float64)
    if told.shape != (len(happened), len(level)) or not np.isfinite(told).all():
        raise TableRejected(
            f"quantiles of shape {told.shape} for {len(happened)} values and {len(level)} levels, or not finite",
            hint="give one finite quantile for each value and level",
        )
    missed = happened[:, None] - told
    losses: Float64 = np.maximum(level * missed, (level - 1.0) * missed).mean(axis=1)
    return losses


def inside_interval(values: npt.ArrayLike, low: npt.ArrayLike, high: npt.ArrayLike) -> Float64:
    """``(N,)``: 1 where ``low <= value <= high``, else 0. Raises TableRejected."""
    happened, lower, upper = parallel_columns(values=values, low=low, high=high)
    return ((happened >= lower) & (happened <= upper)).astype(np.float64)
