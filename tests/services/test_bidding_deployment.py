"""The service without Ray: real Valkey, real snapshot, a plain scorer; bytes in, status and bytes out."""

from __future__ import annotations

import asyncio
import gzip
import json
import math
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from adplat.domain import STREAM_START, CreativeStatus, Pace, SystemClock
from adplat.features import unpack_user
from adplat.flows.score_candidates import CandidateScores
from adplat.snapshots import DeploymentPointer, ShadowDeployment, ShadowPointer
from adplat.storage import EmbeddedValkey, RedisBidState, open_stream_state
from services.bidding.deployment import BiddingDeployment
from services.bidding.http import bidding_app
from services.bidding.openrtb_door import OpenRtbDoor
from services.hosting.answers import Reply
from tests.flows.small_shop import NOON, Shop
from tests.services.engines import DESK, an_engine

Work = Callable[[BiddingDeployment], Awaitable[None]]
RANK = {"placement": "feed", "campaign_id": "k1", "user": {"user_key": "u1"}}


@asynccontextmanager
async def opened(shop: Shop, url: str, poll_s: float = 0.05) -> AsyncIterator[BiddingDeployment]:
    async with an_engine(shop, url, poll_s=poll_s) as engine:
        clock = SystemClock()
        yield BiddingDeployment(engine, clock, OpenRtbDoor(engine, DESK, "https://media.example", clock), shop.objects)


def during(shop: Shop, url: str, work: Work) -> None:
    async def run() -> None:
        async with opened(shop, url) as deployment:
            await work(deployment)

    asyncio.run(run())


def told(reply: Reply) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(reply.body)
    return content


def asked(**changes: Any) -> bytes:
    return json.dumps(RANK | changes).encode()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await condition():
            await asyncio.sleep(0.02)


def test_an_engine_closes_although_a_driver_swallows_that_it_is_stopped(
    shop: Shop, valkey: EmbeddedValkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def swallows(_: object) -> dict[str, Pace]:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(0.2)
        return {}

    async def work(deployment: BiddingDeployment) -> None:
        monkeypatch.setattr(RedisBidState, "read_paces", swallows)
        await asyncio.sleep(0.15)  # now a look is under way
        async with asyncio.timeout(5):
            await deployment.engine.close()

    during(shop, valkey.url, work)


def test_a_page_of_several_slots_is_answered_and_each_slot_reported_by_itself(
    shop: Shop, valkey: EmbeddedValkey
) -> None:
    async def work(deployment: BiddingDeployment) -> None:
        answer = told(await deployment.rank(asked(slots=3, position=2)))
        slate = answer["slate"]
        assert [(one["slot"], one["position"]) for one in slate] == [(0, 2), (1, 3), (2, 4)]
        assert len({one["creative_id"] for one in slate}) == 3
        assert answer["decision_id"] == slate[0]["decision_id"]
        assert answer["creatives"][0]["creative_id"] == slate[0]["creative_id"]
        assert answer["creatives"][0]["propensity"] == slate[0]["propensity"]
        events = [{"kind": "impression", "decision_id": one["decision_id"]} for one in slate]
        reported = told(await deployment.events(json.dumps({"events": events}).encode()))
        assert reported["results"] == ["accepted"] * 3
        for slots in (0, 21, 1.5, "2"):
            assert (await deployment.rank(asked(slots=slots))).status == 422

    during(shop, valkey.url, work)


def test_ranking_and_reporting(shop: Shop, valkey: EmbeddedValkey) -> None:
    async def work(deployment: BiddingDeployment) -> None:
        reply = await deployment.rank(asked(request_id="r7", context={"device": "ios", "is_new": True, "region": None}))
        assert reply.status == 200
        answer = told(reply)
        assert (answer["request_id"], answer["bundle_id"], answer["degraded"]) == ("r7", "bundle-1", [])
        assert answer["policy"] == "thompson-with-prior"
        assert {creative["campaign_id"] for creative in answer["creatives"]} == {"k1"}
        assert sum(creative["propensity"] for creative in answer["creatives"]) == pytest.approx(1.0)
        assert all(creative["p_cvr"] == 0.1 for creative in answer["creatives"])
        decision_id = answer["decision_id"]
        events = [
            {"kind": "impression", "decision_id": decision_id},
            {"kind": "click", "decision_id": decision_id, "ts": "2026-03-01T12:00:00+08:00"},
            {"kind": "click", "decision_id": decision_id},
            {"kind": "conversion", "decision_id": "unheard", "value_micros": 5},
            {"kind": "conversion", "user_key": "u1", "advertiser_id": "a1", "event_id": "order-1", "value_micros": 5},
            {"kind": "conversion", "user_key": "u1", "advertiser_id": "a1", "event_id": "order-1", "value_micros": 5},
        ]
        reported = await deployment.events(json.dumps({"events": events}).encode())
        of_user = ["accepted", "duplicate"]
        assert told(reported) == {"results": ["accepted", "accepted", "duplicate", "unknown_decision", *of_user]}

    during(shop, valkey.url, work)


WRONG = [
    (b"{", 422, "not JSON"),
    (b"\xff\xfe", 422, "not JSON"),
    (b"[]", 422, "expected `object`"),
    (b"{}", 422, "missing required field `placement`"),
    (asked(colour="red"), 422, "unknown field `colour`"),
    (asked(placement=""), 422, "length >= 1"),
    (asked(position=-1), 422, ">= 0"),
    (asked(position=True), 422, "expected `int`"),
    (asked(ts="2026-03-01T12:00:00"), 422, "timezone"),
    (asked(ts="0001-01-01T00:00:00+14:00"), 422, "year 1 is not ours"),
    (asked(user={"user_key": "u" * 300}), 422, "length <= 256"),
    (asked(context={"device": [1]}), 422, "expected `"),
    (asked(candidates=["c1"]), 422, "either candidates or a campaign_id"),
    (asked(campaign_id="k9"), 404, "no live creative"),
    (asked(campaign_id="", candidates=["c9"]), 404, "not live"),
    (asked(policy="luck"), 404, "policy 'luck'"),
    (asked(user={"user_key": "\ud800"}), 422, ""),
    (asked(context={"\ud800": "\ud800"}), 422, ""),
]


@pytest.mark.parametrize(("body", "status", "words"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_request_gets_one_clear_answer(
    shop: Shop, valkey: EmbeddedValkey, body: bytes, status: int, words: str
) -> None:
    async def work(deployment: BiddingDeployment) -> None:
        reply = await deployment.rank(body)
        assert reply.status == status, reply.body
        answer = told(reply)
        assert words in answer["what"]
        assert answer["hint"]
        assert "\n" not in answer["what"]

    during(shop, valkey.url, work)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"kind": "view", "decision_id": "d"}, "view"),
        ({"kind": "win", "decision_id": "d"}, "a win is not taken here"),
        ({"kind": "billing", "decision_id": "d"}, "a billing is not taken here"),
        ({"kind": "loss", "decision_id": "d"}, "over gRPC with Record"),
        ({"kind": "click"}, "decision_id"),
        ({"kind": "conversion", "decision_id": "d", "value_micros": -1}, ">= 0"),
        ({"kind": "click", "decision_id": "d", "value_micros": 3}, "a click has a value"),
        ({"kind": "click", "user_key": "u", "advertiser_id": "a", "event_id": "o"}, "a click has a user_key"),
        ({"kind": "conversion", "decision_id": "d", "user_key": "u"}, "a decision_id and a user_key"),
        ({"kind": "conversion", "user_key": "u", "event_id": "o"}, "no advertiser_id"),
    ],
)
def test_a_wrong_report_is_refused(shop: Shop, valkey: EmbeddedValkey, event: dict[str, Any], words: str) -> None:
    async def work(deployment: BiddingDeployment) -> None:
        reply = await deployment.events(json.dumps({"events": [event]}).encode())
        assert reply.status == 422
        assert words in reply.body.decode()

    during(shop, valkey.url, work)


def test_policies_have_short_names(shop: Shop, valkey: EmbeddedValkey) -> None:
    async def work(deployment: BiddingDeployment) -> None:
        assert told(await deployment.rank(asked(policy="thompson")))["policy"] == "thompson-with-prior"
        assert told(await deployment.rank(asked(policy="uniform")))["policy"] == "uniform"

    during(shop, valkey.url, work)


def test_another_snapshot_is_followed_without_a_failed_request(shop: Shop, valkey: EmbeddedValkey) -> None:
    async def work(deployment: BiddingDeployment) -> None:
        before = told(await deployment.health())
        failures = []
        stop = asyncio.Event()

        async def ask() -> None:
            while not stop.is_set():
                reply = await deployment.rank(asked(campaign_id="", candidates=["c2", "c3"]))
                failures.extend([] if reply.status == 200 else [reply])

        asking = asyncio.create_task(ask())
        [first, *_] = shop.catalogue.live_catalogue().creatives
        shop.catalogue.save([], [], [], [replace(first, status=CreativeStatus.PAUSED)])
        await asyncio.to_thread(shop.publish)

        async def moved() -> bool:
            return bool(told(await deployment.health())["snapshot_id"] != before["snapshot_id"])

        await until(moved)
        stop.set()
        await asking
        assert failures == []
        assert told(await deployment.health())["creatives"] == before["creatives"] - 1
        assert (await deployment.rank(asked(campaign_id="", candidates=["c1"]))).status == 404

    during(shop, valkey.url, work)


def test_a_shadow_is_followed_and_its_share_of_decisions_take_their_user_along(
    shop: Shop, valkey: EmbeddedValkey, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(deployment: BiddingDeployment) -> None:
        pointer = ShadowPointer(shop.workspace)

        async def share_is(share: float) -> bool:
            return deployment.engine.serving.shadow_share == share

        assert await share_is(0.0)
        pointer.write(ShadowDeployment("b2", "s2", "snapshots/s2", 1.0, NOON))
        await until(lambda: share_is(1.0))
        shadowed = told(await deployment.rank(asked()))["decision_id"]
        pointer.path.write_text("{")  # damaged: requests are answered, without a shadow
        await until(lambda: share_is(0.0))
        assert "serving without a shadow" in caplog.text
        alone = told(await deployment.rank(asked()))["decision_id"]
        pointer.write(ShadowDeployment("b2", "s2", "snapshots/s2", 0.5, NOON))
        await until(lambda: share_is(0.5))
        pointer.remove()
        await until(lambda: share_is(0.0))
        stream = open_stream_state(valkey.url, namespace=f"s{os.getpid()}-{shop.workspace.parent.name}")
        users = {entry.decision.decision_id: entry.user for entry in stream.read_entries(STREAM_START, 10, 0)}
        stream.close()
        digest = deployment.engine.serving.scorer.encoding.digest
        assert unpack_user(users[shadowed] or b"", digest).history.shape[0] == 1
        assert users[alone] is None

    during(shop, valkey.url, work)


def test_a_snapshot_that_cannot_be_loaded_does_not_take_the_old_one_down(
    shop: Shop, valkey: EmbeddedValkey, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(deployment: BiddingDeployment) -> None:
        pointer = DeploymentPointer(shop.workspace)
        pointer.write(replace(pointer.read(), folder="snapshots/nowhere"))

        async def complained() -> bool:
            return "kept the old snapshot" in caplog.text

        await until(complained)
        assert (await deployment.rank(asked())).status == 200
        shop.publish(prior_strength=2.0)

        async def recovered() -> bool:
            return bool(deployment.engine.serving.snapshot.policy.prior_strength == 2.0)

        await until(recovered)

    during(shop, valkey.url, work)


def test_while_redis_is_away_nothing_is_answered_that_cannot_be_counted(shop: Shop, tmp_path: Path) -> None:
    async def work(deployment: BiddingDeployment) -> None:
        reply = await deployment.rank(asked())
        assert reply.status == 503
        assert (await deployment.events(b'{"events":[{"kind":"click","decision_id":"d"}]}')).status == 503
        health = told(await deployment.health())
        assert (health["status"], health["redis"], health["statistics_age_s"]) == ("degraded", False, None)

    during(shop, f"unix://{tmp_path}/nobody.sock", work)


def test_statistics_that_cannot_be_read_any_more_stay_and_are_flagged(
    shop: Shop, valkey: EmbeddedValkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(deployment: BiddingDeployment) -> None:
        monkeypatch.setattr(deployment.engine._online, "read_arms", _away)

        async def stale() -> bool:
            return bool(told(await deployment.rank(asked()))["degraded"] == ["stale"])

        await until(stale)
        health = told(await deployment.health())
        assert health["redis"] is False
        assert health["statistics_age_s"] > 0

    during(shop, valkey.url, work)


async def _away(*_: object) -> None:
    from adplat.domain import StoreUnreachable

    raise StoreUnreachable("away", hint="wait")


def test_a_fault_of_ours_is_500_and_keeps_its_details_in_the_log(
    shop: Shop, valkey: EmbeddedValkey, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(deployment: BiddingDeployment) -> None:
        async def broken(*_: Any) -> None:
            raise ZeroDivisionError("secret")

        monkeypatch.setattr(deployment.engine, "rank", broken)
        reply = await deployment.rank(asked())
        assert reply.status == 500
        assert b"secret" not in reply.body
        assert "secret" in caplog.text

    during(shop, valkey.url, work)


def test_the_four_endpoints(shop: Shop, valkey: EmbeddedValkey) -> None:
    with TestClient(bidding_app(lambda: opened(shop, valkey.url))) as http:
        ranked = http.post("/v1/rank", json=RANK)
        assert ranked.status_code == 200
        assert ranked.headers["content-type"] == "application/json"
        event = {"kind": "impression", "decision_id": ranked.json()["decision_id"]}
        assert http.post("/v1/events", json={"events": [event]}).json() == {"results": ["accepted"]}
        assert http.get("/v1/health").json()["status"] == "ok"
        assert http.get("/v1/rank").status_code == 405
        assert http.get("/v1/rank").headers["allow"] == "POST"
        for refused, where in ((http.get("/v1/rank"), "/v1/rank"), (http.get("/metrics/x"), "/metrics/x")):
            assert (refused.json()["where"], list(refused.json())) == (where, ["what", "where", "hint"])
        too_large = http.post("/openrtb2/bid", content=b"x" * (3 * 2**20))
        assert (too_large.status_code, too_large.content) == (413, b"")
        assert "2 MiB" in too_large.headers["x-adplat-problem"]
        assert http.post("/v1/rank", content=b"x" * (3 * 2**20)).status_code == 413
        document = http.get("/openapi.json").json()
        assert set(document["paths"]) == {"/v1/rank", "/v1/score", "/v1/events", "/v1/health"}
        named = json.dumps(document)
        for reference in {part.split('"')[0] for part in named.split("#/components/schemas/")[1:]}:
            assert reference in document["components"]["schemas"]


def test_bodies_may_be_gzip_and_nothing_else(shop: Shop, valkey: EmbeddedValkey) -> None:
    with TestClient(bidding_app(lambda: opened(shop, valkey.url))) as http:

        def sent(path: str, content: bytes, coding: str) -> httpx.Response:
            return http.post(path, content=content, headers={"content-encoding": coding})

        for coding, content in (
            ("gzip", gzip.compress(asked())),
            ("GZip ", gzip.compress(asked())),
            ("identity", asked()),
        ):
            assert sent("/v1/rank", content, coding).status_code == 200
        for coding in ("br", "deflate", "gzip, gzip", "zstd"):
            refused = sent("/v1/rank", asked(), coding)
            assert (refused.status_code, refused.json()["where"]) == (415, "content-encoding")
            assert refused.headers["accept-encoding"] == "gzip"
            refused = sent("/openrtb2/bid", b"{}", coding)
            assert (refused.status_code, refused.content) == (415, b"")
            assert "content-encoding" in refused.headers["x-adplat-problem"]
        for content, status, words in (
            (b"{}", 422, "not gzip"),
            (gzip.compress(asked())[:-9], 422, "cut off"),
            (gzip.compress(b" " * (3 * 2**20)), 413, "too large"),
        ):
            refused = sent("/v1/score", content, "gzip")
            assert (refused.status_code, words in refused.json()["what"]) == (status, True)


def test_a_number_that_is_none_is_null_over_http(
    shop: Shop, valkey: EmbeddedValkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(deployment: BiddingDeployment) -> None:
        async def scores(_: object) -> CandidateScores:
            return CandidateScores(("c1", "c2"), (math.nan, 0.5), (math.inf, 0.1), "bundle-1", ())

        monkeypatch.setattr(deployment.engine, "score", scores)
        reply = await deployment.score(json.dumps({"placement": "feed", "candidates": ["c1", "c2"]}).encode())
        assert b"NaN" not in reply.body and b"Infinity" not in reply.body
        assert (told(reply)["p_ctr"], told(reply)["p_cvr"]) == ([None, 0.5], [None, 0.1])

    during(shop, valkey.url, work)


def test_away_stores_ask_the_caller_to_come_back(shop: Shop, tmp_path: Path) -> None:
    with TestClient(bidding_app(lambda: opened(shop, f"unix://{tmp_path}/nobody.sock"))) as http:
        answer: httpx.Response = http.post("/v1/rank", json=RANK)
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "1"
