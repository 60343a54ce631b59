"""A share of the users has all its opportunities logged, whether we bid or not: what supply is forecast from.

Who is in is a lot of the user key (``adplat.experiments.lots``), the same on every replica and on every day, so that of
a user all opportunities are kept or none; an opportunity without a key draws by its id, one without either at random.
On the way of a bid this costs the lot; whatever is in waits in memory and is put on the event stream once a second,
behind the answers. Nothing of this may cost a bid: what finds no room, or stays too long because Redis is away, is lost
and counted. Test requests and robots are no supply.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import islice

import msgspec
import numpy as np

from adplat.domain import (
    AdplatError,
    ConfigRejected,
    LoggedRequest,
    LoggedSlot,
    OnlineState,
    Opportunity,
    StoreUnreachable,
)
from adplat.experiments import lots_for
from adplat.flows.lake_rows import whole_number
from adplat.flows.rank_creatives import RankRequest, new_decision_id
from adplat.market import told_values

log = logging.getLogger(__name__)

MOST_WAITING = 8192
# In one round trip: sending a thousand would keep the bids of this replica waiting for milliseconds.
MOST_TOLD = 128
# So many are packed between two looks at what else there is to do: some tenths of a millisecond.
_STRETCH = 16
# Shorter than opportunities are remembered for: what failed for so long might be logged twice.
PATIENCE = timedelta(seconds=30)
_PURPOSE = "request log"

Asked = Opportunity | RankRequest


@dataclass(frozen=True, slots=True)
class LogProgress:
    """Opportunities since the last look: put on the stream, found there already, and lost."""

    told: int = 0
    duplicate: int = 0
    lost: int = 0


class RequestLog:
    """Of one replica and its event loop; ``share`` (0 to 1) of users is logged, 0 logs nobody.

    Example::

        requests = RequestLog(0.1, rng)
        requests.see(opportunity)                     # on the way of a bid
        progress = await requests.tell(online, now)   # once a second
    """

    def __init__(self, share: float, rng: np.random.Generator, *, most_waiting: int = MOST_WAITING) -> None:
        if not 0.0 <= share <= 1.0:
            raise ConfigRejected(f"a share of {share}", where="request_sample", hint="give 0 (none) to 1 (everybody)")
        self.share = share
        self._rng, self._most_waiting = rng, most_waiting
        self._lot_of_user, self._lot_of_request = lots_for(_PURPOSE, "user"), lots_for(_PURPOSE, "request")
        self._waiting: deque[Asked] = deque()
        self._batch = _Batch({}, 0, None)
        self._lost = 0

    def see(self, asked: Asked) -> None:
        """Take down an opportunity whose user is in the share; it holds of the user only what may be used."""
        if not self.share:
            return
        user_key, request_id = asked.user.user_key, asked.request_id
        if user_key:
            lot = self._lot_of_user(user_key.encode("utf-8", "surrogatepass"))
        elif request_id:
            lot = self._lot_of_request(request_id.encode("utf-8", "surrogatepass"))
        else:
            lot = self._rng.random()
        if lot >= self.share or not asked.slots:
            return
        if isinstance(asked, Opportunity) and (asked.is_test or asked.is_robot):
            return
        if len(self._waiting) >= self._most_waiting:
            self._lost += 1
            return
        self._waiting.append(asked)

    async def tell(self, online: OnlineState, now: datetime) -> LogProgress:
        """Put on the stream what waits. What Redis did not take is tried again at the next look, until it is too old.

        ``now`` is this machine's time and aware.
        """
        told = duplicate = 0
        while self._batch.count or self._waiting:
            if not self._batch.count:
                self._batch = await self._next_batch()
            batch = self._batch
            first_tried = batch.first_tried or now
            if now - first_tried > PATIENCE:
                self._lose(batch)
                continue
            self._batch = replace(batch, first_tried=first_tried)
            try:
                new = await online.log_requests(batch.requests, now)
            except StoreUnreachable:
                break
            except AdplatError:
                log.exception("opportunities cannot be logged")
                self._lose(batch)
                continue
            self._batch = _Batch({}, 0, None)
            told, duplicate = told + new, duplicate + batch.count - new
        lost, self._lost = self._lost, 0
        return LogProgress(told, duplicate, lost)

    def give_up(self) -> int:
        """Whatever still waits is lost: for whoever ends. Returns how many opportunities that are."""
        lost, self._lost = self._lost + self._batch.count + len(self._waiting), 0
        self._batch = _Batch({}, 0, None)
        self._waiting.clear()
        return lost

    def _lose(self, batch: _Batch) -> None:
        self._lost += batch.count
        self._batch = _Batch({}, 0, None)

    async def _next_batch(self) -> _Batch:
        """The first of those that wait, as they will be told; other work of the loop goes on in between."""
        some = list(islice(self._waiting, MOST_TOLD))
        requests: dict[bytes, LoggedRequest] = {}
        for place, asked in enumerate(some):
            if place % _STRETCH == 0:
                await asyncio.sleep(0)
            # An id of our own stays with the batch however often that is tried.
            request_id = asked.request_id or new_decision_id(asked.ts, self._rng)
            request = logged_request(asked, request_id, self.share)
            requests[_mark(asked, request)] = request
        # Not before: who is stopped while packing has taken nothing away.
        for _ in some:
            self._waiting.popleft()
        return _Batch(requests, len(some), None)


@dataclass(frozen=True, slots=True)
class _Batch:
    """What goes in one round trip; ``count`` includes those that are the same opportunity twice."""

    requests: Mapping[bytes, LoggedRequest]
    count: int
    first_tried: datetime | None


def logged_request(asked: Asked, request_id: str, sample_rate: float) -> LoggedRequest:
    """The facts as targeting reads them: of the moment, else of the user; hour and weekday UTC where none are told."""
    facts = asked.facts if isinstance(asked, Opportunity) else asked.context
    known_of_user = asked.user.attributes

    def told(name: str) -> str | None:
        return _text("|".join(told_values(facts, known_of_user, name))) or None

    ts = asked.ts.astimezone(UTC)
    places = [place for name in ("site", "app") for place in told_values(facts, known_of_user, name)]
    return LoggedRequest(
        request_id=_text(request_id),
        ts=ts,
        user_key=_text(asked.user.user_key),
        slots=_slots_of(asked),
        sample_rate=sample_rate,
        device=told("device"),
        os=told("os"),
        country=told("country"),
        region=told("region"),
        language=told("language"),
        site=_text("|".join(places)).lower() or None,
        segments=tuple(map(_text, told_values(facts, known_of_user, "segment"))),
        hour=whole_number(facts.get("hour"), ts.hour),
        weekday=whole_number(facts.get("weekday"), ts.weekday()),
        auction=asked.auction.value if isinstance(asked, Opportunity) else None,
    )


def _slots_of(asked: Asked) -> tuple[LoggedSlot, ...]:
    """A floor brings its currency; without one, bids would be in the first that the seller takes."""
    if isinstance(asked, RankRequest):
        placement = _text(asked.placement)
        return tuple(LoggedSlot(placement, asked.position + slot) for slot in range(asked.slots))
    taken = _text(asked.currencies[0]) if asked.currencies else None
    return tuple(
        LoggedSlot(_text(slot.placement), slot.position, None, taken)
        if slot.floor is None
        else LoggedSlot(_text(slot.placement), slot.position, slot.floor.amount_micros, _text(slot.floor.currency))
        for slot in asked.slots
    )


def _mark(asked: Asked, request: LoggedRequest) -> bytes:
    """The same for the same opportunity: of one caller, with one id, for one user and the same places."""
    places = [(slot.placement, slot.position) for slot in request.slots]
    named = msgspec.msgpack.encode((_text(asked.caller.caller_id), request.request_id, request.user_key, places))
    return blake2b(named, digest_size=8).digest()


def _text(told: str) -> str:
    """Half a character, which no message can hold, becomes a question mark."""
    return told if told.isascii() else told.encode("utf-8", "replace").decode()
