"""Bidders that race for the same people: two processes over one Redis, a dozen requests under way in each.

Simulated time runs twenty times as fast as the clock that all processes share. What was shown, to whom and when is
written down by the bidders; afterwards a plain count over that log, which knows nothing of how caps are kept, looks for
a window with more showings than its cap allows.

A showing comes up to five minutes after its bid, its notice some seconds later; losses are partly told, notices may
come twice. Notices stay within the time for which a showing is reserved: what is shown later was given up for dead.
"""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from adplat.domain import (
    BidState,
    BidStrategy,
    BidStrategyKind,
    BidUpkeep,
    Budget,
    Campaign,
    CampaignStatus,
    Event,
    EventKind,
    Flight,
    FrequencyCap,
    Opportunity,
    Slot,
    UserContext,
)
from adplat.flows.bench_bidding_market import CURRENCY, serving_of, with_campaigns
from adplat.flows.bench_run import BidStores
from adplat.flows.bid_table import BidTable
from adplat.flows.decide_bid import EXPIRES_S, Offer, decide_bid
from adplat.flows.rank_creatives import Serving
from adplat.flows.request_time import RequestTime, StepTimes
from adplat.flows.typical_scores import TypicalScores

SPEED = 20.0
USERS, TASKS = 48, 12
BEGIN = datetime.fromisoformat("2026-09-12T00:00:00+00:00")
CAPS: Mapping[str, tuple[FrequencyCap, ...]] = {
    "once a minute": (FrequencyCap(1, 60),),
    "three in five minutes": (FrequencyCap(3, 300),),
    "each creative once in two minutes": (FrequencyCap(1, 120, per_creative=True),),
    "both kinds": (FrequencyCap(5, 240), FrequencyCap(2, 180, per_creative=True)),
    "as often as it likes": (),
}
# Sellers ask for twice the time they take: a process that is held up for seconds must not give a showing up for dead.
_TOLD_EXPIRY_S = 2 * EXPIRES_S
_WON, _TOLD_LOSSES, _TWICE, _NOBODY, _LATEST_NOTICE_S = 0.7, 0.75, 0.1, 0.1, 10.0


@dataclass(frozen=True, slots=True)
class Showing:
    """What a person saw; ``user_key`` is empty for somebody who may not be recognised, ``at_s`` is simulated."""

    user_key: str
    campaign_id: str
    creative_id: str
    at_s: float


@dataclass(frozen=True)
class RaceLog:
    """Of one process: what was shown, and when requests were under way (``user, begin, end`` by one clock)."""

    showings: tuple[Showing, ...]
    under_way: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True)
class RaceOrder:
    """What all processes of a race are told; simulated time was 0 when ``time.time()`` was ``since_s``."""

    workspace: Path
    stores: BidStores
    url: str
    namespace: str
    since_s: float
    seconds: float


@dataclass
class _Racer:
    """One process; ``due`` is a heap of notices by simulated second."""

    serving: Serving
    state: BidState
    upkeep: BidUpkeep
    order: RaceOrder
    rng: np.random.Generator
    until_s: float
    due: list[tuple[float, int, Event]] = field(default_factory=list)
    showings: list[Showing] = field(default_factory=list)
    under_way: list[tuple[str, float, float]] = field(default_factory=list)
    told: int = 0

    def now_s(self) -> float:
        return (time.time() - self.order.since_s) * SPEED

    async def bid_on(self) -> None:
        """One request after the other."""
        book = self.serving.book
        counts = np.zeros(len(book.catalogue.campaigns), dtype=np.int64)
        table = BidTable.of(self.serving, {}, {}, TypicalScores(len(book.ad_of)), counts)
        while time.time() < self.until_s:
            user_key = "" if self.rng.random() < _NOBODY else f"u{self.rng.integers(USERS)}"
            begin = time.time()
            at_s = self.now_s()
            slots = tuple(
                Slot(str(number), "feed_300x250", expires_s=_TOLD_EXPIRY_S)
                for number in range(int(self.rng.integers(1, 4)))
            )
            asked = Opportunity("r", _moment(at_s), slots, UserContext(user_key), currencies=(CURRENCY,))
            budget = RequestTime(StepTimes(), None, lambda: 0.0)
            outcome = await decide_bid(self.state, table, asked, self.rng, budget)
            # As behind an answer: what was decided is written some milliseconds later.
            await asyncio.sleep(self.rng.exponential(0.002))
            if outcome.closed is not None:
                await self.state.close_requests([outcome.closed])
            self.under_way.append((user_key, begin, time.time()))
            for offer in outcome.answers.values():
                if isinstance(offer, Offer):
                    self._hold(offer, user_key, at_s)

    async def tell(self) -> None:
        """Notices as they fall due, and reservations that ran out."""
        while time.time() < self.until_s:
            now_s = self.now_s()
            events = []
            while self.due and self.due[0][0] <= now_s:
                events.append(heapq.heappop(self.due)[2])
            if events:
                await self.state.record_notices(events, _moment(now_s))
            self.upkeep.release_expired(_moment(now_s), 500)
            await asyncio.sleep(0.01)

    def _hold(self, offer: Offer, user_key: str, at_s: float) -> None:
        rng = self.rng
        if rng.random() >= _WON:
            if rng.random() < _TOLD_LOSSES:
                self._tell(EventKind.LOSS, offer, at_s, at_s + rng.exponential(5.0))
            return
        # Most are shown at once, some as late as a seller may.
        wait_s = min(rng.exponential(2.0), EXPIRES_S) if rng.random() < 0.5 else rng.uniform(0.0, EXPIRES_S)
        shown_s = at_s + wait_s
        self.showings.append(Showing(user_key, offer.campaign_id, offer.creative_id, shown_s))
        kinds = ((EventKind.BILLING,), (EventKind.IMPRESSION,), (EventKind.BILLING, EventKind.IMPRESSION))
        for kind in kinds[int(rng.integers(len(kinds)))]:
            self._tell(kind, offer, shown_s, shown_s + rng.uniform(0.0, _LATEST_NOTICE_S))

    def _tell(self, kind: EventKind, offer: Offer, happened_s: float, told_s: float) -> None:
        event = Event(f"{offer.decision_id}:{kind}", kind, offer.decision_id, _moment(happened_s), price_micros=1000)
        for late_s in (0.0, self.rng.exponential(20.0)) if self.rng.random() < _TWICE else (0.0,):
            self.told += 1
            heapq.heappush(self.due, (told_s + late_s, self.told, event))


def race(order: RaceOrder, number: int) -> RaceLog:
    """One process of several; to be run at the same time as the others."""
    serving = with_campaigns(serving_of(order.workspace), capped_campaigns())
    return asyncio.run(_race(serving, order, number))


async def _race(serving: Serving, order: RaceOrder, number: int) -> RaceLog:
    state = order.stores.open_bids(order.url, order.namespace)
    with closing(order.stores.open_upkeep(order.url, order.namespace)) as upkeep:
        racer = _Racer(serving, state, upkeep, order, np.random.default_rng([17, number]), time.time() + order.seconds)
        async with asyncio.TaskGroup() as tasks:
            for _ in range(TASKS):
                tasks.create_task(racer.bid_on())
            tasks.create_task(racer.tell())
    await state.close()
    return RaceLog(tuple(racer.showings), tuple(racer.under_way))


def capped_campaigns() -> list[Campaign]:
    """One for each kind of cap, the dearest first, and one without, which takes what the others may not."""
    return [
        Campaign(
            campaign_id=name,
            advertiser_id="",
            name=name,
            status=CampaignStatus.LIVE,
            budget=Budget(None, None),
            flight=Flight(BEGIN - timedelta(days=1), None),
            bid_strategy=BidStrategy(BidStrategyKind.CPM, target_micros=(60 - 5 * place) * 1_000_000),
            frequency_caps=caps,
        )
        for place, (name, caps) in enumerate(CAPS.items())
    ]


@dataclass(frozen=True, slots=True)
class CapCount:
    """Windows that end with a showing: how many hold more than their cap allows, and how many just as many."""

    breaches: int
    full: int


def count_caps(showings: Iterable[Showing], caps: Mapping[str, Sequence[FrequencyCap]]) -> CapCount:
    """Plainly: each showing with all before it in its window. A capped ad shown to nobody known is a breach too."""
    seen: dict[tuple[str, str, FrequencyCap], list[float]] = {}
    breaches = full = 0
    for one in sorted(showings, key=lambda showing: showing.at_s):
        for cap in caps[one.campaign_id]:
            if not one.user_key:
                breaches += 1
                continue
            times = seen.setdefault((one.user_key, one.creative_id if cap.per_creative else one.campaign_id, cap), [])
            times.append(one.at_s)
            within = sum(at_s > one.at_s - cap.window_s for at_s in times)
            breaches += within > cap.limit
            full += within == cap.limit
    return CapCount(breaches, full)


def met_another(logs: Sequence[RaceLog]) -> int:
    """How many requests had another one of the same person under way at the same time."""
    spans: dict[str, list[tuple[float, float]]] = {}
    for user_key, begin, end in (span for log in logs for span in log.under_way):
        if user_key:
            spans.setdefault(user_key, []).append((begin, end))
    met = 0
    for own in spans.values():
        own.sort()
        latest = -1.0
        for place, (begin, end) in enumerate(own):
            met += begin < latest or (place + 1 < len(own) and own[place + 1][0] < end)
            latest = max(latest, end)
    return met


def _moment(at_s: float) -> datetime:
    return BEGIN + timedelta(seconds=at_s)
