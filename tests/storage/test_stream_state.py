"""The worker's side of Redis: in order, exactly once, and nothing of a batch without all of it."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path

import msgspec
import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adplat.domain import (
    STREAM_START,
    ArmStatistics,
    InternalFault,
    LoggedRequest,
    LoggedSlot,
    MalformedEntry,
    StoreUnreachable,
    StreamEntry,
    StreamPosition,
    StreamState,
)
from adplat.storage import EmbeddedValkey, RedisOnlineState, RedisStreamState, open_stream_state
from adplat.storage.payloads import encode_decision, encode_event, encode_request

from .builders import NOON, a_click, a_decision, about, arm_statistics, ids

ONE = ArmStatistics(10, 2, 1, 1.5, 7_000_000)


def record(valkey: EmbeddedValkey, namespace: str, *decision_ids: str) -> None:
    async def story() -> None:
        state = RedisOnlineState(valkey.url, namespace=namespace)
        for decision_id in decision_ids:
            await state.record_decision(a_decision(decision_id))
        await state.close()

    asyncio.run(story())


def test_it_is_the_port_and_starts_at_the_start(stream: RedisStreamState) -> None:
    port: StreamState = stream

    assert port.folded_to() == STREAM_START
    assert port.read_entries(STREAM_START, 10, 0) == []
    assert port.read_users(["u1", ""]) == {}
    assert port.trim(StreamPosition(2**40)) == 0


def test_entries_come_in_order_from_strictly_after_a_position(
    valkey: EmbeddedValkey, namespace: str, stream: RedisStreamState
) -> None:
    record(valkey, namespace, *"abcde")

    first = stream.read_entries(STREAM_START, 2, 0)
    rest = stream.read_entries(first[-1].position, 10, 0)

    assert [entry.decision.decision_id for entry in first + rest] == [*"abcde"]
    assert sorted(entry.position for entry in first + rest) == [entry.position for entry in first + rest]
    assert stream.read_entries(rest[-1].position, 10, 0) == []


def test_reading_waits_for_an_entry_and_no_longer(
    valkey: EmbeddedValkey, namespace: str, stream: RedisStreamState
) -> None:
    begun = time.monotonic()
    assert stream.read_entries(STREAM_START, 10, 200) == []
    assert 0.19 < time.monotonic() - begun < 1.0

    late = threading.Timer(0.2, record, (valkey, namespace, "late"))
    late.start()
    begun = time.monotonic()
    [entry] = stream.read_entries(STREAM_START, 10, 5000)
    late.join()
    assert entry.decision.decision_id == "late"
    assert time.monotonic() - begun < 2.0


def test_trimming_forgets_up_to_and_including_a_position(
    valkey: EmbeddedValkey, namespace: str, stream: RedisStreamState
) -> None:
    record(valkey, namespace, *"abcd")
    entries = stream.read_entries(STREAM_START, 10, 0)

    assert stream.trim(entries[1].position) == 2
    assert stream.trim(entries[1].position) == 0

    assert stream.read_entries(STREAM_START, 10, 0) == entries[2:]
    assert stream.length() == 2


def test_a_fold_moves_everything_together(stream: RedisStreamState) -> None:
    assert stream.fold(STREAM_START, StreamPosition(5, 1), {"c1": ONE}, {"u1": b"one"})
    assert stream.fold(StreamPosition(5, 1), StreamPosition(5, 2), {"c1": ONE, "c:2": ONE}, {"u1": b"two", "u2": b""})

    assert stream.folded_to() == StreamPosition(5, 2)
    assert stream.read_arms() == {"c1": ONE + ONE, "c:2": ONE}
    assert stream.read_users(["u1", "u2", "u3", "u1"]) == {"u1": b"two", "u2": b""}


def test_a_fold_from_another_position_changes_nothing(stream: RedisStreamState) -> None:
    stream.fold(STREAM_START, StreamPosition(5), {"c1": ONE}, {"u1": b"one"})

    assert not stream.fold(STREAM_START, StreamPosition(6), {"c1": ONE}, {"u1": b"other", "u2": b"new"})

    assert stream.folded_to() == StreamPosition(5)
    assert stream.read_arms() == {"c1": ONE}
    assert stream.read_users(["u1", "u2"]) == {"u1": b"one"}


@pytest.mark.parametrize("bad", [ArmStatistics(expected_clicks=float("nan")), ArmStatistics(value_micros=2**70)])
def test_a_fold_that_redis_would_refuse_half_way_is_not_begun(stream: RedisStreamState, bad: ArmStatistics) -> None:
    with pytest.raises(InternalFault):
        stream.fold(STREAM_START, StreamPosition(1), {"c1": ONE, "c2": bad}, {})

    assert stream.read_arms() == {}
    assert stream.folded_to() == STREAM_START


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.dictionaries(ids, arm_statistics, max_size=3), max_size=4))
def test_any_arms_add_up(stream: RedisStreamState, parts: list[dict[str, ArmStatistics]]) -> None:
    expected = stream.read_arms()
    for part in parts:
        at = stream.folded_to()
        assert stream.fold(at, StreamPosition(at.milliseconds + 1), part, {})
        for name, statistics in part.items():
            expected[name] = expected.get(name, ArmStatistics()) + statistics

    kept = stream.read_arms()
    assert kept.keys() == expected.keys()
    assert all(about(kept[name], expected[name]) for name in expected)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(vectors=st.dictionaries(ids, st.binary(max_size=50), max_size=5))
def test_any_vectors_come_back(stream: RedisStreamState, vectors: dict[str, bytes]) -> None:
    stream.write_users(vectors)

    assert stream.read_users(list(vectors)) == vectors


def test_many_users_are_written_and_read_in_parts(stream: RedisStreamState) -> None:
    vectors = {f"u{number}": b"%d" % number for number in range(5001)}

    stream.write_users(vectors)

    assert stream.read_users([*vectors, "nobody"]) == vectors


def test_of_many_workers_one_wins_each_stretch(valkey: EmbeddedValkey, namespace: str) -> None:
    rounds, workers = 100, 4
    barrier = threading.Barrier(workers)
    wins: list[int] = []

    def work() -> None:
        state = open_stream_state(valkey.url, namespace=namespace)
        won = 0
        barrier.wait()
        while (at := state.folded_to()).milliseconds < rounds:
            won += state.fold(at, StreamPosition(at.milliseconds + 1), {"c1": ONE}, {"u1": str(at).encode()})
        state.close()
        wins.append(won)

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    state = open_stream_state(valkey.url, namespace=namespace)
    assert sum(wins) == rounds
    assert state.read_arms()["c1"].impressions == rounds * ONE.impressions
    assert state.read_users(["u1"]) == {"u1": f"{rounds - 1}-0".encode()}
    state.close()


def test_a_large_fold_is_one_fold(stream: RedisStreamState) -> None:
    arms = {f"c{number}": ONE for number in range(3000)}
    users = {f"u{number}": bytes(200) for number in range(5000)}

    assert stream.fold(STREAM_START, StreamPosition(1), arms, users)

    assert len(stream.read_arms()) == 3000
    assert len(stream.read_users(list(users))) == 5000


def packed(*slots: LoggedSlot, sample_rate: float = 0.5) -> bytes:
    return b"\x91" + encode_request(LoggedRequest("r1", NOON, "u1", slots, sample_rate))


UNREADABLE = {
    "no decision": ({b"event": b"\x80"}, "event cannot be read"),
    "bytes of another making": ({b"decision": b"not one of ours"}, "decision cannot be read"),
    "an event of another making": (
        {b"decision": encode_decision(a_decision()), b"event": b"\xc1"},
        "event cannot be read",
    ),
    "a click of nobody's decision": ({b"event": encode_event(a_click())}, "holds no decision"),
    "an unknown credit": (
        {b"decision": encode_decision(a_decision()), b"event": encode_event(a_click()), b"credit": b"luck"},
        "credit",
    ),
    "no score": ({b"decision": encode_decision(a_decision(p_ctr=()))}, "p_ctr"),
    "a score that is none": ({b"decision": encode_decision(a_decision(p_ctr=(float("nan"),)))}, "p_ctr"),
    "more money than there is": (
        {b"decision": encode_decision(a_decision()), b"event": encode_event(a_click(value_micros=2**63))},
        "out of range",
    ),
    "requests of another making": ({b"requests": b"\x91\x01"}, "request cannot be read"),
    "a floor that no table holds": ({b"requests": packed(LoggedSlot("feed", 0, 2**63))}, "out of range"),
    "a place that no table holds": ({b"requests": packed(LoggedSlot("feed", 2**63))}, "out of range"),
    "a request that stands for none": ({b"requests": packed(sample_rate=0.0)}, "sample rate"),
    "a request that stands for itself twice": ({b"requests": packed(sample_rate=2.0)}, "sample rate"),
}


@pytest.mark.parametrize(("fields", "reason"), UNREADABLE.values(), ids=list(UNREADABLE))
def test_what_cannot_be_read_comes_in_its_place_and_is_put_aside_with_the_fold(
    valkey: EmbeddedValkey, namespace: str, stream: RedisStreamState, fields: dict[bytes, bytes], reason: str
) -> None:
    record(valkey, namespace, "before")
    with redis.Redis.from_url(valkey.url) as client:
        client.xadd(f"{namespace}:stream", dict(fields))  # type: ignore[arg-type]
        record(valkey, namespace, "after")

        before, bad, after = stream.read_entries(STREAM_START, 10, 0)

        assert isinstance(before, StreamEntry)
        assert isinstance(after, StreamEntry)
        assert isinstance(bad, MalformedEntry)
        assert before.position < bad.position < after.position
        assert reason in bad.reason
        assert bad.fields == fields
        assert stream.fold(STREAM_START, after.position, {"c1": ONE}, {"u1": b"one"}, [bad])
        assert not stream.fold(STREAM_START, after.position, {}, {}, [bad])
        [(_, kept)] = client.xrange(f"{namespace}:stream:dead")
    assert kept[b"position"] == str(bad.position).encode()
    assert reason in kept[b"reason"].decode()
    assert dict(msgspec.msgpack.decode(kept[b"entry"])) == fields
    assert stream.read_arms() == {"c1": ONE}
    assert stream.read_users(["u1"]) == {"u1": b"one"}


def test_nothing_there_is_told_at_once() -> None:
    with pytest.raises(StoreUnreachable, match="ADPLAT_REDIS_URL") as caught:
        open_stream_state("redis://:secret@127.0.0.1:1/0")

    assert "secret" not in str(caught.value)
    assert "127.0.0.1:1" in str(caught.value)


def test_a_full_server_is_told_and_keeps_what_it_has(tmp_path: Path) -> None:
    with EmbeddedValkey(tmp_path) as server:
        state = open_stream_state(server.url)
        state.write_users({"u1": b"kept"})
        with redis.Redis.from_url(server.url) as client:
            client.config_set("maxmemory", "1")
            with pytest.raises(StoreUnreachable, match="maxmemory"):
                state.fold(STREAM_START, StreamPosition(1), {"c1": ONE}, {"u2": b"x"})
            client.config_set("maxmemory", "0")
        assert state.folded_to() == STREAM_START
        assert state.read_arms() == {}
        assert state.read_users(["u1", "u2"]) == {"u1": b"kept"}
        state.close()
