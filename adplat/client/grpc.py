"""The bidding service over gRPC: score, bid, report what happened, ask how it is; blocking and asyncio.

The caller's deadline travels twice: as gRPC's own, and as ``tmax_ms`` in the message, since behind Ray Serve the
service cannot see the first. Reports are safe to send again and are, within ``patience_s``; nothing else is.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, cast

import grpc

from adplat.client import messages
from adplat.client.generated import bidding_pb2 as pb
from adplat.client.http import Facts, ServiceHealth
from adplat.client.messages import BidResult, CreativeScores
from adplat.client.wire_names import LARGEST_MESSAGE_BYTES, PROBLEM_KEY, SERVICE
from adplat.domain import (
    AdplatError,
    ConfigRejected,
    Event,
    EventOutcome,
    InternalFault,
    KeyRejected,
    NotPermitted,
    Opportunity,
    StoreUnreachable,
    UnknownReference,
)

# A peer that is gone is noticed within 40 seconds, and no middle box forgets a connection that waits.
CHANNEL_OPTIONS = (
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2_000),
)
_BY_CODE: dict[grpc.StatusCode, type[AdplatError]] = {
    grpc.StatusCode.INVALID_ARGUMENT: ConfigRejected,
    grpc.StatusCode.UNIMPLEMENTED: ConfigRejected,
    grpc.StatusCode.NOT_FOUND: UnknownReference,
    grpc.StatusCode.UNAUTHENTICATED: KeyRejected,
    grpc.StatusCode.PERMISSION_DENIED: NotPermitted,
    grpc.StatusCode.INTERNAL: InternalFault,
}


class _Methods:
    """The four methods of a channel, either kind."""

    def __init__(self, channel: Any) -> None:
        def method(name: str, request: type[Any], answer: type[Any]) -> Any:
            return channel.unary_unary(
                f"/{SERVICE}/{name}",
                request_serializer=request.SerializeToString,
                response_deserializer=answer.FromString,
            )

        self.bid = method("Bid", pb.BidRequest, pb.BidResponse)
        self.score = method("Score", pb.ScoreRequest, pb.ScoreResponse)
        self.record = method("Record", pb.RecordRequest, pb.RecordResponse)
        self.health = method("Health", pb.HealthRequest, pb.HealthResponse)


class GrpcBiddingClient:
    """One service, from any thread.

    Example::

        with GrpcBiddingClient("127.0.0.1:8471") as bidding:
            scores = bidding.score(placement="feed", creative_ids=["c1", "c2"], user_key="u42", timeout_s=0.05)

    Args:
        address: ``host:port`` of the service.
        api_key: says who asks; empty where the service demands none. It is sent as plain as everything else.
        timeout_s: limit for one exchange where the call gives none.
        patience_s: how long reports are sent again before StoreUnreachable is raised.

    Every method raises StoreUnreachable (no answer in time, overload, or nothing was kept), ConfigRejected (the request
    is wrong), UnknownReference (an id that names nothing) and InternalFault (the service's own mistake).
    """

    def __init__(
        self,
        address: str,
        *,
        api_key: str = "",
        timeout_s: float = 5.0,
        patience_s: float = 30.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._address = address
        self._metadata = _metadata(api_key)
        self._timeout_s = timeout_s
        self._patience_s = patience_s
        self._sleep = sleep
        self._channel = grpc.insecure_channel(address, options=CHANNEL_OPTIONS)
        self._methods = _Methods(self._channel)

    def score(
        self,
        *,
        placement: str,
        creative_ids: Sequence[str],
        user_key: str = "",
        attributes: Facts | None = None,
        context: Facts | None = None,
        position: int = 0,
        ts: datetime | None = None,
        timeout_s: float | None = None,
    ) -> CreativeScores:
        """pCTR and pCVR of these creatives for this user; nothing is decided and nothing is kept."""
        message = messages.score_message(placement, creative_ids, user_key, attributes, context, position, ts)
        return messages.scores_of(self._exchange(self._methods.score, message, timeout_s))

    def bid(self, opportunity: Opportunity, *, timeout_s: float | None = None) -> BidResult:
        """A bid, or the reason for none, for every slot."""
        return messages.bid_of(self._exchange(self._methods.bid, messages.bid_message(opportunity), timeout_s))

    def record(self, events: Sequence[Event], *, timeout_s: float | None = None) -> list[EventOutcome]:
        """Report events until they are kept; outcomes run parallel."""
        message = messages.record_message(events)
        for pause_s in _pauses(self._patience_s):
            try:
                return messages.outcomes_of(self._exchange(self._methods.record, message, timeout_s))
            except StoreUnreachable:
                self._sleep(pause_s)
        return messages.outcomes_of(self._exchange(self._methods.record, message, timeout_s))

    def health(self, *, timeout_s: float | None = None) -> ServiceHealth:
        """How the replica is that answers."""
        return messages.health_of(self._exchange(self._methods.health, pb.HealthRequest(), timeout_s))

    def close(self) -> None:
        """Give the connection back."""
        self._channel.close()

    def __enter__(self) -> GrpcBiddingClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _exchange(self, method: Any, message: Any, timeout_s: float | None) -> Any:
        deadline_s = self._timeout_s if timeout_s is None else timeout_s
        try:
            return method(_in_time(message, deadline_s), timeout=deadline_s, metadata=self._metadata)
        except grpc.RpcError as error:
            raise _refusal(error, self._address) from None


class AsyncGrpcBiddingClient:
    """The same for asyncio; to be made and used on one event loop.

    Example::

        async with AsyncGrpcBiddingClient("127.0.0.1:8471") as bidding:
            scores = await bidding.score(placement="feed", creative_ids=["c1", "c2"], user_key="u42", timeout_s=0.05)
    """

    def __init__(self, address: str, *, api_key: str = "", timeout_s: float = 5.0, patience_s: float = 30.0) -> None:
        self._address = address
        self._metadata = _metadata(api_key)
        self._timeout_s = timeout_s
        self._patience_s = patience_s
        self._channel = grpc.aio.insecure_channel(address, options=CHANNEL_OPTIONS)
        self._methods = _Methods(self._channel)

    async def score(
        self,
        *,
        placement: str,
        creative_ids: Sequence[str],
        user_key: str = "",
        attributes: Facts | None = None,
        context: Facts | None = None,
        position: int = 0,
        ts: datetime | None = None,
        timeout_s: float | None = None,
    ) -> CreativeScores:
        """As ``GrpcBiddingClient.score``."""
        message = messages.score_message(placement, creative_ids, user_key, attributes, context, position, ts)
        return messages.scores_of(await self._exchange(self._methods.score, message, timeout_s))

    async def bid(self, opportunity: Opportunity, *, timeout_s: float | None = None) -> BidResult:
        """As ``GrpcBiddingClient.bid``."""
        return messages.bid_of(await self._exchange(self._methods.bid, messages.bid_message(opportunity), timeout_s))

    async def record(self, events: Sequence[Event], *, timeout_s: float | None = None) -> list[EventOutcome]:
        """As ``GrpcBiddingClient.record``."""
        message = messages.record_message(events)
        for pause_s in _pauses(self._patience_s):
            try:
                return messages.outcomes_of(await self._exchange(self._methods.record, message, timeout_s))
            except StoreUnreachable:
                await asyncio.sleep(pause_s)
        return messages.outcomes_of(await self._exchange(self._methods.record, message, timeout_s))

    async def health(self, *, timeout_s: float | None = None) -> ServiceHealth:
        """As ``GrpcBiddingClient.health``."""
        return messages.health_of(await self._exchange(self._methods.health, pb.HealthRequest(), timeout_s))

    async def close(self) -> None:
        """Give the connection back."""
        await self._channel.close()

    async def __aenter__(self) -> AsyncGrpcBiddingClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _exchange(self, method: Any, message: Any, timeout_s: float | None) -> Any:
        deadline_s = self._timeout_s if timeout_s is None else timeout_s
        try:
            return await method(_in_time(message, deadline_s), timeout=deadline_s, metadata=self._metadata)
        except grpc.RpcError as error:
            raise _refusal(error, self._address) from None


def _metadata(api_key: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {api_key}"),) if api_key else ()


def _in_time(message: Any, deadline_s: float) -> Any:
    """The message with the deadline in it, the nearer one where it had its own. Raises ConfigRejected (too large)."""
    if not isinstance(message, pb.HealthRequest):
        deadline_ms = max(1, round(1000 * deadline_s))
        message.tmax_ms = min(deadline_ms, message.tmax_ms or deadline_ms)
    size_bytes = message.ByteSize()
    if size_bytes > LARGEST_MESSAGE_BYTES:
        raise ConfigRejected(
            f"a message of {size_bytes:,} bytes", where="message", hint=f"send at most {LARGEST_MESSAGE_BYTES:,}"
        )
    return message


def _pauses(patience_s: float) -> Iterator[float]:
    """Seconds to wait between attempts, growing, as long as patience lasts."""
    waited_s, pause_s = 0.0, 0.05
    while waited_s < patience_s:
        yield pause_s
        waited_s += pause_s
        pause_s = min(2 * pause_s, 1.0)


def _refusal(error: grpc.RpcError, address: str) -> AdplatError:
    call = cast(grpc.Call, error)
    told = {key: value for key, value in call.trailing_metadata() or () if key == PROBLEM_KEY}
    code, details = call.code(), call.details() or ""
    if PROBLEM_KEY in told:
        problem = pb.Problem.FromString(cast(bytes, told[PROBLEM_KEY]))
        return _BY_CODE.get(code, StoreUnreachable)(problem.what, where=problem.where, hint=problem.hint)
    # Not our words: a proxy without a replica, an overload, a deadline, or nobody at all.
    return StoreUnreachable(
        f"the bidding service does not answer: {code.name.lower().replace('_', ' ')}: {details}",
        where=address,
        hint="start it with 'adplat serve', give another address or more time",
    )
