"""Callers are charged with what they would have waited, in both kinds of loop, over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import numpy as np
import pytest

from adplat.client import KeepAliveConnection
from adplat.domain import StoreUnreachable
from adplat.flows.load_generator import LoadSeen, closed_loop, open_loop

Answer = Callable[[bytes], Awaitable[bytes]]


@asynccontextmanager
async def a_server(answer: Answer) -> AsyncIterator[int]:
    """HTTP/1.1 with keep-alive on a free port; ``answer`` makes the whole response of a body."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_connections.append(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):  # the caller went away
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                writer.write(await answer(await reader.readexactly(length)))
        writer.close()
        open_connections.remove(writer)

    open_connections: list[asyncio.StreamWriter] = []

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        while open_connections:
            await asyncio.sleep(0.005)


async def fine(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body


async def nothing_to_say(_: bytes) -> bytes:
    return b"HTTP/1.1 204 No Content\r\n\r\n"


async def hangs_up(_: bytes) -> bytes:
    return b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


async def seen_by(answer: Answer, rate_per_s: float | None, duration_s: float, callers: int = 4) -> LoadSeen:
    async with a_server(answer) as port:
        connections = [KeepAliveConnection("127.0.0.1", port, "/v1/rank") for _ in range(callers)]
        sends = [connection.post for connection in connections]
        if rate_per_s is None:
            seen = await closed_loop(sends, [b"{}", b'{"longer": 1}'], duration_s)
        else:
            seen = await open_loop(sends, [b"{}"], rate_per_s, duration_s, np.random.default_rng(3))
        for connection in connections:
            await connection.close()
    return seen


def test_a_closed_loop_asks_again_when_it_was_answered() -> None:
    async def slow(body: bytes) -> bytes:
        await asyncio.sleep(0.02)
        return await fine(body)

    seen = asyncio.run(seen_by(slow, None, 0.4))

    assert seen.answered.all()
    assert 20.0 <= seen.percentile_ms(50) < 60.0
    assert seen.rate_per_s == pytest.approx(len(seen.status) / seen.elapsed_s)
    assert 4 * 0.4 / 0.06 < len(seen.status) <= 4 * 0.42 / 0.02


def test_an_open_loop_charges_a_stall_to_everybody_who_would_have_come_meanwhile() -> None:
    stalled = asyncio.Event()

    async def stalls_once(body: bytes) -> bytes:
        if not stalled.is_set():
            stalled.set()
            await asyncio.sleep(0.3)
        return await fine(body)

    seen = asyncio.run(seen_by(stalls_once, 200.0, 0.6, callers=1))

    # About sixty requests were due while the only caller hung; each waited for what was left of the stall.
    assert 35 <= (seen.latency_ms > 50.0).sum() <= 80
    assert seen.share_within(1000.0) == 1.0


def test_an_open_loop_keeps_its_rate() -> None:
    seen = asyncio.run(seen_by(nothing_to_say, 300.0, 1.0))
    assert len(seen.status) == 300
    assert 0.8 < seen.elapsed_s < 1.3
    assert seen.answered.all()


def test_a_refusal_is_seen_as_one_and_the_next_request_goes_out() -> None:
    seen = asyncio.run(seen_by(hangs_up, None, 0.1))
    assert set(seen.status.tolist()) == {503}
    assert len(seen.status) > 8
    assert seen.rate_per_s == 0.0


def test_where_nobody_listens_it_says_so() -> None:
    async def ask() -> int:
        async with a_server(fine) as port:
            pass
        return await KeepAliveConnection("127.0.0.1", port, "/").post(b"{}")

    with pytest.raises(StoreUnreachable, match="does not answer"):
        asyncio.run(ask())
