"""Ray Serve behind HAProxy, both doors of one replica at once: one decision, one set of reports, one set of words.

Everything here is real: the trained bundle, Valkey, the worker process, the shipped clients, server reflection.
"""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import grpc
import httpx
import pytest
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (  # type: ignore[import-untyped]
    ProtoReflectionDescriptorDatabase,
)
from prometheus_client.parser import text_string_to_metric_families

from adplat import bootstrap
from adplat.client import BiddingClient, GrpcBiddingClient, KeepAliveConnection, OfferedBid, RawGrpcCaller, event
from adplat.client.generated import bidding_pb2 as pb
from adplat.domain import (
    ConfigRejected,
    EventKind,
    EventOutcome,
    Opportunity,
    Slot,
    UnknownReference,
    UserContext,
)
from tests.e2e.real_workspace import RealWorkspace, a_real_workspace
from tests.e2e.running_service import free_port, serving, wait_for

EVENING = datetime(2026, 9, 9, 20, 15, tzinfo=UTC)
PLACEMENT = "feed_300x250"


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> RealWorkspace:
    """A workspace of its own: what is counted here is counted nowhere else."""
    return a_real_workspace(tmp_path_factory.mktemp("doors"), http_port=free_port(), grpc_port=free_port())


@pytest.fixture(scope="module")
def doors(deployed: RealWorkspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """URL and gRPC address of a running service."""
    settings = deployed.settings
    with serving(settings, tmp_path_factory.mktemp("doors") / "serve.log"):
        yield f"http://{settings.http_host}:{settings.http_port}", f"{settings.http_host}:{settings.grpc_port}"


def candidates_of(deployed: RealWorkspace, count: int) -> list[str]:
    with closing(bootstrap.open_database(deployed.settings)) as database:
        return [
            creative.creative_id for creative in bootstrap.open_catalogue(database).live_catalogue().creatives[:count]
        ]


def test_both_doors_give_the_same_scores(deployed: RealWorkspace, doors: tuple[str, str]) -> None:
    ids, facts = candidates_of(deployed, 32), {"device": "phone", "hour": 20}
    users = [request.user_key for request in deployed.world.public(seed=3).next_requests(20)]
    with BiddingClient(doors[0]) as http, GrpcBiddingClient(doors[1]) as rpc:
        for user_key in ["", "never-seen", *users]:
            ranked = http.rank(placement=PLACEMENT, candidates=ids, user_key=user_key, context=facts, ts=EVENING)
            scores = rpc.score(placement=PLACEMENT, creative_ids=ids, user_key=user_key, context=facts, ts=EVENING)
            by_id = {one.creative_id: (one.p_ctr, one.p_cvr) for one in ranked.creatives}
            assert dict(zip(ids, zip(scores.p_ctr, scores.p_cvr, strict=True), strict=True)) == by_id
            assert (scores.bundle_id, scores.degraded) == (ranked.bundle_id, ranked.degraded)
        # Users differ, so the numbers above are not one constant.
        assert len({rpc.score(placement=PLACEMENT, creative_ids=ids, user_key=key).p_ctr for key in users}) > 1


def test_whoever_would_wait_too_long_is_turned_away_at_either_door(
    deployed: RealWorkspace, doors: tuple[str, str]
) -> None:
    ids = candidates_of(deployed, 32)
    body = json.dumps({"placement": PLACEMENT, "candidates": ids}).encode()
    host, port = doors[0].removeprefix("http://").split(":")
    message = pb.ScoreRequest(placement=PLACEMENT, creative_ids=ids).SerializeToString()

    async def all_at_once() -> tuple[list[tuple[int, bytes]], list[int]]:
        connections = [KeepAliveConnection(host, int(port), "/v1/score") for _ in range(300)]
        channels = [RawGrpcCaller(doors[1], "Score") for _ in range(4)]
        told = await asyncio.gather(*(one.exchange(body) for one in connections))
        called = await asyncio.gather(*(channels[number % 4].send(message) for number in range(300)))
        await asyncio.gather(*(one.close() for one in [*connections, *channels]))
        return told, called

    told, called = asyncio.run(all_at_once())
    assert {status for status, _ in told} == set(called) == {200, 503}
    assert {json.loads(answer)["what"] for status, answer in told if status == 503} == {
        "the service is busy or starting"
    }
    # Nobody is in front of them any more.
    with BiddingClient(doors[0]) as http, GrpcBiddingClient(doors[1]) as rpc:
        assert http.health().status == rpc.health().status == "ok"


def test_a_report_counts_once_through_whichever_door_it_comes(deployed: RealWorkspace, doors: tuple[str, str]) -> None:
    with BiddingClient(doors[0]) as http, GrpcBiddingClient(doors[1]) as rpc:
        decision = http.rank(placement=PLACEMENT, candidates=candidates_of(deployed, 4), user_key="u1")
        now = datetime.now(UTC)
        shown, clicked, won, charged, lost = (
            event(decision.decision_id, kind, now)
            for kind in (EventKind.IMPRESSION, EventKind.CLICK, EventKind.WIN, EventKind.BILLING, EventKind.LOSS)
        )
        assert http.send_events([shown]) == [EventOutcome.ACCEPTED]
        # A ranked creative was in no auction of ours.
        reports = [shown, clicked, replace(won, price_micros=700), replace(charged, price_micros=700), lost]
        expected = [EventOutcome.DUPLICATE, EventOutcome.ACCEPTED] + [EventOutcome.UNKNOWN_DECISION] * 3
        assert rpc.record(reports) == expected
        assert http.send_events([shown, clicked]) == [EventOutcome.DUPLICATE] * 2
        assert rpc.record([replace(clicked, decision_id="unheard", event_id="x")]) == [EventOutcome.UNKNOWN_DECISION]
        with pytest.raises(ConfigRejected, match="a win is not taken here"):
            http.send_events([won])
    # The worker folds all of it: one impression, one click, and no conversion for how the auction ended.
    with closing(bootstrap.open_database(deployed.settings)) as database:
        ledger = bootstrap.open_ledger(database)
        creative_id = decision.creatives[0].creative_id

        def counted() -> tuple[int, int, int] | None:
            totals = ledger.totals_by_creative()
            if creative_id not in totals:
                return None
            arm = totals[creative_id].statistics
            return arm.impressions, arm.clicks, arm.conversions

        wait_for(lambda: counted() == (1, 1, 0), 30)


def test_a_bid_is_billed_once_and_its_money_stands_in_the_metrics(
    deployed: RealWorkspace, doors: tuple[str, str]
) -> None:
    asked = Opportunity(
        "r1", EVENING, (Slot("s1", PLACEMENT),), UserContext("u-bid"), {"language": "zh"}, time_left_ms=5000
    )
    with GrpcBiddingClient(doors[1]) as rpc:
        # Once the pacer has looked, a campaign that knows nothing yet sits nine requests of ten out.
        answers = (rpc.bid(replace(asked, request_id=f"r{turn}")).answers["s1"] for turn in range(200))
        offer = next(answer for answer in answers if isinstance(answer, OfferedBid))
        now = datetime.now(UTC)
        billed = replace(event(offer.decision_id, EventKind.BILLING, now), price_micros=offer.price.amount_micros)
        assert rpc.record([billed]) == [EventOutcome.ACCEPTED]
        assert rpc.record([billed, replace(billed, event_id="other")]) == [EventOutcome.DUPLICATE] * 2
    imp = {"id": "1", "tagid": PLACEMENT, "banner": {}}
    with httpx.Client(base_url=doors[0]) as seller:
        for turn in range(200):
            body = {"id": f"a{turn}", "imp": [imp], "cur": ["CNY"], "device": {"language": "zh"}}
            packed = gzip.compress(json.dumps(body).encode())
            answer = seller.post("/openrtb2/bid", content=packed, headers={"content-encoding": "gzip"})
            if answer.status_code != 204:
                break
        assert answer.status_code == 200, answer.headers
        [bid] = answer.json()["seatbid"][0]["bid"]
        assert (bid["impid"], bid["mtype"]) == ("1", 1)
        filled = bid["burl"].replace("${AUCTION_PRICE}", str(bid["price"])).replace("${AUCTION_CURRENCY}", "CNY")
        assert [seller.get(filled).status_code for _ in range(2)] == [204, 204]
        picture = seller.get(bid["iurl"])
        assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
        assert seller.get(filled.replace("&b=", "&b=9")).status_code == 403
        assert seller.post("/openrtb2/bid", content=b"{").status_code == 400
    spent_micros = offer.price.amount_micros + round(bid["price"] * 1000)
    with closing(bootstrap.open_database(deployed.settings)) as database:
        ledger = bootstrap.open_ledger(database)
        wait_for(lambda: sum(one.spend_micros for one in ledger.totals_by_creative().values()) == spent_micros, 30)


def test_one_scrape_tells_what_both_doors_and_the_worker_did(doors: tuple[str, str]) -> None:
    def told() -> dict[tuple[str, ...], float]:
        page = httpx.get(f"{doors[0]}/metrics")
        assert (page.status_code, page.headers["content-type"].partition(";")[0]) == (200, "text/plain")
        families = text_string_to_metric_families(page.text)
        return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}

    def answers(door: str, method: str, outcome: str) -> float:
        return told().get(("adplat_requests_total", door, method, outcome), 0.0)

    before = answers("http", "score", "422"), answers("grpc", "Score", "INVALID_ARGUMENT")
    assert httpx.post(f"{doors[0]}/v1/score", content=b"{}").status_code == 422
    with GrpcBiddingClient(doors[1]) as rpc, pytest.raises(ConfigRejected):
        rpc.score(placement="", creative_ids=[])
    assert (answers("http", "score", "422"), answers("grpc", "Score", "INVALID_ARGUMENT")) == (
        before[0] + 1,
        before[1] + 1,
    )
    wait_for(lambda: any(series[0] == "adplat_worker_lag_seconds" for series in told()), 30)


def test_health_is_the_same_through_both_doors(doors: tuple[str, str]) -> None:
    with BiddingClient(doors[0]) as http, GrpcBiddingClient(doors[1]) as rpc:
        one, other = http.health(), rpc.health()
    assert replace(one, statistics_age_s=None) == replace(other, statistics_age_s=None)
    assert one.redis and other.statistics_age_s is not None


def test_both_doors_answer_at_once(deployed: RealWorkspace, doors: tuple[str, str]) -> None:
    ids = candidates_of(deployed, 8)

    def rank(_: int) -> int:
        with BiddingClient(doors[0]) as http:
            return sum(len(http.rank(placement=PLACEMENT, candidates=ids).creatives) for _ in range(30))

    def score(_: int) -> int:
        with GrpcBiddingClient(doors[1]) as rpc:
            return sum(len(rpc.score(placement=PLACEMENT, creative_ids=ids).p_ctr) for _ in range(30))

    with ThreadPoolExecutor(4) as pool:
        answers = [*pool.map(rank, range(2)), *pool.map(score, range(2))]
    assert answers == [240] * 4


def test_bad_input_has_a_clear_status_and_changes_nothing(doors: tuple[str, str]) -> None:
    empty = pb.ScoreRequest(placement=PLACEMENT).SerializeToString()
    cases = [
        ("Score", b"\xff\xff\xff", grpc.StatusCode.INVALID_ARGUMENT, "no ScoreRequest"),
        ("Score", empty, grpc.StatusCode.INVALID_ARGUMENT, "creative"),
        ("Score", b"x" * 10_000_000, grpc.StatusCode.RESOURCE_EXHAUSTED, "larger than max"),
        ("Record", pb.RecordRequest(events=[pb.Event(kind="EVENT_KIND_WIN", decision_id="d", price_micros=-5)])
            .SerializeToString(), grpc.StatusCode.INVALID_ARGUMENT, "-5 micros"),
        ("Bid", pb.BidRequest().SerializeToString(), grpc.StatusCode.INVALID_ARGUMENT, "0 impressions"),
        ("Buy", b"", grpc.StatusCode.UNIMPLEMENTED, ""),
    ]  # fmt: skip
    with grpc.insecure_channel(doors[1]) as channel:
        for method, content, code, words in cases:
            with pytest.raises(grpc.RpcError) as refused:
                channel.unary_unary(f"/adplat.bidding.v1.Bidding/{method}")(content, timeout=10)
            assert refused.value.code() is code, refused.value
            assert words in refused.value.details()
            assert "Traceback" not in refused.value.details()
    with GrpcBiddingClient(doors[1]) as rpc, pytest.raises(UnknownReference, match="'c茶' is not live"):
        rpc.score(placement=PLACEMENT, creative_ids=["c茶"])


def test_the_service_describes_itself(doors: tuple[str, str]) -> None:
    with grpc.insecure_channel(doors[1]) as channel:
        database = ProtoReflectionDescriptorDatabase(channel)
        assert "adplat.bidding.v1.Bidding" in database.get_services()
        service = DescriptorPool(database).FindServiceByName("adplat.bidding.v1.Bidding")
    assert [method.name for method in service.methods] == ["Bid", "Score", "Record", "Health"]
    assert service.methods[1].input_type.fields_by_name["tmax_ms"].number == 5
