"""Buckets in a real Valkey: each request is counted once, whoever asks; a server that is away is left alone."""

from __future__ import annotations

import logging
import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
import redis

from adplat.domain import ConfigRejected
from adplat.storage import EmbeddedValkey, RedisBuckets


@contextmanager
def buckets(url: str, namespace: str, now: list[float] | None = None) -> Iterator[RedisBuckets]:
    clock = (lambda: now[0]) if now is not None else time.monotonic
    with closing(RedisBuckets(url, namespace=namespace, timeout_s=10.0, clock=clock)) as made:
        yield made


def allowed(shared: RedisBuckets, whose: str, a_minute: int) -> bool:
    found = shared.take(whose, a_minute)
    assert found is not None
    return not found.limited


def test_of_many_that_ask_at_once_in_several_processes_as_many_pass_as_the_bucket_holds(
    valkey: EmbeddedValkey, namespace: str
) -> None:
    with ExitStack() as stack, ThreadPoolExecutor(16) as pool:
        made = [stack.enter_context(buckets(valkey.url, namespace)) for _ in range(4)]
        begun = time.monotonic()
        told = list(pool.map(lambda number: allowed(made[number % 4], "person mei", 6), range(80)))
        filled = int((time.monotonic() - begun) / 10.0)  # one more each ten seconds
        assert 6 <= told.count(True) <= 6 + filled
        assert allowed(made[0], "person li", 6)


def test_what_is_left_and_when_to_come_again_are_told(valkey: EmbeddedValkey, namespace: str) -> None:
    with buckets(valkey.url, namespace) as shared:
        first, second, third = (shared.take("x", 2) for _ in range(3))
        assert first is not None and second is not None and third is not None
        assert [one.state.remaining for one in (first, second, third)] == [1, 0, 0]
        assert [one.limited for one in (first, second, third)] == [False, False, True]
        assert 20.0 < third.state.retry_after <= 30.0 < second.state.reset_after <= 60.0


def test_keys_hold_a_hash_and_go_by_themselves(valkey: EmbeddedValkey, namespace: str) -> None:
    with buckets(valkey.url, namespace) as shared, redis.Redis.from_url(valkey.url) as client:
        shared.take("requests key 5e884898da28", 10)
        shared.take("requests address 203.0.113.7", 10)
        keys = [key.decode() for key in client.scan_iter(f"{namespace}:*")]
        assert len(keys) == 2 and all(key.startswith(f"{namespace}:admin_requests:") for key in keys)
        assert not any("5e884898" in key or "203.0.113" in key for key in keys)
        assert all(0 < client.ttl(key) <= 60 for key in keys)


def test_two_deployments_on_one_server_count_apart(valkey: EmbeddedValkey, namespace: str) -> None:
    with buckets(valkey.url, namespace) as one, buckets(valkey.url, f"{namespace}-b") as other:
        assert allowed(one, "x", 1) and not allowed(one, "x", 1) and allowed(other, "x", 1)


def test_a_server_that_died_is_told_once_tried_each_five_seconds_and_used_again(
    short_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    now = [100.0]
    with (
        EmbeddedValkey(short_folder / "mortal") as server,
        buckets(server.url, "t", now) as shared,
        caplog.at_level(logging.INFO, "adplat.storage"),
    ):
        assert allowed(shared, "x", 1)
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        while server.is_running:
            time.sleep(0.01)
        assert [shared.take("x", 1) for _ in range(3)] == [None] * 3
        now[0] += 5.0
        assert shared.take("x", 1) is None
        assert server.ensure_running()
        assert shared.take("x", 1) is None  # not asked: it failed a moment ago
        now[0] += 5.0
        assert not allowed(shared, "x", 1)  # what was counted before is known still
        said = [(one.levelname, one.getMessage()) for one in caplog.records]
        assert said == [
            ("WARNING", "requests are counted by this process alone until Redis answers"),
            ("INFO", "requests are counted in Redis again"),
        ]
        assert server.url.removeprefix("unix://") in caplog.records[0].reason  # type: ignore[attr-defined]


def test_a_server_that_says_nothing_costs_one_request_the_timeout_and_the_next_ones_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"redis://127.0.0.1:{deaf.getsockname()[1]}/0"
        with closing(RedisBuckets(url, timeout_s=0.2)) as shared:
            begun = time.monotonic()
            assert shared.take("x", 1) is None
            waited_s = time.monotonic() - begun
            assert 0.2 <= waited_s < 4.0
            begun = time.monotonic()
            assert [shared.take("x", 1) for _ in range(100)] == [None] * 100
            assert time.monotonic() - begun < 0.2 * 100 / 2


def test_an_address_that_is_none_is_refused_before_any_request() -> None:
    with pytest.raises(ConfigRejected, match="no known kind"):
        RedisBuckets("https://redis.example")
