"""The estimate where prices are bounded from above too: wins of first-price auctions whose price nobody told.

The nonparametric maximum likelihood estimate for intervals ``(lower, upper]`` (Turnbull, JRSS B 1976), by his
self-consistency steps

    ``f_k ← Σ_i w_i · 1[k in interval i] · f_k / P(interval i) / Σ_i w_i``,

which are those of expectation-maximisation, extrapolated from two at a time (SQUAREM, Varadhan and Roland, Scand. J.
Stat. 2008) and taken in turn with those of the iterative convex minorant (Wellner and Zhan, JASA 1997). With ``D_k``
the factor that ``f_k`` would be multiplied by, the log-likelihood is within ``max_k D_k − 1`` of its maximum for each
auction, so the end of the steps is a proof and no hope.

Where the data cannot tell prices apart (between two told prices, say), the mass lies on the highest of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression

from adplat.domain import InternalFault
from adplat.forecast.censored_prices import CensoredPrices
from adplat.forecast.win_curve import WinCurve

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

# Log-likelihood an auction that may be missing at the end.
GAP = 1e-9
MOST_ROUNDS = 20_000
LEAST_SHARE = 1e-3
RESAMPLES = 100
# Support points: beyond them prices are rounded up, and bounds away from what they bound, which loosens, never lies.
MOST_POINTS = 1_000
RESAMPLED_GAP = 1e-5


@dataclass(frozen=True, slots=True)
class _Cells:
    """Auctions that say the same: the price is one of points ``first`` to ``last``; ``weights`` (C,) sum to 1."""

    first: Int64
    last: Int64
    weights: Float64
    points: int


def turnbull(
    prices: CensoredPrices,
    rng: np.random.Generator | None,
    *,
    level: float = 0.95,
    most_points: int = MOST_POINTS,
    resamples: int = RESAMPLES,
) -> WinCurve:
    """The curve of prices told, bounded from below, from above or from both sides.

    Its interval holds the middle ``level`` of the estimates of ``resamples`` draws of the auctions (bootstrap); NaN
    without any, or without ``rng``.

    Raises InternalFault where the steps do not come to an end.
    """
    support = _support(prices, most_points)
    cells = _cells(prices, support)
    mass = _fitted(cells, np.full(cells.points, 1.0 / cells.points), GAP)
    chances = np.minimum(np.cumsum(mass), 1.0)[: len(support)]
    low = high = np.full(len(support), np.nan)
    if rng is not None and resamples:
        drawn = [_redrawn(cells, mass, prices.weights.sum(), rng)[: len(support)] for _ in range(resamples)]
        low, high = np.quantile(drawn, [(1.0 - level) / 2.0, (1.0 + level) / 2.0], axis=0)
        # The share of auctions that a bid wins was estimated: it lies in its own interval.
        low, high = np.minimum(low, chances), np.maximum(high, chances)
    finite = np.where(np.isfinite(prices.upper), prices.upper, prices.lower)
    steps = np.diff(chances, prepend=0.0) > 0.0
    return WinCurve(support[steps], chances[steps], low[steps], high[steps], float(finite.max()), level)


def _support(prices: CensoredPrices, most_points: int) -> Float64:
    """Where mass may lie: told prices, and upper bounds."""
    bounded = np.isfinite(prices.upper)
    points = np.unique(prices.upper[bounded])
    if not len(points):  # nothing but losses: all that is known is that prices lie above
        return np.array([prices.lower.max()])
    if len(points) <= most_points:
        return points
    # Half of them where the auctions are, half evenly in ln(price): the tails are small and still asked about.
    often = np.quantile(prices.upper[bounded], np.linspace(0.0, 1.0, most_points // 2), method="higher")
    least = max(float(points[0]), 1.0)
    evenly = np.geomspace(least, float(points[-1]), most_points // 2)
    near = points[np.minimum(np.searchsorted(points, evenly), len(points) - 1)]
    return np.unique(np.concatenate([often, near]))


def _cells(prices: CensoredPrices, support: Float64) -> _Cells:
    """Each auction's first and last point; point ``len(support)`` is a price beyond all of them."""
    # Told between two points: somewhere from the one below it, left out, to the one above.
    last = np.searchsorted(support, prices.upper, side="left")
    first = np.where(prices.told, last, np.searchsorted(support, prices.lower, side="right"))
    first = np.minimum(first, last)  # both bounds between the same two points
    key, places = np.unique(first * (len(support) + 1) + last, return_inverse=True)
    weights = np.bincount(places, prices.weights)
    return _Cells(key // (len(support) + 1), key % (len(support) + 1), weights / weights.sum(), len(support) + 1)


def _redrawn(cells: _Cells, start: Float64, auctions: float, rng: np.random.Generator) -> Float64:
    """``F`` of as many auctions drawn from these."""
    counts = rng.multinomial(max(round(auctions), 1), cells.weights)
    drawn = counts > 0
    again = _Cells(cells.first[drawn], cells.last[drawn], counts[drawn] / counts.sum(), cells.points)
    # Not from the estimate itself: a point that it left empty would stay empty.
    spread = 0.9 * start + 0.1 / cells.points
    return np.minimum(np.cumsum(_fitted(again, spread, RESAMPLED_GAP)), 1.0)


def _fitted(cells: _Cells, start: Float64, gap: float) -> Float64:
    """(points,) masses of maximum likelihood, within ``gap`` of it for each auction."""
    mass = start
    for _ in range(MOST_ROUNDS):
        factors, before = _factors(cells, mass)
        if factors.max() - 1.0 <= gap:
            return mass
        mass = _pooled(cells, _extrapolated(cells, mass, factors, before))
    raise InternalFault("a curve of prices did not settle", hint="report the bid log that it was fitted on")


def _extrapolated(cells: _Cells, mass: Float64, factors: Float64, before: float) -> Float64:
    """One accelerated step of self-consistency, never down the likelihood."""
    once = mass * factors
    twice = once * _factors(cells, once)[0]
    step, bend = once - mass, twice - 2.0 * once + mass
    bent = float(np.linalg.norm(bend))
    reach = max(1.0, float(np.linalg.norm(step)) / bent) if bent > 0.0 else 1.0
    far = np.maximum(mass + 2.0 * reach * step + reach**2 * bend, 0.01 * twice)
    far /= far.sum()
    again, after = _factors(cells, far)
    return far * again if after >= before else twice


def _pooled(cells: _Cells, mass: Float64) -> Float64:
    """One step of the iterative convex minorant: Newton's with the diagonal of the Hessian, kept rising, halved until
    the likelihood rises.

    It empties many points at once, and fills empty ones again, which self-consistency does only in the limit.
    """
    chances = np.cumsum(mass)[:-1]
    up_to = np.append(0.0, np.cumsum(mass))
    chance = up_to[cells.last + 1] - up_to[cells.first]
    slope, bend = cells.weights / chance, cells.weights / chance**2
    count = cells.points + 1
    slopes = np.bincount(cells.last + 1, slope, count) - np.bincount(cells.first, slope, count)
    bends = np.bincount(cells.last + 1, bend, count) + np.bincount(cells.first, bend, count)
    # The ends of F are no unknowns: 0 before the first point, 1 after the last.
    slopes, bends = slopes[1:-1], np.maximum(bends[1:-1], 1e-12)
    if not len(slopes):
        return mass
    wanted = isotonic_regression(chances + slopes / bends, weights=bends).x
    aim = np.diff(np.clip(wanted, 0.0, 1.0), prepend=0.0, append=1.0)
    _, before = _factors(cells, mass)
    share = 1.0
    while share > LEAST_SHARE:
        tried: Float64 = mass + share * (aim - mass)
        if _factors(cells, tried)[1] > before:
            return tried
        share /= 2.0
    return mass


def _factors(cells: _Cells, mass: Float64) -> tuple[Float64, float]:
    """What the next step multiplies each mass by, and the log-likelihood of an auction."""
    up_to = np.append(0.0, np.cumsum(mass))
    chance = up_to[cells.last + 1] - up_to[cells.first]
    if not (chance > 0.0).all():
        return np.ones_like(mass), -np.inf
    share = cells.weights / chance
    changes = np.bincount(cells.first, share, minlength=len(mass) + 1)
    changes -= np.bincount(cells.last + 1, share, minlength=len(mass) + 1)
    factors: Float64 = np.cumsum(changes)[:-1].astype(np.float64)
    return factors, float(cells.weights @ np.log(chance))
