"""Mostly the best so far, now and then any: the simplest policy that learns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from adplat.bandit.drawing import check_floor, check_share, floor_of
from adplat.bandit.greedy import shared_by_leaders
from adplat.bandit.knowledge import Count
from adplat.bandit.policy import Reads
from adplat.bandit.remembered import RememberedShares
from adplat.bandit.weighing import Weighed
from adplat.statistics import Float64


@dataclass(frozen=True)
class EpsilonGreedy(RememberedShares):
    """``p = e + (1 − m e) g``: the leaders by click rate share ``g``, and every arm has ``e = max(ε/m, floor)``.

    The rate is ``(1 + clicks) / (2 + impressions)``: a creative never shown counts as ½, which no creative keeps, so
    new ones lead until they have been shown some dozens of times. ε is what exploring costs for ever; it neither falls
    with time nor looks where doubt is (Sutton & Barto, Reinforcement Learning, 2nd ed., section 2.2).

    Args:
        epsilon: share of the choices that any arm gets, whatever is known.
        exploration_floor: least propensity of an arm, see ``with_floor``; it counts where it is more than ``ε/m``.

    Raises:
        ConfigRejected: a share outside [0, 1].
    """

    epsilon: float = 0.1
    exploration_floor: float | None = None

    name: ClassVar[str] = "epsilon-greedy"
    reads: ClassVar[Reads] = Reads.CLICKS

    def __post_init__(self) -> None:
        check_share(self.epsilon, "epsilon")
        check_floor(self.exploration_floor)

    def _weigh_counts(self, counts: Float64) -> Weighed:
        """The places behind the drawn ones follow the click rate."""
        clicks = counts[Count.CLICKS]
        rates = (1.0 + clicks) / (2.0 + np.maximum(counts[Count.IMPRESSIONS], clicks))
        count = len(rates)
        each = max(self.epsilon / count, floor_of(self.exploration_floor, count))
        shares = each + (1.0 - count * each) * shared_by_leaders(rates)
        return Weighed(shares / shares.sum(), rates)
