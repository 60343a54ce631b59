"""Messages of all kinds at the gRPC door, made by their own descriptors: answered or refused, never a fault of ours."""

from __future__ import annotations

import asyncio
import logging
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import pytest
import redis
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adplat.client.generated import bidding_pb2 as pb
from adplat.domain import SystemClock
from adplat.storage import EmbeddedValkey
from services.bidding.engine import BiddingEngine
from services.bidding.grpc_door import ANSWERS, GrpcDoor, add_bidding_to_server
from tests.flows.small_shop import Shop
from tests.services.engines import an_engine

REQUESTS: dict[str, type[Message]] = {
    "Bid": pb.BidRequest,
    "Score": pb.ScoreRequest,
    "Record": pb.RecordRequest,
    "Health": pb.HealthRequest,
}
GOOD: dict[str, Message] = {
    "Bid": pb.BidRequest(
        request_id="r1",
        impressions=[
            pb.Impression(impression_id="1", placement="feed"),
            pb.Impression(impression_id="2", placement="feed"),
        ],
        user=pb.User(user_key="u1"),
        currencies=["CNY"],
        tmax_ms=1000,
    ),
    "Score": pb.ScoreRequest(placement="feed", creative_ids=["c1", "c2"], user=pb.User(user_key="u1")),
    "Record": pb.RecordRequest(events=[pb.Event(kind="EVENT_KIND_CLICK", decision_id="d1")]),
    "Health": pb.HealthRequest(),
}
WORDS = ("", "feed", "c1", "k1", "u1", "CNY", "hour", "device", "en", "茶", "\0", "a" * 300, "d1", "0" * 32)
WHOLE = (0, 1, -1, 7, 1000, 2**31 - 1, -(2**31), 2**32 - 1, 2**63 - 1, -(2**63), 10**15, 10**15 + 1)
_LEAST = {"uint32": 0, "int32": -(2**31), "int64": -(2**63)}
_MOST = {"uint32": 2**32 - 1, "int32": 2**31 - 1, "int64": 2**63 - 1}
_WHOLE = {
    FieldDescriptor.TYPE_UINT32: "uint32",
    FieldDescriptor.TYPE_INT32: "int32",
    FieldDescriptor.TYPE_INT64: "int64",
}


def values_of(field: FieldDescriptor) -> st.SearchStrategy[Any]:
    """One value of a field, common or far out."""
    if field.type == FieldDescriptor.TYPE_STRING:
        return st.sampled_from(WORDS) | st.text(max_size=20)
    if field.type == FieldDescriptor.TYPE_DOUBLE:
        return st.floats()
    if field.type == FieldDescriptor.TYPE_BOOL:
        return st.booleans()
    if field.type == FieldDescriptor.TYPE_ENUM:
        return st.sampled_from([*field.enum_type.values_by_number, 77])
    if field.type == FieldDescriptor.TYPE_MESSAGE:
        return messages_of(field.message_type._concrete_class)
    kind = _WHOLE[field.type]
    least, most = _LEAST[kind], _MOST[kind]
    return st.sampled_from([n for n in WHOLE if least <= n <= most]) | st.integers(least, most)


def is_map(field: FieldDescriptor) -> bool:
    return field.message_type is not None and field.message_type.GetOptions().map_entry


@st.composite
def messages_of(draw: st.DrawFn, kind: type[Message], start: Message | None = None) -> Message:
    """A message of a kind with any of its fields, or ``start`` with some of its fields changed."""
    message = kind()
    if start is not None:
        message.CopyFrom(start)
    for field in kind.DESCRIPTOR.fields:
        if draw(st.integers(0, 3)) != 0:
            continue
        if is_map(field):
            to_fill = getattr(message, field.name)
            for key in draw(st.lists(st.sampled_from(WORDS), max_size=3)):
                to_fill[key].CopyFrom(draw(messages_of(pb.Value)))
        elif field.is_repeated:
            message.ClearField(field.name)
            getattr(message, field.name).extend(draw(st.lists(values_of(field), max_size=4)))
        elif field.type == FieldDescriptor.TYPE_MESSAGE:
            getattr(message, field.name).CopyFrom(draw(values_of(field)))
        else:
            setattr(message, field.name, draw(values_of(field)))
    return message


def contents_of(method: str, good: Message) -> st.SearchStrategy[bytes]:
    """Bytes of a request: whole, bent, cut off, lengthened by others, or no message at all."""
    kind = REQUESTS[method]
    whole = (messages_of(kind, good) | messages_of(kind)).map(lambda message: message.SerializeToString())
    cut = st.tuples(whole, st.floats(0, 1)).map(lambda told: told[0][: int(told[1] * len(told[0]))])
    joined = st.tuples(whole, st.binary(max_size=30)).map(b"".join)
    return st.just(good.SerializeToString()) | whole | whole | cut | joined | st.binary(max_size=200)


class Call:
    """What the door says of a call."""

    def __init__(self) -> None:
        self.code, self.details, self.trailing = grpc.StatusCode.OK, "", []

    def invocation_metadata(self) -> tuple[()]:
        return ()

    def set_code(self, code: grpc.StatusCode) -> None:
        self.code = code

    def set_details(self, details: str) -> None:
        self.details = details

    def set_trailing_metadata(self, trailing_metadata: Any) -> None:
        self.trailing = list(trailing_metadata)


class Desk:
    """A door over a real engine, and all that Redis holds of it."""

    def __init__(self, runner: asyncio.Runner, engine: BiddingEngine, client: redis.Redis, namespace: str) -> None:
        self._runner, self._client, self._namespace = runner, client, namespace
        self.engine, self.door = engine, GrpcDoor(engine, SystemClock())

    def send(self, method: str, content: bytes) -> tuple[Call, Message]:
        call = Call()

        async def answered() -> Message:
            answer: Message = await getattr(self.door, method)(content, call)
            while self.engine._writer.counts.waiting:  # type: ignore[attr-defined]
                await asyncio.sleep(0.001)
            return answer

        return call, self._runner.run(answered())

    def held(self) -> dict[bytes, bytes]:
        keys = sorted(self._client.scan_iter(f"{self._namespace}:*", count=1000))
        return dict(zip(keys, (self._client.dump(key) for key in keys), strict=True))

    def run(self, work: Callable[[], Any]) -> Any:
        return self._runner.run(work())


@pytest.fixture
def desk(shop: Shop, valkey: EmbeddedValkey) -> Iterator[Desk]:
    namespace = f"z{os.getpid()}-{shop.workspace.parent.name}"
    with asyncio.Runner() as runner, redis.Redis.from_url(valkey.url, protocol=2) as client:
        # The engine looks once an hour: what Redis holds changes by calls alone.
        opening = an_engine(shop, valkey.url, namespace=namespace, poll_s=3600.0)
        engine = runner.run(opening.__aenter__())
        yield Desk(runner, engine, client, namespace)
        runner.run(opening.__aexit__(None, None, None))


@contextmanager
def no_fault(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.ERROR):
        yield
    assert not caplog.records


@pytest.mark.parametrize("method", REQUESTS)
def test_whatever_comes_is_answered_or_refused_and_what_is_refused_changes_nothing(
    desk: Desk, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    seen: Counter[grpc.StatusCode] = Counter()
    good = GOOD[method]
    if method == "Record":
        # Of bids that were made, so that notices move money, and of one that was not.
        bid = desk.send("Bid", GOOD["Bid"].SerializeToString())[1]
        made = [one.bid.decision_id for one in bid.impressions]  # type: ignore[attr-defined]
        kinds = [*pb.EventKind.values()][1:]
        good = pb.RecordRequest(
            events=[pb.Event(kind=kind, decision_id=name) for name in (*made, "d1") for kind in kinds]
        )

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(content=contents_of(method, good))
    def send(content: bytes) -> None:
        before = desk.held()
        call, answer = desk.send(method, content)
        seen[call.code] += 1
        assert call.code not in {grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN}, call.details
        assert isinstance(answer, ANSWERS[method])
        if call.code is not grpc.StatusCode.OK:
            assert call.details
            assert "Traceback" not in call.details
            assert answer == ANSWERS[method]()
            assert desk.held() == before

    with no_fault(caplog):
        send()
    assert seen[grpc.StatusCode.OK] > 0
    assert seen[grpc.StatusCode.INVALID_ARGUMENT] > 0


def test_fields_that_are_far_too_large_are_refused(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    long = "x" * 1_000_000
    many = ["c1"] * 100_000
    huge: list[tuple[str, Message]] = [
        ("Bid", pb.BidRequest(request_id=long)),
        (
            "Bid",
            pb.BidRequest(impressions=[pb.Impression(impression_id=str(n), placement="feed") for n in range(5_000)]),
        ),
        ("Bid", pb.BidRequest(impressions=[pb.Impression(impression_id="1", placement=long)])),
        ("Bid", pb.BidRequest(impressions=GOOD["Bid"].impressions, creative_ids=many)),  # type: ignore[attr-defined]
        ("Bid", pb.BidRequest(impressions=GOOD["Bid"].impressions, context={long: pb.Value(text="a")})),  # type: ignore[attr-defined]
        ("Score", pb.ScoreRequest(placement="feed", creative_ids=many)),
        ("Score", pb.ScoreRequest(placement=long, creative_ids=["c1"])),
        ("Score", pb.ScoreRequest(placement="feed", creative_ids=["c1"], context={"a": pb.Value(text=long)})),
        ("Record", pb.RecordRequest(events=[pb.Event(kind="EVENT_KIND_CLICK", decision_id="d")] * 50_000)),
        ("Record", pb.RecordRequest(events=[pb.Event(kind="EVENT_KIND_CLICK", decision_id=long)])),
    ]
    before = desk.held()
    with no_fault(caplog):
        for method, message in huge:
            call, _ = desk.send(method, message.SerializeToString())
            assert call.code is grpc.StatusCode.INVALID_ARGUMENT, (method, call.details[:200])
            assert len(call.details) < 2_000
    assert desk.held() == before


def test_a_real_server_gives_the_same_statuses(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """What a caller sees, over a socket: some of everything, in the order of a seed."""
    sample: list[tuple[str, bytes]] = []

    @settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(contents=st.fixed_dictionaries({method: contents_of(method, GOOD[method]) for method in REQUESTS}))
    def collect(contents: dict[str, bytes]) -> None:
        sample.extend(contents.items())

    collect()

    async def over_a_socket() -> list[grpc.StatusCode]:
        server = grpc.aio.server()
        add_bidding_to_server(desk.door, server)
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        codes = []
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            for method, content in sample:
                try:
                    await channel.unary_unary(f"/adplat.bidding.v1.Bidding/{method}")(content, timeout=10)
                    codes.append(grpc.StatusCode.OK)
                except grpc.aio.AioRpcError as error:
                    assert "Traceback" not in (error.details() or "")
                    codes.append(error.code())
        await server.stop(0)
        return codes

    with no_fault(caplog):
        codes: list[grpc.StatusCode] = desk.run(over_a_socket)
    assert not {grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN} & set(codes)
    assert {grpc.StatusCode.OK, grpc.StatusCode.INVALID_ARGUMENT} <= set(codes)
