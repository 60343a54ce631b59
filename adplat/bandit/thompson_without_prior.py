"""Thompson sampling on clicks and impressions alone: the rival that knows no model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from adplat.bandit.drawing import check_floor, check_positive, with_floor
from adplat.bandit.gamma_posterior import gamma_columns, probabilities_of_highest, probability_of_highest
from adplat.bandit.knowledge import Count
from adplat.bandit.many import Questions, Weights
from adplat.bandit.policy import Indices, Reads
from adplat.bandit.weighing import Offer, Weighed, Weighing
from adplat.statistics import Float64


@dataclass(frozen=True)
class ThompsonWithoutPrior(Weighing):
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

    name: ClassVar[str] = "thompson-without-prior"
    reads: ClassVar[Reads] = Reads.CLICKS

    def __post_init__(self) -> None:
        check_floor(self.exploration_floor)
        check_positive(self.width, "width")

    def _weigh(self, offer: Offer) -> Weighed:
        """The places behind the drawn ones follow the posterior mean rate."""
        columns = self._columns(self.known.rows_of(offer.arms)[offer.allowed])
        weights = probability_of_highest(np.ones(len(offer.allowed)), columns)
        return Weighed(with_floor(weights, self.exploration_floor), columns[2])

    def weigh_many(self, questions: Questions) -> Weights:
        """See ``WeighsMany``."""
        columns = self._columns(questions.rows)
        return probabilities_of_highest(np.ones_like(columns[0]), columns, questions.present), columns[2]

    def _columns(self, rows: Indices) -> Float64:
        """Of these rows, as narrow as they are drawn from."""
        narrow = self.width**2
        clicks, impressions = (self.known.counts[one, rows] for one in (Count.CLICKS, Count.IMPRESSIONS))
        return gamma_columns((1.0 + clicks) / narrow, (1.0 + impressions) / narrow)
