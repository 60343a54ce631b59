"""The difference of each treatment to the control, absolute or relative, with its standard error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adplat.experiments.moments import Moments
from adplat.statistics import Float64


@dataclass(frozen=True, slots=True)
class Effects:
    """Differences in parallel ``(k,)``: the estimate, its standard error, Welch's degrees of freedom, units of both."""

    estimate: Float64
    std_error: Float64
    freedom: Float64
    units: Float64


def effects(control: Moments, treatment: Moments, *, relative: bool) -> Effects:
    """Differences ``b − a``, or ``(b − a)/a₀`` with the control's plain mean ``a₀`` as base.

    Absolute: ``v_b/n_b + v_a/n_a``. Relative, by the delta method with ``g = b₀/a₀``::

        v_b/(n_b a₀²) + (v_a + 2(g−1) c_a + (g−1)² v₀_a)/(n_a a₀²)

    where ``c_a`` is the covariance of the adjusted with the plain value; without an adjustment it is
    ``v_b/(n_b a²) + v_a b²/(n_a a⁴)``. The degrees of freedom are Welch's (Biometrika 34, 1947), from the absolute
    variances. Relative differences to a base of zero or below have no meaning and come back as NaN.
    """
    with np.errstate(all="ignore"):
        share_a, share_b = control.variance / control.n, treatment.variance / treatment.n
        estimate = treatment.mean - control.mean
        spread = share_a + share_b
        freedom = spread**2 / (share_b**2 / (treatment.n - 1.0) + share_a**2 / (control.n - 1.0))
        if relative:
            base = np.where(control.base > 0.0, control.base, np.nan)
            growth = treatment.base / base - 1.0
            own = control.variance + 2.0 * growth * control.covariance + growth * growth * control.base_variance
            estimate = estimate / base
            spread = (share_b + own / control.n) / (base * base)
        return Effects(estimate, np.sqrt(spread), freedom, control.n + treatment.n)
