"""Top-two Thompson sampling: for finding the best arm, not for earning on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from adplat.bandit.beta_posterior import beta_shapes, check_beta_prior, probability_of_highest_share
from adplat.bandit.drawing import check_floor, check_share, with_floor
from adplat.bandit.greedy import shared_by_leaders
from adplat.bandit.policy import Reads
from adplat.bandit.remembered import RememberedShares
from adplat.bandit.weighing import Weighed
from adplat.statistics import Float64


@dataclass(frozen=True)
class TopTwoThompson(RememberedShares):
    """The best arm of a world drawn from the posterior, or with ``1 − β`` that of the next world where another is best.

    ::

        w_i = P(arm i has the highest rate)            Beta posteriors, see ``beta-thompson``
        p_i = β w_i + (1 − β) w_i Σ_{j≠i} w_j / (1 − w_j)

    Russo, Simple Bayesian Algorithms for Best-Arm Identification (Operations Research 68, 2020), which draws until
    the second world disagrees; the sum is the probability of what those draws end with. Half of the traffic stays with
    challengers for ever: choose it to decide between creatives soon, then move on.

    Args:
        leader_share: ``β``.
        prior_clicks, prior_misses: as in ``beta-thompson``.
        exploration_floor: least propensity of an arm, see ``with_floor``.

    Raises:
        ConfigRejected: a share outside [0, 1], a prior below ½.
    """

    leader_share: float = 0.5
    prior_clicks: float = 1.0
    prior_misses: float = 1.0
    exploration_floor: float | None = None

    name: ClassVar[str] = "top-two-thompson"
    reads: ClassVar[Reads] = Reads.CLICKS

    def __post_init__(self) -> None:
        check_share(self.leader_share, "leader_share")
        check_beta_prior(self.prior_clicks, self.prior_misses)
        check_floor(self.exploration_floor)

    def _weigh_counts(self, counts: Float64) -> Weighed:
        """The places behind the drawn ones follow the posterior mean rate."""
        clicks, misses = beta_shapes(counts, self.prior_clicks, self.prior_misses)
        means = clicks / (clicks + misses)
        weights = top_two_weights(probability_of_highest_share(clicks, misses), means, self.leader_share)
        return Weighed(with_floor(weights, self.exploration_floor), means)


def top_two_weights(best: Float64, means: Float64, leader_share: float) -> Float64:
    """``(m,)`` probabilities of being chosen, from those of being best. A single arm is its own challenger.

    Where one arm is best for certain no world disagrees; the challenger is then the next by ``(m,)`` means.
    """
    if len(best) == 1:
        return np.ones(1)
    # Sums from both sides: 1 − w loses all its digits when w is nearly one, and then these few decide.
    before = np.concatenate([[0.0], np.cumsum(best)[:-1]])
    behind = np.concatenate([np.cumsum(best[::-1])[::-1][1:], [0.0]])
    others = before + behind
    certain = others <= 0.0
    if certain.any():
        challengers = shared_by_leaders(np.where(certain, -np.inf, means))
    else:
        chances = best / others
        challengers = best * (chances.sum() - chances)
    mixed: Float64 = leader_share * best + (1.0 - leader_share) * challengers
    return mixed
