"""The service as a plain class: bytes in, status and bytes out. Needs neither Ray nor a web server to be tested."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

import msgspec

from adplat import __version__
from adplat.domain import (
    AdplatError,
    Caller,
    Clock,
    EventOutcome,
    InputError,
    ObjectStore,
    Permission,
    UnknownReference,
)
from services.bidding.conversion_query import conversion_of
from services.bidding.engine import BiddingEngine
from services.bidding.metrics import FAULTS, REQUEST_SECONDS, REQUESTS, State
from services.bidding.openrtb_door import OpenRtbDoor
from services.bidding.schemas import (
    EventsAnswer,
    EventsBody,
    HealthAnswer,
    RankAnswer,
    RankBody,
    ScoreAnswer,
    ScoreBody,
    openapi,
)
from services.bidding.tracing import Tracer
from services.hosting.answers import UNFORESEEN, Reply, read_body, refused
from services.hosting.counts_desk import CountsDesk
from services.hosting.key_gate import Admit, admit_watcher, let_all_in, require_placements
from services.hosting.logs import REQUEST_ID

log = logging.getLogger(__name__)
Answer = RankAnswer | ScoreAnswer | EventsAnswer
DOOR = "http"
_NOT_COUNTED = UnknownReference("nothing is counted here", where="/metrics", hint="ask a replica of 'adplat serve'")


class BiddingDeployment:
    """Answers our own endpoints with an injected engine. Their status codes are decided here and nowhere else.

    ::

        200  done                                   404  an id that names nothing
        422  the request is wrong                   503  a store is away and nothing was kept: send it again
        401  no API key, or none that holds         403  the caller may not do this
        500  our fault
    """

    def __init__(
        self,
        engine: BiddingEngine,
        clock: Clock,
        openrtb: OpenRtbDoor,
        objects: ObjectStore,
        admit: Admit = let_all_in,
        counting: CountsDesk[State] | None = None,
        tracer: Tracer | None = None,
    ) -> None:
        self.tracer = tracer
        self.engine = engine
        self.openrtb = openrtb
        self._objects = objects
        self._clock = clock
        self.admit = admit
        self._counting = counting
        self._encoder = msgspec.json.Encoder()
        self._openapi = openapi(__version__)

    async def rank(self, body: bytes, key: str | None = None) -> Reply:
        """``POST /v1/rank``."""
        return await self._answer("rank", self._rank, body, key, Permission.RANK)

    async def score(self, body: bytes, key: str | None = None) -> Reply:
        """``POST /v1/score``."""
        return await self._answer("score", self._score, body, key, Permission.SCORE)

    async def events(self, body: bytes, key: str | None = None) -> Reply:
        """``POST /v1/events``."""
        return await self._answer("events", self._events, body, key, Permission.RECORD)

    async def health(self) -> Reply:
        """``GET /v1/health``; 200 as long as ranking works, ``degraded`` while Redis is away."""
        health = self.engine.health()
        return Reply(
            200,
            self._encoder.encode(
                HealthAnswer(
                    status="ok" if health.redis else "degraded",
                    bundle_id=health.bundle_id,
                    snapshot_id=health.snapshot_id,
                    creatives=health.creatives,
                    redis=health.redis,
                    statistics_age_s=health.statistics_age_s,
                    version=__version__,
                )
            ),
        )

    async def openapi(self) -> Reply:
        """``GET /openapi.json``."""
        return Reply(200, self._openapi)

    async def conversion(self, query: str, key: str | None = None) -> Reply:
        """``/event/conversion`` with a key instead of a signature; 404 for a decision that is not the caller's."""
        return await self._answer("conversion", self._conversion, query.encode(), key, Permission.RECORD)

    async def metrics(self, key: str | None = None) -> Reply:
        """``GET /metrics`` for Prometheus, of the whole service; what all spend is not for a caller of its own part."""
        try:
            admit_watcher(self.admit, key)
        except InputError as error:
            return refused(error)
        if self._counting is None:
            return refused(_NOT_COUNTED)
        return Reply(200, await self._counting.page())

    async def media(self, sha256: str) -> Reply:
        """``GET /media/{sha256}``: a picture of ours. Behind a content network, of which each asks once."""
        try:
            return Reply(200, await asyncio.to_thread(self._objects.get, sha256))
        except AdplatError as error:
            return refused(error)

    async def _rank(self, body: bytes, caller: Caller) -> RankAnswer:
        request: RankBody = read_body(body, RankBody)
        REQUEST_ID.set(request.request_id)
        require_placements(caller, [request.placement])
        return RankAnswer.of(await self.engine.rank(replace(request.as_request(self._clock.now()), caller=caller)))

    async def _score(self, body: bytes, caller: Caller) -> ScoreAnswer:
        request: ScoreBody = read_body(body, ScoreBody)
        require_placements(caller, [request.placement])
        scores = await self.engine.score(replace(request.as_request(self._clock.now()), caller=caller))
        return ScoreAnswer(scores.p_ctr, scores.p_cvr, scores.bundle_id, scores.degraded)

    async def _events(self, body: bytes, caller: Caller) -> EventsAnswer:
        reported: EventsBody = read_body(body, EventsBody)
        outcomes = await self.engine.record([event.as_reported() for event in reported.events], caller)
        return EventsAnswer([outcome.value for outcome in outcomes])

    async def _conversion(self, query: bytes, caller: Caller) -> EventsAnswer:
        reported = conversion_of(query.decode())
        [outcome] = await self.engine.record([reported], caller)
        if outcome is EventOutcome.UNKNOWN_DECISION:
            raise UnknownReference("the decision is unknown", where="decision_id", hint="check the id")
        return EventsAnswer([outcome.value])

    async def _answer(
        self,
        method: str,
        work: Callable[[bytes, Caller], Awaitable[Answer]],
        body: bytes,
        key: str | None,
        permission: Permission,
    ) -> Reply:
        counts, begun_s = self.engine.counts, time.perf_counter()
        reply = await self._reply(work, body, key, permission)
        counts.took(REQUEST_SECONDS, DOOR, method, seconds=time.perf_counter() - begun_s)
        counts.add(REQUESTS, DOOR, method, str(reply.status))
        return reply

    async def _reply(
        self, work: Callable[[bytes, Caller], Awaitable[Answer]], body: bytes, key: str | None, permission: Permission
    ) -> Reply:
        REQUEST_ID.set("")
        try:
            caller = self.admit(key, permission)
            return Reply(200, self._encoder.encode(await work(body, caller)))
        except AdplatError as error:
            if not isinstance(error, InputError):
                self.engine.counts.add(FAULTS, DOOR)
                log.exception("a request failed by our fault")
            return refused(error)
        except Exception:
            self.engine.counts.add(FAULTS, DOOR)
            log.exception("a request failed unforeseen")
            return Reply(500, self._encoder.encode(UNFORESEEN))
