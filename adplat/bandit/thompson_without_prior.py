"""Thompson sampling on clicks and impressions alone: the rival that knows no model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Self

import numpy as np

from adplat.bandit.drawing import check_floor, check_positive, draw_order, nothing_to_show, with_floor
from adplat.bandit.gamma_posterior import gamma_columns, probabilities_of_highest, probability_of_highest
from adplat.bandit.knowledge import NOTHING_KNOWN, Count, Knowledge
from adplat.bandit.many import Questions, Weights
from adplat.bandit.policy import Bools, Choice, Context, Indices, Reads, allowed_arms
from adplat.statistics import Float64


@dataclass(frozen=True)
class ThompsonWithoutPrior:
    """A creative's click rate ``~ Gamma(1 + clicks, 1 + impressions)``, the same for every opportunity.

    At click rates of a few percent this is the Beta(1 + clicks, 1 + impressions − clicks) of the
    textbooks (Chapelle & Li, NIPS 2011). It reads no prediction: reports and benchmarks compare
    with it to show what the model's prior is worth.

    Args:
        exploration_floor: least propensity of an arm, see ``with_floor``.
        width: deviations of what is drawn from over those of what is believed, see ``ThompsonWithPrior``.

    Raises:
        ConfigRejected: a floor outside [0, 1], a width of 0 or less.
    """

    exploration_floor: float | None = None
    width: float = 1.0
    known: Knowledge = field(default=NOTHING_KNOWN, repr=False, compare=False)

    name: ClassVar[str] = "thompson-without-prior"
    reads: ClassVar[Reads] = Reads.CLICKS

    def __post_init__(self) -> None:
        check_floor(self.exploration_floor)
        check_positive(self.width, "width")

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
        rows = self.known.rows_of(arms)[allowed]
        columns = self._columns(rows)
        shares = with_floor(probability_of_highest(np.ones(len(allowed)), columns), self.exploration_floor)
        return draw_order(len(arms), allowed, shares, columns[2], rng, slots)

    def weigh_many(self, questions: Questions) -> Weights:
        """See ``WeighsMany``."""
        columns = self._columns(questions.rows)
        return probabilities_of_highest(np.ones_like(columns[0]), columns, questions.present), columns[2]

    def _columns(self, rows: Indices) -> Float64:
        """Of these rows, as narrow as they are drawn from."""
        narrow = self.width**2
        clicks, impressions = (self.known.counts[one, rows] for one in (Count.CLICKS, Count.IMPRESSIONS))
        return gamma_columns((1.0 + clicks) / narrow, (1.0 + impressions) / narrow)
