"""Every creative alike: the policy that learns nothing and teaches most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from adplat.bandit.drawing import nothing_to_show
from adplat.bandit.knowledge import Knowledge
from adplat.bandit.policy import Bools, Choice, Context, Reads, allowed_arms


@dataclass(frozen=True, slots=True)
class Uniform:
    """All arms that are not blocked come first with probability ``1/m``; all places are drawn."""

    name: ClassVar[str] = "uniform"
    reads: ClassVar[Reads] = Reads.NOTHING

    def update(self, statistics: Knowledge) -> Self:  # noqa: ARG002 - learns nothing
        """See ``Policy.update``."""
        return self

    def choose(
        self,
        context: Context,
        arms: Sequence[str],
        rng: np.random.Generator,
        *,
        slots: int = 1,  # noqa: ARG002 - every place is drawn
        blocked: Bools | None = None,
    ) -> Choice:
        """See ``Policy.choose``. It has no posterior to order by, so every place is drawn, whatever ``slots``."""
        allowed = allowed_arms(context, arms, blocked)
        if not len(allowed):
            return nothing_to_show(len(arms))
        propensities = np.zeros(len(arms))
        propensities[allowed] = 1.0 / len(allowed)
        left = np.arange(len(allowed), 0, -1)
        return Choice(rng.permutation(allowed), propensities, tuple((1.0 / left).tolist()))
