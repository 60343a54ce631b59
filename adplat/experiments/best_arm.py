"""How likely each arm is the best one, by what is believed of each arm by itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr

from adplat.statistics import Float64

_REACH, _NODES = 8.0, 2001


def chances_of_best(means: Sequence[float], deviations: Sequence[float], *, lower_is_better: bool = False) -> Float64:
    """``P(X_i > X_j for all j)`` of independent ``X_i ~ N(means_i, deviations_i²)``, ``(k,)``; they add up to one.

    ``∫ φ_i Π_{j≠i} Φ_j`` by the trapezoid rule over eight deviations on each side, which errs by less than 1e-9.
    Deviations are positive.
    """
    centre = np.asarray(means, dtype=np.float64) * (-1.0 if lower_is_better else 1.0)
    spread = np.asarray(deviations, dtype=np.float64)
    z = np.linspace(-_REACH, _REACH, _NODES)
    density = np.exp(-0.5 * z * z)
    density /= density.sum()
    found: Float64 = np.empty(len(centre))
    for place in range(len(centre)):
        at = centre[place] + spread[place] * z
        others = [ndtr((at - centre[j]) / spread[j]) for j in range(len(centre)) if j != place]
        found[place] = float((density * np.prod(others, axis=0)).sum()) if others else 1.0
    found /= found.sum()
    return found
