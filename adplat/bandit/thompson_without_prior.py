"""Thompson sampling on clicks and impressions alone: the rival that knows no model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Self

import numpy as np

from adplat.bandit.drawing import check_floor, draw_order, nothing_to_show, with_floor
from adplat.bandit.gamma_posterior import gamma_columns, probabilities_of_highest, probability_of_highest
from adplat.bandit.knowledge import NOTHING_KNOWN, Count, Knowledge
from adplat.bandit.many import Questions, Weights
from adplat.bandit.policy import Bools, Choice, Context, Reads, allowed_arms


@dataclass(frozen=True)
class ThompsonWithoutPrior:
    """A creative's click rate ``~ Gamma(1 + clicks, 1 + impressions)``, the same for every opportunity.

    At click rates of a few percent this is the Beta(1 + clicks, 1 + impressions − clicks) of the
    textbooks (Chapelle & Li, NIPS 2011). It reads no prediction: reports and benchmarks compare
    with it to show what the model's prior is worth.

    Args:
        exploration_floor: least propensity of an arm, capped at ``0.5/m``.

    Raises:
        ConfigRejected: a floor outside [0, 1].
    """

    exploration_floor: float = 0.01
    known: Knowledge = field(default=NOTHING_KNOWN, repr=False, compare=False)

    name: ClassVar[str] = "thompson-without-prior"
    reads: ClassVar[Reads] = Reads.CLICKS

    def __post_init__(self) -> None:
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
        """See ``Policy.choose``. The places behind the drawn ones follow the posterior mean rate."""
        allowed = allowed_arms(context, arms, blocked)
        if not len(allowed):
            return nothing_to_show(len(arms))
        rows, counts = self.known.rows_of(arms)[allowed], self.known.counts
        columns = gamma_columns(1.0 + counts[Count.CLICKS, rows], 1.0 + counts[Count.IMPRESSIONS, rows])
        shares = with_floor(probability_of_highest(np.ones(len(allowed)), columns), self.exploration_floor)
        return draw_order(len(arms), allowed, shares, columns[2], rng, slots)

    def weigh_many(self, questions: Questions) -> Weights:
        """See ``WeighsMany``."""
        clicks, impressions = (self.known.counts[one, questions.rows] for one in (Count.CLICKS, Count.IMPRESSIONS))
        columns = gamma_columns(1.0 + clicks, 1.0 + impressions)
        return probabilities_of_highest(np.ones_like(clicks), columns, questions.present), columns[2]
