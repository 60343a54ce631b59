"""Thompson sampling over what creatives are made of: a new combination starts from what its elements taught."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar, Self

import numpy as np

from adplat.bandit.correlated_best import probability_of_correlated_maximum
from adplat.bandit.drawing import check_floor, draw_order, nothing_to_show, with_floor
from adplat.bandit.element_effects import ElementEffects, learn_elements
from adplat.bandit.knowledge import NOTHING_KNOWN, Knowledge
from adplat.bandit.policy import Bools, Choice, Context, Reads, allowed_arms

_LEAST_P = 1e-300


@dataclass(frozen=True)
class ElementsThompson:
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
    known: Knowledge = field(default=NOTHING_KNOWN, repr=False, compare=False)

    name: ClassVar[str] = "elements-thompson"
    reads: ClassVar[Reads] = Reads.CLICKS | Reads.PREDICTIONS

    def __post_init__(self) -> None:
        check_floor(self.exploration_floor)

    def update(self, statistics: Knowledge) -> Self:
        """See ``Policy.update``. Effects that the statistics do not bring along are learned at the first choice."""
        return replace(self, known=statistics)

    @cached_property
    def effects(self) -> ElementEffects:
        """The posterior of all effects: as the statistics bring it along, or learned."""
        return learn_elements(self.known) if self.known.effects is None else self.known.effects

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
        effects = self.effects
        rows = effects.rows_of([arms[place] for place in allowed.tolist()])
        shared, own = effects.shared(rows), effects.own[rows]
        logs = np.log(np.maximum(context.p_ctr[allowed], _LEAST_P)) + effects.arm_means[rows]
        weights = probability_of_correlated_maximum(logs, shared, own)
        shares = with_floor(weights, self.exploration_floor)
        means = logs + 0.5 * (np.add.reduce(shared**2, axis=1) + own)
        return draw_order(len(arms), allowed, shares, means, rng, slots)
