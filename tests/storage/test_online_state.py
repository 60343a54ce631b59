"""The hot path's side of Redis: atomic, idempotent, one round trip, and honest about a server that is away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adplat.domain import (
    STREAM_START,
    ArmsSince,
    ArmStatistics,
    ConfigRejected,
    LoggedRequest,
    LoggedRequests,
    LoggedSlot,
    OnlineState,
    StoreUnreachable,
    StreamPosition,
    TableRejected,
)
from adplat.storage import (
    EmbeddedValkey,
    RedisOnlineState,
    RedisStreamState,
    open_online_state,
    open_stream_state,
    redis_health,
)

from .builders import NOON, a_decision


def play(
    valkey: EmbeddedValkey, namespace: str, story: Callable[[RedisOnlineState], Awaitable[Any]], **options: Any
) -> Any:
    """Run a story with a client of its own, on an event loop of its own; patient where the story is not of time."""

    async def told() -> Any:
        state = RedisOnlineState(valkey.url, namespace=namespace, **{"timeout_s": 10.0} | options)
        try:
            return await story(state)
        finally:
            await state.close()

    return asyncio.run(told())


def calls_of(client: redis.Redis) -> dict[str, int]:
    return {name: facts["calls"] for name, facts in client.info("commandstats").items()}


def test_it_is_the_port(valkey: EmbeddedValkey, namespace: str) -> None:
    async def story(state: OnlineState) -> object:
        return await state.read_user("nobody"), await state.read_arms()

    assert play(valkey, namespace, story) == (None, ArmsSince(0, True, {}))


def test_a_decision_is_kept_and_stands_on_the_stream(
    valkey: EmbeddedValkey, namespace: str, stream: RedisStreamState
) -> None:
    play(valkey, namespace, lambda state: state.record_decision(a_decision()))

    [entry] = stream.read_entries(STREAM_START, 10, 0)
    assert (entry.decision, entry.event) == (a_decision(), None)
    with redis.Redis.from_url(valkey.url) as client:
        assert 6 * 86400 < client.ttl(f"{namespace}:decision:d1") <= 7 * 86400


def test_a_user_goes_along_on_the_stream_alone(
    valkey: EmbeddedValkey, namespace: str, stream: RedisStreamState
) -> None:
    packed = bytes(range(256))

    play(valkey, namespace, lambda state: state.record_decision(a_decision(), packed))

    [decided] = stream.read_entries(STREAM_START, 10, 0)
    assert (decided.decision, decided.user) == (a_decision(), packed)
    with redis.Redis.from_url(valkey.url) as client:
        assert packed not in client.get(f"{namespace}:decision:d1")


def test_what_was_scored_with_goes_along_with_or_without_the_user(
    valkey: EmbeddedValkey, namespace: str, stream: RedisStreamState
) -> None:
    async def story(state: RedisOnlineState) -> None:
        await state.record_decision(a_decision("d1"), None, b"served")
        await state.record_decision(a_decision("d2"), b"packed", b"served")
        await state.record_decision(a_decision("d3"), None, b"")

    play(valkey, namespace, story)

    told = [(entry.user, entry.served) for entry in stream.read_entries(STREAM_START, 10, 0)]
    assert told == [(None, b"served"), (b"packed", b"served"), (None, None)]


def test_how_far_was_folded_is_what_the_worker_wrote(
    valkey: EmbeddedValkey, namespace: str, stream: RedisStreamState
) -> None:
    seen: list[StreamPosition] = []

    async def story(state: RedisOnlineState) -> None:
        seen.append(await state.folded_to())
        assert stream.fold(STREAM_START, StreamPosition(17, 3), {}, {})
        seen.append(await state.folded_to())

    play(valkey, namespace, story)
    assert seen == [STREAM_START, StreamPosition(17, 3)]


def some_requests(*numbers: int) -> dict[bytes, LoggedRequest]:
    slots = (LoggedSlot("feed", 0, 900, "CNY"), LoggedSlot("feed", 1))
    return {b"mark %d" % n: LoggedRequest(f"r{n}", NOON, "u1", slots, 0.25, segments=("tea",)) for n in numbers}


def log_requests(valkey: EmbeddedValkey, namespace: str, requests: dict[bytes, LoggedRequest], at: datetime) -> int:
    return int(play(valkey, namespace, lambda state: state.log_requests(requests, at)))


def logged(stream: RedisStreamState) -> list[LoggedRequest]:
    entries = stream.read_entries(STREAM_START, 1000, 0)
    assert all(isinstance(entry, LoggedRequests) for entry in entries)
    return [request for entry in entries for request in entry.requests]


@pytest.mark.parametrize("count", [1, 32, 33, 300])
def test_requests_stand_on_the_stream_as_they_were_logged(
    valkey: EmbeddedValkey, namespace: str, stream: RedisStreamState, count: int
) -> None:
    requests = some_requests(*range(count))
    assert log_requests(valkey, namespace, requests, NOON) == count
    assert logged(stream) == list(requests.values())
    assert stream.length() == -(-count // 32)


def test_a_request_logged_before_is_not_logged_again_for_a_minute(
    valkey: EmbeddedValkey, namespace: str, stream: RedisStreamState
) -> None:
    late = NOON + timedelta(seconds=59)
    assert log_requests(valkey, namespace, some_requests(1, 2), late) == 2
    assert log_requests(valkey, namespace, some_requests(2, 3), late) == 1
    assert log_requests(valkey, namespace, some_requests(1), late + timedelta(seconds=60)) == 0
    assert [request.request_id for request in logged(stream)] == ["r1", "r2", "r3"]
    # Later it is another one of the same name.
    assert log_requests(valkey, namespace, some_requests(1), late + timedelta(seconds=121)) == 1
    with redis.Redis.from_url(valkey.url) as client:
        marks = list(client.scan_iter(f"{namespace}:logged_requests:*"))
        assert marks and all(0 < client.ttl(key) <= 180 for key in marks)


def test_no_request_is_sent_where_one_cannot_be(
    valkey: EmbeddedValkey, namespace: str, stream: RedisStreamState
) -> None:
    requests = some_requests(1, 2)
    requests[b"mark 2"] = replace(requests[b"mark 2"], device="\ud800")
    with pytest.raises(TableRejected, match="r2"):
        log_requests(valkey, namespace, requests, NOON)
    assert logged(stream) == []
    assert log_requests(valkey, namespace, {}, NOON) == 0


def test_a_decision_sent_twice_stands_there_once(
    valkey: EmbeddedValkey, namespace: str, stream: RedisStreamState
) -> None:
    async def story(state: RedisOnlineState) -> None:
        await state.record_decision(a_decision())
        await state.record_decision(a_decision())

    play(valkey, namespace, story)

    assert stream.length() == 1


def test_event_ids_outlive_decisions(valkey: EmbeddedValkey) -> None:
    with pytest.raises(ConfigRejected):
        RedisOnlineState(valkey.url, decision_ttl_s=100, event_ttl_s=99)
    with pytest.raises(ConfigRejected):
        open_online_state(valkey.url, attribution_days=0)


def test_one_command_a_call_once_the_scripts_are_known(valkey: EmbeddedValkey, namespace: str) -> None:
    with redis.Redis.from_url(valkey.url) as client:

        async def story(state: RedisOnlineState) -> tuple[dict[str, int], dict[str, int]]:
            await state.record_decision(a_decision("warm"))
            before = calls_of(client)
            await state.record_decision(a_decision())
            await state.read_user("u1")
            return before, calls_of(client)

        before, after = play(valkey, namespace, story)

    spent = {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name, 0)}
    # GET, SET and XADD are what the scripts do inside the server; from outside come one EVALSHA and one GET.
    assert spent.pop("cmdstat_info") == 1
    assert spent == {"cmdstat_evalsha": 1, "cmdstat_set": 1, "cmdstat_xadd": 1, "cmdstat_get": 1}


def test_a_server_that_forgot_the_scripts_is_taught_them_again(
    valkey: EmbeddedValkey, namespace: str, stream: RedisStreamState
) -> None:
    async def story(state: RedisOnlineState) -> None:
        await state.record_decision(a_decision())
        with redis.Redis.from_url(valkey.url) as client:
            client.script_flush()
        await state.record_decision(a_decision("d2"))

    play(valkey, namespace, story)

    assert [entry.decision.decision_id for entry in stream.read_entries(STREAM_START, 10, 0)] == ["d1", "d2"]


def test_user_vectors_and_arms_are_read(valkey: EmbeddedValkey, namespace: str, stream: RedisStreamState) -> None:
    arms = {"c1": ArmStatistics(3, 1, 0, 0.25, 0), "c:2": ArmStatistics(5, 0, 1, 0.5, 70)}
    stream.fold(STREAM_START, StreamPosition(1), arms, {"u1": b"\x00packed\xff"})

    async def story(state: RedisOnlineState) -> object:
        return await state.read_user("u1"), await state.read_user(""), await state.read_arms()

    assert play(valkey, namespace, story) == (b"\x00packed\xff", None, ArmsSince(1, True, arms))


def test_only_the_arms_that_changed_since_are_read(
    valkey: EmbeddedValkey, namespace: str, stream: RedisStreamState
) -> None:
    one = ArmStatistics(3, 1, 0, 0.25, 70)
    for fold, names in enumerate((["a", "b"], ["b", "c:2"], ["a"]), start=1):
        assert stream.fold(StreamPosition(fold - 1), StreamPosition(fold), dict.fromkeys(names, one), {})
    assert not stream.fold(StreamPosition(7), StreamPosition(8), {"z": one}, {})

    async def story(state: RedisOnlineState) -> list[ArmsSince]:
        return [await state.read_arms(since) for since in (1, 2, 3, 4)]

    after_one, after_two, after_three, of_another_server = play(valkey, namespace, story)
    assert after_one == ArmsSince(3, False, {"a": one + one, "b": one + one, "c:2": one})
    assert after_two == ArmsSince(3, False, {"a": one + one})
    assert after_three == ArmsSince(3, False, {})
    assert of_another_server == ArmsSince(3, True, stream.read_arms())


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.lists(st.dictionaries(st.sampled_from("abc"), st.builds(ArmStatistics, st.integers(1, 9))), max_size=5),
    looks=st.sets(st.integers(0, 5)),
)
def test_looking_now_and_then_ends_at_the_same_statistics(
    valkey: EmbeddedValkey, parts: list[dict[str, ArmStatistics]], looks: set[int]
) -> None:
    namespace = f"looks-{uuid4().hex}"

    async def story(state: RedisOnlineState) -> dict[str, ArmStatistics]:
        known: dict[str, ArmStatistics] = {}
        folds = 0
        for number, part in enumerate(parts):
            assert stream.fold(StreamPosition(number), StreamPosition(number + 1), part, {})
            if number in looks:
                read = await state.read_arms(folds)
                known, folds = {**({} if read.is_whole else known), **read.arms}, read.folds
        return {**known, **(await state.read_arms(folds)).arms}

    with closing(open_stream_state(valkey.url, namespace=namespace)) as stream:
        assert play(valkey, namespace, story) == stream.read_arms()


def test_two_namespaces_do_not_see_each_other(valkey: EmbeddedValkey, namespace: str, stream: RedisStreamState) -> None:
    play(valkey, namespace, lambda state: state.record_decision(a_decision()))
    play(valkey, namespace + "-b", lambda state: state.record_decision(a_decision()))

    assert stream.length() == 1
    with pytest.raises(ConfigRejected):
        RedisOnlineState(valkey.url, namespace="")


def test_many_calls_at_once_share_few_connections(
    valkey: EmbeddedValkey, namespace: str, stream: RedisStreamState
) -> None:
    async def story(state: RedisOnlineState) -> None:
        await asyncio.gather(*(state.record_decision(a_decision(f"d{number}")) for number in range(200)))
        with redis.Redis.from_url(valkey.url) as client:
            ours = [c for c in client.client_list() if c["cmd"] == "evalsha"]
        assert len(ours) <= 4

    play(valkey, namespace, story, connections=4)

    assert stream.length() == 200


def test_a_call_given_up_does_not_spoil_the_next_answer(
    valkey: EmbeddedValkey, namespace: str, stream: RedisStreamState
) -> None:
    stream.write_users({"u1": b"one", "u2": b"two"})

    async def story(state: RedisOnlineState) -> bytes | None:
        await state.ping()
        with redis.Redis.from_url(valkey.url) as client:
            client.client_pause(300)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(state.read_user("u1"), 0.05)
        return await state.read_user("u2")

    assert play(valkey, namespace, story, connections=1) == b"two"


def test_a_server_that_is_silent_is_unreachable_soon(valkey: EmbeddedValkey, namespace: str) -> None:
    async def story(state: RedisOnlineState) -> float:
        await state.ping()
        with redis.Redis.from_url(valkey.url) as client:
            client.client_pause(600)
        begun = asyncio.get_running_loop().time()
        with pytest.raises(StoreUnreachable):
            await state.read_user("u1")
        return asyncio.get_running_loop().time() - begun

    assert play(valkey, namespace, story, timeout_s=0.1) < 0.5


@pytest.mark.parametrize("url", ["redis://me:secret@127.0.0.1:1/0", "unix:///nowhere/at/all.sock?password=secret"])
def test_nothing_there_is_told_in_one_line_without_its_password(url: str) -> None:
    async def story() -> None:
        state = open_online_state(url)
        calls = (
            state.ping,
            lambda: state.read_user("u"),
            lambda: state.record_decision(a_decision()),
            state.read_arms,
        )
        for call in calls:
            with pytest.raises(StoreUnreachable, match="ADPLAT_REDIS_URL") as caught:
                await call()
            assert "secret" not in str(caught.value)
            assert "\n" not in str(caught.value)
        await state.close()

    asyncio.run(story())
    with pytest.raises(StoreUnreachable):
        redis_health(url)


@pytest.mark.parametrize("url", ["", "http://127.0.0.1", "redis://", "redis://host:port", "127.0.0.1:6379"])
def test_a_url_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(ConfigRejected, match="redis://"):
        open_online_state(url)


def test_a_server_says_how_durable_it_is(valkey: EmbeddedValkey) -> None:
    health = redis_health(valkey.tcp_url)

    assert health.is_durable
    assert health.version.startswith("9.")
