"""What all processes of a service counted, added up in Redis, and what each last said of itself.

Sums grow as long as the server keeps them, whichever replica comes and goes: a counter that fell would be taken for a
restart. A telling has a number, so that one that is sent again, because its answer was lost, counts once. The key
``counts`` is a hash of series (JSON) to whole numbers; some hundred of them, a handful of bytes each.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from typing import cast

import msgspec
from redis.exceptions import NoScriptError

from adplat.domain import Series, ServiceCounted
from adplat.storage.redis_link import DEFAULT_NAMESPACE, Keys, open_worker_client, redis_errors, redis_place
from adplat.storage.redis_scripts import TELL_COUNTS
from adplat.storage.script_calls import Call, call_script_once, open_client

_series = msgspec.json.Decoder(Series)


class RedisServiceCounts:
    """The replicas' side, implements ``domain.ServiceCounts``.

    It connects at the first call and belongs to that event loop. Raises StoreUnreachable.
    """

    def __init__(self, url: str, *, namespace: str = DEFAULT_NAMESPACE, timeout_s: float = 1.0) -> None:
        self.place = redis_place(url)
        self._keys = Keys(namespace)
        self._client = open_client(url, 4, timeout_s)

    async def tell(self, writer: str, number: int, sums: Mapping[Series, int], state: bytes) -> None:
        """Add ``sums``, once for each ``number``, which a ``writer`` counts up; ``state`` replaces the one before."""
        with redis_errors(self.place):
            await call_script_once(self._client, TELL_COUNTS, _call(self._keys, writer, number, sums, state))

    async def read(self) -> ServiceCounted:
        """All that was told."""
        with redis_errors(self.place):
            sums = await cast(Awaitable[dict[bytes, bytes]], self._client.hgetall(self._keys.counts))
            states = await cast(Awaitable[dict[bytes, bytes]], self._client.hgetall(self._keys.states))
        return ServiceCounted(
            {_series.decode(field): int(amount) for field, amount in sums.items()},
            {writer.decode(): state for writer, state in states.items()},
        )

    async def forget(self, writers: Sequence[str]) -> None:
        """Of processes that are no more: what they said of themselves. What they counted stays."""
        if not writers:
            return
        with redis_errors(self.place):
            await self._client.hdel(self._keys.states, *writers)
            await self._client.hdel(self._keys.told, *writers)

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose(close_connection_pool=True)


class RedisWorkerCounts:
    """The worker's side, and that of who looks in from elsewhere; synchronous. Raises StoreUnreachable."""

    def __init__(self, url: str, *, namespace: str = DEFAULT_NAMESPACE, timeout_s: float = 5.0) -> None:
        self.place = redis_place(url)
        self._keys = Keys(namespace)
        self._client = open_worker_client(url, timeout_s)

    def tell(self, writer: str, number: int, sums: Mapping[Series, int], state: bytes) -> None:
        """As ``RedisServiceCounts.tell``."""
        keys, arguments = _call(self._keys, writer, number, sums, state)
        with redis_errors(self.place):
            try:
                self._client.evalsha(TELL_COUNTS.sha, len(keys), *keys, *arguments)
            except NoScriptError:
                self._client.eval(TELL_COUNTS.text, len(keys), *keys, *arguments)

    def states(self) -> Mapping[str, bytes]:
        """What each process last said of itself, by its name."""
        with redis_errors(self.place):
            found = cast(dict[bytes, bytes], self._client.hgetall(self._keys.states))
        return {writer.decode(): state for writer, state in found.items()}

    def close(self) -> None:
        """Give the connection back."""
        self._client.close()


def _call(keys: Keys, writer: str, number: int, sums: Mapping[Series, int], state: bytes) -> Call:
    arguments: list[str | bytes | int] = [writer, number, state]
    for series, amount in sums.items():
        arguments += (msgspec.json.encode(series), amount)
    return (keys.counts, keys.states, keys.told), arguments
