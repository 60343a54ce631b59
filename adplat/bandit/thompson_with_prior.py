"""Thompson sampling around the model: how wrong is it about this creative? The default policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Self

import numpy as np

from adplat.bandit.drawing import check_floor, check_strength, draw_order, nothing_to_show, with_floor
from adplat.bandit.gamma_posterior import probability_of_highest_rate
from adplat.bandit.knowledge import NOTHING_KNOWN, Count, Knowledge
from adplat.bandit.policy import Bools, Choice, Context, Reads, allowed_arms
from adplat.bandit.prior_strength import DEFAULT_PRIOR_STRENGTH


@dataclass(frozen=True)
class ThompsonWithPrior:
    """The model's pCTR is the prior, the creative's own clicks correct it.

    ::

        rate of creative c, here and now   = p_ctr · λ_c
        λ_c before any impression          ~ Gamma(k, k)                   mean 1, deviation 1/√k
        λ_c after clicks and impressions   ~ Gamma(k + clicks, k + expected_clicks)

    ``expected_clicks`` sums the pCTR over the creative's impressions, so user, placement and hour are
    accounted for and what is left is the creative's own factor. A new creative competes from its first
    opportunity with what the model reads from its picture and words; the fewer clicks the model
    expects, the longer its prior holds. Clicks that come late raise the factor when they come; until
    then it is too low by the share of clicks under way, for all running creatives alike.

    The arms' factors are independent. Propensities are P(arm has the highest rate) under this posterior,
    raised to the exploration floor.

    Args:
        prior_strength: ``k``: how many expected clicks the model's word is worth.
        exploration_floor: least propensity of an arm, capped at ``0.5/m``.

    Raises:
        ConfigRejected: a strength of 0 or less, a floor outside [0, 1].
    """

    prior_strength: float = DEFAULT_PRIOR_STRENGTH
    exploration_floor: float = 0.01
    known: Knowledge = field(default=NOTHING_KNOWN, repr=False, compare=False)

    name: ClassVar[str] = "thompson-with-prior"
    reads: ClassVar[Reads] = Reads.CLICKS | Reads.PREDICTIONS

    def __post_init__(self) -> None:
        check_strength(self.prior_strength)
        check_floor(self.exploration_floor)

    def update(self, statistics: Knowledge) -> Self:
        """See ``Policy.update``."""
        return replace(self, known=statistics)

    def choose(
        self,
        context: Context,
        arms: Sequence[str],
        rng: np.random.Generator,
        *,
        slots: int = 1,
        blocked: Bools | None = None,
    ) -> Choice:
        """See ``Policy.choose``. The places behind the drawn ones follow ``p_ctr · E[λ]``."""
        allowed = allowed_arms(context, arms, blocked)
        if not len(allowed):
            return nothing_to_show(len(arms))
        rows, counts = self.known.rows_of(arms)[allowed], self.known.counts
        shapes = self.prior_strength + counts[Count.CLICKS, rows]
        rates = self.prior_strength + counts[Count.EXPECTED_CLICKS, rows]
        scales = context.p_ctr[allowed]
        weights = probability_of_highest_rate(scales, shapes, rates)
        shares = with_floor(weights, self.exploration_floor)
        return draw_order(len(arms), allowed, shares, scales * shapes / rates, rng, slots)
