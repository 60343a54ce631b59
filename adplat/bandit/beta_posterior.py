"""P(this arm has the highest click rate) when every arm's rate is a Beta variable, by quadrature."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from scipy.special import betainc, betaln, expit, log_expit, polygamma, psi

from adplat.bandit.knowledge import Count
from adplat.domain import ConfigRejected
from adplat.statistics import Float64

REACH = 6.0  # standard deviations of the log-odds that count
TAIL = 20.0  # e⁻²⁰ = 2e-9: the log-odds of Beta(a, b) fall off as e^(a u) on the left and e^(−b u) on the right
STEP = 0.01  # node distance on the logarithmic scale; finer than for normals, since tails reach further than spreads
LEAST_PRIOR = 0.5
_TINY = 1e-300


def check_beta_prior(prior_clicks: float, prior_misses: float) -> None:
    """Raises ConfigRejected below ½ (Jeffreys' prior): what is spread out further than that the grid would not hold."""
    for name, value in (("prior_clicks", prior_clicks), ("prior_misses", prior_misses)):
        if not LEAST_PRIOR <= value < math.inf:
            raise ConfigRejected(f"{name} {value} is not a number from ½ on", where=name, hint="use 1, or 0.5")


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
    distribution functions are summed up along the grid, from SciPy's ``betainc`` at its begin. No normal
    approximation: the error against adaptive integration is below 1e-6 (``tests/bandit/test_beta_posterior.py``).

    Args:
        successes: ``(m,)`` of ½ or more.
        failures: ``(m,)`` of ½ or more.
    """
    if len(successes) == 1:
        return np.ones(1)
    grid = _grid_of(successes, failures)
    weight = (grid.density / grid.below * np.multiply.reduce(grid.below, axis=0)).sum(axis=1)
    result = np.zeros(len(successes))
    result[grid.alive] = weight / weight.sum()
    return result


def expected_shortfall(successes: Float64, failures: Float64) -> Float64:
    """E[max_j X_j] − E[X_i] for independent ``X_i ~ Beta(a_i, b_i)``, shape ``(m,)``: what choosing arm i may cost.

    ``E[max] = Σ_i ∫ x f_i(x) Π_{j≠i} F_j(x) dx`` over the same grid, with the same weights, so that they sum to one;
    the error against adaptive integration is below 5e-6. Of the arm that is surely the best it is zero.
    """
    if len(successes) == 1:
        return np.zeros(1)
    grid = _grid_of(successes, failures)
    weight = (grid.density / grid.below * np.multiply.reduce(grid.below, axis=0)).sum(axis=0)
    highest = float((weight * grid.x).sum() / weight.sum())
    shortfall: Float64 = np.maximum(highest - successes / (successes + failures), 0.0)
    return shortfall


class _Grid(NamedTuple):
    """Nodes ``x``, evenly spaced in ``t``, with densities of ``t``; rows are of the arms that are ``alive``."""

    alive: Any
    x: Float64
    density: Float64
    below: Float64


def _grid_of(successes: Float64, failures: Float64) -> _Grid:
    centre = psi(successes) - psi(failures)
    deviation = np.sqrt(polygamma(1, successes) + polygamma(1, failures))
    lowest = (centre - REACH * deviation - TAIL / successes).max()
    upper = centre + REACH * deviation + TAIL / failures
    alive = np.flatnonzero(upper > lowest)
    a, b = successes[alive, None], failures[alive, None]
    start = 2.0 * REACH * deviation[alive].min()
    length = np.log1p((upper.max() - lowest) / start)
    t, step = np.linspace(0.0, length, int(np.ceil(length / STEP)) + 1, retstep=True)
    growth = start * np.exp(t)  # du/dt, and d²u/dt²
    u = lowest - start + growth
    x = expit(u)
    density = np.exp(a * log_expit(u) + b * log_expit(-u) - betaln(a, b)) * growth  # of t
    slope = density * (1.0 + growth * (a - (a + b) * x))
    # The trapezoid rule with its end correction: exact for cubics within every step.
    cells = 0.5 * step * (density[:, 1:] + density[:, :-1]) + step * step / 12.0 * (slope[:, :-1] - slope[:, 1:])
    below = np.cumsum(np.concatenate([betainc(a, b, x[0]), cells], axis=1), axis=1)
    np.clip(below, _TINY, 1.0, out=below)
    return _Grid(alive, x, density, below)
