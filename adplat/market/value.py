"""What one showing is worth to the advertiser, in micros, by bid strategy.

============  =======================================================  =========================
strategy      value of one showing                                     paid for
============  =======================================================  =========================
max CPC       ``pCTR · target``                                        a click
target CPA    ``pCTR · pCVR · target``                                 an action
target ROAS   ``pCTR · pCVR · expected value / target_ratio``          value returned per money
CPM           ``target / 1000``                                        a thousand showings
============  =======================================================  =========================

Bidding the value in a second-price auction spends exactly the target per click, action or value on average, as far as
the chances are calibrated and every showing costs its value; it usually costs less, so results come below target.

A strategy that pays for conversions has no value where pCVR is not told (``None`` or NaN: the bundle has no conversion
head, or no answer for this ad), and ROAS none where the expected value is not told either: 0, which is no bid. A guess
in its place would spend an advertiser's money on a number that nobody has measured.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adplat.domain import BidStrategy, BidStrategyKind

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

SHOWINGS_PER_MILLE = 1000
# Above this a float64 no longer holds every whole number; ten thousand million units of money per showing.
LARGEST_VALUE_MICROS = 2**53


@dataclass(frozen=True, slots=True)
class StrategyColumns:
    """Strategies of all ads, compiled: ``factor · pCTR^on_click · pCVR^on_conversion · value^on_value``, ``(ads,)``."""

    factor: Float64
    on_click: npt.NDArray[np.bool_]
    on_conversion: npt.NDArray[np.bool_]
    on_value: npt.NDArray[np.bool_]

    @classmethod
    def build(cls, strategies: Sequence[BidStrategy]) -> StrategyColumns:
        """Column ``r`` is ``strategies[r]``; one whose target is no positive number never bids."""
        kinds = [strategy.kind for strategy in strategies]
        return cls(
            factor=np.array([_factor(strategy) for strategy in strategies], dtype=np.float64),
            on_click=np.array([kind is not BidStrategyKind.CPM for kind in kinds], dtype=np.bool_),
            on_conversion=np.array(
                [kind in (BidStrategyKind.TARGET_CPA, BidStrategyKind.TARGET_ROAS) for kind in kinds], dtype=np.bool_
            ),
            on_value=np.array([kind is BidStrategyKind.TARGET_ROAS for kind in kinds], dtype=np.bool_),
        )


def values_micros(
    strategies: StrategyColumns,
    rows: npt.NDArray[np.integer],
    p_ctr: Float64,
    p_cvr: Float64 | None = None,
    conversion_value_micros: Float64 | None = None,
) -> Int64:
    """Value of one showing of each candidate in micros, ``(n,)``, rounded down; 0 where there is none.

    Args:
        rows: ``(n,)`` the candidates' rows in ``strategies``.
        p_ctr: ``(n,)`` chance of a click on a showing.
        p_cvr: ``(n,)`` chance of a conversion after a click; NaN where not told.
        conversion_value_micros: ``(n,)`` expected value of a conversion; NaN where not told.
    """
    value = strategies.factor[rows]
    on_click, on_conversion, on_value = (
        column[rows] for column in (strategies.on_click, strategies.on_conversion, strategies.on_value)
    )
    value = np.where(on_click, value * p_ctr, value)
    if on_conversion.any():
        value = np.where(on_conversion, value * (math.nan if p_cvr is None else p_cvr), value)
    if on_value.any():
        expected = math.nan if conversion_value_micros is None else conversion_value_micros
        value = np.where(on_value, value * expected, value)
    usable = np.isfinite(value) & (value > 0.0)
    return np.where(usable, np.minimum(value, LARGEST_VALUE_MICROS), 0.0).astype(np.int64)


def _factor(strategy: BidStrategy) -> float:
    target = strategy.target_ratio if strategy.kind is BidStrategyKind.TARGET_ROAS else float(strategy.target_micros)
    if not (math.isfinite(target) and target > 0.0):
        return 0.0
    if strategy.kind is BidStrategyKind.TARGET_ROAS:
        return 1.0 / target
    return target / SHOWINGS_PER_MILLE if strategy.kind is BidStrategyKind.CPM else target
