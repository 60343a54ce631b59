"""The highest rate that is still believable: optimism in the face of doubt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from adplat.bandit.drawing import check_floor, check_positive, with_floor
from adplat.bandit.greedy import shared_by_leaders
from adplat.bandit.knowledge import Count
from adplat.bandit.policy import Reads
from adplat.bandit.remembered import RememberedShares
from adplat.bandit.weighing import Weighed
from adplat.statistics import Float64


@dataclass(frozen=True)
class Ucb1(RememberedShares):
    """First place to the highest ``clicks/n + c √(2 ln N / n)``, ``n`` impressions of the arm, ``N`` of all on offer.

    UCB1 of Auer, Cesa-Bianchi & Fischer (Machine Learning 47, 2002), ``c = 1``. Its bound holds for any reward
    between 0 and 1 and is far too careful at click rates of a few percent; ``c`` of 0.1 to 0.3 suits those. Arms never
    shown come first. It draws nothing: between two updates one arm takes all but the floor, and without a floor the log
    cannot be used to judge another policy.

    Args:
        width: ``c``.
        exploration_floor: least propensity of an arm, see ``with_floor``.

    Raises:
        ConfigRejected: a width of 0 or less, a floor outside [0, 1].
    """

    width: float = 1.0
    exploration_floor: float | None = None

    name: ClassVar[str] = "ucb1"
    reads: ClassVar[Reads] = Reads.CLICKS

    def __post_init__(self) -> None:
        check_positive(self.width, "width")
        check_floor(self.exploration_floor)

    def _weigh_counts(self, counts: Float64) -> Weighed:
        """The places behind the drawn ones follow the upper bounds."""
        # A click may be told before its impression; it was one all the same.
        shown = np.maximum(counts[Count.IMPRESSIONS], counts[Count.CLICKS])
        bounds = np.full(len(shown), np.inf)
        some = shown > 0.0
        if some.any():
            doubt = np.sqrt(2.0 * np.log(shown.sum()) / shown[some])
            bounds[some] = counts[Count.CLICKS, some] / shown[some] + self.width * doubt
        return Weighed(with_floor(shared_by_leaders(bounds), self.exploration_floor), bounds)
