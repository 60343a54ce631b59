"""The gRPC door on a plain gRPC server: real Valkey, real snapshot, a plain scorer, the shipped client."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import grpc
import pytest

from adplat.client import AsyncGrpcBiddingClient, OfferedBid, event, user_conversion
from adplat.client.generated import bidding_pb2 as pb
from adplat.domain import (
    ConfigRejected,
    Event,
    EventKind,
    EventOutcome,
    InternalFault,
    Money,
    NoBidReason,
    Opportunity,
    Slot,
    StoreUnreachable,
    SystemClock,
    UnknownReference,
    UserContext,
)
from adplat.flows.rank_creatives import RankRequest
from adplat.storage import EmbeddedValkey
from services.bidding.engine import BiddingEngine
from services.bidding.grpc_answers import REASONS
from services.bidding.grpc_door import GrpcDoor, add_bidding_to_server
from tests.flows.small_shop import NOON, Shop
from tests.services.engines import an_engine


@dataclass
class Open:
    """One running door with its engine, its address and a client."""

    engine: BiddingEngine
    address: str
    client: AsyncGrpcBiddingClient

    async def raw(self, method: str, content: bytes) -> bytes:
        """Bytes in, bytes out; raises what gRPC raises."""
        async with grpc.aio.insecure_channel(self.address) as channel:
            answer: bytes = await channel.unary_unary(f"/adplat.bidding.v1.Bidding/{method}")(content, timeout=5)
            return answer


Work = Callable[[Open], Awaitable[None]]


@asynccontextmanager
async def opened(shop: Shop, url: str) -> AsyncIterator[Open]:
    async with an_engine(shop, url, namespace=f"g{os.getpid()}-{shop.workspace.parent.name}") as engine:
        server = grpc.aio.server()
        add_bidding_to_server(GrpcDoor(engine, SystemClock()), server)
        address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
        await server.start()
        try:
            async with AsyncGrpcBiddingClient(address, patience_s=0.0) as client:
                yield Open(engine, address, client)
        finally:
            await server.stop(0)


def during(shop: Shop, url: str, work: Work) -> None:
    async def run() -> None:
        async with opened(shop, url) as door:
            await work(door)

    asyncio.run(run())


async def a_decision(door: Open) -> str:
    ranking = await door.engine.rank(RankRequest("r1", datetime.now(UTC), UserContext("u1"), "feed", campaign_id="k1"))
    return ranking.decision.decision_id


def test_scores_and_reports_and_health(shop: Shop, valkey: EmbeddedValkey) -> None:
    async def work(door: Open) -> None:
        scores = await door.client.score(placement="feed", creative_ids=["c2", "c1"], user_key="u1")
        ranked = await door.engine.score(
            RankRequest("", datetime.now(UTC), UserContext("u1"), "feed", candidates=("c2", "c1"))
        )
        assert (scores.p_ctr, scores.p_cvr) == (ranked.p_ctr, (0.1, 0.1))
        assert (scores.bundle_id, scores.degraded) == ("bundle-1", ())
        decision_id = await a_decision(door)
        events = [event(decision_id, kind, NOON) for kind in EventKind]
        # A ranked creative was in no auction of ours, so nothing is known of how one ended.
        assert await door.client.record(events) == [EventOutcome.ACCEPTED] * 3 + [EventOutcome.UNKNOWN_DECISION] * 3
        assert await door.client.record([*events[:2], event("unheard", EventKind.CLICK, NOON)]) == [
            EventOutcome.DUPLICATE,
            EventOutcome.DUPLICATE,
            EventOutcome.UNKNOWN_DECISION,
        ]
        bought = user_conversion("order-1", "u1", "a1", NOON, value_micros=129_000_000, creative_id="c1")
        assert await door.client.record([bought]) == [EventOutcome.ACCEPTED]
        assert await door.client.record([bought]) == [EventOutcome.DUPLICATE]
        with pytest.raises(ConfigRejected, match="no advertiser_id"):
            await door.client.record([user_conversion("order-2", "u1", "", NOON)])
        assert await door.client.record([]) == []
        health = await door.client.health()
        assert (health.status, health.bundle_id, health.creatives, health.redis) == ("ok", "bundle-1", 8, True)
        assert health.statistics_age_s is not None

    during(shop, valkey.url, work)


def test_what_is_wrong_has_a_status_and_a_sentence_and_becomes_an_error_of_the_tree(
    shop: Shop, valkey: EmbeddedValkey, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(door: Open) -> None:
        with pytest.raises(UnknownReference, match="'c茶' is not live") as unknown:
            await door.client.score(placement="feed", creative_ids=["c茶"])
        assert unknown.value.hint
        with pytest.raises(ConfigRejected) as refused:
            await door.client.score(placement="", creative_ids=["c1"])
        assert (refused.value.what, refused.value.where) == ("it is empty", "placement")
        with pytest.raises(ConfigRejected, match="1001 events"):
            await door.client.record([event(f"d{n}", EventKind.CLICK, NOON) for n in range(1001)])
        with pytest.raises(ConfigRejected, match="bytes"):
            await door.client.score(placement="x" * 3_000_000, creative_ids=["c1"])
        for content in (b"\xff\xff\xff", b"\x0a\x02\xff\xfe"):
            with pytest.raises(grpc.aio.AioRpcError) as broken:
                await door.raw("Score", content)
            assert broken.value.code() is grpc.StatusCode.INVALID_ARGUMENT
            assert "the message is no ScoreRequest" in (broken.value.details() or "")
        assert "Traceback" not in caplog.text

        async def fail(_: RankRequest) -> None:
            raise ZeroDivisionError("secret detail")

        monkeypatch.setattr(door.engine, "score", fail)
        with pytest.raises(InternalFault) as fault:
            await door.client.score(placement="feed", creative_ids=["c1"])
        assert "secret" not in str(fault.value)
        assert "secret detail" in caplog.text

    during(shop, valkey.url, work)


def test_time_that_is_over_is_told(shop: Shop, valkey: EmbeddedValkey, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(door: Open) -> None:
        async def sleep(*_: Any) -> None:
            await asyncio.sleep(5)

        monkeypatch.setattr(door.engine, "score", sleep)
        monkeypatch.setattr(door.engine, "record", sleep)
        message = pb.ScoreRequest(placement="feed", creative_ids=["c1"], tmax_ms=20)
        for method, content in (("Score", message), ("Record", pb.RecordRequest(tmax_ms=20))):
            with pytest.raises(grpc.aio.AioRpcError) as late:
                await door.raw(method, content.SerializeToString())
            assert late.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
            assert "tmax_ms" in (late.value.details() or "")
        with pytest.raises(StoreUnreachable):
            await door.client.score(placement="feed", creative_ids=["c1"], timeout_s=0.05)

    during(shop, valkey.url, work)


def test_without_redis_scores_are_degraded_and_reports_are_refused(shop: Shop) -> None:
    async def work(door: Open) -> None:
        scores = await door.client.score(placement="feed", creative_ids=["c1"], user_key="u1")
        assert scores.degraded == ("profile",)
        health = await door.client.health()
        assert (health.status, health.statistics_age_s) == ("degraded", None)
        with pytest.raises(grpc.aio.AioRpcError) as away:
            one = pb.RecordRequest(events=[pb.Event(kind="EVENT_KIND_CLICK", decision_id="d")])
            await door.raw("Record", one.SerializeToString())
        assert away.value.code() is grpc.StatusCode.UNAVAILABLE

    during(shop, "redis://127.0.0.1:1", work)


def test_bids_come_back_in_the_order_asked_and_no_ad_twice(shop: Shop, valkey: EmbeddedValkey) -> None:
    asked = Opportunity(
        "r9",
        NOON,
        (Slot("s2", "feed"), Slot("s1", "feed"), Slot("s3", "feed")),
        UserContext("u-grpc-bid"),
        currencies=("CNY",),
        time_left_ms=2000,
    )

    async def work(door: Open) -> None:
        result = await door.client.bid(asked, timeout_s=2.0)
        assert list(result.answers) == ["s2", "s1", "s3"]
        first, second, third = result.answers.values()
        assert isinstance(first, OfferedBid)
        assert isinstance(second, OfferedBid)
        assert {first.campaign_id, second.campaign_id} == {"k1", "k2"}
        assert third is NoBidReason.NOTHING_ELIGIBLE
        for offer in (first, second):
            # Half a yuan a click, in a second-price auction: the bid is what the showing is worth.
            assert offer.price.currency == "CNY"
            assert offer.price.amount_micros == int(500_000 * offer.p_ctr)
            assert 0.0 < offer.propensity <= 1.0
            assert offer.p_cvr == 0.1
            assert {"win", "billing", "loss", "impression"} <= set(offer.urls)
        outcomes = await door.client.record(
            [Event("", EventKind.BILLING, first.decision_id, datetime.now(UTC), price_micros=10**9)]
        )
        assert outcomes == [EventOutcome.ABOVE_BID]
        outcomes = await door.client.record(
            [Event("", EventKind.BILLING, first.decision_id, datetime.now(UTC), price_micros=700)]
        )
        assert outcomes == [EventOutcome.ACCEPTED]

    during(shop, valkey.url, work)


def test_a_caller_may_name_the_creatives_and_a_floor_that_none_reaches(shop: Shop, valkey: EmbeddedValkey) -> None:
    def asked(**changes: Any) -> Opportunity:
        return replace(Opportunity("r10", NOON, (Slot("s1", "feed"),), only_creatives=frozenset({"c3"})), **changes)

    async def work(door: Open) -> None:
        named = (await door.client.bid(asked())).answers["s1"]
        assert isinstance(named, OfferedBid)
        assert (named.creative_id, named.propensity) == ("c3", 1.0)
        dear = Slot("s1", "feed", floor=Money(100_000_000, "CNY"))
        assert (await door.client.bid(asked(slots=(dear,)))).answers == {"s1": NoBidReason.BELOW_FLOOR}
        foreign = Slot("s1", "feed", floor=Money(1, "USD"))
        assert (await door.client.bid(asked(slots=(foreign,)))).answers == {"s1": NoBidReason.CURRENCY}
        assert (await door.client.bid(asked(is_robot=True))).answers == {"s1": NoBidReason.ROBOT}
        assert (await door.client.bid(asked(time_left_ms=1))).answers == {"s1": NoBidReason.OUT_OF_TIME}

    during(shop, valkey.url, work)


def test_a_bid_request_that_makes_no_sense_is_refused(shop: Shop, valkey: EmbeddedValkey) -> None:
    async def work(door: Open) -> None:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await door.raw("Bid", pb.BidRequest().SerializeToString())
        assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT

    during(shop, valkey.url, work)


def test_every_reason_for_no_bid_has_its_number() -> None:
    assert set(REASONS) == set(NoBidReason)
    assert len(set(REASONS.values())) == len(REASONS)
