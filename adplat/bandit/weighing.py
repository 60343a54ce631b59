"""What policies share: statistics are taken as they come, weights become a choice.

A policy says what it believes of the arms on offer by ``_weigh``; from there on all are alike.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Self

import numpy as np

from adplat.bandit.drawing import draw_order, nothing_to_show
from adplat.bandit.knowledge import NOTHING_KNOWN, Knowledge
from adplat.bandit.policy import Bools, Choice, Context, Indices, allowed_arms
from adplat.statistics import Float64


class Offer(NamedTuple):
    """What stands for choice: ``allowed`` are the indices ``(m,)`` into context and arms that are not blocked."""

    context: Context
    arms: Sequence[str]
    allowed: Indices


@dataclass(frozen=True, slots=True)
class Weighed:
    """``(m,)`` each, of the arms that are not blocked: first-slot probabilities with the exploration floor, and what
    orders the places behind the drawn ones."""

    shares: Float64
    means: Float64


@dataclass(frozen=True, kw_only=True)
class Weighing(ABC):
    """A policy that weighs the arms on offer. What an update teaches beyond ``known`` is computed when asked for."""

    known: Knowledge = field(default=NOTHING_KNOWN, repr=False, compare=False)

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
        """See ``Policy.choose``."""
        allowed = allowed_arms(context, arms, blocked)
        if not len(allowed):
            return nothing_to_show(len(arms))
        weighed = self._weigh(Offer(context, arms, allowed))
        return draw_order(len(arms), allowed, weighed.shares, weighed.means, rng, slots)

    @abstractmethod
    def _weigh(self, offer: Offer) -> Weighed:
        """Of the allowed arms, one at least."""
