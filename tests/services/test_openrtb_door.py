"""OpenRTB over the door: bids with markup, signed notices that move money, and nothing that makes it stumble."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from adplat.domain import ManualClock
from adplat.privacy import ConsentRules
from adplat.storage import EmbeddedValkey, open_bid_state
from services.bidding.engine import BiddingEngine
from services.bidding.openrtb_door import LARGEST_REQUEST_BYTES, PIXEL, HttpReply, OpenRtbDoor
from services.hosting.packed_bodies import takes_gzip
from tests.flows.small_shop import NOON, Shop
from tests.services.engines import DESK, an_engine
from tests.services.seller_shop import a_seller_shop

MEDIA = "https://media.example"
BANNER = {"id": "1", "banner": {"w": 24, "h": 24}, "tagid": "feed", "bidfloor": 0.5, "bidfloorcur": "CNY"}


@pytest.fixture(scope="module")
def seller_shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return a_seller_shop(tmp_path_factory.mktemp("seller") / "shop")


Work = Callable[[OpenRtbDoor, BiddingEngine], Awaitable[None]]


def during(shop: Shop, url: str, work: Work, rules: ConsentRules = ConsentRules()) -> None:  # noqa: B008  # frozen
    async def run() -> None:
        clock = ManualClock(NOON)
        async with an_engine(shop, url, clock=clock, namespace=namespace(), rules=rules) as engine:
            await work(OpenRtbDoor(engine, DESK, MEDIA, clock), engine)

    asyncio.run(run())


_numbers = iter(range(10_000))


def namespace() -> str:
    return f"o{os.getpid()}-{next(_numbers)}"


def asked(*imps: dict[str, Any], **told: Any) -> bytes:
    return json.dumps({"id": "auction-1", "imp": list(imps) or [BANNER], "cur": ["CNY"], **told}).encode()


def bids_of(reply: HttpReply) -> list[dict[str, Any]]:
    assert reply.status == 200, (reply.status, reply.headers)
    return [bid for seat in json.loads(reply.body)["seatbid"] for bid in seat["bid"]]


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def test_a_bid_tells_all_that_a_seller_may_ask(seller_shop: Shop, valkey: EmbeddedValkey) -> None:
    async def work(door: OpenRtbDoor, _: BiddingEngine) -> None:
        reply = await door.bid(asked(tmax=200, user={"id": "u1"}))
        assert reply.headers["x-openrtb-version"] == "2.6"
        answer = json.loads(reply.body)
        assert (answer["id"], answer["cur"]) == ("auction-1", "CNY")
        [bid] = bids_of(reply)
        assert (bid["impid"], bid["mtype"], bid["w"], bid["h"]) == ("1", 1, 24, 24)
        assert bid["price"] >= 0.5
        assert bid["adomain"] == [f"{answer['seatbid'][0]['seat']}.example"]
        assert (bid["cid"], bid["cat"]) in [("k1", ["IAB8-5"]), ("k2", ["IAB18-1"])]
        assert bid["exp"] == 60
        assert bid["adm"].count(MEDIA) == 1
        for name, kind in (("nurl", "win"), ("burl", "billing"), ("lurl", "loss")):
            assert bid[name].startswith(f"https://ads.example/notice/{kind}?")

    during(seller_shop, valkey.url, work)


@pytest.mark.parametrize(
    ("told", "exp_s"),
    [({}, 60), ({"app": {"bundle": "com.game"}}, 300), ({"imp": [BANNER | {"exp": 86_400}]}, 1800)],
    ids=["a page", "an app", "a seller who may take a day"],
)
def test_a_bid_says_how_long_it_is_good_for(
    seller_shop: Shop, valkey: EmbeddedValkey, told: dict[str, Any], exp_s: int
) -> None:
    async def work(door: OpenRtbDoor, _: BiddingEngine) -> None:
        [bid] = bids_of(await door.bid(json.dumps(json.loads(asked()) | told).encode()))
        assert bid["exp"] == exp_s

    during(seller_shop, valkey.url, work)


def test_money_moves_with_the_notices_once_each(seller_shop: Shop, valkey: EmbeddedValkey) -> None:
    state_name = namespace()

    async def work() -> None:
        clock = ManualClock(NOON)
        async with an_engine(seller_shop, valkey.url, clock=clock, namespace=state_name) as engine:
            door = OpenRtbDoor(engine, DESK, MEDIA, clock)
            won, lost = [bids_of(await door.bid(asked(id=f"a{n}")))[0] for n in range(2)]
            billed = path_of(won["burl"]).replace("${AUCTION_PRICE}", "0.6").replace("${AUCTION_CURRENCY}", "CNY")
            for _ in range(5):
                assert (await door.notice(billed)).status == 204
            lost_path = path_of(lost["lurl"]).replace("${AUCTION_LOSS}", "102")
            for _ in range(2):
                assert (await door.notice(lost_path)).status == 204
            too_dear = billed.replace("p=0.6", "p=99")
            assert (await door.notice(too_dear)).status == 403
            forged = billed.replace("&b=", "&b=9")
            assert (await door.notice(forged)).status == 403
        state = open_bid_state(valkey.url, namespace=state_name, timeout_s=10.0)
        opened = await state.open_request("", "r", [won["cid"], f"{won['cid']}:20260301"], NOON, 60)
        await state.close()
        assert opened.committed_micros == (600, 600)

    asyncio.run(work())


def test_pixels_and_clicks(seller_shop: Shop, valkey: EmbeddedValkey) -> None:
    async def work(door: OpenRtbDoor, _: BiddingEngine) -> None:
        [bid] = bids_of(await door.bid(asked()))
        markup = bid["adm"].replace("&amp;", "&")
        click = markup.split('href="')[1].split('"')[0]
        pixel = markup.rsplit('src="', 1)[1].split('"')[0]
        shown = await door.notice(path_of(pixel))
        assert (shown.status, shown.body, shown.headers["content-type"]) == (200, PIXEL, "image/gif")
        clicked = await door.notice(path_of(click))
        assert (clicked.status, clicked.headers["location"]) == (302, "https://shop.example")
        elsewhere = path_of(click).replace("shop.example", "evil.example")
        assert (await door.notice(elsewhere)).status == 403

    during(seller_shop, valkey.url, work)


NO_BIDS = [
    ({"imp": [BANNER | {"bidfloor": 1000.0}]}, "below_floor"),
    ({"imp": [BANNER | {"banner": {"w": 728, "h": 90}}]}, "nothing_eligible"),
    ({"imp": [BANNER | {"bidfloorcur": "USD"}]}, "currency"),
    ({"cur": ["USD"], "imp": [{"id": "1", "banner": {"w": 24, "h": 24}}]}, "nothing_eligible"),
    ({"badv": ["a1.example", "a2.example"]}, "nothing_eligible"),
    ({"bcat": ["IAB8", "IAB18"]}, "nothing_eligible"),
    ({"wlang": ["zh"]}, "nothing_eligible"),
    ({"wseat": ["somebody-else"]}, "nothing_eligible"),
    ({"imp": [BANNER | {"video": {"mimes": ["video/mp4"]}, "banner": None}]}, "nothing_eligible"),
    ({"imp": [BANNER | {"pmp": {"private_auction": 1, "deals": []}}]}, "nothing_eligible"),
    ({"device": {"ua": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}}, "robot"),
    ({"tmax": 1}, "out_of_time"),
]


@pytest.mark.parametrize(("told", "reason"), NO_BIDS)
def test_no_bid_is_204_with_its_reason(
    seller_shop: Shop, valkey: EmbeddedValkey, told: dict[str, Any], reason: str
) -> None:
    async def work(door: OpenRtbDoor, _: BiddingEngine) -> None:
        reply = await door.bid(asked(**({"imp": [BANNER]} | told)))
        assert (reply.status, reply.body, reply.headers["x-adplat-no-bid"]) == (204, b"", reason)

    during(seller_shop, valkey.url, work)


def test_blocks_leave_what_they_do_not_name(seller_shop: Shop, valkey: EmbeddedValkey) -> None:
    async def work(door: OpenRtbDoor, _: BiddingEngine) -> None:
        for told, campaign in (
            ({"badv": ["a1.example"]}, "k2"),
            ({"bcat": ["IAB18"]}, "k1"),
            ({"bseat": ["a2"]}, "k1"),
            ({"acat": ["IAB18-1"]}, "k2"),
        ):
            for number in range(3):
                [bid] = bids_of(await door.bid(asked(id=f"{told}{number}", **told)))
                assert bid["cid"] == campaign, told
        for number in range(12):
            imp = BANNER | {"banner": {"w": 24, "h": 24, "battr": [3]}}
            [bid] = bids_of(await door.bid(asked(imp, id=f"battr{number}", bseat=["a2"])))
            assert bid["crid"] != "c2"

    during(seller_shop, valkey.url, work)


BROKEN = [
    b"",
    b"{",
    b"[]",
    b"\xff",
    b'{"id": "1"}',
    b'{"id": "1", "imp": []}',
    asked(BANNER | {"bidfloor": -1}),
    asked(site={}, app={}),
    b"[" * 100_000,
]


@pytest.mark.parametrize("body", BROKEN)
def test_what_is_no_bid_request_is_400_and_empty_and_says_why_in_a_header(
    seller_shop: Shop, valkey: EmbeddedValkey, body: bytes
) -> None:
    async def work(door: OpenRtbDoor, _: BiddingEngine) -> None:
        reply = await door.bid(body)
        assert (reply.status, reply.body) == (400, b"")
        assert len(reply.headers["x-adplat-problem"]) > 10

    during(seller_shop, valkey.url, work)


def test_gzip_both_ways_and_its_bombs(seller_shop: Shop, valkey: EmbeddedValkey) -> None:
    async def work(door: OpenRtbDoor, _: BiddingEngine) -> None:
        reply = await door.bid(gzip.compress(asked()), is_gzip=True, takes_gzip=True)
        assert reply.headers["content-encoding"] == "gzip"
        assert json.loads(gzip.decompress(reply.body))["id"] == "auction-1"
        bomb = gzip.compress(b" " * (LARGEST_REQUEST_BYTES + 1))
        for body, why in ((bomb, "too large"), (b"{}", "not gzip"), (gzip.compress(asked())[:-9], "cut off")):
            refused = await door.bid(body, is_gzip=True)
            assert refused.status == 400
            assert why in refused.headers["x-adplat-problem"]

    during(seller_shop, valkey.url, work)


@pytest.mark.parametrize(
    ("header", "takes"),
    [
        ("gzip", True), ("br, GZIP;q=0.5", True), ("gzip; q=1.0", True), ("gzip;q=0.001", True),
        ("", False), ("br", False), ("gzip;q=0", False), ("deflate, gzip; q=0.000", False),
    ],
)  # fmt: skip
def test_an_answer_is_packed_only_for_who_takes_it(header: str, takes: bool) -> None:
    assert takes_gzip(header) is takes


def test_a_test_auction_is_answered_and_never_counted(seller_shop: Shop, valkey: EmbeddedValkey) -> None:
    async def work(door: OpenRtbDoor, engine: BiddingEngine) -> None:
        [bid] = bids_of(await door.bid(asked(test=1)))
        billed = path_of(bid["burl"]).replace("${AUCTION_PRICE}", "0.6").replace("${AUCTION_CURRENCY}", "CNY")
        assert (await door.notice(billed)).status == 204
        recorded = await engine.record_all([])
        assert recorded == []

    during(seller_shop, valkey.url, work)


def test_an_audit_is_no_event_and_a_late_notice_still_counts(seller_shop: Shop, valkey: EmbeddedValkey) -> None:
    async def work(door: OpenRtbDoor, _: BiddingEngine) -> None:
        [bid] = bids_of(await door.bid(asked()))
        audited = path_of(bid["burl"]).replace("${AUCTION_PRICE}", "AUDIT")
        assert (await door.notice(audited)).status == 204
        late = path_of(bid["burl"]).replace("${AUCTION_PRICE}", "0.55").replace("${AUCTION_CURRENCY}", "CNY")
        assert (await door.notice(late)).status == 204

    during(seller_shop, valkey.url, work)


def test_whoever_may_not_be_recognised_leaves_no_trace(seller_shop: Shop, valkey: EmbeddedValkey) -> None:
    async def work(door: OpenRtbDoor, engine: BiddingEngine) -> None:
        child = asked(regs={"coppa": 1}, user={"id": "child"})
        [bid] = bids_of(await door.bid(child))
        await asyncio.sleep(0.05)
        opened = await engine._bids.open_request("child", "r", [], NOON + timedelta(seconds=1), 60)
        assert (opened.user, opened.exposures, opened.open_elsewhere) == (None, (), 0)
        assert bid["price"] > 0

    during(seller_shop, valkey.url, work)
