"""ConversionState over the Redis protocol: waiting conversions and the touches they are attributed to; synchronous."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from redis.exceptions import NoScriptError

from adplat.domain import Credit, StreamPosition, Touch, WaitingConversion
from adplat.storage.redis_link import DEFAULT_NAMESPACE, Keys, open_worker_client, redis_errors, redis_place
from adplat.storage.redis_scripts import SETTLE
from adplat.storage.touch_records import microseconds, owner_key, read_conversion, read_touch, told_fields


def open_conversion_state(
    url: str, *, namespace: str = DEFAULT_NAMESPACE, timeout_s: float = 5.0
) -> RedisConversionState:
    """The worker's client; it connects at the first call. Raises ConfigRejected on another kind of URL."""
    return RedisConversionState(url, namespace=namespace, timeout_s=timeout_s)


class RedisConversionState:
    """Implements ``domain.ConversionState``. Any number of workers may call it: each conversion is settled once."""

    def __init__(self, url: str, *, namespace: str = DEFAULT_NAMESPACE, timeout_s: float = 5.0) -> None:
        self.place = redis_place(url)
        self._keys = Keys(namespace)
        self._client = open_worker_client(url, timeout_s)

    def due(self, upto_ms: int, limit: int) -> list[WaitingConversion]:
        """Up to ``limit`` conversions that are to be looked at by then, those of the earliest moment first."""
        with redis_errors(self.place):
            positions = cast(
                "list[bytes]", self._client.zrangebyscore(self._keys.waiting, "-inf", upto_ms, start=0, num=limit)
            )
            if not positions:
                return []
            fields = [field for position in positions for field in told_fields(position)]
            told = cast("list[bytes | None]", self._client.hmget(self._keys.waiting_told, fields))
        # Settled by another worker in between: nothing is told of it any more.
        return [
            read_conversion(position, event, decision)
            for position, event, decision in zip(positions, told[::2], told[1::2], strict=True)
            if event is not None
        ]

    def touches_before(self, conversions: Sequence[WaitingConversion]) -> list[list[Touch]]:
        """Parallel: the touches of the same user and advertiser (or decision) that happened no later."""
        with redis_errors(self.place), self._client.pipeline(transaction=False) as pipe:
            for conversion in conversions:
                upto_us = microseconds(conversion.event.ts)
                pipe.zrangebyscore(owner_key(self._keys, conversion), "-inf", upto_us, withscores=True)
            found = cast("list[list[tuple[bytes, float]]]", pipe.execute())
        return [
            [read_touch(conversion, kept, ts_us) for kept, ts_us in touches]
            for conversion, touches in zip(conversions, found, strict=True)
        ]

    def known_decisions(self, decision_ids: Sequence[str]) -> set[str]:
        """Which of these have not been forgotten."""
        wanted = sorted(set(decision_ids))
        with redis_errors(self.place), self._client.pipeline(transaction=False) as pipe:
            for decision_id in wanted:
                pipe.exists(self._keys.decision(decision_id))
            found = pipe.execute()
        return {decision_id for decision_id, known in zip(wanted, found, strict=True) if known}

    def settle(self, credited: Sequence[tuple[StreamPosition, Credit, str]]) -> int:
        """Put each of these once more on the stream, with its credit and the decision of that id (empty: none).

        Happens once, however often it is asked for; returns how many happened now. One whose decision is forgotten in
        this moment goes on waiting, and is looked at again.
        """
        if not credited:
            return 0
        call: list[str] = [self._keys.waiting, self._keys.waiting_told, self._keys.stream, self._keys.decision("")]
        for position, credit, decision_id in credited:
            call += (str(position), credit.value, decision_id)
        with redis_errors(self.place):
            try:
                answer = self._client.evalsha(SETTLE.sha, 3, *call)
            except NoScriptError:
                answer = self._client.eval(SETTLE.text, 3, *call)
        return cast(int, answer)

    def postpone(self, until_ms: Mapping[StreamPosition, int]) -> None:
        """Look at these again, from that moment on."""
        if until_ms:
            with redis_errors(self.place):
                self._client.zadd(self._keys.waiting, {str(place): ms for place, ms in until_ms.items()}, xx=True)

    def count_waiting(self) -> int:
        """How many conversions have no credit yet."""
        with redis_errors(self.place):
            return self._client.zcard(self._keys.waiting)

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()
