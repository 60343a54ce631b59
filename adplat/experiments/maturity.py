"""How much of what a showing will bring has come by its age: so that a young showing is no failure.

Every showing is under observation from its start to its age, whatever came of it. With ``Y_j`` showings observed
through minute j and ``N_j`` conversions in it, the expected conversions of one showing by age t are
``M(t) = Σ_{j<t} N_j/Y_j`` (Nelson, J. Qual. Technol. 20, 1988: the Kaplan–Meier idea for events that may repeat), and
the share that has come by then is ``G(t) = M(t)/M(T)``, T the window.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adplat.domain import TableRejected
from adplat.statistics import Float64


@dataclass(frozen=True, slots=True)
class MaturityCurve:
    """``shares``: G by age in minutes ``(t + 1,)``. ``covariance``: of the logarithms of the arms' summed shares, for
    they are estimates themselves, ``(k, k)``."""

    shares: Float64
    covariance: Float64


def maturity_curve(shown: Float64, weights: Float64, conversions: Float64) -> MaturityCurve:
    """The curve, pooled over arms.

    Args:
        shown: ``(t + 1,)`` showings by age in whole minutes; the last are those as old as the window or older.
        weights: ``(k, t + 1)`` the same by arm, as their shares will be summed up.
        conversions: ``(t,)`` by delay in whole minutes, each seen wholly within its showing's age.

    The arms' sums are ``S_a = Σ_r w_r G(age_r)``. With independent increments of variance ``N_j/Y_j²`` and
    ``∂ log S_a/∂m_j = W_aj/Σ_r w_r M(age_r) − 1/M(T)``, ``W_aj`` the weight of showings of a older than minute j::

        C_ab = Σ_j ∂_aj ∂_bj N_j/Y_j²

    It is small between arms that ran at the same time, and does not correlate with the conversions counted: added to
    ``1/N`` it gives the variance of ``log M(T)``.

    Raises TableRejected when no showing is as old as the window: the share at its end would be made up.
    """
    observed = shown[::-1].cumsum()[::-1][1:]  # Y_j: older than minute j
    if not observed[-1] > 0.0:
        raise TableRejected(
            "no showing is as old as the maturity window yet",
            where="data: maturity",
            hint='wait, or give fewer maturity_days, or an earlier "since"',
        )
    steps = conversions / observed
    expected = np.concatenate([[0.0], steps.cumsum()])
    arms = len(weights)
    if not expected[-1] > 0.0:  # nothing came at all: nothing can be missing either
        return MaturityCurve(np.ones_like(expected), np.zeros((arms, arms)))
    summed = weights @ expected
    older = weights[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]
    with np.errstate(all="ignore"):
        slopes = np.where(summed[:, None] > 0.0, older / summed[:, None], 0.0) - 1.0 / expected[-1]
    return MaturityCurve(expected / expected[-1], (slopes * (steps / observed)) @ slopes.T)
