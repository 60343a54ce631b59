"""Thompson sampling on clicks and impressions alone: the rival that knows no model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from adplat.bandit.drawing import check_floor, draw_order, nothing_to_show, with_floor
from adplat.bandit.gamma_posterior import probability_of_highest_rate
from adplat.bandit.policy import Bools, Choice, allowed_arms
from adplat.domain import ArmStatistics
from adplat.statistics import Float64


@dataclass(frozen=True, slots=True)
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

    name: ClassVar[str] = "thompson-without-prior"

    def __post_init__(self) -> None:
        check_floor(self.exploration_floor)

    def choose(
        self,
        p_ctr: Float64,
        arms: Sequence[ArmStatistics],
        rng: np.random.Generator,
        *,
        slots: int = 1,
        blocked: Bools | None = None,
    ) -> Choice:
        """See ``Policy.choose``. The places behind the drawn ones follow the posterior mean rate."""
        allowed = allowed_arms(p_ctr, arms, blocked)
        if not len(allowed):
            return nothing_to_show(len(arms))
        counts = np.array([(arms[i].clicks, arms[i].impressions) for i in allowed], dtype=np.float64)
        shapes, rates = 1.0 + counts[:, 0], 1.0 + counts[:, 1]
        weights = probability_of_highest_rate(np.ones(len(allowed)), shapes, rates)
        shares = with_floor(weights, self.exploration_floor)
        return draw_order(len(arms), allowed, shares, shapes / rates, rng, slots)
