"""The client against a scripted server: what is sent, what is sent again, what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from adplat.client import BiddingClient, event, user_conversion
from adplat.domain import (
    AdplatError,
    ConfigRejected,
    EventKind,
    EventOutcome,
    KeyRejected,
    NotPermitted,
    StoreUnreachable,
    UnknownReference,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CLICK = event("d1", EventKind.CLICK, NOON)
Answer = Callable[[httpx.Request], httpx.Response]


class Script:
    """Answers one after another; an exception is raised instead."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self._answers = list(answers)
        self.bodies: list[dict[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.bodies.append(json.loads(request.content or b"{}"))
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def client(script: Answer, patience_s: float = 5.0, slept: list[float] | None = None) -> BiddingClient:
    return BiddingClient(
        "http://bidding",
        transport=httpx.MockTransport(script),
        patience_s=patience_s,
        sleep=(slept if slept is not None else []).append,
    )


def ok(**content: Any) -> httpx.Response:
    return httpx.Response(200, json=content)


def refused(status: int) -> httpx.Response:
    return httpx.Response(status, json={"what": "what", "where": "where", "hint": "hint"})


def test_ranking_sends_what_is_known_and_reads_the_answer() -> None:
    creative = {"creative_id": "c1", "campaign_id": "k1", "p_ctr": 0.1, "p_cvr": None, "propensity": 1.0}
    script = Script(
        ok(decision_id="d1", request_id="r1", bundle_id="b", policy="uniform", creatives=[creative], degraded=[])
    )
    with client(script) as bidding:
        result = bidding.rank(placement="feed", campaign_id="k1", user_key="u1", context={"device": "ios"}, ts=NOON)
    assert result.creatives[0].creative_id == "c1"
    assert result.degraded == ()
    [sent] = script.bodies
    assert (sent["placement"], sent["user"]["user_key"], sent["ts"]) == ("feed", "u1", "2026-03-01T12:00:00Z")
    assert sent["context"] == {"device": "ios"}


def test_a_slate_is_asked_for_and_read_slot_by_slot() -> None:
    creative = {"creative_id": "c1", "campaign_id": "k1", "p_ctr": 0.1, "p_cvr": None, "propensity": 0.6}
    slate = [
        creative | {"slot": 0, "position": 3, "decision_id": "d1"},
        creative | {"slot": 1, "position": 4, "decision_id": "d2", "creative_id": "c2"},
    ]
    told = {"decision_id": "d1", "request_id": "", "bundle_id": "b", "policy": "uniform", "degraded": []}
    script = Script(ok(**told, creatives=[creative], slate=slate))
    with client(script) as bidding:
        result = bidding.rank(placement="feed", campaign_id="k1", position=3, slots=2, distinct_campaigns=True)
    assert [(one.slot, one.position, one.decision_id) for one in result.slate] == [(0, 3, "d1"), (1, 4, "d2")]
    [sent] = script.bodies
    assert (sent["slots"], sent["distinct_campaigns"]) == (2, True)


def test_reports_are_sent_again_with_the_same_ids_until_they_are_kept() -> None:
    slept: list[float] = []
    script = Script(
        httpx.ConnectError("refused"),
        refused(503),
        httpx.Response(500, text="Internal Server Error"),
        httpx.ReadTimeout("slow"),
        ok(results=["duplicate"]),
    )
    with client(script, slept=slept) as bidding:
        assert bidding.send_events([CLICK]) == [EventOutcome.DUPLICATE]
    assert len(script.bodies) == 5
    assert all(body == script.bodies[0] for body in script.bodies)
    assert script.bodies[0]["events"][0]["event_id"] == "d1:click"
    assert slept == sorted(slept)


def test_reports_wait_for_a_service_that_starts() -> None:
    no_route_yet = httpx.Response(
        404, text="Path '/v1/events' not found. Ping http://.../-/routes for available routes."
    )
    script = Script(no_route_yet, ok(results=["accepted"]))
    with client(script) as bidding:
        assert bidding.send_events([CLICK]) == [EventOutcome.ACCEPTED]


@pytest.mark.parametrize("status", [200, 301, 404, 502])
def test_whoever_else_answers_at_the_address_is_not_taken_for_the_service(status: int) -> None:
    page = httpx.Response(status, text="<html>hello</html>")
    with client(lambda _: page) as bidding, pytest.raises(StoreUnreachable, match=f"{status} came from somebody"):
        bidding.health()


def test_patience_ends() -> None:
    slept: list[float] = []
    with client(lambda _: refused(503), patience_s=1.0, slept=slept) as bidding:
        with pytest.raises(StoreUnreachable):
            bidding.send_events([CLICK])
        assert 1.0 <= sum(slept) <= 2.0


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, UnknownReference), (422, ConfigRejected), (413, ConfigRejected), (503, StoreUnreachable)],
)
def test_refusals_become_our_errors_and_ranking_is_not_repeated(status: int, error: type[Exception]) -> None:
    script = Script(refused(status))
    with client(script) as bidding, pytest.raises(error, match="what"):
        bidding.rank(placement="feed", candidates=["c1"])
    assert len(script.bodies) == 1


def test_a_wrong_report_is_not_sent_again() -> None:
    script = Script(refused(422))
    with client(script) as bidding, pytest.raises(ConfigRejected):
        bidding.send_events([CLICK])
    assert len(script.bodies) == 1


def test_nobody_there_is_said_with_the_address() -> None:
    script = Script(httpx.ConnectError("refused"))
    with client(script) as bidding, pytest.raises(StoreUnreachable, match="http://bidding"):
        bidding.health()


@pytest.mark.parametrize(
    ("kind", "conversion_kind", "name"),
    [
        (EventKind.IMPRESSION, "", "d1:impression"),
        (EventKind.CONVERSION, "buy", "d1:conversion:buy"),
        (EventKind.CONVERSION, "", "d1:conversion:"),
    ],
)
def test_events_are_named_as_the_service_would(kind: EventKind, conversion_kind: str, name: str) -> None:
    assert event("d1", kind, NOON, conversion_kind=conversion_kind).event_id == name


def test_a_key_goes_with_every_request_and_without_one_nothing_does() -> None:
    told: list[str | None] = []

    def note(request: httpx.Request) -> httpx.Response:
        told.append(request.headers.get("authorization"))
        return refused(401)

    for api_key in ("adp_1_secret", ""):
        with BiddingClient("http://bidding", api_key=api_key, transport=httpx.MockTransport(note)) as bidding:
            with pytest.raises(KeyRejected):
                bidding.rank(placement="feed", candidates=["c1"])
            with pytest.raises(KeyRejected):
                bidding.send_events([CLICK])
    assert told == ["Bearer adp_1_secret"] * 2 + [None] * 2


@pytest.mark.parametrize(("status", "kind"), [(401, KeyRejected), (403, NotPermitted), (404, UnknownReference)])
def test_each_refusal_has_its_error(status: int, kind: type[AdplatError]) -> None:
    with client(Script(refused(status))) as bidding, pytest.raises(kind):
        bidding.rank(placement="feed", candidates=["c1"])


def test_a_conversion_of_a_user_names_whom_it_is_of_and_no_decision() -> None:
    script = Script(httpx.Response(200, json={"results": ["accepted"]}))
    with client(script) as bidding:
        bought = user_conversion("order-1", "u1", "a1", NOON, value_micros=5, campaign_id="k1")
        assert bidding.send_events([bought]) == [EventOutcome.ACCEPTED]
    [sent] = script.bodies[0]["events"]
    told = {name: value for name, value in sent.items() if value and name != "ts"}
    assert told == {
        "event_id": "order-1", "kind": "conversion", "user_key": "u1", "advertiser_id": "a1", "campaign_id": "k1",
        "value_micros": 5,
    }  # fmt: skip
