"""``adplat serve``: Valkey, Ray Serve and the worker of one workspace, started together and stopped together.

::

    workspace lock ▸ leftovers ended ▸ Valkey (supervised) ▸ Ray Serve behind HAProxy ▸ worker ▸ ready
                                                                        … until SIGINT or SIGTERM …
    worker (finishes its batch) ▸ Ray ▸ Valkey (writes its log out) ▸ whatever is still there

What dies while this runs is started again: a replica by Ray, Valkey and the worker here, within a second.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import msgspec

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.snapshots import DeploymentPointer
from services.bidding.before_start import require_servable
from services.bidding.ray_local import require_free_ports, running_bidding
from services.bidding.worker import WorkerOrder
from services.hosting.asked_to_stop import sigterm_as_interrupt, stop_signals
from services.hosting.logs import writing_logs
from services.hosting.own_processes import adopt_orphans, descendants, end_descendants, end_leftovers
from services.hosting.required_keys import Told, require_keys
from services.hosting.run_folder import run_folder

log = logging.getLogger(__name__)
_LOOK_S = 0.25
_WORKER_PATIENCE_S = 20.0

Ready = Callable[[str, str], None]


def serve_bidding(
    settings: Settings,
    *,
    ready: Ready = lambda *_: None,
    told: Told = lambda _: None,
    with_worker: bool = True,
) -> None:
    """Serve until SIGINT or SIGTERM; to be called in the main thread, once in a process.

    Args:
        settings: workspace, addresses, number of replicas.
        ready: called once, with the URL and the gRPC address, when requests are answered.
        told: hears of what had to be started again.
        with_worker: also run the worker, as a child process.

    Raises MissingInput (nothing published), WorkspaceBusy, PortTaken, BundleRejected (a changed byte), ConfigRejected
    (open to a network), StoreUnreachable and InternalFault; then everything that was started is stopped again.
    """
    settings = settings.model_copy(update={"workspace": settings.workspace.resolve()})
    DeploymentPointer(settings.workspace).read()  # nothing published: refused before a folder is made
    folder = run_folder(settings.workspace)
    not_ours = descendants()
    adopt_orphans()
    with ExitStack() as stack, sigterm_as_interrupt():
        stack.enter_context(bootstrap.lock_workspace(settings, "serve"))
        for name in end_leftovers(folder):
            told(f"ended {name}, left behind by an earlier run")
        require_free_ports(settings)
        require_servable(settings)
        require_keys(settings, told)
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stack.callback(end_descendants, not_ours)
        stack.enter_context(writing_logs(settings, "supervisor"))
        told = _logged(told)
        redis_url = stack.enter_context(_supervised_redis(settings, told))
        bootstrap.open_database(settings).close()  # migrated before two processes open it
        url, grpc_address = stack.enter_context(running_bidding(settings, redis_url))
        worker = stack.enter_context(_SupervisedWorker(settings, redis_url, told)) if with_worker else None
        with stop_signals() as stop:
            ready(url, grpc_address)
            while not stop.wait(_LOOK_S):
                if worker is not None:
                    worker.ensure_running()


def _logged(told: Told) -> Told:
    """Whatever is told of parts that were started again also stands in the log."""

    def both(line: str) -> None:
        log.warning(line)
        told(line)

    return both


@contextmanager
def _supervised_redis(settings: Settings, told: Told) -> Iterator[str]:
    if settings.redis_url:
        bootstrap.open_stream(settings, settings.redis_url).close()  # does it answer?
        yield settings.redis_url
        return
    with bootstrap.embedded_valkey(settings) as server:
        server.supervise(told)
        yield server.url


class _SupervisedWorker:
    """The worker as a child process, with its words in ``worker.log`` of the workspace."""

    def __init__(self, settings: Settings, redis_url: str, told: Told) -> None:
        self._order = msgspec.json.encode(WorkerOrder(settings.model_dump(mode="json"), redis_url, os.getpid()))
        self._log = settings.workspace / "worker.log"
        self._told = told
        self._process: subprocess.Popen[bytes] | None = None
        self._started_s = 0.0

    def __enter__(self) -> _SupervisedWorker:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_WORKER_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def ensure_running(self) -> None:
        """Start it again when it ended, at most once a second."""
        if self._process is None or self._process.poll() is None or time.monotonic() < self._started_s + 1.0:
            return
        self._told(f"the worker had ended ({self._process.returncode}) and was started again; see {self._log}")
        self._start()

    def _start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "services.bidding.worker"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which then stops all in order
            )
        self._started_s = time.monotonic()
        if self._process.stdin is not None:
            self._process.stdin.write(self._order)
            self._process.stdin.close()
