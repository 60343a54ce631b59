"""Every creative alike: the policy that learns nothing and teaches most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from adplat.bandit.drawing import nothing_to_show
from adplat.bandit.policy import Bools, Choice, allowed_arms
from adplat.domain import ArmStatistics
from adplat.statistics import Float64


@dataclass(frozen=True, slots=True)
class Uniform:
    """All arms that are not blocked come first with probability ``1/m``; all places are drawn."""

    name: ClassVar[str] = "uniform"

    def choose(
        self,
        p_ctr: Float64,
        arms: Sequence[ArmStatistics],
        rng: np.random.Generator,
        *,
        slots: int = 1,  # noqa: ARG002 - every place is drawn
        blocked: Bools | None = None,
    ) -> Choice:
        """See ``Policy.choose``. It has no posterior to order by, so every place is drawn, whatever ``slots``."""
        allowed = allowed_arms(p_ctr, arms, blocked)
        if not len(allowed):
            return nothing_to_show(len(arms))
        propensities = np.zeros(len(arms))
        propensities[allowed] = 1.0 / len(allowed)
        return Choice(rng.permutation(allowed), propensities)
