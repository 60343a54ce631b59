"""Finding, asking and ending a Valkey that runs in a data folder, whoever started it."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.exceptions import BusyLoadingError, RedisError
from redis.retry import Retry

from adplat.domain import StoreUnreachable

_ASK_S = 2.0
_LOOK_S = 0.02


def process_in(data: Path, socket_path: Path) -> int | None:
    """The process id of a Valkey that answers on this socket and keeps its data in ``data``; ``None`` if none does.

    Both are asked of the server itself, so a recycled process id is never mistaken for ours.
    """
    if not socket_path.exists():
        return None
    try:
        with _client(socket_path) as client:
            [_, folder] = client.execute_command("CONFIG", "GET", "dir", NEVER_DECODE=True)
            pid = int(client.info("server")["process_id"])
    except (RedisError, OSError, ValueError):
        return None
    return pid if os.fsdecode(folder) == str(data) else None


def answers(socket_path: Path) -> bool:
    """Whether a server there answers, loading or not."""
    try:
        with _client(socket_path) as client:
            client.ping()
    except BusyLoadingError:
        return True
    except (RedisError, OSError):
        return False
    return True


def is_ready(socket_path: Path) -> bool:
    """Whether a server there has loaded its data and takes commands."""
    try:
        with _client(socket_path) as client:
            client.ping()
    except (RedisError, OSError):
        return False
    return True


def recorded_process(pid_file: Path, data: Path) -> int | None:
    """The process id in the pid file, if that process lives and works in ``data`` (Linux; elsewhere ``None``)."""
    try:
        pid = int(pid_file.read_text())
        return pid if Path(f"/proc/{pid}/cwd").readlink() == data else None
    except (OSError, ValueError):
        return None


def end_process(pid: int, *, patience_s: float) -> None:
    """SIGTERM, which writes the log out, then SIGKILL when it does not listen; returns when it is gone.

    Raises StoreUnreachable when it may not be ended.
    """
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        except PermissionError as error:
            raise StoreUnreachable(
                f"a Valkey of another user (process {pid}) runs in this folder", hint="ask that user to stop it"
            ) from error
        if _gone_within(pid, patience_s):
            return
    raise StoreUnreachable(f"an old Valkey (process {pid}) does not end", hint="end it by hand and start again")


def _gone_within(pid: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while _lives(pid):
        if time.monotonic() > until:
            return False
        time.sleep(_LOOK_S)
    return True


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        # A zombie answers signal 0 but runs no more; it waits for its parent only.
        state = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0]
    except ProcessLookupError:
        return False
    except (OSError, IndexError):
        return not Path("/proc/self/stat").exists()
    return state != "Z"


def _client(socket_path: Path) -> redis.Redis:
    return redis.Redis(
        unix_socket_path=str(socket_path), socket_timeout=_ASK_S, protocol=2, retry=Retry(NoBackoff(), 0)
    )
