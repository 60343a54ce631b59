"""Closes requests behind the answer: a bounded queue, written in batches every few milliseconds.

What it costs: a replica that is killed forgets what it answered in the last few milliseconds; a bill for such a bid
then names an unknown decision. What it never does is to forget silently: a request that finds the queue full is
refused before the bid is answered, and one that could not be written in time is counted and told.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass
from types import TracebackType

from adplat.domain import AdplatError, BidState, ClosedRequest, ConfigRejected, Counts, StoreUnreachable

log = logging.getLogger(__name__)
# Of the decisions that a line of the log names.
_MOST_NAMED = 100


@dataclass(frozen=True, slots=True)
class WriterCounts:
    """Requests since the start. ``refused`` found the queue full; ``failed`` were answered and could not be written."""

    waiting: int
    written: int
    refused: int
    failed: int


class DecisionWriter:
    """Takes closed requests without waiting, and writes them for as long as the block runs::

        async with DecisionWriter(state) as writer:
            if not writer.offer(closed):
                ...  # answer no-bid

    Leaving the block writes what waits, for at most ``patience_s``.

    Args:
        capacity: at most so many requests wait, those being written included.
        batch: at most so many are written in one round trip; a full batch does not wait.
        pause_s: how long a request waits for others to share its round trip.
        patience_s: how long a request is tried again while the server is away or refuses it.
        again_s: between two tries.
        counts: where each request is counted as well, below ``series`` and written, refused or failed.
    """

    def __init__(
        self,
        state: BidState,
        *,
        capacity: int = 4096,
        batch: int = 128,
        pause_s: float = 0.002,
        patience_s: float = 5.0,
        again_s: float = 0.05,
        counts: Counts | None = None,
        series: str = "",
    ) -> None:
        if not 0 < batch <= capacity:
            raise ConfigRejected(
                f"batches of {batch} from a queue of {capacity}", hint="let the queue hold at least one batch"
            )
        self._state = state
        self._capacity, self._batch = capacity, batch
        self._pause_s, self._patience_s, self._again_s = pause_s, patience_s, again_s
        self._queue: deque[tuple[float, ClosedRequest]] = deque()
        self._written = self._refused = self._failed = 0
        self._counts, self._series = Counts() if counts is None else counts, series
        self._is_closing = False
        self._something = asyncio.Event()
        self._full_batch = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def counts(self) -> WriterCounts:
        """How many went where; the four add up to all that were offered."""
        return WriterCounts(len(self._queue), self._written, self._refused, self._failed)

    def offer(self, closed: ClosedRequest) -> bool:
        """Take a request to be written soon; ``False``, and not taken, when the queue is full or nobody writes."""
        if len(self._queue) >= self._capacity or self._is_closing or self._task is None or self._task.done():
            self._refused += 1
            self._counts.add(self._series, "refused")
            return False
        self._queue.append((asyncio.get_running_loop().time(), closed))
        self._something.set()
        if len(self._queue) >= self._batch:
            self._full_batch.set()
        return True

    async def __aenter__(self) -> DecisionWriter:
        self._task = asyncio.create_task(self._write_all(), name="decision-writer")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_closing = True
        self._something.set()
        self._full_batch.set()
        if self._task is not None:
            await self._task

    async def _write_all(self) -> None:
        while True:
            await self._something.wait()
            if not self._queue:
                if self._is_closing:
                    return
                self._something.clear()
                continue
            if len(self._queue) < self._batch and not self._is_closing:
                await self._wait_for_more()
            if not await self._write_batch():
                self._give_up_the_old()
                await asyncio.sleep(self._again_s)

    async def _wait_for_more(self) -> None:
        self._full_batch.clear()
        try:
            await asyncio.wait_for(self._full_batch.wait(), self._pause_s)
        except TimeoutError:
            return

    async def _write_batch(self) -> bool:
        """Write what stands first; ``False`` when some of it has to be tried again, and waits first in the queue."""
        # They stay in the queue until they are written, so that it is never fuller than it seems.
        waiting = [self._queue[place] for place in range(min(self._batch, len(self._queue)))]
        try:
            closed = await self._state.close_requests([request for _, request in waiting])
        except StoreUnreachable:
            return False
        except AdplatError:
            # One of them cannot even be sent: each for itself, so that the others do not suffer.
            closed = [await self._write_alone(request) for _, request in waiting]
        for _ in waiting:
            self._queue.popleft()
        again = [one for one, is_closed in zip(waiting, closed, strict=True) if not is_closed]
        self._written += len(waiting) - len(again)
        self._counts.add(self._series, "written", by=len(waiting) - len(again))
        self._queue.extendleft(reversed(again))
        return not again

    async def _write_alone(self, request: ClosedRequest) -> bool:
        try:
            return (await self._state.close_requests([request]))[0]
        except AdplatError:
            return False

    def _give_up_the_old(self) -> None:
        now, lost = asyncio.get_running_loop().time(), list[str]()
        given_up = 0
        while self._queue and now - self._queue[0][0] >= self._patience_s:
            _, request = self._queue.popleft()
            lost += [placed.decision.decision_id for placed in request.placed]
            given_up += 1
        if given_up:
            self._failed += given_up
            self._counts.add(self._series, "failed", by=given_up)
            told = {"count": given_up, "decision_ids": lost[:_MOST_NAMED]}
            log.error("answered requests could not be written in %.1f s", self._patience_s, extra=told)
