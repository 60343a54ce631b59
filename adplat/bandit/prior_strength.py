"""How far the model may be trusted about a creative, learned from creatives that have run."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import gammaln

from adplat.domain import ArmStatistics

DEFAULT_PRIOR_STRENGTH = 10.0
WEAKEST, STRONGEST = 0.5, 1000.0
_LOG_DEVIATION = 1.5


def learn_prior_strength(arms: Sequence[ArmStatistics]) -> float:
    """The ``k`` of ``λ ~ Gamma(k, k)`` that best explains past creatives; 0.5 to 1,000.

    With ``y`` clicks where the model expected ``e``, ``y | λ ~ Poisson(λ e)``; integrating λ out leaves
    the negative binomial (gamma-Poisson shrinkage, DuMouchel, The American Statistician 53, 1999)::

        ln P(y | k) = ln Γ(k + y) − ln Γ(k) + k ln(k/(k+e)) + y ln(e/(k+e)) + const

    summed over creatives and maximised over ``ln k`` on the bounded range. Where the model was far off
    on some creatives the factors must scatter and ``k`` comes out small: new creatives are then judged
    by their own clicks early. Where misses are no larger than chance, ``k`` is large.

    A normal prior on ``ln k`` around the default, deviation 1.5, decides while there is little to
    learn from: five creatives that happen to agree with the model must not make it infallible.
    Creatives never shown say nothing; without any other the default comes back.

    A model that is wrong by one factor on all creatives also comes out untrusted, since the mean of λ is
    pinned at 1: a calibrated model is assumed.
    """
    seen = [(arm.clicks, arm.expected_clicks) for arm in arms if arm.expected_clicks > 0.0]
    if not seen:
        return DEFAULT_PRIOR_STRENGTH
    clicks, expected = np.array(seen, dtype=np.float64).T

    def surprise(log_strength: float) -> float:
        k = math.exp(log_strength)
        likelihood = gammaln(k + clicks) - gammaln(k) - k * np.log1p(expected / k) - clicks * np.log(k + expected)
        off = (log_strength - math.log(DEFAULT_PRIOR_STRENGTH)) / _LOG_DEVIATION
        return float(0.5 * off * off - likelihood.sum())

    found = minimize_scalar(
        surprise, bounds=(math.log(WEAKEST), math.log(STRONGEST)), method="bounded", options={"xatol": 1e-6}
    )
    return float(np.clip(math.exp(found.x), WEAKEST, STRONGEST))
