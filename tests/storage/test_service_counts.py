"""Sums of all processes in a real Valkey: each telling counts once, whichever process comes and goes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from adplat.domain import ServiceCounted, ServiceCounts, StoreUnreachable
from adplat.storage import EmbeddedValkey, RedisServiceCounts, RedisWorkerCounts

BIDS, NO_BIDS = ("bids", "CNY"), ("no_bids", 'a "quoted" 茶\n')


def during(url: str, namespace: str, work: Callable[[RedisServiceCounts], Awaitable[None]]) -> None:
    async def run() -> None:
        shared = RedisServiceCounts(url, namespace=namespace, timeout_s=10.0)
        try:
            await work(shared)
        finally:
            await shared.close()

    asyncio.run(run())


def test_tellings_add_up_and_one_that_comes_again_does_not(valkey: EmbeddedValkey, namespace: str) -> None:
    async def work(shared: RedisServiceCounts) -> None:
        port: ServiceCounts = shared
        await port.tell("r1", 1, {BIDS: 3, NO_BIDS: 1}, b"one")
        await port.tell("r2", 1, {BIDS: 4}, b"two")
        for _ in range(3):
            await port.tell("r1", 2, {BIDS: 5}, b"one later")
        await port.tell("r1", 1, {BIDS: 100}, b"one later")
        assert await port.read() == ServiceCounted({BIDS: 12, NO_BIDS: 1}, {"r1": b"one later", "r2": b"two"})

    during(valkey.url, namespace, work)


def test_who_is_forgotten_leaves_what_it_counted(valkey: EmbeddedValkey, namespace: str) -> None:
    worker = RedisWorkerCounts(valkey.url, namespace=namespace)
    worker.tell("w", 1, {BIDS: 2}, b"w")
    worker.tell("w", 1, {BIDS: 2}, b"w")
    worker.close()

    async def work(shared: RedisServiceCounts) -> None:
        await shared.forget([])
        await shared.forget(["w"])
        assert await shared.read() == ServiceCounted({BIDS: 2}, {})

    during(valkey.url, namespace, work)


def test_a_server_that_is_away_is_told(tmp_path: Path) -> None:
    async def work(shared: RedisServiceCounts) -> None:
        with pytest.raises(StoreUnreachable):
            await shared.tell("r", 1, {}, b"")
        with pytest.raises(StoreUnreachable):
            await shared.read()

    during(f"unix://{tmp_path}/nobody.sock", "n", work)
