"""Carries what one replica counted to the sums that all share, once a second and off the way of every request."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import msgspec

from adplat.domain import Clock, Counts, Series, ServiceCounts, StoreUnreachable
from services.bidding.metrics import ReplicaState, State, page

# A process that told nothing for so long is gone, or cannot reach Redis: it has no gauges until it tells again.
_GONE_S = 15.0
_FORGOTTEN_S = 3600.0
_state = msgspec.json.Decoder(State)


class CountsDesk:
    """Of one replica.

    Args:
        counts: what its doors and its engine count in.
        state: what is to be said of the replica now.
        pcoc: expected clicks over clicks of what it knows.

    Example::

        async with desk.telling():
            ...
            body = await desk.page()
    """

    def __init__(
        self,
        shared: ServiceCounts,
        counts: Counts,
        state: Callable[[], ReplicaState],
        pcoc: Callable[[], float | None],
        clock: Clock,
        every_s: float = 1.0,
    ) -> None:
        self._shared, self._counts, self._state, self._pcoc = shared, counts, state, pcoc
        self._clock, self._every_s = clock, every_s
        self._name, self._number = process_name(), 0
        self._pending: dict[Series, int] | None = None
        self._turn = asyncio.Lock()

    async def tell(self) -> None:
        """Tell what was counted since. What fails is sent once more as it was, so that nothing is added twice."""
        async with self._turn:
            if self._pending is None:
                self._pending, self._number = self._counts.take(), self._number + 1
            await self._shared.tell(self._name, self._number, self._pending, msgspec.json.encode(self._state()))
            self._pending = None

    async def page(self) -> bytes:
        """The page for Prometheus, of the whole service; without Redis of this replica's own state alone."""
        now_s = self._clock.now().timestamp()
        try:
            await self.tell()
            told = await self._shared.read()
            states = {name: _state.decode(state) for name, state in told.states.items()}
            await self._shared.forget([name for name, state in states.items() if now_s - state.at > _FORGOTTEN_S])
        except StoreUnreachable:
            return page({}, {self._name: self._state()}, self._pcoc(), redis=False, now_s=now_s)
        living = {name: state for name, state in states.items() if now_s - state.at <= _GONE_S}
        return page(told.sums, living, self._pcoc(), redis=True, now_s=now_s)

    @asynccontextmanager
    async def telling(self) -> AsyncIterator[None]:
        """Tell every now and then for as long as the block runs, and once more at its end."""
        task = asyncio.create_task(self._tell_all(), name="counts-desk")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            with suppress(StoreUnreachable):  # nobody is left to tell it later
                await self.tell()
            await self._shared.close()

    async def _tell_all(self) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            with suppress(StoreUnreachable):  # told at the next turn; the page says that Redis is away
                await self.tell()


def process_name() -> str:
    """Of this process, never of another, on whichever machine."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(2)}"
