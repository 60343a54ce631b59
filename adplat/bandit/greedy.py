"""The best by a score, for policies that do not sample: ties are shared, so that no arm wins by its place in a list."""

from __future__ import annotations

import numpy as np

from adplat.statistics import Float64

_TIE = 1e-12  # of the highest score: what rounding may move


def shared_by_leaders(scores: Float64) -> Float64:
    """All weight to the highest of ``(m,)`` scores, which may be infinite; in equal parts where several are."""
    highest = scores.max()
    leaders = scores == highest if np.isinf(highest) else scores >= highest - _TIE * abs(highest)
    weights: Float64 = leaders / leaders.sum()
    return weights
