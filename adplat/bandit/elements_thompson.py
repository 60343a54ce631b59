"""Thompson sampling over what creatives are made of: a new combination starts from what its elements taught."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from adplat.bandit.correlated_best import probability_of_correlated_maximum
from adplat.bandit.drawing import check_floor, with_floor
from adplat.bandit.element_effects import ElementEffects, learn_elements
from adplat.bandit.policy import Reads
from adplat.bandit.weighing import Offer, Weighed, Weighing

_LEAST_P = 1e-300


@dataclass(frozen=True)
class ElementsThompson(Weighing):
    """The model's pCTR times a factor that creatives with common elements share.

    ::

        rate of creative c, here and now   = p_ctr · λ_c
        ln λ_c   = level + effects of its elements + of their pairs + its own rest, all of them normal

    (``learn_elements``; elements are those of ``Knowledge.elements``). Clicks of one creative teach of all that have
    its background, its headline or both together; how much is learned from how alike such creatives were. A creative
    without elements, or whose elements no other has, learns from its own clicks alone.

    Propensities are P(arm has the highest rate) under this posterior, whose correlations count, raised to the
    exploration floor.

    Args:
        exploration_floor: least propensity of an arm, see ``with_floor``.

    Raises:
        ConfigRejected: a floor outside [0, 1].
    """

    exploration_floor: float | None = None

    name: ClassVar[str] = "elements-thompson"
    reads: ClassVar[Reads] = Reads.CLICKS | Reads.PREDICTIONS

    def __post_init__(self) -> None:
        check_floor(self.exploration_floor)

    @cached_property
    def effects(self) -> ElementEffects:
        """The posterior of all effects: as the statistics bring it along, or learned."""
        return learn_elements(self.known) if self.known.effects is None else self.known.effects

    def _weigh(self, offer: Offer) -> Weighed:
        """The places behind the drawn ones follow ``p_ctr · E[λ]``."""
        effects = self.effects
        rows = effects.rows_of([offer.arms[place] for place in offer.allowed.tolist()])
        shared, own = effects.shared(rows), effects.own[rows]
        logs = np.log(np.maximum(offer.context.p_ctr[offer.allowed], _LEAST_P)) + effects.arm_means[rows]
        weights = probability_of_correlated_maximum(logs, shared, own)
        shares = with_floor(weights, self.exploration_floor)
        means = logs + 0.5 * (np.add.reduce(shared**2, axis=1) + own)
        return Weighed(shares, means)
