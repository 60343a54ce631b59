"""What every estimator is made from, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adplat.statistics import Float64


@dataclass(frozen=True, slots=True, eq=False)
class Contributions:
    """An estimate as ``Σ above / Σ below``; ``below`` is one a row unless said otherwise.

    ``width`` is the length of the range that one row's contribution has at most, or ``None`` where the estimate is
    no mean of independent rows and an empirical-Bernstein interval does not apply.
    """

    above: Float64  # (N,)
    below: Float64 | None = None  # (N,)
    width: float | None = None

    def denominators(self) -> Float64:
        """``(N,)`` what stands below the line."""
        return np.ones(len(self.above)) if self.below is None else self.below


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """``N`` rows. ``weight_bound`` is a weight that none of this log's rows could exceed.

    ``predicted`` is the reward model's word on the logged action, ``expected`` its mean over the evaluated policy;
    neither from a model that saw the row. ``is_direct`` is whether ``expected`` was summed over everything that the
    policy would do; otherwise it was reweighted from the logged actions, and its rows are not independent.
    """

    rewards: Float64  # (N,) in [0, 1]
    weights: Float64  # (N,) π/p
    predicted: Float64  # (N,)
    expected: Float64  # (N,)
    weight_bound: float
    is_direct: bool = True

    def corrected(self, weights: Float64, bound: float) -> Contributions:
        """``expected + weights (r − q̂)``: the model's word, corrected where the log knows better.

        ``bound`` is the largest that one of these weights could be.
        """
        residual = weights * (self.rewards - self.predicted)
        return Contributions(self.expected + residual, width=1.0 + 2.0 * bound if self.is_direct else None)
