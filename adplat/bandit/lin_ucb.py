"""LinUCB: the highest rate that what is known of pictures and words still leaves believable."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from adplat.bandit.drawing import with_floor
from adplat.bandit.greedy import shared_by_leaders
from adplat.bandit.linear_policy import LinearPolicy, seen
from adplat.bandit.linear_posterior import LinearPosterior
from adplat.bandit.weighing import Offer, Weighed


@dataclass(frozen=True)
class LinUcb(LinearPolicy):
    """First place to the highest ``p (1 + θ̂ · x + α √(xᵀ A⁻¹ x))``.

    Li, Chu, Langford & Schapire (WWW 2010). It draws nothing: one arm takes all but the floor, and which one moves with
    the opportunity.

    ``width`` is ``α``; the other settings are those of ``LinearPolicy``.
    """

    name: ClassVar[str] = "lin-ucb"

    def _weigh(self, offer: Offer) -> Weighed:
        """The places behind the drawn ones follow the upper bounds."""
        p_ctr, x = seen(offer)
        believed = self._believed(x.shape[1])
        doubt = np.sqrt(np.einsum("md,md->m", np.einsum("me,ed->md", x, believed.covariance), x))
        bounds = p_ctr * (1.0 + np.einsum("md,d->m", x, believed.mean) + self.width * doubt)
        shares = with_floor(shared_by_leaders(bounds), self.exploration_floor)
        return Weighed(shares, bounds)

    def _believed(self, features: int) -> LinearPosterior:
        found = self._posteriors.get(features)
        if found is None:
            found = self._posteriors[features] = LinearPosterior.of(self.known, self.prior_strength, features)
        return found

    @cached_property
    def _posteriors(self) -> dict[int, LinearPosterior]:
        return {}
