"""What the two linear policies share: the settings, and what a showing looks like to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from adplat.bandit.drawing import check_floor, check_positive
from adplat.bandit.learned_prior import DEFAULT_PRIOR_STRENGTH
from adplat.bandit.linear_evidence import linear_features
from adplat.bandit.policy import Reads
from adplat.bandit.weighing import Offer, Weighing
from adplat.statistics import Float64


@dataclass(frozen=True)
class LinearPolicy(Weighing):
    """One θ for all arms, on the model of ``adplat.bandit.linear_evidence``: it learns where the pCTR is wrong.

    Args:
        width: in posterior deviations; each policy says of what.
        prior_strength: ``k``: how many expected clicks the model's word is worth.
        exploration_floor: least propensity of an arm, see ``with_floor``.

    Raises:
        ConfigRejected: a width or strength of 0 or less, a floor outside [0, 1].
    """

    width: float = 1.0
    prior_strength: float = DEFAULT_PRIOR_STRENGTH
    exploration_floor: float | None = None

    reads: ClassVar[Reads] = Reads.CLICKS | Reads.PREDICTIONS | Reads.VECTORS

    def __post_init__(self) -> None:
        check_positive(self.width, "width")
        check_positive(self.prior_strength, "prior_strength")
        check_floor(self.exploration_floor)


def seen(offer: Offer) -> tuple[Float64, Float64]:
    """``(m,)`` click probabilities and ``(m, D)`` features of the allowed arms."""
    context, allowed = offer.context, offer.allowed
    p_ctr = context.p_ctr[allowed]
    return p_ctr, linear_features(p_ctr, None if context.vectors is None else context.vectors[allowed])
