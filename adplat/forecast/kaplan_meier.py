"""The product-limit estimate of prices that are told or bounded from below (Kaplan and Meier, JASA 1958).

With ``n`` auctions whose price is not known to lie below ``t`` and ``d`` sold at ``t``, over all told prices ``t``:

    ``S(b) = Π_{t ≤ b} (1 − d/n)``,   ``var ln S = Σ_{t ≤ b} d / (n (n − d))``   (Greenwood 1926),

and ``F = 1 − S``. An auction lost at a bid that equals a told price still counts in ``n`` there: its price is higher.
The numbers are those of R's ``survival::survfit``, whose default interval is ``log``.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from adplat.domain import ConfigRejected, TableRejected
from adplat.forecast.censored_prices import CensoredPrices
from adplat.forecast.win_curve import WinCurve

Float64 = npt.NDArray[np.float64]
IntervalKind = Literal["log", "log-log", "plain"]


def kaplan_meier(prices: CensoredPrices, *, level: float = 0.95, kind: IntervalKind = "log") -> WinCurve:
    """The exact curve; a row of weight 3 counts like three rows.

    Args:
        prices: told, or open above; every price that was told becomes a step.
        level: of the intervals, in (0, 1).
        kind: on which scale of ``S`` the interval is symmetric: ``ln S``, ``ln(−ln S)`` or ``S`` itself.

    Raises TableRejected where a price is bounded from above (take :func:`adplat.forecast.turnbull.turnbull`) or none is
    told, ConfigRejected for a level out of range.
    """
    if not 0.0 < level < 1.0:
        raise ConfigRejected(f"an interval of level {level}", where="level", hint="give one such as 0.95")
    told = prices.told
    if not (told | prices.open_above).all():
        raise TableRejected("a price is only bounded from above", hint="fit such auctions by Turnbull's estimate")
    if not told.any():
        raise TableRejected("no auction told its price", hint="log wins of second-price auctions, or told prices")
    steps, sold = _sums(prices.lower[told], prices.weights[told])
    bounds, silent = _sums(prices.lower[~told], prices.weights[~told])
    # At risk at t: whatever is told at t or above, or known to lie above a bid of t or more.
    at_risk = _from_on(steps, steps, sold) + _from_on(bounds, steps, silent)
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod(1.0 - sold / at_risk).astype(np.float64)
        spread = np.sqrt(np.cumsum(sold / (at_risk * (at_risk - sold)))).astype(np.float64)
        low, high = _interval(survival, spread, float(ndtri(0.5 + level / 2.0)), kind)
    return WinCurve(steps, 1.0 - survival, 1.0 - high, 1.0 - low, float(prices.lower.max()), level)


def _interval(survival: Float64, spread: Float64, z: float, kind: IntervalKind) -> tuple[Float64, Float64]:
    """Both ends for ``S``; ``spread`` is the standard error of ``ln S``."""
    if kind == "plain":
        low, high = survival - z * survival * spread, survival + z * survival * spread
        low, high = np.maximum(low, 0.0), np.minimum(high, 1.0)
    elif kind == "log":
        low, high = survival * np.exp(-z * spread), np.minimum(survival * np.exp(z * spread), 1.0)
    else:
        away = z * spread / np.log(survival)  # negative: the delta method's step on ln(−ln S)
        low, high = survival ** np.exp(-away), survival ** np.exp(away)
    nothing_left = survival <= 0.0
    return np.where(nothing_left, np.nan, low), np.where(nothing_left, np.nan, high)


def _sums(values: Float64, weights: Float64) -> tuple[Float64, Float64]:
    """Distinct values, rising, and the weight at each."""
    distinct, places = np.unique(values, return_inverse=True)
    return distinct, np.bincount(places, weights, minlength=len(distinct)).astype(np.float64)


def _from_on(values: Float64, at: Float64, weights: Float64) -> Float64:
    """For each of ``at``, the weight of rising ``values`` that are as large or larger."""
    behind = np.append(np.cumsum(weights[::-1])[::-1], 0.0)
    found: Float64 = behind[np.searchsorted(values, at, side="left")]
    return found
