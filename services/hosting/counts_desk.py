"""Carries what one replica counted to the sums that all share, once a second and off the way of every request."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Generic, Protocol, TypeVar

import msgspec

from adplat.domain import Clock, Counts, Series, ServiceCounts, StoreUnreachable

# A process that told nothing for so long is gone, or cannot reach Redis: it has no gauges until it tells again.
_GONE_S = 15.0
_FORGOTTEN_S = 3600.0


class Moment(Protocol):
    """What a process says of itself, and when: seconds since 1970."""

    @property
    def at(self) -> float: ...


S = TypeVar("S", bound=Moment)
S_contra = TypeVar("S_contra", bound=Moment, contravariant=True)


class WritePage(Protocol[S_contra]):
    """Writes the page for Prometheus from all sums, and from what each living process says of itself by its name.

    ``redis``: whether the sums could be read; without them there are none, and this process alone.
    """

    def __call__(
        self, sums: Mapping[Series, int], states: Mapping[str, S_contra], *, redis: bool, now_s: float
    ) -> bytes: ...


class CountsDesk(Generic[S]):
    """Of one replica.

    Args:
        counts: what its doors and its engine count in.
        state: what is to be said of the replica now; ``decode`` reads what others said.

    Example::

        async with desk.telling():
            ...
            body = await desk.page()
    """

    def __init__(
        self,
        shared: ServiceCounts,
        counts: Counts,
        state: Callable[[], S],
        decode: Callable[[bytes], S],
        write_page: WritePage[S],
        clock: Clock,
        every_s: float = 1.0,
    ) -> None:
        self._shared, self._counts, self._state, self._decode = shared, counts, state, decode
        self._write_page, self._clock, self._every_s = write_page, clock, every_s
        self._name, self._number = process_name(), 0
        self._pending: dict[Series, int] | None = None
        self._turn = asyncio.Lock()
        self._is_over = False

    async def tell(self) -> None:
        """Tell what was counted since. What fails is sent once more as it was, so that nothing is added twice."""
        async with self._turn:
            if self._pending is None:
                self._pending, self._number = self._counts.take(), self._number + 1
            await self._shared.tell(self._name, self._number, self._pending, msgspec.json.encode(self._state()))
            self._pending = None

    async def page(self) -> bytes:
        """The page for Prometheus, of the whole service; without shared sums of this replica's own state alone."""
        now_s = self._clock.now().timestamp()
        try:
            await self.tell()
            told = await self._shared.read()
            states = {name: self._decode(state) for name, state in told.states.items()}
            await self._shared.forget([name for name, state in states.items() if now_s - state.at > _FORGOTTEN_S])
        except StoreUnreachable:
            return self._write_page({}, {self._name: self._state()}, redis=False, now_s=now_s)
        living = {name: state for name, state in states.items() if now_s - state.at <= _GONE_S}
        return self._write_page(told.sums, living, redis=True, now_s=now_s)

    @asynccontextmanager
    async def telling(self) -> AsyncIterator[None]:
        """Tell every now and then for as long as the block runs, and once more at its end."""
        task = asyncio.create_task(self._tell_all(), name="counts-desk")
        try:
            yield
        finally:
            self._is_over = True  # a driver may swallow the cancellation; then the next turn does not come
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            with suppress(StoreUnreachable):  # nobody is left to tell it later
                await self.tell()
            await self._shared.close()

    async def _tell_all(self) -> None:
        while not self._is_over:
            await asyncio.sleep(self._every_s)
            with suppress(StoreUnreachable):  # told at the next turn; the page says that the sums are away
                await self.tell()


def process_name() -> str:
    """Of this process, never of another, on whichever machine."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(2)}"
