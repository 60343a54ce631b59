"""Many questions asked at once: p-values corrected so that chance alone rarely says yes to any of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from adplat.domain import TableRejected
from adplat.statistics.columns import Float64


def holm(p_values: npt.ArrayLike) -> Float64:
    """Adjusted p-values ``(n,)`` in the given order; rejecting those ``≤ α`` keeps P(any false rejection) ``≤ α``.

    With ``p₍₁₎ ≤ … ≤ p₍ₙ₎`` the ``k``-th is ``max_{j≤k} min(1, (n − j + 1) p₍ⱼ₎)`` (Holm, Scand. J. Stat. 6, 1979).
    It holds under any dependence, and none given give none.

    Raises:
        TableRejected: a value outside [0, 1] or not a number.
    """
    p = _checked(p_values)
    order = np.argsort(p, kind="stable")
    raised = np.maximum.accumulate(np.minimum(p[order] * np.arange(len(p), 0, -1), 1.0))
    adjusted = np.empty(len(p))
    adjusted[order] = raised
    return adjusted


def benjamini_hochberg(p_values: npt.ArrayLike) -> Float64:
    """Adjusted p-values ``(n,)`` in the given order; among those ``≤ q`` the expected share of false ones is ``≤ q``.

    With ``p₍₁₎ ≤ … ≤ p₍ₙ₎`` the ``k``-th is ``min_{j≥k} min(1, n p₍ⱼ₎ / j)`` (Benjamini & Hochberg, JRSS B 57, 1995).
    It holds for independent and positively dependent tests, and none given give none.

    Raises:
        TableRejected: a value outside [0, 1] or not a number.
    """
    p = _checked(p_values)
    order = np.argsort(p, kind="stable")
    scaled = np.minimum(p[order] * len(p) / np.arange(1, len(p) + 1), 1.0)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    return adjusted


def _checked(p_values: npt.ArrayLike) -> Float64:
    p = np.asarray(p_values, dtype=np.float64)
    if p.ndim != 1 or not ((p >= 0.0) & (p <= 1.0)).all():
        raise TableRejected("p-values are not all between 0 and 1", where="p_values", hint="give a list of p-values")
    return p
