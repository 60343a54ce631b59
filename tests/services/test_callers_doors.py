"""A caller at both doors reads and spends what is its own: real Valkey, real snapshot, Starlette and a gRPC server."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import grpc
import httpx
import pytest

from adplat.client import AsyncGrpcBiddingClient, OfferedBid, event
from adplat.client.generated import bidding_pb2 as pb
from adplat.domain import (
    Caller,
    EventKind,
    EventOutcome,
    KeyRejected,
    NoBidReason,
    NotPermitted,
    Opportunity,
    Slot,
    SystemClock,
    UnknownReference,
    UserContext,
)
from adplat.snapshots import KeyFile
from adplat.storage import EmbeddedValkey
from services.bidding.deployment import BiddingDeployment
from services.bidding.grpc_door import GrpcDoor, add_bidding_to_server
from services.bidding.http import bidding_app
from services.bidding.openrtb_door import OpenRtbDoor
from services.hosting.key_gate import KeyGate
from tests.flows.small_shop import NOON, Shop
from tests.services.callers import FEED_ONLY, RIVAL, SELLER, SHOP_1, SHOP_2, key_of, write_keys
from tests.services.engines import DESK, an_engine

ACCEPTED, UNKNOWN = EventOutcome.ACCEPTED, EventOutcome.UNKNOWN_DECISION
CLOCK = SystemClock()
_numbers = itertools.count()


@dataclass
class Doors:
    http: httpx.AsyncClient
    address: str

    async def post(self, path: str, caller: Caller | None, **body: Any) -> httpx.Response:
        headers = {} if caller is None else {"authorization": f"Bearer {key_of(caller)}"}
        return await self.http.post(path, json=body, headers=headers)

    def rpc(self, caller: Caller | None) -> AsyncGrpcBiddingClient:
        return AsyncGrpcBiddingClient(self.address, api_key=key_of(caller) if caller else "", patience_s=0.0)

    async def bid(self, caller: Caller, slot: Slot = Slot("s1", "feed"), **changes: Any) -> OfferedBid | NoBidReason:  # noqa: B008  # frozen
        asked = replace(Opportunity("r", NOON, (slot,), UserContext("")), **changes)
        async with self.rpc(caller) as rpc:
            answer = (await rpc.bid(asked, timeout_s=5)).answers["s1"]
        assert answer is not None
        return answer

    async def record(self, caller: Caller, *events: Any) -> list[EventOutcome]:
        async with self.rpc(caller) as rpc:
            return await rpc.record(events)


@asynccontextmanager
async def opened(shop: Shop, url: str) -> AsyncIterator[Doors]:
    namespace = f"k{os.getpid()}-{next(_numbers)}"
    gate = KeyGate(KeyFile(shop.workspace), CLOCK, poll_s=0.05)
    async with an_engine(shop, url, namespace=namespace) as engine, gate.watching():
        openrtb = OpenRtbDoor(engine, DESK, "https://media.example", CLOCK, gate.admit)
        deployment = BiddingDeployment(engine, CLOCK, openrtb, shop.objects, gate.admit)

        @asynccontextmanager
        async def given() -> AsyncIterator[BiddingDeployment]:
            yield deployment

        app, server = bidding_app(given), grpc.aio.server()
        add_bidding_to_server(GrpcDoor(engine, CLOCK, gate.admit), server)
        address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
        await server.start()
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://x") as http,
        ):
            try:
                yield Doors(http, address)
            finally:
                await server.stop(0)


def during(shop: Shop, valkey: EmbeddedValkey, work: Callable[[Doors], Awaitable[None]]) -> None:
    async def run() -> None:
        async with opened(shop, valkey.url) as doors:
            await work(doors)

    write_keys(shop.workspace)
    asyncio.run(run())


RANK = {"placement": "feed", "campaign_id": "k1"}
SCORE = {"placement": "feed", "candidates": ["c1"]}
EVENTS: dict[str, Any] = {"events": []}
OPENRTB = {"id": "a1", "imp": [{"id": "1", "tagid": "feed", "banner": {}}], "cur": ["CNY"]}


def test_without_a_key_nothing_but_the_open_addresses_answers(shop: Shop, valkey: EmbeddedValkey) -> None:
    async def work(doors: Doors) -> None:
        paths = (("/v1/rank", RANK), ("/v1/score", SCORE), ("/v1/events", EVENTS), ("/openrtb2/bid", OPENRTB))
        for path, body in paths:
            for headers in ({}, {"authorization": "Bearer nonsense"}, {"x-api-key": key_of(SELLER)[:-1]}):
                refused = await doors.http.post(path, json=body, headers=headers)
                assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
                told = refused.headers.get("x-adplat-problem") or refused.json()["what"]
                assert "API key" in told and "Traceback" not in told
        # The key is asked for first: what is wrong with the rest stays unsaid.
        assert (await doors.http.post("/v1/rank", content=b"{")).status_code == 401
        for path in ("/v1/health", "/openapi.json"):
            assert (await doors.http.get(path)).status_code == 200
        picture = next(iter(shop.catalogue.creatives())).image
        assert picture is not None
        assert (await doors.http.get(f"/media/{picture.sha256}")).status_code == 200
        assert (await doors.http.get("/notice/win?t=1")).status_code == 403  # its signature is its key

    during(shop, valkey, work)


def test_grpc_says_unauthenticated_and_health_is_open(shop: Shop, valkey: EmbeddedValkey) -> None:
    async def work(doors: Doors) -> None:
        async with doors.rpc(None) as rpc:
            assert (await rpc.health()).redis
            with pytest.raises(KeyRejected, match="no API key"):
                await rpc.score(placement="feed", creative_ids=["c1"])
            with pytest.raises(KeyRejected):
                await rpc.record([])
            with pytest.raises(KeyRejected):
                await rpc.bid(Opportunity("r", NOON, (Slot("s1", "feed"),)))
        async with grpc.aio.insecure_channel(doors.address) as channel:
            score = channel.unary_unary("/adplat.bidding.v1.Bidding/Score")
            message = pb.ScoreRequest(placement="feed", creative_ids=["c1"]).SerializeToString()
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await score(message, timeout=5)
            assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED
            answer = await score(message, timeout=5, metadata=(("x-api-key", key_of(SHOP_1)),))
            assert len(pb.ScoreResponse.FromString(answer).p_ctr) == 1
            with pytest.raises(grpc.aio.AioRpcError) as denied:
                await score(message, timeout=5, metadata=(("x-api-key", key_of(SELLER)),))
            assert denied.value.code() is grpc.StatusCode.PERMISSION_DENIED

    during(shop, valkey, work)


def test_what_a_caller_may_not_do_is_403(shop: Shop, valkey: EmbeddedValkey) -> None:
    async def work(doors: Doors) -> None:
        assert (await doors.post("/v1/rank", SELLER, **RANK)).status_code == 403
        assert (await doors.post("/v1/score", SELLER, **SCORE)).status_code == 403
        elsewhere = {"placement": "banner"}
        for path, body in (("/v1/rank", RANK), ("/v1/score", SCORE)):
            refused = await doors.post(path, FEED_ONLY, **(body | elsewhere))
            assert (refused.status_code, refused.json()["where"]) == (403, "placement")
            assert (await doors.post(path, FEED_ONLY, **body)).status_code == 200
        two = OPENRTB | {"imp": [*OPENRTB["imp"], {"id": "2", "tagid": "banner", "banner": {}}]}  # type: ignore[misc]
        refused = await doors.post("/openrtb2/bid", FEED_ONLY, **two)
        assert (refused.status_code, refused.content) == (403, b"")
        assert "placement 'banner'" in refused.headers["x-adplat-problem"]
        with pytest.raises(NotPermitted, match="placement 'banner'"):
            await doors.bid(FEED_ONLY, Slot("s1", "banner"))

    during(shop, valkey, work)


def test_creatives_of_others_sound_like_creatives_that_do_not_exist(shop: Shop, valkey: EmbeddedValkey) -> None:
    async def work(doors: Doors) -> None:
        async def said(path: str, **changes: Any) -> tuple[int, str]:
            answer = await doors.post(path, SHOP_1, **({"placement": "feed"} | changes))
            return answer.status_code, answer.text

        for path in ("/v1/rank", "/v1/score"):
            assert (await said(path, candidates=["c1", "c2"]))[0] == 200
            foreign, absent = await said(path, candidates=["c1", "c5"]), await said(path, candidates=["c1", "c99"])
            assert foreign[0] == absent[0] == 404
            assert foreign[1].replace("'c5'", "'c99'") == absent[1]
        foreign, absent = await said("/v1/rank", campaign_id="k2"), await said("/v1/rank", campaign_id="k99")
        assert (foreign[0], foreign[1].replace("'k2'", "'k99'")) == absent
        ranked = (await doors.post("/v1/rank", SHOP_1, **RANK)).json()
        assert {one["creative_id"] for one in ranked["creatives"]} == {"c1", "c2", "c3", "c4"}
        async with doors.rpc(SHOP_1) as rpc:
            with pytest.raises(UnknownReference, match="'c5' is not live"):
                await rpc.score(placement="feed", creative_ids=["c5"])

    during(shop, valkey, work)


def test_bids_are_of_the_callers_advertisers_alone(shop: Shop, valkey: EmbeddedValkey) -> None:
    slots = tuple(Slot(f"s{number}", "feed") for number in range(3))

    async def work(doors: Doors) -> None:
        for caller, campaign_id in ((SHOP_1, "k1"), (SHOP_2, "k2"), (SHOP_1, "k1")):
            async with doors.rpc(caller) as rpc:
                answers = (await rpc.bid(Opportunity("r", NOON, slots), timeout_s=5)).answers
            bids = [one for one in answers.values() if isinstance(one, OfferedBid)]
            assert [one.campaign_id for one in bids] == [campaign_id]
        assert await doors.bid(SHOP_1, only_creatives=frozenset({"c5"})) is NoBidReason.NOTHING_ELIGIBLE
        assert await doors.bid(SHOP_1, only_campaigns=frozenset({"k2"})) is NoBidReason.NOTHING_ELIGIBLE
        named = await doors.bid(SHOP_1, only_creatives=frozenset({"c5", "c2"}))
        assert isinstance(named, OfferedBid) and named.creative_id == "c2"

    during(shop, valkey, work)


def test_a_bid_is_settled_by_the_caller_that_was_given_it(shop: Shop, valkey: EmbeddedValkey) -> None:
    async def work(doors: Doors) -> None:
        offer = await doors.bid(SELLER)
        assert isinstance(offer, OfferedBid)
        now = datetime.now(UTC)
        billed = replace(event(offer.decision_id, EventKind.BILLING, now), price_micros=7)
        lost, shown = event(offer.decision_id, EventKind.LOSS, now), event(offer.decision_id, EventKind.IMPRESSION, now)
        assert await doors.record(RIVAL, billed, lost, shown) == [UNKNOWN] * 3
        owner, other = (SHOP_1, SHOP_2) if offer.campaign_id == "k1" else (SHOP_2, SHOP_1)
        # The advertiser may tell what came of its ad, and not what it cost; the other advertiser nothing.
        assert await doors.record(owner, billed, shown) == [UNKNOWN, ACCEPTED]
        click = event(offer.decision_id, EventKind.CLICK, now)
        assert await doors.record(other, click) == [UNKNOWN]
        assert await doors.record(SELLER, billed, click) == [ACCEPTED, ACCEPTED]
        # Signed addresses are for whoever holds them.
        again = await doors.bid(SELLER)
        assert isinstance(again, OfferedBid)
        url = again.urls["billing"].removeprefix("https://ads.example")
        filled = url.replace("${AUCTION_PRICE}", "1.0").replace("${AUCTION_CURRENCY}", "CNY")
        assert (await doors.http.get(filled)).status_code == 204
        late = replace(event(again.decision_id, EventKind.BILLING, now), price_micros=7)
        assert await doors.record(SELLER, late) == [EventOutcome.DUPLICATE]

    during(shop, valkey, work)


def test_a_conversion_comes_by_postback_with_a_key_or_by_its_signed_address(shop: Shop, valkey: EmbeddedValkey) -> None:
    async def work(doors: Doors) -> None:
        decision_id = (await doors.post("/v1/rank", SHOP_1, **RANK)).json()["decision_id"]

        async def called(query: str, caller: Caller | None = SHOP_1, method: str = "GET") -> httpx.Response:
            headers = {} if caller is None else {"x-api-key": key_of(caller)}
            return await doors.http.request(method, f"/event/conversion?{query}", headers=headers)

        bought = f"decision_id={decision_id}&event_id=order-1&value_micros=129000000&conversion_kind=purchase"
        for method in ("GET", "POST", "GET"):
            told = await called(bought, method=method)
            assert (told.status_code, told.headers["content-type"]) == (200, "image/gif")
            assert told.headers["cache-control"] == "no-store"
        of_user = "user_key=u1&advertiser_id=a1&event_id=order-2&ts=2026-09-09T20:15:00Z"
        assert (await called(of_user)).status_code == 200
        for query, caller, status, where in (
            (bought, None, 401, "authorization"),
            (bought, RIVAL, 404, "decision_id"),
            (of_user.replace("a1", "a2"), SHOP_1, 404, "events[0].advertiser_id"),
            (of_user, SELLER, 403, "events[0].advertiser_id"),
            ("user_key=u1&advertiser_id=a1", SHOP_1, 422, "events[0]"),
            (f"{bought}&value_micros=1", SHOP_1, 422, "query"),
            (f"decision_id={decision_id}&kind=click", SHOP_1, 422, "query"),
            (f"decision_id={decision_id}&value_micros=-1", SHOP_1, 422, "value_micros"),
            (f"decision_id={decision_id}&value_micros=1.5", SHOP_1, 422, "value_micros"),
            (f"decision_id={decision_id}&price=1", SHOP_1, 422, "query"),
            ("decision_id=%ff", SHOP_1, 422, "query"),
            ("", SHOP_1, 422, "events[0]"),
        ):
            refused = await called(query, caller)
            assert refused.status_code == status, query
            assert refused.json()["where"] == where, query
            assert refused.json()["hint"]
        # The signed address needs no key, and says nothing of any other decision.
        offer = await doors.bid(SELLER)
        assert isinstance(offer, OfferedBid)
        url = offer.urls["conversion"].removeprefix("https://ads.example")
        for _ in range(2):
            assert (await doors.http.get(f"{url}&event_id=order-3&value_micros=5")).status_code == 200
        forged = url.replace(offer.decision_id, decision_id)
        assert (await doors.http.get(forged)).status_code == 403
        assert (await doors.http.get(f"{url}&value_micros=x")).status_code == 403

    during(shop, valkey, work)


def test_a_ranked_decision_is_reported_by_its_own(shop: Shop, valkey: EmbeddedValkey) -> None:
    async def work(doors: Doors) -> None:
        decision_id = (await doors.post("/v1/rank", FEED_ONLY, **RANK)).json()["decision_id"]
        body = {"events": [{"kind": "impression", "decision_id": decision_id}]}

        async def results(caller: Caller) -> Any:
            return (await doors.post("/v1/events", caller, **body)).json()["results"]

        assert await results(RIVAL) == ["unknown_decision"]
        assert await results(SHOP_2) == ["unknown_decision"]
        assert await results(FEED_ONLY) == ["accepted"]
        assert await results(SHOP_1) == ["duplicate"]

    during(shop, valkey, work)


def test_conversions_of_users_are_told_by_the_advertiser_alone(shop: Shop, valkey: EmbeddedValkey) -> None:
    bought = {"kind": "conversion", "user_key": "u1", "advertiser_id": "a1", "event_id": "order-1"}

    async def work(doors: Doors) -> None:
        async def said(caller: Caller, **changes: Any) -> tuple[int, Any]:
            answer = await doors.post("/v1/events", caller, events=[bought | changes])
            return answer.status_code, answer.json().get("results")

        assert await said(SHOP_1) == (200, ["accepted"])
        assert await said(SHOP_1) == (200, ["duplicate"])
        assert await said(SHOP_1, advertiser_id="a2") == await said(SHOP_1, advertiser_id="a99") == (404, None)
        assert await said(SELLER) == (403, None)
        assert await said(SHOP_2, advertiser_id="a2") == (200, ["accepted"])

    during(shop, valkey, work)


def test_two_callers_that_number_their_events_alike_take_nothing_from_each_other(
    shop: Shop, valkey: EmbeddedValkey
) -> None:
    async def work(doors: Doors) -> None:
        one, other = await doors.bid(SELLER), await doors.bid(RIVAL)
        assert isinstance(one, OfferedBid) and isinstance(other, OfferedBid)
        now = datetime.now(UTC)
        # A rival that guesses the id under which the other's billing will count, and takes it for its own report.
        stolen = event(other.decision_id, EventKind.IMPRESSION, now, event_id=f"{one.decision_id}:billing")
        assert await doors.record(RIVAL, stolen) == [ACCEPTED]
        billed = replace(event(one.decision_id, EventKind.BILLING, now), price_micros=7)
        assert await doors.record(SELLER, billed) == [ACCEPTED]
        first = event(one.decision_id, EventKind.CLICK, now, event_id="1")
        assert await doors.record(SELLER, first, first) == [ACCEPTED, EventOutcome.DUPLICATE]
        assert await doors.record(RIVAL, replace(first, decision_id=other.decision_id)) == [ACCEPTED]

    during(shop, valkey, work)


def test_a_revoked_key_is_refused_at_both_doors_and_the_others_go_on(shop: Shop, valkey: EmbeddedValkey) -> None:
    async def work(doors: Doors) -> None:
        assert (await doors.post("/v1/rank", SHOP_1, **RANK)).status_code == 200
        write_keys(shop.workspace, revoked=(SHOP_1,))
        async with asyncio.timeout(5):
            while (await doors.post("/v1/rank", SHOP_1, **RANK)).status_code != 401:
                await asyncio.sleep(0.02)
        async with doors.rpc(SHOP_1) as rpc:
            with pytest.raises(KeyRejected, match="was revoked"):
                await rpc.score(placement="feed", creative_ids=["c1"])
        assert json.loads((await doors.post("/v1/rank", FEED_ONLY, **RANK)).content)["creatives"]

    during(shop, valkey, work)


def test_a_creative_in_a_campaign_of_another_spends_that_ones_money_and_is_nobodys(
    shop: Shop, valkey: EmbeddedValkey
) -> None:
    [lent] = [one for one in shop.catalogue.creatives() if one.creative_id == "c5"]
    shop.catalogue.save([], [], [], [replace(lent, advertiser_id="a1")])
    shop.publish()

    async def work(doors: Doors) -> None:
        for caller in (SHOP_1, SHOP_2):
            assert (await doors.post("/v1/rank", caller, placement="feed", candidates=["c5"])).status_code == 404
            assert await doors.bid(caller, only_creatives=frozenset({"c5"})) is NoBidReason.NOTHING_ELIGIBLE
        ranked = (await doors.post("/v1/rank", SHOP_2, placement="feed", campaign_id="k2")).json()["creatives"]
        assert {one["creative_id"] for one in ranked} == {"c6", "c7", "c8"}
        assert (await doors.post("/v1/rank", FEED_ONLY, placement="feed", candidates=["c5"])).status_code == 200

    during(shop, valkey, work)
