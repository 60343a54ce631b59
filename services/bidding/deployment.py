"""The service as a plain class: bytes in, status and bytes out. Needs neither Ray nor a web server to be tested."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import msgspec

from adplat import __version__
from adplat.domain import (
    AdplatError,
    Caller,
    Clock,
    InputError,
    KeyRejected,
    NotPermitted,
    ObjectStore,
    Permission,
    StoreUnreachable,
    UnknownReference,
)
from services.bidding.engine import BiddingEngine
from services.bidding.key_gate import Admit, let_all_in, require_placements
from services.bidding.openrtb_door import OpenRtbDoor
from services.bidding.schemas import (
    ErrorAnswer,
    EventsAnswer,
    EventsBody,
    HealthAnswer,
    RankAnswer,
    RankBody,
    ScoreAnswer,
    ScoreBody,
    openapi,
    read_body,
)

log = logging.getLogger(__name__)
Answer = RankAnswer | ScoreAnswer | EventsAnswer
UNFORESEEN = ErrorAnswer("this is a fault of adplat", "", "see the server's log")


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer; the body is JSON."""

    status: int
    body: bytes


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
    ) -> None:
        self.engine = engine
        self.openrtb = openrtb
        self._objects = objects
        self._clock = clock
        self.admit = admit
        self._encoder = msgspec.json.Encoder()
        self._openapi = openapi(__version__)

    async def rank(self, body: bytes, key: str | None = None) -> Reply:
        """``POST /v1/rank``."""
        return await self._answer(self._rank, body, key, Permission.RANK)

    async def score(self, body: bytes, key: str | None = None) -> Reply:
        """``POST /v1/score``."""
        return await self._answer(self._score, body, key, Permission.SCORE)

    async def events(self, body: bytes, key: str | None = None) -> Reply:
        """``POST /v1/events``."""
        return await self._answer(self._events, body, key, Permission.RECORD)

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

    async def media(self, sha256: str) -> Reply:
        """``GET /media/{sha256}``: a picture of ours. Behind a content network, of which each asks once."""
        try:
            return Reply(200, await asyncio.to_thread(self._objects.get, sha256))
        except AdplatError as error:
            return Reply(status_of(error), self._encoder.encode(ErrorAnswer(error.what, error.where, error.hint)))

    async def _rank(self, body: bytes, caller: Caller) -> RankAnswer:
        request: RankBody = read_body(body, RankBody)
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

    async def _answer(
        self, work: Callable[[bytes, Caller], Awaitable[Answer]], body: bytes, key: str | None, permission: Permission
    ) -> Reply:
        try:
            caller = self.admit(key, permission)
            return Reply(200, self._encoder.encode(await work(body, caller)))
        except AdplatError as error:
            if not isinstance(error, InputError):
                log.exception("a request failed by our fault")
            return Reply(status_of(error), self._encoder.encode(ErrorAnswer(error.what, error.where, error.hint)))
        except Exception:
            log.exception("a request failed unforeseen")
            return Reply(500, self._encoder.encode(UNFORESEEN))


def status_of(error: AdplatError) -> int:
    """The one place where an error becomes an HTTP status."""
    if isinstance(error, StoreUnreachable):
        return 503
    if isinstance(error, KeyRejected):
        return 401
    if isinstance(error, NotPermitted):
        return 403
    if isinstance(error, UnknownReference):
        return 404
    return 422 if isinstance(error, InputError) else 500
