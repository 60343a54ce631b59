"""What an arm is worth after a bandit moved its share: a weighted value, and of how many even units it tells.

The value θ of an arm solves ``Σ_t h_t 1{A_t=a}/e_t(a) (Y_t − θ) = 0``. At the true θ every term has mean zero given
all that came before, since e_t is the very probability of the draw: the sum is a martingale and no share that a bandit
moves can bias it. It is the doubly robust score ``m + 1{A=a}/e (Y − m)`` with the arm's own value as its outcome model
m, and differs from one whose m is a mean of the past by terms of second order; but a rate stays between 0 and 1, and
its interval can be a score interval. (Measured at three clicks an arm: 96 % instead of the 86 % that ``estimate ± 1.96
standard errors`` of the doubly robust scores reach.)

An arm of weights ``w = h/e`` is as good as ``(Σw)²/Σw²`` units of an even share. In these *effective units* everything
that is known of plain arms holds: with propensities that never move they are the units, and the analysis the plain one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adplat.experiments.adaptive_rows import AdaptiveRows, Bools
from adplat.experiments.adaptive_weights import stabilising_weights
from adplat.experiments.moments import Moments, plain
from adplat.statistics import Float64


@dataclass(frozen=True, slots=True)
class WeightedArm:
    """One arm: effective units, value, variance of one such unit, and the share of weight that its heaviest row holds.

    ``carriers`` is the number of rows that carry the variance, ``(Σd²)²/Σd⁴`` of deviations ``d = w(Y − value)``: with
    a few purchases among thousands of rows it is the purchases, and the variance is known no better than by so many.
    NaN without a row.
    """

    units: float
    value: float
    variance: float
    largest_share: float
    carriers: float


@dataclass(frozen=True, slots=True)
class WeightedPair:
    """Two arms under the same weights, over the ``rows`` in which both had a chance."""

    control: WeightedArm
    treatment: WeightedArm
    rows: int


@dataclass(frozen=True, slots=True)
class WeightedSums:
    """Sums over the rows that chose an arm, in any one shape: their number, Σw, Σw², ΣwY, Σw²Y, Σw²Y²."""

    n: Float64
    weights: Float64
    squares: Float64
    rewards: Float64
    square_rewards: Float64
    square_reward_squares: Float64


def moments_of_sums(sums: WeightedSums, *, rates: bool) -> Moments:
    """Arms in effective units, NaN without a row.

    ``value = ΣwY/Σw`` with variance ``Σw²(Y − value)²/(Σw)²``. Rates: the variance of one unit is ``p(1−p)``, the units
    ``(Σw)²/Σw²``, fewer where the sum of squares says that light and heavy rows have different rates. Others: Bessel's
    correction in effective units, with which equal weights give the sample variance.
    """
    with np.errstate(all="ignore"):
        # Rounding must not make an arm of equal weights worth more than its rows.
        units = np.where(sums.n > 0.0, np.minimum(sums.weights**2 / sums.squares, sums.n), 0.0)
        value = sums.rewards / sums.weights
        seen = sums.square_reward_squares - 2.0 * value * sums.square_rewards + value * value * sums.squares
        spread = np.maximum(seen, 0.0) / sums.squares
        if not rates:
            # What rounding leaves of equal rewards is no variance.
            spread = np.where(seen <= 1e-12 * sums.square_reward_squares, 0.0, spread)
            return plain(units, value, np.where(units > 1.0, spread * units / (units - 1.0), np.nan))
        even = value * (1.0 - value)
        # No events show no variance, which is no reason to believe in more units than there are.
        return plain(np.where(even > 0.0, units / np.maximum(spread / even, 1.0), units), value, even)


def weighted_arm(rewards: Float64, weights: Float64, *, rates: bool) -> WeightedArm:
    """The arm of these chosen rows, ``(n,)`` each."""
    weighted = weights * rewards
    told = (weights, weights**2, weighted, weights * weighted, weighted**2)
    sums = WeightedSums(np.asarray([float(len(weights))]), *(np.asarray([one.sum()]) for one in told))
    found = moments_of_sums(sums, rates=rates)
    share = float(weights.max() / weights.sum()) if len(weights) else np.nan
    spread = (weights * (rewards - found.mean)) ** 2
    with np.errstate(all="ignore"):
        carriers = float(spread.sum() ** 2 / (spread**2).sum())
    return WeightedArm(float(found.n[0]), float(found.mean[0]), float(found.variance[0]), share, carriers)


def own_arms(rows: AdaptiveRows, propensities_vary: str, *, rates: bool) -> list[WeightedArm]:
    """Every arm by itself, over the rows in which it had a chance."""
    found = []
    for arm in range(len(rows.names)):
        possible = rows.possible(arm)
        weights = stabilising_weights(_growth(rows, arm, possible), propensities_vary)
        found.append(_weighted(rows, arm, possible, weights, rates))
    return found


def pair_of_arms(
    rows: AdaptiveRows, control: int, treatment: int, propensities_vary: str, *, rates: bool
) -> WeightedPair:
    """Both arms under one weight a row, ``h`` of ``1/e_a + 1/e_b``: what moves both arms at once (hours, seasons) moves
    no difference between them. Needs complete rows.
    """
    both = rows.possible(control) & rows.possible(treatment)
    growth = _growth(rows, control, both) + _growth(rows, treatment, both)
    weights = stabilising_weights(growth, propensities_vary)
    one, other = (_weighted(rows, arm, both, weights, rates) for arm in (control, treatment))
    return WeightedPair(one, other, int(both.sum()))


def moments_of(arms: list[WeightedArm]) -> Moments:
    """Arms in parallel, in effective units."""
    columns = [[getattr(arm, name) for arm in arms] for name in ("units", "value", "variance")]
    return plain(*(np.asarray(column, dtype=np.float64) for column in columns))


def _growth(rows: AdaptiveRows, arm: int, where: Bools) -> Float64:
    found: Float64 = 1.0 / rows.propensities[where, arm]
    return found


def _weighted(rows: AdaptiveRows, arm: int, where: Bools, weights: Float64, rates: bool) -> WeightedArm:
    """``weights`` are those of the rows ``where``; the arm has a term in those that chose it."""
    shown = rows.shown(arm)[where]
    propensities = rows.propensities[where, arm][shown]
    return weighted_arm(rows.rewards[where][shown], weights[shown] / propensities, rates=rates)
