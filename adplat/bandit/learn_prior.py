"""How far the model may be trusted, learned by empirical Bayes from the sums of creatives that have run."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from adplat.bandit.delay import learn_delays, matured
from adplat.bandit.knowledge import Count, Knowledge, log_p
from adplat.bandit.learned_prior import (
    DEFAULT_PRIOR_STRENGTH,
    STRONGEST,
    UNTAUGHT,
    UNTAUGHT_STRENGTH,
    WEAKEST,
    LearnedPrior,
)
from adplat.domain import POWERS
from adplat.statistics import Float64

MOST_ARMS = 500
"""Of more creatives every second, third … is looked at, whatever came of it: this many settle the few numbers."""
EXPONENT_DEVIATION = 0.5
ODDS_OF_ONE = 4.0
LOG_STRENGTH_DEVIATION = 1.5
LOG_LEVEL_DEVIATION = 0.5
_GRID = 17
_NEWTON_STEPS = 5
_NODES = np.array([0.0, *POWERS, 1.0])
_GAPS = np.array([np.prod(np.delete(node - _NODES, place)) for place, node in enumerate(_NODES)])


def learn_prior(known: Knowledge) -> LearnedPrior:
    """The posterior mean of exponents, log level and variance ``1/k`` under priors around ``LearnedPrior``'s defaults.

    Per creative the sums of pᵇ over impressions, of ln p over clicks and its ``y`` clicks tell the likelihood of
    clicks as a Poisson process, and it falls into two factors (DuMouchel, The American Statistician 53, 1999, for the
    second)::

        within a creative    Σ_c  b Σ_clicks ln p − y ln Σ pᵇ              which of its moments were clicked
        between creatives    Σ_c  ln NB(y; mean e, shape k)                how often it was clicked at all
                             e = level · centre^(1−a) · g^(a−b) · Σ pᵇ,    g = its mean pCTR

    ``b`` is ``within_exponent``, ``a`` is ``exponent``. The first decides ``b``, the second the rest. Each is averaged
    over a grid, ``level`` integrated out by Laplace's method. Means and not maxima: the logarithm of the rate is linear
    in exponent and log level, so the mean prediction uses their means, and nothing jumps as clicks come in. What λ
    varies by is ``1/k``, so of the strength it is the mean of that: a factor whose k is not known varies as much as the
    small ones among the possible let it, and a model that nobody has tried yet is not believed too firmly.

    Priors decide while there is little to learn from, since five creatives that happen to agree with the model must not
    make it infallible: four to one that an exponent is exactly 1, else it lies in the left half of a normal of 1 ± 0.5;
    ln k is normal around ln 10 ± 1.5 (``UNTAUGHT_STRENGTH``), ln level around 0 ± 0.5. Creatives never shown say
    nothing. A bandit that shows some creatives more than others does no harm: the likelihood is the same.

    How late conversions come is learned first (``learn_delays``); of those expected only those count that could have
    come by now.

    Cost: about 3 ms for 20 creatives, at most about 30 ms.
    """
    shown = np.flatnonzero(known.counts[Count.EXPECTED_CLICKS, :-1] > 0.0)
    if not len(shown):
        return UNTAUGHT
    arms = shown[:: -(-len(shown) // MOST_ARMS)]
    counts = known.counts[:, arms]
    clicks, impressions = counts[Count.CLICKS], np.maximum(counts[Count.IMPRESSIONS], 1.0)
    powers = log_power_sums(counts)
    within = _within_exponent(clicks, counts[Count.LOG_P_OF_CLICKS], powers)
    centre = float(counts[Count.EXPECTED_CLICKS].sum() / impressions.sum())
    typical = np.log(counts[Count.EXPECTED_CLICKS] / impressions) - math.log(centre)
    # Expected clicks at exponent 0; the rest is g^a.
    log_expected = at_power(powers, np.array([within]))[0] - within * np.log(
        counts[Count.EXPECTED_CLICKS] / impressions
    )
    found = _between(clicks, log_expected + math.log(centre), typical)
    delays = learn_delays(known, DEFAULT_PRIOR_STRENGTH, arms)
    expected = matured(known, delays)[arms]
    clicked = np.flatnonzero(expected > 0.0)
    after = _between(counts[Count.CONVERSIONS, clicked], np.log(expected[clicked]), None)
    return LearnedPrior(
        found.exponent, within, found.strength, found.level, centre, after.strength, after.level, delays
    )


def log_power_sums(counts: Float64) -> Float64:
    """``(5, n)`` ln Σ pᵇ of each creative for b = 0, ¼, ½, ¾, 1; where no powers were summed, as if all p were alike.

    Of a creative never shown the numbers mean nothing, but they are numbers.
    """
    ends = np.log(np.maximum(counts[Count.IMPRESSIONS], 1.0)), log_p(counts[Count.EXPECTED_CLICKS])
    summed = log_p(counts[Count.POWER_QUARTER : Count.POWER_THREE_QUARTERS + 1])
    alike = ends[0] + _NODES[1:-1, None] * (ends[1] - ends[0])
    middle = np.where(counts[Count.POWER_HALF] > 0.0, summed, alike)
    sums: Float64 = np.concatenate([ends[0][None], middle, ends[1][None]])
    return sums


def at_power(log_sums: Float64, exponents: Float64) -> Float64:
    """``(b, n)`` ln Σ pᵇ at any b in [0, 1], by the polynomial through the five that are known; exact at those.

    It is smooth in b: a polynomial of the second degree where ln p is normal.
    """
    # Lagrange: what each of the five weighs at each b.
    off = exponents[:, None] - _NODES
    weights = (
        np.array([np.prod(np.delete(off, place, axis=1), axis=1) for place in range(len(_NODES))]) / _GAPS[:, None]
    )
    total: Float64 = (weights[:, :, None] * log_sums[:, None, :]).sum(axis=0)
    return total


def _within_exponent(clicks: Float64, log_p_of_clicks: Float64, powers: Float64) -> float:
    told = log_p_of_clicks != 0.0
    grid = np.linspace(0.0, 1.0, _GRID)
    chances = grid * log_p_of_clicks.sum() - (clicks * told * at_power(powers, grid)).sum(axis=1)
    chances += _log_prior_of(grid)
    weights = np.exp(chances - chances.max())
    return float((weights * grid).sum() / weights.sum())


def _log_prior_of(exponents: Float64) -> Float64:
    """``(a,)`` of a grid with equal steps; its last point may be 1, where most of the prior lies."""
    slab = -0.5 * ((1.0 - exponents) / EXPONENT_DEVIATION) ** 2 + math.log(exponents[1] - exponents[0])
    half = EXPONENT_DEVIATION * math.sqrt(math.pi / 2.0) * math.erf(1.0 / (EXPONENT_DEVIATION * math.sqrt(2.0)))
    found: Float64 = np.where(exponents == 1.0, math.log(ODDS_OF_ONE * half), slab)
    return found


@dataclass(frozen=True, slots=True)
class _Between:
    exponent: float = 1.0
    strength: float = UNTAUGHT_STRENGTH
    level: float = 1.0


def _between(events: Float64, log_expected: Float64, typical: Float64 | None) -> _Between:
    """Exponent, strength and level of ``events ~ NB(level · exp(log_expected + exponent · typical), k)``.

    Without ``typical`` there is no exponent to learn. Twice over a grid, the second time around what the first found.
    """
    if not len(events):
        return _Between()
    exponents = np.array([1.0]) if typical is None else np.linspace(0.0, 1.0, _GRID // 2 + 1)
    logs = np.linspace(math.log(WEAKEST), math.log(STRONGEST), _GRID)
    for _ in range(2):
        weights, levels = _posterior(events, log_expected, typical, exponents, logs)
        by_exponent, by_log = weights.sum(axis=1), weights.sum(axis=0)
        exponent, log_strength = float((by_exponent * exponents).sum()), float((by_log * logs).sum())
        variance = float((by_log * np.exp(-logs)).sum())
        log_level = float((weights * levels).sum())
        exponents = _closer(exponents, by_exponent, exponent)
        logs = _closer(logs, by_log, log_strength)
    return _Between(exponent, 1.0 / variance, math.exp(log_level))


def _closer(grid: Float64, weights: Float64, mean: float) -> Float64:
    """As many points four deviations around the mean, at least a step, within the ends of the grid."""
    if len(grid) == 1:
        return grid
    reach = max(4.0 * math.sqrt(float((weights * (grid - mean) ** 2).sum())), float(grid[1] - grid[0]))
    return np.linspace(max(grid[0], mean - reach), min(grid[-1], mean + reach), len(grid))


def _posterior(
    events: Float64, log_expected: Float64, typical: Float64 | None, exponents: Float64, logs: Float64
) -> tuple[Float64, Float64]:
    """``(a, k)`` weights, summing to one, and the best log level of each."""
    k = np.exp(logs)[:, None]
    first = log_expected[None] if typical is None else log_expected + exponents[:, None] * typical
    first = first[:, None, :]  # (a, 1, n)
    level = np.zeros((len(exponents), len(k), 1))
    curvature = np.zeros_like(level)
    for _ in range(_NEWTON_STEPS):
        share = 1.0 / (1.0 + k * np.exp(-first - level))  # e / (k + e)
        slope = (events - (k + events) * share).sum(axis=2, keepdims=True) - level / LOG_LEVEL_DEVIATION**2
        share *= 1.0 - share
        share *= k + events
        curvature = share.sum(axis=2, keepdims=True) + 1.0 / LOG_LEVEL_DEVIATION**2
        level = level + np.clip(slope / curvature, -2.0, 2.0)
    log_e = first + level
    chances = (gammaln(k + events) - gammaln(k) - events * np.log(k))[None] + events * log_e
    chances -= (k + events) * np.log1p(np.exp(log_e) / k)
    total = chances.sum(axis=2) - 0.5 * np.log(curvature[:, :, 0]) - 0.5 * (level[:, :, 0] / LOG_LEVEL_DEVIATION) ** 2
    total -= 0.5 * ((logs - math.log(DEFAULT_PRIOR_STRENGTH)) / LOG_STRENGTH_DEVIATION) ** 2
    if len(exponents) > 1:
        total += _log_prior_of(exponents)[:, None]
    weights = np.exp(total - total.max())
    return weights / weights.sum(), level[:, :, 0]
