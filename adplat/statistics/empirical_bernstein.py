"""An interval for a mean that holds at any size, paid for with the range of what is averaged."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from adplat.domain import ConfigRejected, Interval, TableRejected
from adplat.statistics.columns import parallel_columns


def bernstein_interval(values: npt.ArrayLike, width: float, *, level: float = 0.95) -> Interval:
    """Two-sided interval of the mean of independent ``values`` that lie in a range of length ``width``.

    ``mean ± (√(2 V ln(4/δ) / N) + 7 width ln(4/δ) / (3 (N − 1)))`` with ``V`` the sample variance and
    ``δ = 1 − level``: Theorem 4 of Maurer & Pontil (COLT 2009), which is one-sided with ``ln(2/δ)``, used once
    for each end with half of ``δ``. No normal approximation: it holds for every ``N`` if the range does.

    Args:
        values: ``(N,)``, ``N ≥ 2``.
        width: length of the range known beforehand, at least that of the values.

    Raises:
        TableRejected: fewer than two values, or values that do not fit into the range.
        ConfigRejected: a level outside (0, 1).
    """
    (column,) = parallel_columns(values=values)
    if not 0.0 < level < 1.0:
        raise ConfigRejected(f"level {level} gives no interval", hint="use a level such as 0.95")
    spread = float(column.max() - column.min())
    if len(column) < 2 or spread > width * (1.0 + 1e-9):
        raise TableRejected(
            f"{len(column)} values that spread over {spread:g} do not fit a range of {width:g}",
            where="values",
            hint="give two values or more and their whole range",
        )
    logarithm = math.log(4.0 / (1.0 - level))
    variance = float(np.var(column, ddof=1))
    half = math.sqrt(2.0 * variance * logarithm / len(column)) + 7.0 * width * logarithm / (3.0 * (len(column) - 1))
    mean = float(column.mean())
    return Interval(mean, mean - half, mean + half, level)
