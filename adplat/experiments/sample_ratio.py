"""Did the arms get the units they should have? If not, something loses users on one side and no result may be believed.

``sample_ratio`` is for one look; ``anytime_sample_ratio`` may be looked at as often as one likes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, gammaln

from adplat.statistics import Float64

FLAGGED_BELOW = 0.001
CONCENTRATION = 10_000.0  # of the alternative's Dirichlet around the planned shares: they are off by about 1 in 200


@dataclass(frozen=True, slots=True)
class SampleRatio:
    """χ² over arms with a share; ``stray`` counts units in arms that should have none. None: nothing to test."""

    statistic: float | None
    freedom: int
    p_value: float | None
    stray: int

    @property
    def flagged(self) -> bool:
        """Whether assignment is not to be trusted."""
        return self.stray > 0 or (self.p_value is not None and self.p_value < FLAGGED_BELOW)


def sample_ratio(units: Sequence[float], shares: Sequence[float]) -> SampleRatio:
    """Pearson's χ² of ``units`` against ``shares`` (any positive scale), arms of share 0 left out.

    Degrees of freedom are the arms with a share, less one.
    """
    counts, weights = np.asarray(units, dtype=np.float64), np.asarray(shares, dtype=np.float64)
    used = weights > 0.0
    stray = int(counts[~used].sum())
    counts, weights = counts[used], weights[used]
    freedom, total = len(counts) - 1, counts.sum()
    if freedom < 1 or total == 0.0:
        return SampleRatio(None, freedom, None, stray)
    expected = total * weights / weights.sum()
    statistic = float(((counts - expected) ** 2 / expected).sum())
    return SampleRatio(statistic, freedom, float(chdtrc(freedom, statistic)), stray)


@dataclass(frozen=True, slots=True)
class AnytimeSampleRatio:
    """p-values after each look ``(t,)``, falling, and the log Bayes factor at the last."""

    p_values: Float64
    log_bayes_factor: float

    @property
    def flagged(self) -> bool:
        """Whether assignment is not to be trusted."""
        return bool(len(self.p_values)) and float(self.p_values[-1]) < FLAGGED_BELOW


def anytime_sample_ratio(
    looks: Sequence[Sequence[float]], shares: Sequence[float], *, concentration: float = CONCENTRATION
) -> AnytimeSampleRatio:
    """Sequential multinomial test with a Dirichlet mixture around the planned shares (Lindon & Malek, NeurIPS 2022).

    With ``α = c·p`` the Bayes factor of cumulative counts ``x`` is ``Γ(c)/Γ(c+n) Π Γ(α_i+x_i)/Γ(α_i) / Π p_i^{x_i}``;
    as a martingale under the plan it exceeds 1/u at any look with probability at most u (Ville), so that
    ``min over looks of 1/BF`` is a p-value at every look.

    Args:
        looks: ``(t, k)`` cumulative units by arm.
        shares: ``(k,)`` on any positive scale; arms of share 0 are left out.
        concentration: how close to the plan the alternative lies; the larger, the smaller the deviations it sees.
    """
    weights = np.asarray(shares, dtype=np.float64)
    used = weights > 0.0
    planned = weights[used] / weights[used].sum()
    counts = np.asarray(looks, dtype=np.float64).reshape(len(looks), len(weights))[:, used]
    total = counts.sum(axis=1)
    alpha = concentration * planned
    log_factor = (
        gammaln(concentration)
        - gammaln(concentration + total)
        + (gammaln(alpha + counts) - gammaln(alpha) - counts * np.log(planned)).sum(axis=1)
    )
    p_values = np.exp(np.minimum.accumulate(np.minimum(-log_factor, 0.0))) if len(total) else np.ones(0)
    return AnytimeSampleRatio(p_values, float(log_factor[-1]) if len(total) else 0.0)
