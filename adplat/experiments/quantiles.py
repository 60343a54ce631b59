"""A quantile and its standard error, from an arm's values or from three of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtri

from adplat.experiments.spec import QuantileSums
from adplat.statistics import Float64

LEVEL = 0.95


def quantile_sums(values: Sequence[float] | Float64, quantile: float) -> QuantileSums:
    """The three values that a quantile needs: at ``q`` and at the ranks ``n·q ± z √(n q (1−q))``, z at 95 %.

    The quantile is the smallest value that at least ``q·n`` units do not exceed (Hyndman & Fan's first definition); the
    ranks are those of the order-statistic interval (David & Nagaraja, "Order Statistics", 2003, section 7.1).
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    n = len(ordered)
    reach = float(ndtri(0.5 + LEVEL / 2.0)) * np.sqrt(n * quantile * (1.0 - quantile))
    lower, middle, upper = (
        float(ordered[int(np.clip(np.ceil(rank) - 1, 0, n - 1))])
        for rank in (n * quantile - reach, n * quantile, n * quantile + reach)
    )
    return QuantileSums(middle, lower, upper, LEVEL)


def unit_variance(n: float, told: QuantileSums) -> float:
    """``n·se²`` with ``se = (upper − lower)/(2z)``: Woodruff's (JASA 47, 1952) width turned into a standard error."""
    error = (told.upper - told.lower) / (2.0 * float(ndtri(0.5 + told.level / 2.0)))
    return n * error * error


def least_units(quantile: float) -> float:
    """Below these units a rank of the interval lies outside the values: ``z² max(q/(1−q), (1−q)/q)``."""
    z = float(ndtri(0.5 + LEVEL / 2.0))
    return z * z * max(quantile / (1.0 - quantile), (1.0 - quantile) / quantile)
