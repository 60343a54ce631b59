"""Spans of a share of requests, made afterwards, below whoever asked."""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from adplat.client import AsyncGrpcBiddingClient
from adplat.client.generated import bidding_pb2 as pb
from adplat.domain import ConfigRejected, Counts, Opportunity, Slot, SystemClock, UserContext
from adplat.storage import EmbeddedValkey
from services.bidding.deployment import BiddingDeployment
from services.bidding.grpc_door import GrpcDoor, add_bidding_to_server
from services.bidding.http import bidding_app
from services.bidding.metrics import TRACES
from services.bidding.openrtb_door import OpenRtbDoor
from services.bidding.tracing import _MOST_WAITING, NOTE, TraceParent, Tracer, otlp_exporter, read_traceparent
from tests.flows.small_shop import NOON, Shop
from tests.services.engines import DESK, an_engine
from tests.services.seller_shop import a_seller_shop

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SAMPLED, UNSAMPLED = f"00-{TRACE}-{SPAN}-01", f"00-{TRACE}-{SPAN}-00"
IMP = {"id": "1", "banner": {"w": 24, "h": 24}, "tagid": "feed"}
BID = json.dumps({"id": "auction-7", "cur": ["CNY"], "imp": [IMP], "user": {"id": "u-secret"}}).encode()
CLOCK = SystemClock()
_numbers = itertools.count()
Work = Callable[[httpx.AsyncClient, str], Awaitable[None]]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return a_seller_shop(tmp_path / "shop")


def spans_of(shop: Shop, url: str, share: float, work: Work) -> list[ReadableSpan]:
    """What was exported of what ``work`` asked at both doors."""
    exporter = InMemorySpanExporter()

    async def run() -> None:
        async with an_engine(shop, url, namespace=f"t{next(_numbers)}") as engine:
            tracer = Tracer(share, exporter, engine.counts, every_s=0.01)
            openrtb = OpenRtbDoor(engine, DESK, "https://media.example", CLOCK)
            deployment = BiddingDeployment(engine, CLOCK, openrtb, shop.objects, tracer=tracer)

            @asynccontextmanager
            async def given_it() -> AsyncIterator[BiddingDeployment]:
                yield deployment

            app, server = bidding_app(given_it), grpc.aio.server()
            add_bidding_to_server(GrpcDoor(engine, CLOCK, tracer=tracer), server)
            address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
            await server.start()
            client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x")
            try:
                async with tracer.exporting(), app.router.lifespan_context(app), client:
                    await work(client, address)
            finally:
                await server.stop(0)

    asyncio.run(run())
    return list(exporter.get_finished_spans())


def test_a_bid_has_its_steps_below_it_and_stands_below_the_caller(shop: Shop, valkey: EmbeddedValkey) -> None:
    told: list[str] = []

    async def work(client: httpx.AsyncClient, _: str) -> None:
        answer = await client.post("/openrtb2/bid", content=BID, headers={"traceparent": SAMPLED})
        told.append(answer.json()["seatbid"][0]["bid"][0]["id"])

    state, model, whole = spans_of(shop, valkey.url, 0.0, work)
    assert (state.name, model.name, whole.name) == ("state", "model", "POST /openrtb2/bid")
    assert whole.parent is not None and whole.context is not None
    assert (f"{whole.parent.trace_id:032x}", f"{whole.parent.span_id:016x}") == (TRACE, SPAN)
    for step in (state, model):
        assert step.parent is not None and step.parent.span_id == whole.context.span_id
        assert f"{step.parent.trace_id:032x}" == TRACE
    moments = [whole.start_time, state.start_time, state.end_time, model.start_time, model.end_time, whole.end_time]
    assert moments == sorted(moment or 0 for moment in moments)
    assert dict(whole.attributes or {}) == {
        "adplat.outcome": "200",
        "adplat.request_id": "auction-7",
        "adplat.decision_ids": (told[0],),
    }
    assert "u-secret" not in "".join(span.to_json() for span in (state, model, whole))


def test_the_flag_of_the_caller_decides_and_else_the_share(shop: Shop, valkey: EmbeddedValkey) -> None:
    async def work(client: httpx.AsyncClient, _: str) -> None:
        for header in (UNSAMPLED, SAMPLED, "no traceparent", ""):
            assert (await client.post("/openrtb2/bid", content=BID, headers={"traceparent": header})).status_code == 200

    def wholes(share: float) -> list[ReadableSpan]:
        return [span for span in spans_of(shop, valkey.url, share, work) if span.name.startswith("POST")]

    assert len(wholes(0.0)) == 1
    everything = wholes(1.0)
    assert len(everything) == 3
    assert [span.parent is None for span in everything] == [False, True, True]


def test_calls_over_grpc_are_traced_with_their_code(shop: Shop, valkey: EmbeddedValkey) -> None:
    async def work(_: httpx.AsyncClient, address: str) -> None:
        async with grpc.aio.insecure_channel(address) as channel:
            call = channel.unary_unary("/adplat.bidding.v1.Bidding/Bid")
            with pytest.raises(grpc.aio.AioRpcError):
                await call(pb.BidRequest().SerializeToString(), metadata=[("traceparent", SAMPLED)])
        async with AsyncGrpcBiddingClient(address, patience_s=0.0) as rpc:  # not traced: nobody asked for it
            await rpc.bid(Opportunity("r", NOON, (Slot("s1", "feed"),), UserContext("u-secret")), timeout_s=5)

    [whole] = spans_of(shop, valkey.url, 0.0, work)
    assert whole.name == "adplat.bidding.v1.Bidding/Bid"
    assert (whole.attributes or {})["adplat.outcome"] == "INVALID_ARGUMENT"
    assert whole.parent is not None and f"{whole.parent.trace_id:032x}" == TRACE


def test_an_exporter_that_is_behind_loses_spans_and_says_so() -> None:
    counts = Counts()
    tracer = Tracer(1.0, InMemorySpanExporter(), counts)
    for _ in range(_MOST_WAITING + 3):
        note = tracer.begin("x")
        assert NOTE.get() is note is not None
        tracer.end(note, "OK")
    assert NOTE.get() is None
    assert counts.take() == {(TRACES, "kept"): _MOST_WAITING, (TRACES, "dropped"): 3}


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (SAMPLED, TraceParent(int(TRACE, 16), int(SPAN, 16), True)),
        (UNSAMPLED, TraceParent(int(TRACE, 16), int(SPAN, 16), False)),
        (f"cc-{TRACE}-{SPAN}-03-what-will-be", TraceParent(int(TRACE, 16), int(SPAN, 16), True)),
        (f"00-{TRACE}-{SPAN}-01-more", None),
        (f"ff-{TRACE}-{SPAN}-01", None),
        (f"00-{'0' * 32}-{SPAN}-01", None),
        (f"00-{TRACE}-{'0' * 16}-01", None),
        (f"00-{TRACE.upper()}-{SPAN}-01", None),
        ("", None),
    ],
)
def test_traceparent_is_read_as_w3c_says(header: str, found: TraceParent | None) -> None:
    assert read_traceparent(header) == found


@given(st.text())
def test_whatever_stands_in_the_header_is_no_error(header: str) -> None:
    read_traceparent(header)


def test_spans_that_nobody_could_get_are_told_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigRejected, match="takes no spans"):
        otlp_exporter("collector:4318")
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(ConfigRejected, match="not installed") as refused:
        otlp_exporter("http://collector:4318")
    assert "adplat[otlp]" in refused.value.hint
