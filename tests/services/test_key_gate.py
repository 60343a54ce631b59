"""The gate: which key opens what, when it is demanded, and how soon a change counts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.domain import (
    ANYBODY,
    InternalFault,
    KeyBook,
    KeyRejected,
    ManualClock,
    NotPermitted,
    Permission,
)
from adplat.snapshots import KeyFile
from services.hosting.key_gate import KeyGate, KeysDemanded, key_in
from tests.flows.small_shop import NOON
from tests.services.callers import CALLERS, RIVAL, SELLER, SHOP_1, key_of, write_keys

CLOCK = ManualClock(NOON)


def watched(
    workspace: Path,
    work: Callable[[KeyGate], Awaitable[None]],
    demanded: KeysDemanded = "when_any",
    clock: ManualClock = CLOCK,
) -> None:
    async def run() -> None:
        gate = KeyGate(KeyFile(workspace), clock, demanded, poll_s=0.02)
        async with gate.watching():
            await work(gate)

    asyncio.run(run())


def is_refused(gate: KeyGate, key: str | None) -> bool:
    try:
        gate.admit(key, Permission.BID)
    except KeyRejected:
        return True
    return False


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.01)


def test_a_key_opens_what_its_caller_may_do_and_nothing_else(tmp_path: Path) -> None:
    write_keys(tmp_path)

    async def work(gate: KeyGate) -> None:
        for caller in CALLERS:
            for permission in Permission:
                if permission in caller.permissions:
                    assert gate.admit(key_of(caller), permission) == caller
                else:
                    with pytest.raises(NotPermitted, match=f"'{caller.caller_id}' may not {permission}"):
                        gate.admit(key_of(caller), permission)
        for key in (None, "", "adp_", key_of(SELLER)[:-1], key_of(SELLER) + "A", key_of(SELLER).upper(), "\udcff" * 9):
            with pytest.raises(KeyRejected):
                gate.admit(key, Permission.BID)

    watched(tmp_path, work)


def test_what_was_refused_is_never_in_the_answer(tmp_path: Path) -> None:
    write_keys(tmp_path, revoked=(RIVAL,))

    async def work(gate: KeyGate) -> None:
        for key in (key_of(SELLER) + "A", key_of(RIVAL)):
            with pytest.raises(KeyRejected) as refused:
                gate.admit(key, Permission.BID)
            assert key[17:-1] not in str(refused.value)

    watched(tmp_path, work)


def test_a_key_ends_at_its_moment_without_anybody_looking(tmp_path: Path) -> None:
    clock = ManualClock(NOON)
    write_keys(tmp_path, expires=NOON + timedelta(hours=1))

    async def work(gate: KeyGate) -> None:
        assert gate.admit(key_of(SELLER), Permission.BID) == SELLER
        clock.advance(3600)
        with pytest.raises(KeyRejected, match="has expired"):
            gate.admit(key_of(SELLER), Permission.BID)

    watched(tmp_path, work, clock=clock)


def test_the_first_key_closes_the_door_to_all_others_and_revoking_it_does_not_open_it(tmp_path: Path) -> None:
    async def work(gate: KeyGate) -> None:
        assert gate.admit(None, Permission.BID) is ANYBODY
        assert gate.admit("whatever", Permission.BID) is ANYBODY
        write_keys(tmp_path, [SELLER])
        await until(lambda: is_refused(gate, None))
        assert gate.admit(key_of(SELLER), Permission.BID) == SELLER
        write_keys(tmp_path, [SELLER], revoked=[SELLER])
        await until(lambda: is_refused(gate, key_of(SELLER)))
        assert is_refused(gate, None)
        KeyFile(tmp_path).write(KeyBook())
        await asyncio.sleep(0.1)
        assert is_refused(gate, None)

    watched(tmp_path, work)


def test_keys_may_be_demanded_always_and_never(tmp_path: Path) -> None:
    async def always(gate: KeyGate) -> None:
        assert is_refused(gate, None)

    async def never(gate: KeyGate) -> None:
        assert gate.admit(None, Permission.BID) is ANYBODY
        assert gate.admit(key_of(SHOP_1), Permission.BID) is ANYBODY

    watched(tmp_path, always, "always")
    write_keys(tmp_path)
    watched(tmp_path, never, "never")


def test_a_file_that_is_lost_or_damaged_changes_nothing_and_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_keys(tmp_path, [SELLER])

    async def work(gate: KeyGate) -> None:
        for spoil in (KeyFile(tmp_path).path.unlink, lambda: KeyFile(tmp_path).path.write_bytes(b"{")):
            caplog.clear()
            spoil()
            await until(lambda: "kept the old keys" in caplog.text)
            assert gate.admit(key_of(SELLER), Permission.BID) == SELLER
            assert is_refused(gate, None)
        write_keys(tmp_path, [SELLER, RIVAL])
        await until(lambda: not is_refused(gate, key_of(RIVAL)))

    watched(tmp_path, work)


def test_a_damaged_file_lets_no_replica_start(tmp_path: Path) -> None:
    KeyFile(tmp_path).path.write_bytes(b"{")

    async def work(_: KeyGate) -> None:
        pytest.fail("it opened")

    with pytest.raises(InternalFault, match="adplat key publish"):
        watched(tmp_path, work)


def test_a_look_up_costs_microseconds(tmp_path: Path) -> None:
    write_keys(tmp_path)

    async def work(gate: KeyGate) -> None:
        key = key_of(SELLER)
        took = []
        for _ in range(200):
            begin = time.perf_counter()
            for _ in range(20):
                gate.admit(key, Permission.BID)
            took.append((time.perf_counter() - begin) / 20)
        # Ten times what it takes on a slow machine: a slow hash or a read of the disk would be hundreds of times that.
        assert sorted(took)[100] < 50e-6

    watched(tmp_path, work)


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        ({}, None),
        ({"authorization": "Bearer k"}, "k"),
        ({"authorization": "bearer   k "}, "k"),
        ({"authorization": "Bearer"}, None),
        ({"authorization": "Bearer "}, None),
        ({"authorization": "Basic k"}, None),
        ({"authorization": "k"}, None),
        ({"x-api-key": " k "}, "k"),
        ({"x-api-key": ""}, None),
        ({"authorization": "Basic dXNlcg==", "x-api-key": "k"}, "k"),
        ({"authorization": "Bearer one", "x-api-key": "two"}, "one"),
    ],
)
def test_a_key_is_found_in_either_place(headers: dict[str, str], key: str | None) -> None:
    assert key_in(headers) == key
    assert key_in(list(headers.items())) == key
    assert key_in([(name, value.encode()) for name, value in headers.items()]) == key


@given(st.text() | st.binary(), st.text() | st.binary())
def test_no_header_makes_it_stumble(one: str | bytes, other: str | bytes) -> None:
    key = key_in([("authorization", one), ("x-api-key", other), ("x-api-key-2", other)])
    assert key is None or key.strip() == key != ""
