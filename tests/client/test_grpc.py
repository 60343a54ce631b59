"""The gRPC client against a scripted server: what is sent, what is sent again, what a refusal becomes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import grpc
import pytest

from adplat.client import AsyncGrpcBiddingClient, GrpcBiddingClient, event
from adplat.client.generated import bidding_pb2 as pb
from adplat.domain import (
    AdplatError,
    ConfigRejected,
    EventKind,
    EventOutcome,
    InternalFault,
    NoBidReason,
    Opportunity,
    Slot,
    StoreUnreachable,
    UnknownReference,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
WON = replace(event("d1", EventKind.WIN, NOON), price_micros=900)
ACCEPTED = pb.RecordResponse(outcomes=[pb.OUTCOME_ACCEPTED])
PROBLEM = pb.Problem(what="what", where="where", hint="hint")
Code = grpc.StatusCode


class Script:
    """Answers one after another, whatever is asked; a status is refused with, our words attached where told."""

    def __init__(self, *answers: Any, with_words: bool = True) -> None:
        self._answers = list(answers)
        self._with_words = with_words
        self.asked: list[tuple[str, bytes]] = []

    def __call__(self, method: str, content: bytes, context: grpc.ServicerContext) -> bytes:
        self.asked.append((method.rsplit("/", 1)[-1], content))
        answer = self._answers.pop(0)
        if isinstance(answer, Code):
            if self._with_words:
                context.set_trailing_metadata((("adplat-problem-bin", PROBLEM.SerializeToString()),))
            context.abort(answer, "details")
        content = answer.SerializeToString()
        return bytes(content)


class _Everything(grpc.GenericRpcHandler):  # type: ignore[misc]
    def __init__(self, script: Script) -> None:
        self._script = script

    def service(self, call: Any) -> Any:
        return grpc.unary_unary_rpc_method_handler(lambda content, context: self._script(call.method, content, context))


@contextmanager
def serving(script: Script) -> Iterator[str]:
    server = grpc.server(ThreadPoolExecutor(2), handlers=(_Everything(script),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(0).wait()


def asked(script: Script, work: Callable[[GrpcBiddingClient], Any], **options: Any) -> Any:
    with serving(script) as address, GrpcBiddingClient(address, **options) as bidding:
        return work(bidding)


def test_scoring_sends_what_is_known_and_the_deadline() -> None:
    script = Script(pb.ScoreResponse(p_ctr=[0.1, 0.2], bundle_id="b", degraded=["profile"]))
    facts = {"device": "ios", "is_new": True, "age": 30, "region": None}
    scores = asked(
        script,
        lambda bidding: bidding.score(
            placement="feed", creative_ids=["c1", "c2"], user_key="u", context=facts, ts=NOON, timeout_s=0.25
        ),
    )
    assert (scores.p_ctr, scores.p_cvr, scores.degraded) == ((0.1, 0.2), (), ("profile",))
    [(method, content)] = script.asked
    message = pb.ScoreRequest.FromString(content)
    assert (method, message.tmax_ms, message.ts.ToDatetime(tzinfo=UTC)) == ("Score", 250, NOON)
    assert {name: value.text or value.number for name, value in message.context.items()} == {
        "device": "ios", "is_new": "true", "age": 30.0,
    }  # fmt: skip


@pytest.mark.parametrize(("own_ms", "sent_ms"), [(None, 250), (80, 80), (900, 250)])
def test_the_nearer_deadline_is_told_to_the_bidder(own_ms: int | None, sent_ms: int) -> None:
    answer = pb.BidResponse(impressions=[pb.ImpressionAnswer(impression_id="s", no_bid=pb.NO_BID_REASON_BUDGET)])
    answer.impressions.add(impression_id="t", no_bid=99)  # type: ignore[arg-type]
    script = Script(answer)
    opportunity = Opportunity("r", NOON, (Slot("s", "feed"), Slot("t", "feed")), time_left_ms=own_ms)
    result = asked(script, lambda bidding: bidding.bid(opportunity, timeout_s=0.25))
    assert pb.BidRequest.FromString(script.asked[0][1]).tmax_ms == sent_ms
    assert result.answers == {"s": NoBidReason.BUDGET, "t": None}


def test_reports_are_sent_again_with_the_same_ids_until_they_are_kept() -> None:
    script, slept = Script(Code.UNAVAILABLE, Code.RESOURCE_EXHAUSTED, ACCEPTED), []
    outcomes = asked(script, lambda bidding: bidding.record([WON]), sleep=slept.append)
    assert outcomes == [EventOutcome.ACCEPTED]
    assert slept == [0.05, 0.1]
    assert len({content for _, content in script.asked}) == 1
    [told] = pb.RecordRequest.FromString(script.asked[0][1]).events
    assert (told.event_id, told.price_micros, told.HasField("min_to_win_micros")) == ("d1:win", 900, False)


def test_patience_ends() -> None:
    script = Script(*[Code.UNAVAILABLE] * 9)
    with pytest.raises(StoreUnreachable):
        asked(script, lambda bidding: bidding.record([WON]), patience_s=0.3, sleep=lambda _: None)
    assert len(script.asked) == 4


@pytest.mark.parametrize(
    ("code", "with_words", "error"),
    [
        (Code.INVALID_ARGUMENT, True, ConfigRejected),
        (Code.UNIMPLEMENTED, True, ConfigRejected),
        (Code.NOT_FOUND, True, UnknownReference),
        (Code.INTERNAL, True, InternalFault),
        (Code.DEADLINE_EXCEEDED, True, StoreUnreachable),
        # Said by what stands in front of the service, which means only that it is not there.
        (Code.NOT_FOUND, False, StoreUnreachable),
        (Code.INTERNAL, False, StoreUnreachable),
        (Code.RESOURCE_EXHAUSTED, False, StoreUnreachable),
    ],
)
def test_a_refusal_becomes_an_error_of_the_tree(code: Code, with_words: bool, error: type[AdplatError]) -> None:
    script = Script(code, with_words=with_words)
    with pytest.raises(error) as refused:
        asked(script, lambda bidding: bidding.score(placement="feed", creative_ids=["c1"]))
    assert len(script.asked) == 1
    if with_words:
        assert (refused.value.what, refused.value.where, refused.value.hint) == ("what", "where", "hint")
    else:
        assert "details" in refused.value.what


def test_nobody_there_is_told_with_the_address() -> None:
    with GrpcBiddingClient("127.0.0.1:1", timeout_s=0.5) as bidding, pytest.raises(StoreUnreachable) as away:
        bidding.health()
    assert away.value.where == "127.0.0.1:1"


def test_the_asyncio_client_does_the_same() -> None:
    health = pb.HealthResponse(status="degraded", bundle_id="b", creatives=3)
    scores = pb.ScoreResponse(p_ctr=[0.5])
    script = Script(Code.UNAVAILABLE, ACCEPTED, health, scores, Code.NOT_FOUND)

    async def work(address: str) -> None:
        async with AsyncGrpcBiddingClient(address) as bidding:
            assert await bidding.record([WON]) == [EventOutcome.ACCEPTED]
            found = await bidding.health()
            assert (found.status, found.creatives, found.statistics_age_s) == ("degraded", 3, None)
            assert (await bidding.score(placement="feed", creative_ids=["c1"], timeout_s=2.0)).p_ctr == (0.5,)
            with pytest.raises(UnknownReference):
                await bidding.score(placement="feed", creative_ids=["c1"])

    with serving(script) as address:
        asyncio.run(work(address))
    assert pb.ScoreRequest.FromString(script.asked[3][1]).tmax_ms == 2000


@pytest.mark.parametrize(
    "told", [{"position": -1}, {"context": {"device": ["phone"]}}, {"user_key": "\ud800"}, {"creative_ids": [None]}]
)
def test_what_no_message_can_hold_is_refused_in_our_words(told: dict[str, Any]) -> None:
    with GrpcBiddingClient("127.0.0.1:1") as bidding, pytest.raises(ConfigRejected, match="does not fit"):
        bidding.score(**{"placement": "feed", "creative_ids": ["c1"]} | told)
