"""Load on a service, closed or open loop, and what its callers see.

Closed loop: so many callers, each asks again when it was answered; gives what the service can do at most. Open loop:
requests leave at times drawn beforehand, whether or not earlier ones were answered, and a latency counts from the
moment its request *should* have left. A service that stalls is so charged with everybody who would have come in
the meantime (Tene's coordinated omission), which a closed loop hides.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float64 = npt.NDArray[np.float64]
Send = Callable[[bytes], Awaitable[int]]
# Callers that an open loop may keep waiting; beyond, a request counts as unanswered rather than exhausting memory.
MOST_WAITING = 4096


@dataclass(frozen=True)
class LoadSeen:
    """What the callers saw of ``n`` requests: status (0: no answer) and latency of each, and how long it all took."""

    latency_ms: Float64
    status: npt.NDArray[np.int32]
    elapsed_s: float

    @property
    def answered(self) -> npt.NDArray[np.bool_]:
        """(n,) which were done as asked (200 or 204)."""
        done: npt.NDArray[np.bool_] = (self.status == 200) | (self.status == 204)
        return done

    @property
    def rate_per_s(self) -> float:
        """Requests done as asked, a second."""
        return float(self.answered.sum()) / self.elapsed_s

    def percentile_ms(self, percent: float) -> float:
        """Of the latencies of what was done as asked."""
        return float(np.percentile(self.latency_ms[self.answered], percent))

    def share_within(self, limit_ms: float) -> float:
        """Of what was done as asked, the share that came in time."""
        return float((self.latency_ms[self.answered] <= limit_ms).mean())


async def closed_loop(callers: Sequence[Send], payloads: Sequence[bytes], duration_s: float) -> LoadSeen:
    """Each of ``callers`` asks for ``duration_s``, one request after the other."""
    latencies: list[float] = []
    statuses: list[int] = []
    begin = time.perf_counter()
    end = begin + duration_s

    async def ask(number: int, send: Send) -> None:
        turn = number
        while (sent := time.perf_counter()) < end:
            status = await send(payloads[turn % len(payloads)])
            latencies.append(time.perf_counter() - sent)
            statuses.append(status)
            turn += len(callers)

    await asyncio.gather(*(ask(number, send) for number, send in enumerate(callers)))
    return _seen(latencies, statuses, time.perf_counter() - begin)


async def open_loop(
    callers: Sequence[Send],
    payloads: Sequence[bytes],
    rate_per_s: float,
    duration_s: float,
    rng: np.random.Generator,
) -> LoadSeen:
    """Requests come as a Poisson stream of ``rate_per_s``; each takes the first free caller, or waits for one."""
    gaps = rng.exponential(1.0 / rate_per_s, max(1, round(rate_per_s * duration_s)))
    due = np.cumsum(gaps)
    latency, status = np.zeros(len(due)), np.zeros(len(due), dtype=np.int32)
    free: asyncio.LifoQueue[Send] = asyncio.LifoQueue()
    for send in callers:
        free.put_nowait(send)
    begin = time.perf_counter()

    async def ask(number: int) -> None:
        send = await free.get()
        try:
            status[number] = await send(payloads[number % len(payloads)])
        finally:
            free.put_nowait(send)
            latency[number] = time.perf_counter() - begin - due[number]

    waiting: set[asyncio.Task[None]] = set()
    for number, moment in enumerate(due.tolist()):
        ahead = begin + moment - time.perf_counter()
        # The loop's own clock is too coarse for less; what is due already leaves at once.
        await asyncio.sleep(max(0.0, ahead))
        if len(waiting) >= MOST_WAITING:
            latency[number] = np.inf
            continue
        task = asyncio.create_task(ask(number))
        waiting.add(task)
        task.add_done_callback(waiting.discard)
    await asyncio.gather(*waiting)
    elapsed_s = time.perf_counter() - begin
    # Whoever was never asked waited at least until the end.
    latency[np.isinf(latency)] = elapsed_s
    return _seen(latency.tolist(), status.tolist(), elapsed_s)


def _seen(latencies_s: Sequence[float], statuses: Sequence[int], elapsed_s: float) -> LoadSeen:
    return LoadSeen(np.array(latencies_s) * 1000.0, np.array(statuses, dtype=np.int32), elapsed_s)
