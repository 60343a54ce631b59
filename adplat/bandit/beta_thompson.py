"""Thompson sampling as in the textbooks: Beta posteriors of click rates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from adplat.bandit.beta_posterior import beta_shapes, check_beta_prior, probability_of_highest_share
from adplat.bandit.drawing import check_floor, with_floor
from adplat.bandit.policy import Reads
from adplat.bandit.remembered import RememberedShares
from adplat.bandit.weighing import Weighed
from adplat.statistics import Float64


@dataclass(frozen=True)
class BetaThompson(RememberedShares):
    """A creative's click rate ``~ Beta(prior_clicks + clicks, prior_misses + misses)``, alike at every opportunity.

    Chapelle & Li (NIPS 2011). Propensities are P(arm has the highest rate), integrated and not sampled. The
    flat prior Beta(1, 1) expects every other showing to be clicked, so each new creative is tried some hundred times;
    ``prior_misses`` of 50 expects 2 %.

    Args:
        prior_clicks, prior_misses: what is believed of a creative never shown, in showings.
        exploration_floor: least propensity of an arm, see ``with_floor``.

    Raises:
        ConfigRejected: a prior below ½, a floor outside [0, 1].
    """

    prior_clicks: float = 1.0
    prior_misses: float = 1.0
    exploration_floor: float | None = None

    name: ClassVar[str] = "beta-thompson"
    reads: ClassVar[Reads] = Reads.CLICKS

    def __post_init__(self) -> None:
        check_beta_prior(self.prior_clicks, self.prior_misses)
        check_floor(self.exploration_floor)

    def _weigh_counts(self, counts: Float64) -> Weighed:
        """The places behind the drawn ones follow the posterior mean rate."""
        clicks, misses = beta_shapes(counts, self.prior_clicks, self.prior_misses)
        weights = probability_of_highest_share(clicks, misses)
        return Weighed(with_floor(weights, self.exploration_floor), clicks / (clicks + misses))
