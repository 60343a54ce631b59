"""What every estimator is made from, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from adplat.statistics import Float64


@dataclass(frozen=True, slots=True, eq=False)
class Bounded:
    """What an empirical-Bernstein interval is made of: independent ``values (N,)`` in a range of length ``width``."""

    values: Float64
    width: float


@dataclass(frozen=True, slots=True, eq=False)
class Contributions:
    """An estimate as ``Σ above / Σ below``; ``below`` is one a row unless said otherwise.

    ``above`` holds what each row adds by itself and through the models that were fitted on it. ``bounded`` is
    ``None`` where the estimate is no mean of independent rows in a known range. ``missing`` are limits, around 0, of
    what a biased estimate lacks of the truth; its intervals reach as far.
    """

    above: Float64  # (N,)
    below: Float64 | None = None  # (N,)
    bounded: Bounded | None = None
    missing: tuple[float, float] = (0.0, 0.0)

    def denominators(self) -> Float64:
        """``(N,)`` what stands below the line."""
        return np.ones(len(self.above)) if self.below is None else self.below


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """``N`` rows. ``weight_bound`` is a weight that none of this log's rows could exceed.

    ``predicted`` is the reward model's word on the logged action, ``expected`` its mean over the evaluated policy;
    neither from a model that saw the row. ``is_direct`` is whether ``expected`` was summed over everything that the
    policy would do; otherwise it was reweighted from the logged actions, and its rows are not independent.
    ``influence`` says what each row's reward did to ``mean(expected − ŵ predicted)`` through the models, for columns
    of weights: ``(N, K)`` to ``(N, K)``, each of mean 0.
    """

    rewards: Float64  # (N,) in [0, 1]
    weights: Float64  # (N,) π/p
    predicted: Float64  # (N,)
    expected: Float64  # (N,)
    weight_bound: float
    is_direct: bool
    influence: Callable[[Float64], Float64]

    def corrected(self, weights: Float64) -> Float64:
        """``(N, K)``: ``expected + ŵ (r − q̂)``, the model's word corrected by each column of weights ``(N, K)``."""
        own = self.expected[:, None] + weights * (self.rewards - self.predicted)[:, None]
        total: Float64 = own + self.influence(weights)
        return total

    def estimate(self, weights: Float64, total: Float64, bound: float) -> Contributions:
        """The estimate with one column of weights, no larger than ``bound``, and its column of ``corrected``."""
        own = self.expected + weights * (self.rewards - self.predicted)
        return Contributions(total, bounded=Bounded(own, 1.0 + 2.0 * bound) if self.is_direct else None)
