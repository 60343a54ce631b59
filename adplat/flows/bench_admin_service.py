"""``adplat admin`` as a child process over a database, for benchmarks that ask it as browsers do."""

from __future__ import annotations

import http.client
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it ships no types

from adplat.domain import InternalFault
from adplat.flows.service_process import SERVICE_START_S, end_service, unused_ports

# One benchmark asks as much as many people.
_LIMITS = ("ADMIN_REQUESTS_PER_MINUTE", "ADMIN_UNKNOWN_PER_MINUTE", "ADMIN_HEAVY_PER_MINUTE")
_UNLIMITED = {f"ADPLAT_{name}": "100000" for name in _LIMITS}


@dataclass(frozen=True, slots=True)
class AdminService:
    """Where it listens on this machine, and its process; ``database_pid`` is that of a server of its own, 0: none."""

    port: int
    pid: int
    database_pid: int = 0

    def computed_s(self) -> float:
        """What its process, and the database's server with its helpers, have computed so far: that much is the
        service's own, whatever else the machine does."""
        told = psutil.Process(self.pid).cpu_times()
        seconds = float(told.user + told.system)
        if self.database_pid:
            server = psutil.Process(self.database_pid)
            ended = server.cpu_times()
            seconds += float(ended.user + ended.system + ended.children_user + ended.children_system)
            for helper in server.children():
                with suppress(psutil.NoSuchProcess):
                    told = helper.cpu_times()
                    seconds += float(told.user + told.system)
        return seconds

    def memory_mib(self) -> float:
        """What its process holds now, libraries with it."""
        return float(psutil.Process(self.pid).memory_info().rss) / 2**20


def yardstick_ms() -> float:
    """How long the machine takes for the same loop of Python (median of 25), by which two runs can be compared."""
    took_s = []
    for _ in range(25):
        before = time.perf_counter()
        sum(number * number for number in range(200_000))
        took_s.append(time.perf_counter() - before)
    return 1000.0 * statistics.median(took_s)


@contextmanager
def running_admin(workspace: Path, database_url: str, database_pid: int = 0) -> Iterator[AdminService]:
    """The shipped command, until the block ends. Raises InternalFault where it does not start."""
    [port] = unused_ports(1)
    told = {"ADPLAT_DATABASE_URL": database_url, "OMP_NUM_THREADS": "1"} | _UNLIMITED
    command = [sys.executable, "-m", "adplat.cli", "admin", "--workspace", str(workspace), "--port", str(port)]
    log_path = workspace / "admin.log"
    with log_path.open("wb") as log:
        child = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | told)
    try:
        _wait(port, child, log_path)
        yield AdminService(port, child.pid, database_pid)
    finally:
        end_service(child)


def _wait(port: int, child: subprocess.Popen[bytes], log_path: Path) -> None:
    until = time.monotonic() + SERVICE_START_S
    while time.monotonic() < until and child.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5.0)
        try:
            connection.request("GET", "/v1/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    last = log_path.read_text(errors="replace").strip().splitlines()[-1:] or ["nothing was said"]
    raise InternalFault(f"the service did not start: {last[0]}", where=str(log_path), hint="read the log")
