"""The page for Prometheus: valid text, of the whole service, whichever replica is asked."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from adplat import bootstrap
from adplat.domain import Caller, EventKind, Permission, SystemClock
from adplat.flows.fold_events import FoldProgress
from adplat.flows.record_events import ReportedEvent
from adplat.snapshots import KeyFile
from adplat.storage import EmbeddedValkey, RedisServiceCounts
from services.bidding.deployment import BiddingDeployment
from services.bidding.grpc_door import GrpcDoor
from services.bidding.metrics import FAMILIES, State, WorkerState, page, page_with, read_state
from services.bidding.openrtb_door import OpenRtbDoor
from services.bidding.worker import fold_until
from services.hosting.answers import Reply
from services.hosting.counts_desk import CountsDesk
from services.hosting.key_gate import KeyGate, let_all_in
from tests.flows.small_shop import Shop
from tests.services.callers import SHOP_1, key_of, write_keys
from tests.services.engines import DESK, an_engine
from tests.services.seller_shop import a_seller_shop

CLOCK = SystemClock()
IMP = {"id": "1", "banner": {"w": 24, "h": 24}, "tagid": "feed"}
ASKED = {"id": "a1", "cur": ["CNY"], "imp": [IMP]}
BID = json.dumps(ASKED).encode()
DEAR = json.dumps(ASKED | {"imp": [IMP | {"bidfloor": 1e6, "bidfloorcur": "CNY"}]}).encode()
TEST_AUCTION = json.dumps(ASKED | {"test": 1}).encode()


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return a_seller_shop(tmp_path / "shop")


@dataclass
class Replica:
    deployment: BiddingDeployment
    openrtb: OpenRtbDoor
    grpc: GrpcDoor


@asynccontextmanager
async def a_replica(
    shop: Shop, url: str, namespace: str, admit: Callable[..., Caller] = let_all_in
) -> AsyncIterator[Replica]:
    async with an_engine(shop, url, namespace=namespace) as engine:
        shared = RedisServiceCounts(url, namespace=namespace, timeout_s=10.0)
        desk = CountsDesk[State](
            shared, engine.counts, engine.state, read_state, page_with(engine.pcoc), CLOCK, every_s=0.05
        )
        async with desk.telling():
            openrtb = OpenRtbDoor(engine, DESK, "https://media.example", CLOCK, admit)
            deployment = BiddingDeployment(engine, CLOCK, openrtb, shop.objects, admit, desk)
            yield Replica(deployment, openrtb, GrpcDoor(engine, CLOCK, admit))


def read(reply: Reply) -> dict[tuple[str, ...], float]:
    """Values by name and label values (labels by name); the parser raises for what is no valid text."""
    assert reply.status == 200, reply.body
    found = {}
    for family in text_string_to_metric_families(reply.body.decode()):
        assert family.documentation
        for sample in family.samples:
            series = (sample.name, *sample.labels.values())
            assert series not in found
            found[series] = sample.value
    return found


def run(work: Awaitable[None]) -> None:
    async def wait() -> None:
        await work

    asyncio.run(wait())


def a_namespace(name: str) -> str:
    return f"m{os.getpid()}-{name}"


def test_any_replica_tells_what_all_of_them_counted(shop: Shop, valkey: EmbeddedValkey) -> None:
    async def work() -> None:
        name = a_namespace("all")
        async with a_replica(shop, valkey.url, name) as one, a_replica(shop, valkey.url, name) as other:
            for replica, times in ((one, 3), (other, 2)):
                for number in range(times):
                    assert (await replica.openrtb.bid(BID)).status == 200, number
            assert (await other.openrtb.bid(DEAR)).status == 204
            assert (await other.openrtb.bid(b"{")).status == 400
            assert (await one.openrtb.bid(TEST_AUCTION)).status == 200
            assert (await one.deployment.score(b"{}")).status == 422
            await one.deployment.engine.record([ReportedEvent(EventKind.CLICK, "unheard")])
            await asyncio.sleep(0.2)
            for asked in (one, other):
                told = read(await asked.deployment.metrics())
                assert told["adplat_slots_total",] == 6
                assert told["adplat_bids_total", "CNY"] == 5
                assert told["adplat_bid_micros_total", "CNY"] > 0
                assert told["adplat_no_bids_total", "below_floor"] == 1
                assert told["adplat_requests_total", "openrtb", "bid", "200"] == 6
                assert told["adplat_requests_total", "openrtb", "bid", "400"] == 1
                assert told["adplat_requests_total", "http", "score", "422"] == 1
                assert told["adplat_events_total", "click", "unknown_decision"] == 1
                assert told["adplat_request_seconds_count", "openrtb", "bid"] == 8
                assert told["adplat_stage_seconds_count", "state"] == 7
                assert (
                    told["adplat_stage_seconds_bucket", "+Inf", "model"] == told["adplat_stage_seconds_count", "model"]
                )
                assert told["adplat_decisions_total", "written"] >= 6
                assert told["adplat_counts_readable",] == 1
                stale = {series[1]: value for series, value in told.items() if series[0] == "adplat_stale"}
                assert list(stale.values()) == [0.0, 0.0]
                ages = [value for series, value in told.items() if series[0] == "adplat_statistics_age_seconds"]
                assert len(ages) == 2 and all(0.0 <= age < 5.0 for age in ages)
        # Both are gone; what they counted is not.
        async with a_replica(shop, valkey.url, name) as last:
            assert read(await last.deployment.metrics())["adplat_bids_total", "CNY"] == 5

    run(work())


def test_what_the_worker_folded_is_told_with_its_spend(shop: Shop, valkey: EmbeddedValkey) -> None:
    name = a_namespace("worker")

    async def work() -> None:
        async with a_replica(shop, valkey.url, name) as one:
            bid = json.loads((await one.openrtb.bid(BID)).body)["seatbid"][0]["bid"][0]
            billed = bid["burl"].replace("${AUCTION_PRICE}", str(bid["price"])).replace("${AUCTION_CURRENCY}", "CNY")
            assert (await one.openrtb.notice(billed.removeprefix(DESK.base_url))).status == 204
            for kind in (EventKind.IMPRESSION, EventKind.CLICK):
                await one.deployment.engine.record([ReportedEvent(kind, bid["id"])])
            settings = bootstrap.read_settings(workspace=shop.workspace, redis_url=valkey.url, namespace=name)
            await asyncio.to_thread(worker, settings)
            told = read(await one.deployment.metrics())
            assert told["adplat_spend_micros_total", "CNY"] == round(bid["price"] * 1000)
            assert told["adplat_outcomes_total", "clicks"] == 1
            assert 0.0 < told["adplat_expected_clicks_total",] < 1.0
            assert told["adplat_worker_entries_total", "folded"] >= 4
            assert [series for series in told if series[0] == "adplat_worker_lag_seconds"]
            while ("adplat_pcoc",) not in (told := read(await one.deployment.metrics())):
                await asyncio.sleep(0.05)
            assert told["adplat_pcoc",] == pytest.approx(told["adplat_expected_clicks_total",], abs=1e-5)

    def worker(settings: bootstrap.Settings) -> None:
        stop = threading.Event()

        def told(progress: FoldProgress, *_: object) -> None:
            if not progress.entries:
                stop.set()

        fold_until(settings, settings.redis_url, stop, told, linger_s=0.0)

    run(work())


def test_telling_ends_although_a_driver_swallows_that_it_is_stopped(
    shop: Shop, valkey: EmbeddedValkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def swallows(*_: object) -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(0.2)

    async def work() -> None:
        async with asyncio.timeout(10):
            async with a_replica(shop, valkey.url, a_namespace("swallowed")):
                monkeypatch.setattr(RedisServiceCounts, "tell", swallows)
                await asyncio.sleep(0.15)  # now it is told

    run(work())


def test_without_redis_no_sum_is_told_rather_than_a_wrong_one(shop: Shop, tmp_path: Path) -> None:
    async def work() -> None:
        async with a_replica(shop, f"unix://{tmp_path}/nobody.sock", "n") as one:
            assert (await one.openrtb.bid(BID)).status == 204
            told = read(await one.deployment.metrics())
            assert told["adplat_counts_readable",] == 0
            assert [value for series, value in told.items() if series[0] == "adplat_stale"] == [1.0]
            assert not [series for series in told if series[0].endswith("_total")]

    run(work())


def test_what_all_spend_is_told_to_whoever_may_watch_and_sees_all(shop: Shop, valkey: EmbeddedValkey) -> None:
    async def work() -> None:
        watcher = Caller("prometheus", permissions=frozenset({Permission.WATCH}))
        bidder = Caller("bidder", permissions=frozenset({Permission.BID}))
        write_keys(shop.workspace, (watcher, bidder, SHOP_1))
        gate = KeyGate(KeyFile(shop.workspace), CLOCK)
        async with gate.watching(), a_replica(shop, valkey.url, a_namespace("keys"), gate.admit) as one:
            for key, status in ((None, 401), (key_of(bidder), 403), (key_of(SHOP_1), 403), (key_of(watcher), 200)):
                assert (await one.deployment.metrics(key)).status == status

    run(work())


def test_series_of_another_version_and_odd_labels_leave_the_page_valid() -> None:
    sums = {("adplat_gone", "x"): 1, ("adplat_bids", "CNY", "more"): 1, ("adplat_no_bids", 'a"\\\n茶'): 2}
    told = read(Reply(200, page(sums, {"w": WorkerState(10.0, 3.0, 1.25, 2)}, None, redis=True, now_s=12.0)))
    assert told["adplat_no_bids_total", 'a"\\\n茶'] == 2
    assert told["adplat_worker_lag_seconds", "w"] == 3.0
    assert told["adplat_worker_told_age_seconds", "w"] == 2.0
    assert told["adplat_largest_budget_share", "w"] == 1.25
    assert told["adplat_forecast_coverage_alerts", "w"] == 2.0
    assert not [series for series in told if series[0].startswith(("adplat_gone", "adplat_bids"))]


def test_every_family_says_what_it_means() -> None:
    for name, told in FAMILIES.items():
        assert name.startswith("adplat_") and told.help.endswith(".")
