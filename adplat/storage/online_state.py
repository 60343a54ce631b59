"""OnlineState over the Redis protocol: the hot path's side, asynchronous, one round trip a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from adplat.domain import STREAM_START, ArmsSince, Decision, LoggedRequest, StreamPosition, ToRecord
from adplat.storage.hot_path import HotPathClient
from adplat.storage.packed_arms import unpack_arms, unpack_sum
from adplat.storage.payloads import encode_decision, encode_owner, encode_request
from adplat.storage.redis_link import (
    DAY_S,
    DEFAULT_NAMESPACE,
    redis_errors,
)
from adplat.storage.redis_scripts import ARMS_SINCE, LOG_REQUESTS, RECORD_DECISION
from adplat.storage.script_calls import Call, all_answered, call_script, call_script_once

# Of logged requests in one entry of the stream: the worker reads thousands of entries at once, and a server that
# packs one answers nobody else meanwhile.
MOST_IN_ENTRY = 32
_MINUTE_S = 60


def open_online_state(
    url: str,
    *,
    namespace: str = DEFAULT_NAMESPACE,
    attribution_days: float = 7,
    connections: int = 32,
    timeout_s: float = 1.0,
) -> RedisOnlineState:
    """Make the hot path's client. It connects at the first call (or ``ping``) and belongs to that event loop.

    Args:
        url: ``redis://``, ``rediss://`` or ``unix://``.
        namespace: prefix of every key.
        attribution_days: how long an event may refer to a decision; event ids are remembered one day longer.
        connections: at most this many at once; a call that finds none waits up to ``timeout_s``.
        timeout_s: limit for connecting, for each answer, and for waiting on the pool.

    Raises ConfigRejected on another kind of URL.
    """
    decision_ttl_s = round(attribution_days * DAY_S)
    return RedisOnlineState(
        url,
        namespace=namespace,
        decision_ttl_s=decision_ttl_s,
        event_ttl_s=decision_ttl_s + DAY_S,
        connections=connections,
        timeout_s=timeout_s,
    )


class RedisOnlineState(HotPathClient):
    """Implements ``domain.OnlineState``.

    What is answered survives a SIGKILL of any process; a power cut can take about the last second (see
    ``redis_link``). A call that fails with StoreUnreachable may or may not have been recorded: sending it again is
    safe, since a decision id counts once. A lost connection is tried again once, a timeout is not.
    """

    async def read_user(self, user_key: str) -> bytes | None:
        """The packed user vector, or ``None`` for an unknown user; the empty key is nobody's and asks nothing."""
        if not user_key:
            return None
        with redis_errors(self.place):
            return cast("bytes | None", await self._client.get(self._keys.user(user_key)))

    async def record_decisions(self, decisions: Sequence[ToRecord]) -> None:
        """Make each decision durable and put it on the stream, atomically by itself, all in one round trip."""
        calls = [self._call_of(one) for one in decisions]
        with redis_errors(self.place):
            all_answered(await call_script(self._client, RECORD_DECISION, calls))

    async def record_decision(self, decision: Decision, user: bytes | None = None, served: bytes | None = None) -> None:
        """One alone."""
        await self.record_decisions([ToRecord(decision, user, served)])

    async def log_requests(self, requests: Mapping[bytes, LoggedRequest], now: datetime) -> int:
        """Put opportunities on the stream, all in one round trip; returns how many were new.

        Their marks are remembered by the minute, so for one to two minutes. Raises TableRejected where one cannot be
        encoded; then nothing was sent.
        """
        minute = int(now.timestamp()) // _MINUTE_S
        keys = self._keys.stream, self._keys.logged(minute), self._keys.logged(minute - 1)
        packed = [(mark, encode_request(request)) for mark, request in requests.items()]
        calls: list[Call] = [
            (keys, (3 * _MINUTE_S, *(part for pair in packed[first : first + MOST_IN_ENTRY] for part in pair)))
            for first in range(0, len(packed), MOST_IN_ENTRY)
        ]
        with redis_errors(self.place):
            answers: list[int] = all_answered(await call_script(self._client, LOG_REQUESTS, calls))
        return sum(answers)

    async def read_arms(self, since: int = 0) -> ArmsSince:
        """The creatives' statistics that changed after fold ``since``. Called in the background, never per request.

        Linear in what changed: reading ten thousand creatives anew would hold up the bids for fifty milliseconds.
        """
        keys = self._keys.arms, self._keys.arms_by_fold, self._keys.folds, self._keys.sums
        with redis_errors(self.place):
            folds, is_whole, sums, *fields = await call_script_once(self._client, ARMS_SINCE, (keys, (since,)))
        arms = unpack_arms(dict(zip(fields[::2], fields[1::2], strict=True)))
        shared = {name.decode(): unpack_sum(one) for name, one in zip(sums[::2], sums[1::2], strict=True)}
        return ArmsSince(folds, bool(is_whole), arms, shared)

    async def folded_to(self) -> StreamPosition:
        """How far user vectors have been folded. Called in the background, never per request."""
        with redis_errors(self.place):
            stored = cast("bytes | None", await self._client.get(self._keys.folded_to))
        return STREAM_START if stored is None else StreamPosition.parse(stored.decode())

    def _call_of(self, one: ToRecord) -> Call:
        decision = one.decision
        keys = (self._keys.decision(decision.decision_id), self._keys.stream)
        payload = (encode_decision(decision), self._decision_ttl_s, encode_owner(decision))
        beside = () if one.user is None and one.served is None else (one.user or b"", one.served or b"")
        return keys, (*payload, *beside)
