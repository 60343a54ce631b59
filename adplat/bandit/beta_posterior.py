"""P(this arm has the highest click rate) when every arm's rate is a Beta variable, by quadrature."""

from __future__ import annotations

import numpy as np
from scipy.special import betainc, betaln, expit, log_expit, polygamma, psi

from adplat.bandit.knowledge import Count
from adplat.statistics import Float64

REACH = 6.0  # standard deviations of the log-odds that count
TAIL = 20.0  # e⁻²⁰ = 2e-9: the log-odds of Beta(a, b) fall off as e^(a u) on the left and e^(−b u) on the right
STEP = 0.03  # node distance on the logarithmic scale of ``adplat.statistics.quadrature``
_TINY = 1e-300


def beta_shapes(counts: Float64, prior_clicks: float, prior_misses: float) -> tuple[Float64, Float64]:
    """Both shapes of the posterior, ``(m,)`` each, from ``(12, m)`` columns of counts.

    A click may be told before its impression; then there are no misses yet, not fewer than none.
    """
    clicks = counts[Count.CLICKS]
    misses = np.maximum(counts[Count.IMPRESSIONS] - clicks, 0.0)
    return prior_clicks + clicks, prior_misses + misses


def probability_of_highest_share(successes: Float64, failures: Float64) -> Float64:
    """P(arm i is the highest) for independent ``X_i ~ Beta(a_i, b_i)``, shape ``(m,)``, summing to one.

    ``P_i = ∫ f_i(x) Π_{j≠i} F_j(x) dx`` over the log-odds ``u = ln x/(1−x)``, where the densities
    ``x^a (1−x)^b / B(a, b)`` vanish at both ends even for the flat Beta(1, 1). Grid and argument are those of
    ``adplat.statistics.probability_of_maximum``: nothing below the highest of the lower ends matters, and above
    it the step grows with the distance, so that arms of ten and of a billion impressions share one grid. The
    distribution functions are SciPy's ``betainc``: no normal approximation. Against adaptive integration: error
    below 1e-6 (``tests/bandit/test_beta_posterior.py``).

    Args:
        successes: ``(m,)`` positive.
        failures: ``(m,)`` positive.
    """
    if len(successes) == 1:
        return np.ones(1)
    a, b = successes[:, None], failures[:, None]
    centre = psi(successes) - psi(failures)
    deviation = np.sqrt(polygamma(1, successes) + polygamma(1, failures))
    lower = centre - REACH * deviation - TAIL / successes
    upper = centre + REACH * deviation + TAIL / failures
    lowest = lower.max()
    alive = np.flatnonzero(upper > lowest)
    a, b = a[alive], b[alive]
    start = (upper - lower)[alive].min()
    length = np.log1p((upper.max() - lowest) / start)
    nodes = int(np.ceil(length / STEP)) + 1
    growth = start * np.exp(np.linspace(0.0, length, nodes))  # du/dt
    u = (lowest - start + growth)[None, :]
    density = np.exp(a * log_expit(u) + b * log_expit(-u) - betaln(a, b))
    below = np.maximum(betainc(a, b, expit(u)), _TINY)
    everyone = np.multiply.reduce(below, axis=0) * growth
    weight = (density / below * everyone).sum(axis=1)
    result = np.zeros(len(successes))
    result[alive] = weight / weight.sum()
    return result
