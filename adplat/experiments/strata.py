"""Post-stratification: arms compared inside strata and put together by the share of units in both.

Removes what chance did to the mix of the arms (more weekend users in one of them) after the fact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adplat.experiments.moments import Moments, variance
from adplat.statistics import Float64

LEAST_UNITS = 2.0


@dataclass(frozen=True, slots=True)
class StratumSums:
    """n, Σy, Σy² of one arm by stratum, ``(s,)`` each."""

    n: Float64
    total: Float64
    squares: Float64


@dataclass(frozen=True, slots=True)
class StratifiedEffect:
    """The estimate, its variance and how many strata were too thin to stand alone."""

    estimate: float
    variance: float
    merged: int


def stratified_effect(
    control: StratumSums, treatment: StratumSums, *, relative: bool, proportions: bool
) -> StratifiedEffect:
    """Difference ``D = Σ ν_k (b_k − a_k)``, ``ν_k`` the share of both arms' units, or ``D/A`` with ``A = Σ ν_k a_k``.

    The strata's shares are a sample too, so their part of the variance is kept and one stratum gives Welch's::

        Var D = Σ ν_k² (v_bk/n_bk + v_ak/n_ak) + Σ ν_k (δ_k − D)²/N
        Var A = Σ ν_k² v_ak/n_ak + Σ ν_k (a_k − A)²/N
        Cov   = −Σ ν_k² v_ak/n_ak + Σ ν_k (δ_k − D)(a_k − A)/N

    (Miratrix, Sekhon & Yu, JRSS B 75, 2013, for the estimator; the variance is that for the population.) Strata with
    fewer than two units in an arm have no variance and are merged: with each other, and with the smallest other one
    if that is not enough. A relative difference to a base of zero or below comes back as NaN.
    """
    one, two, merged = _without_thin(control, treatment)
    shares = (one.n + two.n) / (one.n + two.n).sum()
    units = float((one.n + two.n).sum())
    a, b = one.total / one.n, two.total / two.n
    spread_a = a * (1.0 - a) if proportions else variance(one.n, one.total, one.squares)
    spread_b = b * (1.0 - b) if proportions else variance(two.n, two.total, two.squares)
    own_a, own_b = shares**2 * spread_a / one.n, shares**2 * spread_b / two.n
    effect, base = float((shares * (b - a)).sum()), float((shares * a).sum())
    off_effect, off_base = (b - a) - effect, a - base
    var_effect = float((own_a + own_b).sum() + (shares * off_effect**2).sum() / units)
    if not relative:
        return StratifiedEffect(effect, var_effect, merged)
    if not base > 0.0:
        return StratifiedEffect(np.nan, np.nan, merged)
    var_base = float(own_a.sum() + (shares * off_base**2).sum() / units)
    shared = float(-own_a.sum() + (shares * off_effect * off_base).sum() / units)
    ratio = effect / base
    return StratifiedEffect(ratio, (var_effect - 2.0 * ratio * shared + ratio**2 * var_base) / base**2, merged)


def has_enough(control: Moments, treatment: Moments) -> bool:
    """Whether both arms have the two units that any variance needs."""
    return bool((control.n >= LEAST_UNITS).all() and (treatment.n >= LEAST_UNITS).all())


def _without_thin(one: StratumSums, two: StratumSums) -> tuple[StratumSums, StratumSums, int]:
    """The same sums with thin strata merged, and how many were."""
    thin = (one.n < LEAST_UNITS) | (two.n < LEAST_UNITS)
    merged = int(thin.sum())
    if not merged:
        return one, two, 0
    while len(thin) > 1:
        together = [sums.n[thin].sum() for sums in (one, two)]
        if min(together) >= LEAST_UNITS or thin.all():
            break
        smallest = np.argmin(np.where(thin, np.inf, one.n + two.n))
        thin[smallest] = True
    return _merged(one, thin), _merged(two, thin), merged


def _merged(sums: StratumSums, thin: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> StratumSums:
    def put(column: Float64) -> Float64:
        return np.append(column[~thin], column[thin].sum())

    return StratumSums(put(sums.n), put(sums.total), put(sums.squares))
