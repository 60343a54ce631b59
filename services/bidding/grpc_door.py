"""The four methods of ``adplat.bidding.v1.Bidding``: bytes in, a message out, what is wrong in the status.

Needs neither Ray nor a server: Ray Serve calls the methods by name, and so does any ``grpc.aio`` server through
``add_bidding_to_server``. Requests arrive undecoded, so that bytes that are no message get a clear answer too.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Protocol, TypeVar

import grpc
from google.protobuf.message import Message

from adplat.client.generated import bidding_pb2 as pb
from adplat.client.wire_names import PROBLEM_KEY, SERVICE
from adplat.domain import (
    AdplatError,
    Caller,
    Clock,
    InputError,
    KeyRejected,
    NotPermitted,
    Permission,
    StoreUnreachable,
    UnknownReference,
)
from services.bidding.engine import BiddingEngine
from services.bidding.grpc_answers import bids_message, health_message, outcomes_message, scores_message
from services.bidding.grpc_requests import opportunity_of, rank_request_of, read_message, reported_of
from services.bidding.metrics import FAULTS, REQUEST_SECONDS, REQUESTS
from services.bidding.tracing import Tracer
from services.hosting.answers import told_to_callers
from services.hosting.key_gate import Admit, key_in, let_all_in, require_placements
from services.hosting.logs import REQUEST_ID

log = logging.getLogger(__name__)
A = TypeVar("A", bound=Message)

ANSWERS: dict[str, type[Message]] = {
    "Bid": pb.BidResponse,
    "Score": pb.ScoreResponse,
    "Record": pb.RecordResponse,
    "Health": pb.HealthResponse,
}

DOOR = "grpc"
LATE = pb.Problem(what="the time was over", where="tmax_ms", hint="grant more, or leave it out")
UNFORESEEN = pb.Problem(what="this is a fault of adplat", hint="see the server's log")


class CallContext(Protocol):
    """What the door needs of a call: Ray Serve's context has it, and gRPC's own."""

    def invocation_metadata(self) -> Any: ...
    def set_code(self, code: grpc.StatusCode) -> None: ...
    def set_details(self, details: str) -> None: ...
    def set_trailing_metadata(self, trailing_metadata: Any) -> None: ...


class GrpcDoor:
    """Answers the four methods with an injected engine. Status codes are decided in this module and nowhere else.

    ::

        OK                  done                    NOT_FOUND   an id that names nothing
        INVALID_ARGUMENT    the request is wrong    UNAVAILABLE a store is away and nothing was kept: send it again
        DEADLINE_EXCEEDED   tmax_ms is over         INTERNAL    our fault
        UNAUTHENTICATED     no API key that holds   PERMISSION_DENIED   the caller may not do this

    RESOURCE_EXHAUSTED (a request that is too large) and UNAVAILABLE (too many) are also said in front of this.
    """

    def __init__(
        self, engine: BiddingEngine, clock: Clock, admit: Admit = let_all_in, tracer: Tracer | None = None
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._admit = admit
        self._tracer = tracer

    async def Bid(self, request: bytes, grpc_context: CallContext) -> pb.BidResponse:
        """See ``BidRequest``; the engine keeps to ``tmax_ms`` itself and answers with no-bids."""
        work = self._for(Permission.BID, self._bid, grpc_context)
        return await self._answer("Bid", work, request, grpc_context, pb.BidResponse)

    async def Score(self, request: bytes, grpc_context: CallContext) -> pb.ScoreResponse:
        """See ``ScoreRequest``."""
        work = self._for(Permission.SCORE, self._score, grpc_context)
        return await self._answer("Score", work, request, grpc_context, pb.ScoreResponse)

    async def Record(self, request: bytes, grpc_context: CallContext) -> pb.RecordResponse:
        """See ``RecordRequest``."""
        work = self._for(Permission.RECORD, self._record, grpc_context)
        return await self._answer("Record", work, request, grpc_context, pb.RecordResponse)

    async def Health(self, request: bytes, grpc_context: CallContext) -> pb.HealthResponse:
        """OK as long as scoring works."""
        return await self._answer("Health", self._health, request, grpc_context, pb.HealthResponse)

    async def _answer(
        self,
        method: str,
        work: Callable[[bytes], Awaitable[A]],
        request: bytes,
        context: CallContext,
        kind: Callable[[], A],
    ) -> A:
        counts, begun_s = self._engine.counts, time.perf_counter()
        code = grpc.StatusCode.OK
        REQUEST_ID.set("")
        note = None if self._tracer is None else self._tracer.begin(f"{SERVICE}/{method}", traceparent_in(context))
        # Set, not raised: what is raised, Ray Serve writes into its log with a stack trace.
        try:
            answer = await work(request)
        except AdplatError as error:
            if not isinstance(error, InputError):
                counts.add(FAULTS, DOOR)
                log.exception("a call failed by our fault")
            answer, code = kind(), code_of(error)
            told = told_to_callers(error)
            _refuse(context, code, pb.Problem(what=told.what, where=told.where, hint=told.hint))
        except TimeoutError:
            answer, code = kind(), grpc.StatusCode.DEADLINE_EXCEEDED
            _refuse(context, code, LATE)
        except Exception:
            counts.add(FAULTS, DOOR)
            log.exception("a call failed unforeseen")
            answer, code = kind(), grpc.StatusCode.INTERNAL
            _refuse(context, code, UNFORESEEN)
        counts.took(REQUEST_SECONDS, DOOR, method, seconds=time.perf_counter() - begun_s)
        counts.add(REQUESTS, DOOR, method, code.name)
        if self._tracer is not None:
            self._tracer.end(note, code.name)
        return answer

    def _for(
        self, permission: Permission, work: Callable[[bytes, Caller], Awaitable[A]], context: CallContext
    ) -> Callable[[bytes], Awaitable[A]]:
        """The work for whoever calls, once it is known who that is; before that nothing of the request is read."""

        async def admitted(request: bytes) -> A:
            return await work(request, self._admit(key_in(context.invocation_metadata()), permission))

        return admitted

    async def _bid(self, request: bytes, caller: Caller) -> pb.BidResponse:
        opportunity = opportunity_of(read_message(request, pb.BidRequest), self._clock.now())
        REQUEST_ID.set(opportunity.request_id)
        require_placements(caller, [slot.placement for slot in opportunity.slots])
        opportunity = replace(opportunity, caller=caller)
        return bids_message(opportunity, await self._engine.bid(opportunity))

    async def _score(self, request: bytes, caller: Caller) -> pb.ScoreResponse:
        message = read_message(request, pb.ScoreRequest)
        asked = replace(rank_request_of(message, self._clock.now()), caller=caller)
        require_placements(caller, [asked.placement])
        async with asyncio.timeout(_budget_s(message.tmax_ms)):
            return scores_message(await self._engine.score(asked))

    async def _record(self, request: bytes, caller: Caller) -> pb.RecordResponse:
        message = read_message(request, pb.RecordRequest)
        async with asyncio.timeout(_budget_s(message.tmax_ms)):
            return outcomes_message(await self._engine.record(reported_of(message), caller))

    async def _health(self, request: bytes) -> pb.HealthResponse:
        read_message(request, pb.HealthRequest)
        return health_message(self._engine.health())


def add_bidding_to_server(door: Any, server: Any) -> None:
    """Register the four methods; Ray Serve is told this function's name, and calls it with a server of its own."""
    handlers: dict[str, grpc.RpcMethodHandler[bytes, Message]] = {
        name: grpc.unary_unary_rpc_method_handler(getattr(door, name), response_serializer=answer.SerializeToString)
        for name, answer in ANSWERS.items()
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))


def code_of(error: AdplatError) -> grpc.StatusCode:
    """The one place where an error becomes a gRPC status."""
    if isinstance(error, StoreUnreachable):
        return grpc.StatusCode.UNAVAILABLE
    if isinstance(error, KeyRejected):
        return grpc.StatusCode.UNAUTHENTICATED
    if isinstance(error, NotPermitted):
        return grpc.StatusCode.PERMISSION_DENIED
    if isinstance(error, UnknownReference):
        return grpc.StatusCode.NOT_FOUND
    return grpc.StatusCode.INVALID_ARGUMENT if isinstance(error, InputError) else grpc.StatusCode.INTERNAL


def traceparent_in(context: CallContext) -> str:
    """W3C's header among the call's metadata; empty where there is none."""
    found = next((value for name, value in context.invocation_metadata() or () if name == "traceparent"), "")
    return found if isinstance(found, str) else ""


def _refuse(context: CallContext, code: grpc.StatusCode, problem: pb.Problem) -> None:
    place = f" ({problem.where})" if problem.where else ""
    context.set_code(code)
    context.set_details(f"{problem.what}{place}: {problem.hint}")
    context.set_trailing_metadata([(PROBLEM_KEY, problem.SerializeToString())])


def _budget_s(tmax_ms: int) -> float | None:
    return tmax_ms / 1000 if tmax_ms else None
