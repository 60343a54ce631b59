"""The worker around the fold: one at a time, outlasting stores, ending when asked."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.data import Lake
from adplat.domain import Decision, Event, EventKind, MissingInput, WorkspaceBusy
from adplat.storage import EmbeddedValkey
from services.bidding.worker import WorkerOrder, fold_until, run_worker
from tests.flows.small_shop import NOON, Shop

_numbers = itertools.count()


@pytest.fixture
def settings(shop: Shop, valkey: EmbeddedValkey) -> Settings:
    return bootstrap.read_settings(workspace=shop.workspace, redis_url=valkey.url, namespace=f"w{next(_numbers)}")


def show(settings: Settings, count: int, first: int = 0) -> None:
    """Impressions of ``count`` decisions."""

    async def run() -> None:
        online = bootstrap.open_online(settings, settings.redis_url)
        for number in range(first, first + count):
            name = f"d{number}"
            decision = Decision(
                name, "r", NOON, "u1", "feed", "a1", "k1", "c1", 1.0, "uniform", "b", ("c1",), (0.1,), (), (1.0,)
            )
            await online.record_decision(decision)
            await online.record_events([Event(name, EventKind.IMPRESSION, name, datetime.now(UTC))])
        await online.close()

    asyncio.run(run())


def shown(settings: Settings) -> int:
    return int(Lake(settings.lake_folder).scan("impressions").collect().height)


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.02)


def test_once_folds_what_is_there_and_says_how_much(settings: Settings) -> None:
    show(settings, 5)
    said: list[str] = []
    assert run_worker(settings, once=True, told=said.append) == {"entries": 10, "events": 5}
    assert shown(settings) == 5
    assert said[0].startswith("folded 10 entries")
    assert run_worker(settings, once=True) == {"entries": 0, "events": 0}


def test_nothing_published_is_said_in_one_line(tmp_path: Path, valkey: EmbeddedValkey) -> None:
    empty = bootstrap.read_settings(workspace=tmp_path / "empty", redis_url=valkey.url)
    with pytest.raises(MissingInput, match="nothing is published"):
        run_worker(empty, once=True)


def test_a_second_worker_waits_and_takes_over(settings: Settings) -> None:
    stop = threading.Event()
    second = threading.Thread(target=fold_until, args=(settings, settings.redis_url, stop), kwargs={"linger_s": 0.01})
    with bootstrap.lock_workspace(settings, "worker"):
        second.start()
        show(settings, 3)
        with pytest.raises(WorkspaceBusy):
            run_worker(settings, once=True)
        assert shown(settings) == 0
    wait_for(lambda: shown(settings) == 3)
    stop.set()
    second.join(10)
    assert not second.is_alive()


def test_a_store_that_is_away_is_waited_for(settings: Settings, tmp_path: Path) -> None:
    stop, failures = threading.Event(), []

    def failed(reason: str) -> None:
        failures.append(reason)
        stop.set()

    fold_until(settings, f"unix://{tmp_path}/nobody.sock", stop, failed=failed)
    assert len(failures) == 1


def started(settings: Settings) -> subprocess.Popen[bytes]:
    """The worker as a child process, as the supervisor starts it."""
    process = subprocess.Popen([sys.executable, "-m", "services.bidding.worker"], stdin=subprocess.PIPE)
    order = WorkerOrder(settings.model_dump(mode="json"), settings.redis_url, os.getpid())
    assert process.stdin is not None
    process.stdin.write(msgspec.json.encode(order))
    process.stdin.close()
    return process


def test_sigterm_ends_the_child_in_order_and_sigkill_loses_nothing(settings: Settings) -> None:
    show(settings, 4)
    first = started(settings)
    wait_for(lambda: shown(settings) == 4)
    first.send_signal(signal.SIGTERM)
    assert first.wait(15) == 0
    second = started(settings)
    show(settings, 40, first=4)
    second.kill()
    second.wait(15)
    run_worker(settings, once=True)
    assert shown(settings) == 44
