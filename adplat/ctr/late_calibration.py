"""The level of a conversion head from rows whose conversions are still coming in.

On the freshest rows most conversions are missing; a map fitted on labels as seen would undo every correction made in
training. The pairs of ``ConversionTargets`` keep the mean right, but few conversions stand behind them, so only as
much of the shift is taken as they prove.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import expit

from adplat.ctr.head_calibration import HeadCalibration

Float64 = npt.NDArray[np.float64]
_FURTHEST = 20.0


def levelled(logits: Float64, labels: Float64, weights: Float64) -> HeadCalibration:
    """The identity moved towards Σ w p = Σ w label over these rows; all shapes (N,), labels may exceed 1.

    With the shift ``s`` that meets it and its variance v = 1 / (conversions counted), the move is
    s · max(0, 1 - v / s²): positive-part James-Stein, so that chance alone moves nothing on average.
    """
    plain, counted = HeadCalibration(), float((weights * labels).sum())
    if not 0.0 < counted < float(weights.sum()):
        return plain

    def excess(move: float) -> float:
        return float((weights * expit(logits + move)).sum()) - counted

    shift = float(brentq(excess, -_FURTHEST, _FURTHEST))
    return plain.moved(shift * max(0.0, 1.0 - 1.0 / (counted * shift * shift))) if shift else plain
