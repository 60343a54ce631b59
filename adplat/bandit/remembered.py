"""Shares that depend on nothing but who is offered: computed once between two updates, then looked up."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field, replace
from typing import Self

from adplat.bandit.knowledge import Knowledge
from adplat.bandit.weighing import Offer, Weighed, Weighing
from adplat.statistics import Float64

MOST_OFFERS = 4096

Remembered = dict[tuple[tuple[str, ...], bytes], Weighed]
"""By the arms offered, in their order, and which of them were allowed."""


@dataclass(frozen=True, kw_only=True)
class RememberedShares(Weighing):
    """A policy that reads no prediction. What it said of other offers is forgotten as a whole at MOST_OFFERS."""

    remembered: Remembered = field(default_factory=dict, repr=False, compare=False)

    def update(self, statistics: Knowledge) -> Self:
        """See ``Policy.update``."""
        return replace(self, known=statistics, remembered={})

    def _weigh(self, offer: Offer) -> Weighed:
        key = tuple(offer.arms), offer.allowed.tobytes()
        weighed = self.remembered.get(key)
        if weighed is None:
            if len(self.remembered) >= MOST_OFFERS:
                self.remembered.clear()
            counts = self.known.counts[:, self.known.rows_of(offer.arms)[offer.allowed]]
            weighed = self.remembered[key] = self._weigh_counts(counts)
        return weighed

    @abstractmethod
    def _weigh_counts(self, counts: Float64) -> Weighed:
        """From ``(12, m)`` columns of ``Knowledge.counts``."""
