"""Slow answers in threads: so many at once, a few that wait, and nobody waits longer than the deadline.

A thread cannot be stopped from outside. One whose caller has left is told so through its ``progress``, and ends there;
until then it keeps its place, so that late answers are never more than the threads there are.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from adplat.domain import Progress

T = TypeVar("T")
WAITING_A_THREAD = 4


class NotInTime(Exception):
    """The deadline has passed."""


class TooManyWait(Exception):
    """All threads are busy, and as many wait as may."""


class _NobodyWaits(Exception):
    """Ends a computation whose caller has left."""


class Computing:
    """The threads of one replica.

    Example::

        computing = Computing(threads=2, deadline_s=30.0)
        document = await computing.within_deadline(lambda progress: desk.forecast(plan, progress))
    """

    def __init__(self, threads: int, deadline_s: float) -> None:
        self.deadline_s = deadline_s
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="computing")
        self._most = threads * (1 + WAITING_A_THREAD)
        self._here = 0
        self._counting = threading.Lock()

    async def within_deadline(self, work: Callable[[Progress], T]) -> T:
        """What ``work`` gives or raises. Raises NotInTime and TooManyWait."""
        with self._counting:
            if self._here >= self._most:
                raise TooManyWait
            self._here += 1
        left = threading.Event()

        def progress(_done: int, _total: int, _what: str) -> None:
            if left.is_set():
                raise _NobodyWaits

        job = self._pool.submit(work, progress)
        job.add_done_callback(self._ended)
        awaited = asyncio.wrap_future(job)
        awaited.add_done_callback(_seen)
        try:
            done, _ = await asyncio.wait({awaited}, timeout=self.deadline_s)
        except asyncio.CancelledError:
            left.set()
            raise
        if not done:
            left.set()
            job.cancel()  # where it still waits for a thread
            raise NotInTime
        return awaited.result()

    def close(self) -> None:
        """Take nothing more; what runs is left to end by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _ended(self, _: object) -> None:
        with self._counting:
            self._here -= 1


def _seen(awaited: asyncio.Future[T]) -> None:
    """What failed after its caller had left is nobody's news."""
    if not awaited.cancelled():
        awaited.exception()
