"""What the model usually says of a creative, for the request that has no time left to ask it."""

from __future__ import annotations

import numpy as np

from adplat.features.arrays import Int32
from adplat.statistics import Float64

_KEPT = 0.98


class TypicalScores:
    """Running means by row of the book; NaN where the model was never asked. Belongs to one thread.

    Chances far in the past fade by 2 % with every newer one, so that the mean follows the hour of the day.
    """

    def __init__(self, count: int) -> None:
        self._p_ctr = np.full(count, np.nan)
        self._p_cvr = np.full(count, np.nan)
        self._has_cvr = False

    def observe(self, rows: Int32, p_ctr: Float64, p_cvr: Float64 | None) -> None:
        """Fold what the model just said of these (distinct) rows."""
        _fold(self._p_ctr, rows, p_ctr)
        if p_cvr is not None:
            self._has_cvr = True
            _fold(self._p_cvr, rows, p_cvr)

    def of(self, rows: Int32) -> tuple[Float64, Float64 | None]:
        """Mean pCTR and, where the bundle has that head, pCVR of these rows."""
        return self._p_ctr[rows], self._p_cvr[rows] if self._has_cvr else None


def _fold(means: Float64, rows: Int32, told: Float64) -> None:
    before = means[rows]
    means[rows] = np.where(np.isnan(before), told, _KEPT * before + (1.0 - _KEPT) * told)
