"""The worker around the fold: one at a time, outlasting stores, ending when asked."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np
import polars as pl
import pytest
import redis

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.data import Lake
from adplat.domain import Decision, Event, EventKind, MissingInput, PlacedDecision, WorkspaceBusy
from adplat.flows.attribute_conversions import attribute_conversions
from adplat.flows.linear_learning import linear_sum_name
from adplat.snapshots import ShadingFile
from adplat.storage import EmbeddedValkey
from services.bidding.worker import WorkerOrder, fold_until, run_worker
from tests.flows.auctions import assert_everything_counted_once, picture, send, some_auctions
from tests.flows.small_shop import NOON, Shop, a_shop

_numbers = itertools.count()
_COUNTED = "entries events auctions malformed released attributed out_of_window unattributed jobs"
NOTHING = dict.fromkeys(_COUNTED.split(), 0)


@pytest.fixture
def settings(shop: Shop, valkey: EmbeddedValkey) -> Settings:
    return bootstrap.read_settings(workspace=shop.workspace, redis_url=valkey.url, namespace=f"w{next(_numbers)}")


def show(settings: Settings, count: int, first: int = 0, bundle_id: str = "b") -> None:
    """Impressions of ``count`` decisions."""

    async def run() -> None:
        online = bootstrap.open_online(settings, settings.redis_url)
        bids = bootstrap.open_bids(settings, settings.redis_url)
        for number in range(first, first + count):
            name = f"d{number}"
            decision = Decision(
                name, "r", NOON, "u1", "feed", "a1", "k1", "c1", 1.0, "uniform", bundle_id, ("c1",), (0.1,), (), (1.0,)
            )
            await online.record_decision(decision)
            now = datetime.now(UTC)
            await bids.record_notices([Event(name, EventKind.IMPRESSION, name, now)], now)
        await online.close()
        await bids.close()

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
    nothing = NOTHING
    assert run_worker(settings, once=True, told=said.append) == nothing | {"entries": 10, "events": 5}
    assert shown(settings) == 5
    assert said[0].startswith("folded 10 entries")
    assert run_worker(settings, once=True) == nothing


def test_the_linear_policies_learn_from_what_the_published_bundle_decided(settings: Settings) -> None:
    show(settings, 5)
    show(settings, 3, first=5, bundle_id="bundle-1")
    run_worker(settings, once=True)
    with closing(bootstrap.open_stream(settings, settings.redis_url)) as stream:
        sums = stream.read_sums()
    assert [name for name in sums if name.startswith("linear")] == [linear_sum_name("bundle-1")]
    assert sums[linear_sum_name("bundle-1")][0] == pytest.approx(3 * 0.1)


def test_auctions_are_told_and_what_ran_out_or_cannot_be_read_is_counted(settings: Settings) -> None:
    async def bid() -> None:
        bids = bootstrap.open_bids(settings, settings.redis_url)
        for number in range(3):
            decision = Decision(
                f"b{number}",
                "r",
                NOON,
                "u1",
                "feed",
                "a1",
                "k1",
                "c1",
                1.0,
                "uniform",
                "b",
                ("c1",),
                (0.1,),
                (),
                (1.0,),
            )
            await bids.close_request("r", "u1", [PlacedDecision(decision, 900, ("k1",), NOON)])
        await bids.record_notices([Event("w", EventKind.WIN, "b0", NOON)], NOON)
        await bids.close()

    asyncio.run(bid())
    with redis.Redis.from_url(settings.redis_url) as client:
        client.xadd(f"{settings.namespace}:stream", {"decision": b"?"})
    said: list[str] = []

    found = run_worker(settings, once=True, told=said.append)

    assert found == NOTHING | {"entries": 5, "events": 1, "auctions": 1, "malformed": 1, "released": 3}
    assert ", 1 auctions ended, 3 reservations ran out, 1 entries could not be read" in said[0]
    with redis.Redis.from_url(settings.redis_url) as client:
        assert client.get(f"{settings.namespace}:committed:k1") == b"0"
        assert client.xlen(f"{settings.namespace}:stream:dead") == 1


@pytest.mark.parametrize(("every_minutes", "learns"), [(10, True), (0, False)])
def test_the_worker_learns_prices_unless_it_is_told_not_to(
    tmp_path: Path, valkey: EmbeddedValkey, every_minutes: int, learns: bool
) -> None:
    shop = a_shop(tmp_path / "shop")
    shop.publish()
    settings = bootstrap.read_settings(
        workspace=shop.workspace,
        redis_url=valkey.url,
        namespace=f"w{next(_numbers)}",
        shading_every_minutes=every_minutes,
    )
    rng = np.random.default_rng(1)
    bid = rng.integers(500, 4_000, 1_000)
    frame = pl.DataFrame({"request_id": [f"r{n}" for n in range(1_000)], "bid_micros": bid, "value_micros": bid})
    frame = frame.with_columns(
        ts=pl.lit(datetime.now(UTC)),
        won=bid >= 1_000 * np.exp(0.4 * rng.logistic(size=1_000)),
        placement=pl.lit("feed"),
        auction=pl.lit("first_price"),
        currency=pl.lit("CNY"),
        has_fixed_price=pl.lit(value=False),
    )
    Lake(settings.lake_folder).write("bids", frame, "earlier")
    run_worker(settings, once=True)
    assert (ShadingFile(settings.workspace).read() is not None) is learns


def test_conversions_get_their_credit_and_what_got_none_is_counted(settings: Settings) -> None:
    async def tell() -> None:
        online = bootstrap.open_online(settings, settings.redis_url)
        bids = bootstrap.open_bids(settings, settings.redis_url)
        decision = Decision(
            "d1", "r", NOON, "u1", "feed", "a1", "k1", "c1", 1.0, "uniform", "b", ("c1",), (0.1,), (), (1.0,)
        )
        await online.record_decision(decision)
        sales = [
            Event("by decision", EventKind.CONVERSION, "d1", NOON),
            Event("too late", EventKind.CONVERSION, "d1", NOON + timedelta(days=8)),
            Event("by user", EventKind.CONVERSION, "", NOON, user_key="u1", advertiser_id="a1"),
            Event("by nobody", EventKind.CONVERSION, "", NOON, user_key="u2", advertiser_id="a1"),
        ]
        await bids.record_notices([*sales, Event("click", EventKind.CLICK, "d1", NOON)], NOON)
        await bids.close()
        await online.close()

    asyncio.run(tell())
    said: list[str] = []
    at_once = settings.model_copy(update={"attribution_grace_s": 0.2})

    waited = run_worker(at_once, once=True, told=said.append)
    time.sleep(0.3)
    found = run_worker(at_once, once=True, told=said.append)

    total = {name: waited[name] + found[name] for name in NOTHING}
    assert total == NOTHING | {"entries": 10, "events": 5, "attributed": 2, "out_of_window": 1, "unattributed": 1}
    assert any(", 1 out of their window, 1 unattributed" in line for line in said)
    assert Lake(settings.lake_folder).scan("unattributed").collect().sort("event_id")["reason"].to_list() == [
        "unattributed",
        "out_of_window",
    ]


def test_nothing_published_is_said_in_one_line(tmp_path: Path, valkey: EmbeddedValkey) -> None:
    empty = bootstrap.read_settings(workspace=tmp_path / "empty", redis_url=valkey.url)
    with pytest.raises(MissingInput, match="nothing is published"):
        run_worker(empty, once=True)


def test_a_second_worker_waits_and_takes_over(settings: Settings) -> None:
    stop, said = threading.Event(), list[str]()
    second = threading.Thread(
        target=fold_until,
        args=(settings, settings.redis_url, stop),
        kwargs={"linger_s": 0.01, "failed": said.append},
    )
    with bootstrap.lock_workspace(settings, "worker"):
        second.start()
        show(settings, 3)
        with pytest.raises(WorkspaceBusy):
            run_worker(settings, once=True)
        assert shown(settings) == 0
        wait_for(lambda: bool(said))
        time.sleep(1.5)
    wait_for(lambda: shown(settings) == 3)
    stop.set()
    second.join(10)
    assert not second.is_alive()
    [waits] = said  # once, however long it waits
    assert "standing by" in waits and "in use by" in waits


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


def test_auctions_told_three_times_while_workers_are_killed_count_once(settings: Settings) -> None:
    """Real worker processes, each killed a moment after it began."""
    auctions, rng = some_auctions(96), random.Random(5)
    steps, deaths = auctions.shuffled(rng), 0
    worker = started(settings)
    begun = time.monotonic()

    def kill_after_a_while() -> None:
        nonlocal worker, deaths, begun
        time.sleep(0.01)
        if time.monotonic() - begun > rng.uniform(1.5, 3.0):
            worker.kill()
            worker.wait(15)
            deaths += 1
            worker, begun = started(settings), time.monotonic()

    send(settings.redis_url, settings.namespace, steps, kill_after_a_while)
    worker.kill()
    worker.wait(15)
    summary = run_worker(settings, once=True)
    # Those told before their click, and the two that name a user, would wait for a minute.
    with closing(bootstrap.open_conversions(settings, settings.redis_url)) as conversions:
        after_ms = round((time.time() + 3600) * 1000)
        assert attribute_conversions(conversions, after_ms, settings.attribution_grace_s).unattributed == 1
    summary = run_worker(settings, once=True)
    with closing(bootstrap.open_database(settings)) as database:
        ledger = bootstrap.open_ledger(database)
        seen = picture(settings.redis_url, settings.namespace, ledger, Lake(settings.lake_folder))
    assert deaths >= 2
    assert summary["malformed"] == 0
    assert_everything_counted_once(seen, auctions)
