"""How far back a creative's counts are believed: as far as they agree with what is newer."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from adplat.statistics import Float64

ODDS_OF_NO_CHANGE = 4.0


def remembered(events: Float64, expected: Float64, strength: float) -> tuple[Float64, Float64]:
    """Counts to believe, ``(n,)`` each, of sums that reach back further and further, ``(s, n)``.

    The first row is believed without question. What each further row adds, a shell of older time, had either the same
    factor or another one, a factor being ``λ ~ Gamma(k, k)``. The Bayes factor of the two, from the marginal likelihood
    ``m`` of Poisson counts ``y`` where ``e`` was expected::

        m(y, e) = Γ(k + y) kᵏ / (Γ(k) (k + e)^(k + y))           ln B = ln m(new + old) − ln m(new) − ln m(old)

    at prior odds of 4 to 1 for the same gives the chance that nothing has changed since, and with that weight the shell
    is added; of what lies behind it no more is believed than of it. So a factor that stays is known from all its past,
    and one that has changed from what came after, without a half-life having to be right. Fading sums take the place of
    counts: their likelihood is that of as many, whole ones.
    """
    y, e = events[0], expected[0]
    trust = np.ones_like(y)
    for place in range(1, len(events)):
        old_y = np.maximum(events[place] - events[place - 1], 0.0)
        old_e = np.maximum(expected[place] - expected[place - 1], 0.0)
        evidence = _log_marginal(y + old_y, e + old_e, strength)
        evidence -= _log_marginal(y, e, strength) + _log_marginal(old_y, old_e, strength)
        trust = trust / (1.0 + np.exp(-np.clip(evidence, -50.0, 50.0)) / ODDS_OF_NO_CHANGE)
        y, e = y + trust * old_y, e + trust * old_e
    return y, e


def _log_marginal(events: Float64, expected: Float64, strength: float) -> Float64:
    found: Float64 = (
        gammaln(strength + events) - gammaln(strength) - (strength + events) * np.log1p(expected / strength)
    )
    whole: Float64 = found - events * np.log(strength)
    return whole
