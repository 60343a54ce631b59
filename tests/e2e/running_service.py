"""The service as its own process, as ``adplat serve`` runs it, and a look at the processes below it."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from adplat.bootstrap import Settings

SERVE = """
import sys
from adplat.bootstrap import Settings
from services.bidding.run import serve_bidding
settings = Settings.model_validate_json(sys.argv[1])
say = lambda line: print(line, flush=True)
serve_bidding(settings, ready=lambda url, grpc: say(f"ready {url} {grpc}"), told=say)
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def launched(settings: Settings, log: Path) -> Iterator[psutil.Process]:
    """Started, perhaps not yet ready; stopped at the end if it has not stopped by itself."""
    with log.open("wb") as out:
        command = [sys.executable, "-c", SERVE, settings.model_dump_json()]
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    try:
        yield psutil.Process(process.pid)
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(60)


@contextmanager
def serving(settings: Settings, log: Path) -> Iterator[psutil.Process]:
    """Started and ready."""
    with launched(settings, log) as service:
        wait_for(lambda: "ready http" in log.read_text() or service.status() == psutil.STATUS_ZOMBIE, 90)
        assert "ready http" in log.read_text(), log.read_text()
        yield service


def wait_for(condition: Callable[[], bool], limit_s: float) -> None:
    until = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.05)


def descendant(service: psutil.Process, mark: str) -> int | None:
    """The process id of the one below the service whose name or command has ``mark``; ``None`` if none lives."""
    for process in service.children(recursive=True):
        with contextlib.suppress(psutil.Error):
            words = " ".join([process.name(), *process.cmdline()])
            if mark in words and "valkey_guard" not in words and process.status() != psutil.STATUS_ZOMBIE:
                return int(process.pid)
    return None
