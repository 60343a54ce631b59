"""LinUCB: the highest rate that what is known of pictures and words still leaves believable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar, Self

import numpy as np

from adplat.bandit.drawing import check_floor, check_positive, draw_order, nothing_to_show, with_floor
from adplat.bandit.greedy import shared_by_leaders
from adplat.bandit.knowledge import NOTHING_KNOWN, Knowledge
from adplat.bandit.learned_prior import DEFAULT_PRIOR_STRENGTH
from adplat.bandit.linear_evidence import linear_features
from adplat.bandit.linear_posterior import LinearPosterior
from adplat.bandit.policy import Bools, Choice, Context, Reads, allowed_arms


@dataclass(frozen=True)
class LinUcb:
    """First place to the highest ``p (1 + θ̂ · x + α √(xᵀ A⁻¹ x))``.

    Li, Chu, Langford & Schapire (WWW 2010) with one θ for all arms, on the model of
    ``adplat.bandit.linear_evidence``: what is learned is where the pCTR is wrong. It draws nothing: one arm takes all
    but the floor, and which one moves with the opportunity.

    Args:
        width: ``α``, in posterior deviations.
        prior_strength: ``k``: how many expected clicks the model's word is worth.
        exploration_floor: least propensity of an arm, see ``with_floor``.

    Raises:
        ConfigRejected: a width or strength of 0 or less, a floor outside [0, 1].
    """

    width: float = 1.0
    prior_strength: float = DEFAULT_PRIOR_STRENGTH
    exploration_floor: float | None = None
    known: Knowledge = field(default=NOTHING_KNOWN, repr=False, compare=False)

    name: ClassVar[str] = "lin-ucb"
    reads: ClassVar[Reads] = Reads.CLICKS | Reads.PREDICTIONS | Reads.VECTORS

    def __post_init__(self) -> None:
        check_positive(self.width, "width")
        check_positive(self.prior_strength, "prior_strength")
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
        """See ``Policy.choose``. The places behind the drawn ones follow the upper bounds."""
        allowed = allowed_arms(context, arms, blocked)
        if not len(allowed):
            return nothing_to_show(len(arms))
        p_ctr = context.p_ctr[allowed]
        x = linear_features(p_ctr, None if context.vectors is None else context.vectors[allowed])
        believed = self._believed(x.shape[1])
        doubt = np.sqrt(np.einsum("md,md->m", np.einsum("me,ed->md", x, believed.covariance), x))
        bounds = p_ctr * (1.0 + np.einsum("md,d->m", x, believed.mean) + self.width * doubt)
        shares = with_floor(shared_by_leaders(bounds), self.exploration_floor)
        return draw_order(len(arms), allowed, shares, bounds, rng, slots)

    def _believed(self, features: int) -> LinearPosterior:
        found = self._posteriors.get(features)
        if found is None:
            found = self._posteriors[features] = LinearPosterior.of(self.known, self.prior_strength, features)
        return found

    @cached_property
    def _posteriors(self) -> dict[int, LinearPosterior]:
        return {}
