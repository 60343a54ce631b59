"""How the auctions of a simulated day end, and what is told of it: late, twice, or never."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from adplat.domain import Event, EventKind
from adplat.flows.decide_bid import Offer

# No notice comes later than this, but for those that come twice.
LATEST_S = 1800.0


@dataclass(frozen=True, slots=True)
class Telling:
    """How notices come.

    Args:
        soon_s: mean of most of them (exponential).
        late_billings: share of billings that come within ``held_s``, evenly.
        too_late_billings: and of those that come after it, up to ``LATEST_S``: their reservation has ended.
        silent_losses: share of losses that nobody tells.
        twice: share of notices that come again.
        again_as_new: share of billings that come again under another name.
    """

    soon_s: float = 5.0
    held_s: float = 300.0
    late_billings: float = 0.18
    too_late_billings: float = 0.02
    silent_losses: float = 0.25
    twice: float = 0.05
    again_as_new: float = 0.02


AS_USUAL = Telling()


@dataclass
class Auctions:
    """Holds the auctions and knows what is still to be told; ``due`` is a heap by second of the day."""

    start: datetime
    telling: Telling
    rng: np.random.Generator
    due: list[tuple[float, int, Event]] = field(default_factory=list)
    charged: dict[str, list[tuple[float, int]]] = field(default_factory=dict)
    bids: int = 0
    told: int = 0

    def hold(self, offer: Offer, at_s: float, least_micros: int) -> None:
        """One auction."""
        self.bids += 1
        rng, how = self.rng, self.telling
        if offer.price.amount_micros < least_micros:
            if rng.random() >= how.silent_losses:
                self._tell(EventKind.LOSS, offer, at_s + rng.exponential(how.soon_s), 0)
            return
        self.charged.setdefault(offer.campaign_id, []).append((at_s, least_micros))
        draw = rng.random()
        if draw < how.too_late_billings:
            wait_s = rng.uniform(how.held_s, LATEST_S)
        elif draw < how.too_late_billings + how.late_billings:
            wait_s = rng.uniform(0.0, how.held_s)
        else:
            wait_s = min(rng.exponential(how.soon_s), how.held_s)
        self._tell(EventKind.WIN, offer, at_s + rng.uniform(0.0, wait_s), least_micros)
        self._tell(EventKind.BILLING, offer, at_s + wait_s, least_micros)
        if rng.random() < how.again_as_new:
            self._tell(EventKind.BILLING, offer, at_s + wait_s + rng.exponential(60.0), least_micros, name="again")

    def told_by(self, now_s: float) -> Iterator[Event]:
        """What is told until then, in order."""
        while self.due and self.due[0][0] <= now_s:
            yield heapq.heappop(self.due)[2]

    def _tell(self, kind: EventKind, offer: Offer, at_s: float, price_micros: int, name: str = "") -> None:
        event_id = f"{offer.decision_id}:{kind.value}{name}"
        event = Event(event_id, kind, offer.decision_id, self._moment(at_s), price_micros=price_micros)
        for wait_s in (0.0, self.rng.exponential(60.0)) if self.rng.random() < self.telling.twice else (0.0,):
            self.told += 1
            heapq.heappush(self.due, (at_s + wait_s, self.told, event))

    def _moment(self, at_s: float) -> datetime:
        return self.start + timedelta(seconds=at_s)
