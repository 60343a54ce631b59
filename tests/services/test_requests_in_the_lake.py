"""From a bid or a ranking to the lake's ``requests``: what was offered to us, taken or not, of whole users, once."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import redis

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.ctr import Scorer
from adplat.data import Lake
from adplat.domain import AuctionKind, Clock, ManualClock, SystemClock
from adplat.storage import EmbeddedValkey
from services.bidding.app import open_deployment
from services.bidding.deployment import BiddingDeployment
from services.bidding.metrics import LOGGED_REQUESTS
from services.bidding.openrtb_door import OpenRtbDoor
from services.bidding.worker import run_worker
from tests.flows.small_shop import NOON, PlainScorer, Shop
from tests.services.engines import DESK, an_engine
from tests.services.seller_shop import a_seller_shop
from tests.services.test_bidding_worker import started, wait_for

_numbers = itertools.count()
IMP = {"id": "1", "banner": {"w": 24, "h": 24}, "tagid": "feed", "bidfloor": 0.5, "bidfloorcur": "CNY"}
DEVICE = {"devicetype": 4, "os": "iOS", "language": "zh", "geo": {"country": "CHN", "region": "44"}}
SEGMENTS = [{"segment": [{"id": "tea"}, {"id": "sports"}]}]


@pytest.fixture
def seller_shop(tmp_path: Path) -> Shop:
    return a_seller_shop(tmp_path / "shop")


@pytest.fixture
def settings(seller_shop: Shop, valkey: EmbeddedValkey) -> Settings:
    return bootstrap.read_settings(
        workspace=seller_shop.workspace, redis_url=valkey.url, namespace=f"q{os.getpid()}-{next(_numbers)}"
    )


def auction(number: int, user_key: str = "u1", **told: Any) -> bytes:
    request = {"id": f"a{number}", "cur": ["CNY"], "imp": [IMP], "device": DEVICE, "site": {"domain": "News.example"}}
    return json.dumps(request | {"user": {"id": user_key, "data": SEGMENTS}} | told).encode()


def page(number: int, user_key: str = "u1", **told: Any) -> bytes:
    request = {"request_id": f"p{number}", "placement": "feed", "campaign_id": "k1", "user": {"user_key": user_key}}
    return json.dumps(request | told).encode()


Work = Callable[[OpenRtbDoor, BiddingDeployment], Awaitable[None]]


def during(
    shop: Shop, settings: Settings, work: Work, share: float = 1.0, clock: Clock | None = None
) -> dict[str, int]:
    """What became of the opportunities that were to be logged."""
    told: dict[str, int] = {}

    async def run() -> None:
        time_of_day = clock or ManualClock(NOON)
        async with an_engine(
            shop, settings.redis_url, namespace=settings.namespace, request_sample=share, clock=time_of_day
        ) as engine:
            openrtb = OpenRtbDoor(engine, DESK, "https://media.example", time_of_day)
            await work(openrtb, BiddingDeployment(engine, time_of_day, openrtb, shop.objects))
        told.update({series[1]: n for series, n in engine.counts.take().items() if series[0] == LOGGED_REQUESTS})

    asyncio.run(run())
    return told


def requests(settings: Settings) -> pl.DataFrame:
    return Lake(settings.lake_folder).scan("requests").collect().sort("request_id", "position")


def test_bids_and_rankings_stand_in_the_lake_whether_something_was_offered_or_not(
    seller_shop: Shop, settings: Settings
) -> None:
    async def work(openrtb: OpenRtbDoor, deployment: BiddingDeployment) -> None:
        assert (await openrtb.bid(auction(1))).status == 200
        assert (await openrtb.bid(auction(2, at=1, imp=[IMP | {"bidfloor": 1e6}]))).status == 204
        assert (await deployment.rank(page(3, slots=2, position=1, context={"device": "tv", "hour": 20}))).status == 200

    assert during(seller_shop, settings, work) == {"told": 3}
    assert run_worker(settings, once=True)["malformed"] == 0
    rows = requests(settings).rows(named=True)
    assert [row["request_id"] for row in rows] == ["a1", "a2", "p3", "p3"]
    assert rows[0] == {
        "request_id": "a1",
        "ts": NOON,
        "user_key": "u1",
        "placement": "feed",
        "position": 0,
        "device": "phone",
        "os": "ios",
        "country": "CHN",
        "region": "44",
        "language": "zh",
        "site": "news.example",
        "segments": ["tea", "sports"],
        "hour": 12,
        "weekday": 6,
        "floor_micros": 500,
        "auction": AuctionKind.SECOND_PRICE,
        "currency": "CNY",
        "sample_rate": 1.0,
    }
    assert (rows[1]["auction"], rows[1]["floor_micros"]) == (AuctionKind.FIRST_PRICE, 10**9)
    ranked = [(row["position"], row["device"], row["hour"], row["auction"], row["floor_micros"]) for row in rows[2:]]
    assert ranked == [(1, "tv", 20, None, None), (2, "tv", 20, None, None)]


def test_what_may_not_be_known_is_not_logged_and_tests_robots_and_repetitions_are_no_supply(
    seller_shop: Shop, settings: Settings
) -> None:
    async def work(openrtb: OpenRtbDoor, deployment: BiddingDeployment) -> None:
        await openrtb.bid(auction(1))
        await openrtb.bid(auction(1))
        await openrtb.bid(auction(2, regs={"coppa": 1}))
        await openrtb.bid(auction(3, regs={"us_privacy": "1YYN"}))
        await openrtb.bid(auction(4, test=1))
        await openrtb.bid(auction(5, device=DEVICE | {"ua": "Googlebot/2.1 (+http://www.google.com/bot.html)"}))
        assert (await deployment.rank(page(6, campaign_id="unheard"))).status == 404
        assert (await deployment.score(b'{"placement": "feed", "candidates": ["c1"]}')).status == 200

    assert during(seller_shop, settings, work) == {"told": 3, "duplicate": 1}
    run_worker(settings, once=True)
    known = requests(settings).select("request_id", "user_key", "segments", "device", "region").rows()
    assert known == [
        ("a1", "u1", ["tea", "sports"], "phone", "44"),
        ("a2", "", [], "phone", "44"),
        ("a3", "u1", [], "phone", "44"),
    ]


def test_of_a_user_all_is_there_or_nothing_whichever_replica_was_asked(seller_shop: Shop, settings: Settings) -> None:
    async def work(openrtb: OpenRtbDoor, deployment: BiddingDeployment) -> None:
        first = next(_numbers) * 1000
        for number in range(60):
            await openrtb.bid(auction(first + number, f"user{number}"))
            await deployment.rank(page(first + number, f"user{number}"))

    for _ in range(2):
        during(seller_shop, settings, work, share=0.3)
    run_worker(settings, once=True)
    by_user = requests(settings).group_by("user_key").len()
    assert 8 <= by_user.height <= 30
    assert by_user["len"].unique().to_list() == [4]
    assert requests(settings)["sample_rate"].unique().to_list() == [0.3]


def test_a_worker_that_is_killed_in_between_writes_every_row_once(seller_shop: Shop, settings: Settings) -> None:
    def ask(first: int, count: int) -> None:
        async def work(openrtb: OpenRtbDoor, deployment: BiddingDeployment) -> None:
            for number in range(first, first + count):
                await openrtb.bid(auction(number))
                await deployment.rank(page(number))

        assert during(seller_shop, settings, work, clock=SystemClock()) == {"told": 2 * count}

    ask(0, 40)
    worker = started(settings)
    wait_for(lambda: requests(settings).height == 80)
    ask(40, 40)
    # Wherever it is just now.
    time.sleep(0.3)
    worker.kill()
    worker.wait(15)
    ask(80, 5)
    found = run_worker(settings, once=True)
    assert found["malformed"] == 0
    assert sorted(requests(settings)["request_id"]) == sorted(f"{kind}{n}" for kind in "ap" for n in range(85))
    with redis.Redis.from_url(settings.redis_url) as client:
        assert client.xlen(f"{settings.namespace}:stream") == 0


def test_while_redis_is_away_bids_are_answered_and_what_was_not_logged_is_counted(
    seller_shop: Shop, settings: Settings, tmp_path: Path
) -> None:
    async def work(openrtb: OpenRtbDoor, _: BiddingDeployment) -> None:
        for number in range(3):
            reply = await openrtb.bid(auction(number))
            assert (reply.status, reply.headers["x-adplat-no-bid"]) == (204, "state_away")
        await asyncio.sleep(0.2)

    away = settings.model_copy(update={"redis_url": f"unix://{tmp_path}/nobody.sock"})
    assert during(seller_shop, away, work) == {"lost": 3}


@pytest.mark.parametrize(("share", "rows"), [(1.0, 1), (0.0, 0)])
def test_the_setting_says_how_many(
    seller_shop: Shop, settings: Settings, monkeypatch: pytest.MonkeyPatch, share: float, rows: int
) -> None:
    monkeypatch.setattr(Scorer, "load", PlainScorer.load)
    told = settings.model_copy(update={"request_sample": share, "log_file": "-"})

    async def run() -> None:
        async with open_deployment(told, told.redis_url) as deployment:
            assert (await deployment.openrtb.bid(auction(1))).status == 200

    asyncio.run(run())
    run_worker(settings, once=True)
    assert requests(settings).height == rows


def test_a_tenth_of_the_users_is_logged_unless_it_is_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    assert bootstrap.read_settings().request_sample == 0.1
    monkeypatch.setenv("ADPLAT_REQUEST_SAMPLE", "0")
    assert bootstrap.read_settings().request_sample == 0.0
