"""Thompson sampling on what a showing earns, from sums and squares alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from adplat.bandit.drawing import check_floor, check_positive, with_floor
from adplat.bandit.knowledge import Count
from adplat.bandit.policy import Reads
from adplat.bandit.remembered import RememberedShares
from adplat.bandit.weighing import Weighed
from adplat.domain import MICROS_PER_UNIT
from adplat.statistics import Float64, probability_of_maximum


@dataclass(frozen=True)
class GaussianThompson(RememberedShares):
    """What a showing earns (``V`` the sum of values, ``Q`` of their squares), its mean taken as normal.

    ::

        M, S²        mean and variance of a showing, over all arms on offer
        mean_i     ~ N((k M + V_i) / (k + n_i),  s²_i / (k + n_i))
        s²_i       = (k S² + Q_i − V_i²/n_i + k n_i/(k + n_i) (V_i/n_i − M)²) / (k + n_i)

    That is the normal-inverse-gamma posterior with a prior of ``k`` showings, which is what the arms on offer share
    (empirical Bayes); where nothing was earned yet all arms are alike. The central limit theorem stands behind it: it
    holds from some dozens of conversions on. Propensities are P(mean is the highest), or the lowest where less is
    better: the sign is turned before anything is compared, so two arms are as right as twenty.

    Args:
        prior_impressions: ``k``.
        lower_is_better: true where a value is a cost.
        exploration_floor: least propensity of an arm, see ``with_floor``.

    Raises:
        ConfigRejected: a prior of 0 or less, a floor outside [0, 1].
    """

    prior_impressions: float = 100.0
    lower_is_better: bool = False
    exploration_floor: float | None = None

    name: ClassVar[str] = "gaussian-thompson"
    reads: ClassVar[Reads] = Reads.VALUES

    def __post_init__(self) -> None:
        check_positive(self.prior_impressions, "prior_impressions")
        check_floor(self.exploration_floor)

    def _weigh_counts(self, counts: Float64) -> Weighed:
        """The places behind the drawn ones follow the posterior mean, the best first."""
        means, deviations = value_posterior(counts, self.prior_impressions)
        better = -means if self.lower_is_better else means
        return Weighed(with_floor(probability_of_maximum(better, deviations), self.exploration_floor), better)


def value_posterior(counts: Float64, prior_impressions: float) -> tuple[Float64, Float64]:
    """Mean and deviation of what a showing earns, ``(m,)`` each in units of currency, from ``(12, m)`` counts."""
    shown = counts[Count.IMPRESSIONS]
    values, squares = counts[Count.VALUE] / MICROS_PER_UNIT, counts[Count.VALUE_SQUARES]
    # Values of showings that are not told yet would divide by nothing; they count as one showing at least.
    everything = max(float(shown.sum()), 1.0)
    mean = float(values.sum()) / everything
    variance = max(float(squares.sum()) / everything - mean * mean, 0.0)
    own_squares = np.maximum(squares - values * values / np.maximum(shown, 1.0), 0.0)
    weight = prior_impressions + shown
    off = values / np.maximum(shown, 1.0) - mean
    apart = prior_impressions * shown / weight * off * off
    deviations = np.sqrt((prior_impressions * variance + own_squares + apart) / weight / weight)
    return (prior_impressions * mean + values) / weight, deviations
