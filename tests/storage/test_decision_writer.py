"""Writing behind the answer: nothing waits, nothing is forgotten silently, and the queue has an end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import redis

from adplat.domain import ClosedRequest, ConfigRejected, StreamEntry
from adplat.storage import (
    DecisionWriter,
    EmbeddedValkey,
    RedisBidState,
    RedisStreamState,
    WriterCounts,
    open_bid_state,
)

from .test_bid_state import a_bid, entries_of


def a_request(number: int, **facts: Any) -> ClosedRequest:
    return ClosedRequest(f"r{number}", "u1", (a_bid(f"d{number}", 10, **facts),))


def play(url: str, namespace: str, story: Callable[[RedisBidState], Awaitable[Any]], **options: Any) -> Any:
    async def told() -> Any:
        state = open_bid_state(url, namespace=namespace, **{"timeout_s": 10.0} | options)
        try:
            return await story(state)
        finally:
            await state.close()

    return asyncio.run(told())


def test_what_was_offered_is_written_by_the_end_of_the_block(
    valkey: EmbeddedValkey, namespace: str, stream: RedisStreamState
) -> None:
    async def story(state: RedisBidState) -> WriterCounts:
        async with DecisionWriter(state, batch=64) as writer:
            begun = time.perf_counter()
            assert all(writer.offer(a_request(number)) for number in range(1000))
            # Nobody waited for the server.
            assert time.perf_counter() - begun < 0.5
            assert writer.counts.waiting == 1000
        return writer.counts

    assert play(valkey.url, namespace, story) == WriterCounts(waiting=0, written=1000, refused=0, failed=0)
    assert [entry.decision.decision_id for entry in entries_of(stream)] == [f"d{number}" for number in range(1000)]


def test_a_single_request_is_written_within_milliseconds(valkey: EmbeddedValkey, namespace: str) -> None:
    async def story(state: RedisBidState) -> None:
        async with DecisionWriter(state) as writer:
            for number in range(3):
                writer.offer(a_request(number))
                async with asyncio.timeout(1.0):
                    while writer.counts.waiting:
                        await asyncio.sleep(0.001)
                assert writer.counts.written == number + 1

    play(valkey.url, namespace, story)


def test_many_share_a_round_trip(valkey: EmbeddedValkey, namespace: str) -> None:
    batches: list[int] = []

    async def story(state: RedisBidState) -> None:
        class Counted(RedisBidState):
            async def close_requests(self, closed: Sequence[ClosedRequest]) -> list[bool]:
                batches.append(len(closed))
                return await state.close_requests(closed)

        async with DecisionWriter(Counted(valkey.url), batch=100) as writer:
            for number in range(250):
                writer.offer(a_request(number))

    play(valkey.url, namespace, story)
    assert batches == [100, 100, 50]


def test_a_full_queue_refuses_before_anything_is_answered(valkey: EmbeddedValkey, namespace: str) -> None:
    async def story(state: RedisBidState) -> tuple[list[bool], WriterCounts]:
        async with DecisionWriter(state, capacity=5, batch=5) as writer:
            taken = [writer.offer(a_request(number)) for number in range(8)]
        assert not writer.offer(a_request(99))
        return taken, writer.counts

    taken, counts = play(valkey.url, namespace, story)
    assert taken == [True] * 5 + [False] * 3
    assert counts == WriterCounts(waiting=0, written=5, refused=4, failed=0)


def test_a_server_that_comes_back_in_time_gets_everything_once(tmp_path: Path) -> None:
    folder = tmp_path / "valkey"

    async def story(state: RedisBidState) -> WriterCounts:
        async with DecisionWriter(state, batch=10, patience_s=20, again_s=0.02) as writer:
            for number in range(25):
                writer.offer(a_request(number))
            await asyncio.sleep(0.3)
            assert writer.counts.written == 0
            await asyncio.to_thread(server.start)
            async with asyncio.timeout(10):
                while writer.counts.waiting:
                    await asyncio.sleep(0.01)
        return writer.counts

    server = EmbeddedValkey(folder)
    server.start()
    url = server.url
    server.stop()
    try:
        assert play(url, "back", story) == WriterCounts(waiting=0, written=25, refused=0, failed=0)
        with redis.Redis.from_url(url) as client:
            assert client.xlen("back:stream") == 25
            assert client.get("back:committed:k1") == b"250"
    finally:
        server.stop()


def test_what_could_not_be_written_in_time_is_counted_and_told(
    namespace: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(state: RedisBidState) -> WriterCounts:
        async with DecisionWriter(state, capacity=10, batch=5, patience_s=0.2, again_s=0.01) as writer:
            for number in range(12):
                writer.offer(a_request(number))
            await asyncio.sleep(0.5)
            assert writer.counts == WriterCounts(waiting=0, written=0, refused=2, failed=10)
            # The queue is free again, and the end of the block does not wait for ever.
            assert writer.offer(a_request(99))
        return writer.counts

    begun = time.monotonic()
    counts = play(f"unix://{tmp_path}/nobody.sock", namespace, story)
    assert counts == WriterCounts(waiting=0, written=0, refused=2, failed=11)
    assert time.monotonic() - begun < 3
    assert "could not be written" in caplog.text


def test_one_that_cannot_be_written_does_not_take_others_with_it(
    valkey: EmbeddedValkey, namespace: str, stream: RedisStreamState
) -> None:
    with redis.Redis.from_url(valkey.url) as client:
        client.set(f"{namespace}:committed:broken", "no number")

    async def story(state: RedisBidState) -> WriterCounts:
        async with DecisionWriter(state, patience_s=0.2, again_s=0.01) as writer:
            writer.offer(a_request(1, ts=datetime(2026, 3, 1)))  # noqa: DTZ001
            writer.offer(a_request(2))
            writer.offer(a_request(3, money_keys=("broken",)))
            writer.offer(a_request(4))
        return writer.counts

    assert play(valkey.url, namespace, story) == WriterCounts(waiting=0, written=2, refused=0, failed=2)
    written = [
        e.decision.decision_id for e in stream.read_entries(stream.folded_to(), 9, 0) if isinstance(e, StreamEntry)
    ]
    assert written == ["d2", "d4"]


def test_a_batch_fits_the_queue(valkey: EmbeddedValkey, namespace: str) -> None:
    async def story(state: RedisBidState) -> None:
        for batch, capacity in ((0, 5), (6, 5)):
            with pytest.raises(ConfigRejected):
                DecisionWriter(state, batch=batch, capacity=capacity)

    play(valkey.url, namespace, story)
