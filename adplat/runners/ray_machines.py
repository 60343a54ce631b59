"""Workers on Ray: a cluster that is named, or a Ray of our own on this machine that leaves nothing behind.

Ray is started when the first worker is needed, so that bad input is told before, and ended with the block.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from types import FrameType, TracebackType
from typing import TypeVar
from urllib.parse import urlsplit

from adplat.domain import ConfigRejected, InternalFault
from adplat.runners.ray_folder import ray_base_folder

T = TypeVar("T")
_ANSWER_S = 5.0
_ADDRESS = "ADPLAT_RAY_ADDRESS"
_SWITCHES = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_DEDUP_LOGS": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # what Ray will do anyway one day, and else warns of
}


class RayMachines:
    """``workers`` processes on the cluster at ``address``, or on this machine where it is empty.

    A context manager. A Ray that this process already runs is used and left as it is.
    """

    def __init__(self, workers: int, address: str = "") -> None:
        self.workers = workers
        self._address = address
        self._stack = ExitStack()
        self._started = False

    def __enter__(self) -> RayMachines:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, reason: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._started = False
        self._stack.__exit__(kind, reason, trace)

    def keep(self, entered: AbstractContextManager[T]) -> T:
        """Enter what needs Ray, to be left before Ray ends."""
        return self._stack.enter_context(entered)

    def start(self) -> None:
        """Start or join Ray, unless that was done before.

        Raises ConfigRejected where no cluster answers or it has fewer cores than workers, InternalFault where a
        Ray of our own does not come up.
        """
        if self._started:
            return
        self._started = True
        _set_switches(own=not self._address)
        import ray

        if not ray.is_initialized():
            self._stack.enter_context(_sigterm_kept())
            self._stack.enter_context(_joined(self._address) if self._address else _own_ray(self.workers))
            _sigterm_interrupts()
        cores = int(ray.cluster_resources().get("CPU", 0))  # type: ignore[no-untyped-call]  # Ray leaves it so
        if cores < self.workers:
            raise ConfigRejected(
                f"{self.workers} workers need as many cores, and the Ray cluster has {cores}",
                where=self._address or "this process",
                hint=f"ask for at most {cores}, or add machines to the cluster",
            )


def _set_switches(*, own: bool) -> None:
    """Ray reads them when it is imported and hands them on; who has imported it before has also chosen."""
    if "ray" in sys.modules:
        return
    # The ports of a Ray of our own stand open to the machine's network: only who has the token may use them.
    token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)} if own else {}
    for name, value in (_SWITCHES | token).items():
        os.environ.setdefault(name, value)


@contextmanager
def _joined(address: str) -> Iterator[None]:
    import ray

    _require_listener(address)
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except (RuntimeError, ConnectionError, ValueError, AssertionError) as reason:
        raise ConfigRejected(
            f"the Ray cluster cannot be joined: {last_line(reason)}",
            where=f"{_ADDRESS}={address}",
            hint="run on a machine of the cluster with the same Python and Ray, or unset the variable",
        ) from None
    try:
        yield
    finally:
        ray.shutdown()


def _require_listener(address: str) -> None:
    """Ray itself would wait for a minute."""
    if address in ("auto", "local"):
        return
    place = urlsplit(address if "://" in address else f"ray://{address}")
    try:
        socket.create_connection((place.hostname or "", place.port or 0), timeout=_ANSWER_S).close()
    except (OSError, ValueError) as reason:
        raise ConfigRejected(
            f"no Ray cluster answers: {last_line(reason)}",
            where=f"{_ADDRESS}={address}",
            hint="give HOST:PORT of its head, or unset the variable for a Ray on this machine",
        ) from None


@contextmanager
def _own_ray(workers: int) -> Iterator[None]:
    import ray

    folder = _fresh_folder()
    try:
        try:
            ray.init(
                address="local",
                _node_ip_address="127.0.0.1",
                num_cpus=workers + 1,  # one for the steps between, so that workers never wait for them
                include_dashboard=False,
                log_to_driver=False,
                logging_level=logging.ERROR,
                _temp_dir=str(folder),
            )
        except (RuntimeError, ConnectionError, TimeoutError) as reason:
            raise InternalFault(
                f"Ray did not start on this machine: {last_line(reason)}",
                where=str(folder),
                hint="see whether memory and /dev/shm have room, or work without --workers",
            ) from reason
        yield
    finally:
        ray.shutdown()  # whatever state the start was in
        shutil.rmtree(folder, ignore_errors=True)


def _fresh_folder() -> Path:
    """A private folder named after this process; those of processes that were killed are removed."""
    import psutil  # type: ignore[import-untyped]  # it ships no types

    base, start = ray_base_folder(), f"adplat-{os.getuid()}-ray-"
    for left in base.glob(f"{start}*"):
        owner = left.name.removeprefix(start).partition("-")[0]
        if owner.isdecimal() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(left, ignore_errors=True)  # its Ray has ended with it
    return Path(tempfile.mkdtemp(prefix=f"{start}{os.getpid()}-", dir=base))


@contextmanager
def _sigterm_kept() -> Iterator[None]:
    """Ray takes SIGTERM for itself; afterwards it is again whose it was."""
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, before)


def _sigterm_interrupts() -> None:
    """As Ctrl-C does: everything is left in order. Ray's own answer would print its stack."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def last_line(reason: BaseException) -> str:
    """What an error of Ray says in the end; before that it quotes stacks."""
    lines = [line.strip() for line in str(reason).splitlines() if line.strip()]
    return lines[-1] if lines else type(reason).__name__
