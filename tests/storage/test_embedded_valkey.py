"""The embedded Valkey keeps what it answered, comes back when killed, and never outlives its owner."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from adplat.domain import STREAM_START, EventOutcome, InternalFault, PortTaken, StoreUnreachable, WorkspaceBusy
from adplat.storage import (
    EmbeddedValkey,
    RedisBidState,
    RedisOnlineState,
    RedisStreamState,
    embedded_valkey,
    open_stream_state,
    redis_health,
    running_valkey,
)
from adplat.storage.valkey_config import free_port
from adplat.storage.valkey_process import recorded_process

from .builders import NOON, a_click, a_decision

OWNER = """
import sys, pathlib
from adplat.storage import EmbeddedValkey
server = EmbeddedValkey(pathlib.Path(sys.argv[1]))
server.start()
print(server.pid, server._guard.pid, flush=True)
sys.stdin.read()
"""


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def soon(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


class Owner:
    """Another process that owns an embedded Valkey."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", OWNER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.server_pid, self.guard_pid = map(int, self.process.stdout.readline().split())

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        self.kill()
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Owner]:
    started = Owner(tmp_path / "valkey")
    yield started
    started.close()
    assert soon(lambda: not lives(started.server_pid))


def test_it_starts_answers_and_stops(tmp_path: Path) -> None:
    server = EmbeddedValkey(tmp_path / "valkey")
    with server:
        pid = server.pid
        assert pid is not None
        assert server.is_running
        assert redis_health(server.url).is_durable
        assert redis_health(server.tcp_url).is_durable
        assert running_valkey(tmp_path / "valkey") == server.url
        server.start()
        assert server.pid == pid

    assert not lives(pid)
    assert not server.is_running
    assert running_valkey(tmp_path / "valkey") is None
    assert not (tmp_path / "valkey" / "valkey.pid").exists()
    server.stop()


def test_it_listens_on_loopback_only_and_its_data_lies_inside(tmp_path: Path) -> None:
    with EmbeddedValkey(tmp_path) as server, redis.Redis.from_url(server.url) as client:
        told = client.config_get("*")
        client.set("a", "b")

        assert told["bind"] == "127.0.0.1"
        assert told["dir"] == str(tmp_path / "data")
        assert (told["appendonly"], told["appendfsync"], told["save"]) == ("yes", "everysec", "")
        assert told["maxmemory-policy"] == "noeviction"
        assert list((tmp_path / "data").rglob("*.aof"))
        assert (tmp_path / "valkey.sock").stat().st_mode & 0o077 == 0


def test_a_killed_server_has_lost_nothing_it_answered_and_clients_go_on(tmp_path: Path) -> None:
    """2,000 decisions and as many clicks are answered, then SIGKILL, without a pause between."""

    async def story(server: EmbeddedValkey) -> list[EventOutcome]:
        state, bids = RedisOnlineState(server.url), RedisBidState(server.url)
        for number in range(2000):
            await state.record_decision(a_decision(f"d{number}"))
        await bids.record_notices([a_click(f"e{number}", f"d{number}") for number in range(2000)], NOON)
        pid = server.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert server.ensure_running()
        assert not server.ensure_running()
        assert server.pid != pid
        again = await bids.record_notices([a_click("e7", "d7"), a_click("new", "d1999")], NOON)
        await state.close()
        await bids.close()
        return again

    with EmbeddedValkey(tmp_path) as server:
        port, url = server.port, server.url
        worker = open_stream_state(url)
        assert asyncio.run(story(server)) == [EventOutcome.DUPLICATE, EventOutcome.ACCEPTED]
        assert (server.port, server.url) == (port, url)
        assert worker.length() == 4001
        assert len(worker.read_entries(STREAM_START, 5000, 0)) == 4001
        worker.close()


def test_a_stop_and_a_start_keep_the_data_and_the_port(tmp_path: Path) -> None:
    with EmbeddedValkey(tmp_path) as server:
        port = server.port
        keep(server.url)

    with EmbeddedValkey(tmp_path) as server:
        assert server.port == port
        assert kept(server.url)


def keep(url: str) -> None:
    state = open_stream_state(url)
    state.write_users({"u1": b"kept"})
    state.close()


def kept(url: str) -> bool:
    state = open_stream_state(url)
    found = state.read_users(["u1"])
    state.close()
    return found == {"u1": b"kept"}


def test_a_supervised_server_comes_back_by_itself(tmp_path: Path) -> None:
    told: list[str] = []
    with EmbeddedValkey(tmp_path) as server:
        server.supervise(told.append, interval_s=0.05)
        keep(server.url)
        first = server.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)

        assert soon(lambda: server.pid not in {None, first})
        assert kept(server.url)
        assert soon(lambda: len(told) == 1)


def test_a_killed_guard_takes_its_server_along_and_both_come_back(tmp_path: Path) -> None:
    with EmbeddedValkey(tmp_path) as server:
        keep(server.url)
        first = server.pid
        assert first is not None
        assert server._guard is not None
        server._guard.kill()

        assert soon(lambda: not lives(first))
        assert server.ensure_running()
        assert kept(server.url)


def test_the_server_ends_when_its_owner_is_killed(owner: Owner) -> None:
    owner.kill()

    assert soon(lambda: not lives(owner.server_pid))
    assert soon(lambda: not lives(owner.guard_pid))


def test_the_server_ends_when_owner_and_guard_are_killed_together(owner: Owner) -> None:
    os.kill(owner.guard_pid, signal.SIGKILL)
    owner.kill()

    assert soon(lambda: not lives(owner.server_pid))


def test_ctrl_c_at_the_owner_does_not_reach_the_server_before_the_owner_is_done(owner: Owner) -> None:
    assert os.getpgid(owner.server_pid) != os.getpgid(owner.process.pid)
    assert os.getpgid(owner.guard_pid) != os.getpgid(owner.process.pid)


def test_a_second_owner_is_told_who_is_the_first(owner: Owner, tmp_path: Path) -> None:
    with pytest.raises(WorkspaceBusy, match=f"process {owner.process.pid}"):
        EmbeddedValkey(tmp_path / "valkey").start()

    assert lives(owner.server_pid)
    url = running_valkey(tmp_path / "valkey")
    assert url is not None
    keep(url)


def test_a_new_owner_goes_on_where_a_killed_one_stopped(owner: Owner, tmp_path: Path) -> None:
    url = running_valkey(tmp_path / "valkey")
    assert url is not None
    keep(url)
    owner.kill()

    with EmbeddedValkey(tmp_path / "valkey") as server:
        assert server.pid not in {None, owner.server_pid}
        assert not lives(owner.server_pid)
        assert kept(server.url)


def test_a_deaf_leftover_is_ended_by_its_recorded_process(owner: Owner, tmp_path: Path) -> None:
    """The worst case: everybody else was killed, and the server was stopped and hears nothing."""
    url = running_valkey(tmp_path / "valkey")
    assert url is not None
    keep(url)
    os.kill(owner.server_pid, signal.SIGSTOP)
    os.kill(owner.guard_pid, signal.SIGKILL)
    owner.kill()

    with EmbeddedValkey(tmp_path / "valkey") as server:
        assert not lives(owner.server_pid)
        assert kept(server.url)


def test_a_process_that_only_has_the_recorded_number_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "valkey.pid").write_text(f"{os.getpid()}\n")

    assert recorded_process(tmp_path / "valkey.pid", tmp_path / "data") is None
    with EmbeddedValkey(tmp_path) as server:
        assert server.is_running


def test_a_folder_with_a_path_too_long_for_a_socket_works(tmp_path: Path) -> None:
    folder = tmp_path / ("a-very-long-name-of-a-workspace-" * 4) / '价值 "quoted" folder'
    with EmbeddedValkey(folder) as server:
        keep(server.url)
        assert len(os.fsencode(server.url)) < 115
        assert running_valkey(folder) == server.url

    with EmbeddedValkey(folder) as server:
        assert kept(server.url)


def test_a_port_that_is_taken_is_told(tmp_path: Path, valkey: EmbeddedValkey) -> None:
    with pytest.raises(PortTaken, match=str(valkey.port)):
        EmbeddedValkey(tmp_path, port=valkey.port).start()


def test_last_time_s_port_is_given_up_when_it_is_taken(tmp_path: Path, valkey: EmbeddedValkey) -> None:
    (tmp_path / "port").write_text(f"{valkey.port}\n")

    with EmbeddedValkey(tmp_path) as server:
        assert server.port != valkey.port


def test_a_port_can_be_chosen(tmp_path: Path) -> None:
    port = free_port()
    with EmbeddedValkey(tmp_path, port=port) as server:
        assert server.tcp_url == f"redis://127.0.0.1:{port}/0"


def test_broken_data_is_told_with_the_server_s_own_words(tmp_path: Path) -> None:
    with EmbeddedValkey(tmp_path) as server:
        keep(server.url)
    [log] = (tmp_path / "data").rglob("*.incr.aof")
    log.write_bytes(b"*3\r\n$3\r\nSET\r\nnonsense" + log.read_bytes())

    server = EmbeddedValkey(tmp_path)
    with pytest.raises(StoreUnreachable, match="append only file"):
        server.start()

    assert not server.is_running
    with pytest.raises(InternalFault):
        server.ensure_running()


def test_a_restart_that_fails_may_succeed_later(tmp_path: Path) -> None:
    told: list[str] = []
    with EmbeddedValkey(tmp_path) as server:
        keep(server.url)
        [log] = (tmp_path / "data").rglob("*.incr.aof")
        good = log.read_bytes()
        log.write_bytes(b"*3\r\n$3\r\nSET\r\nnonsense" + good)
        server.supervise(told.append, interval_s=0.05)
        pid = server.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert soon(lambda: any("append only file" in line for line in told))

        log.write_bytes(good)

        assert soon(lambda: server.is_running)
        assert kept(server.url)


def test_a_port_lost_between_finding_and_binding_is_replaced(
    tmp_path: Path, valkey: EmbeddedValkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = iter([valkey.port, free_port()])
    monkeypatch.setattr(embedded_valkey, "free_port", lambda preferred=0: next(found))

    with EmbeddedValkey(tmp_path) as server:
        assert server.port != valkey.port
        assert server.is_running


def test_a_half_written_last_entry_is_cut_off(tmp_path: Path) -> None:
    with EmbeddedValkey(tmp_path) as server:
        keep(server.url)
    [log] = (tmp_path / "data").rglob("*.incr.aof")
    log.write_bytes(log.read_bytes() + b"*3\r\n$3\r\nSET\r\n$1\r\nx")

    with EmbeddedValkey(tmp_path) as server:
        assert kept(server.url)


def test_it_must_be_started(tmp_path: Path) -> None:
    with pytest.raises(InternalFault, match="not started"):
        _ = EmbeddedValkey(tmp_path).port


def test_a_client_that_waits_hears_of_a_server_that_is_killed(tmp_path: Path) -> None:
    with EmbeddedValkey(tmp_path) as server:
        worker: RedisStreamState = open_stream_state(server.url)
        pid = server.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert soon(lambda: not lives(pid))
        with pytest.raises(StoreUnreachable):
            worker.read_entries(STREAM_START, 10, 100)

        server.ensure_running()

        assert worker.read_entries(STREAM_START, 10, 0) == []
        worker.close()
