"""A service as a child process: ports for it, waiting until it answers, and its end."""

from __future__ import annotations

import socket
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

from adplat.client import BiddingClient
from adplat.domain import InputError, InternalFault

# Ray takes ten seconds to start on a quiet machine, and a busy one is common.
SERVICE_START_S = 180.0
SERVICE_STOP_S = 60.0


def unused_ports(count: int) -> list[int]:
    """TCP ports that nobody listens on now, all different."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [int(probe.getsockname()[1]) for probe in probes]


def wait_until_served(url: str, child: subprocess.Popen[bytes], log_path: Path) -> None:
    """Until the service at ``url`` answers. Raises InternalFault with the child's last words."""
    until = time.monotonic() + SERVICE_START_S
    with BiddingClient(url) as client:
        while time.monotonic() < until:
            if child.poll() is not None:
                break
            try:
                client.health()
            except InputError:
                time.sleep(0.2)
            else:
                return
    last = log_path.read_text(errors="replace").strip().splitlines()[-1:] or ["nothing was said"]
    raise InternalFault(f"the service did not start: {last[0]}", where=str(log_path), hint="read the log")


def end_service(child: subprocess.Popen[bytes]) -> None:
    """Ask it to end in order, and make it after ``SERVICE_STOP_S``."""
    child.terminate()
    try:
        child.wait(SERVICE_STOP_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
