"""``adplat serve generation``: Ray Serve with the drafters of one workspace, and a process that does its jobs.

::

    workspace lock ▸ leftovers ended ▸ database migrated ▸ seal made ▸ jobs ▸ Ray Serve ▸ ready … until SIGTERM …

Runs beside the other services on a Ray of its own. Drafting is the jobs' work; the replicas take orders, show drafts,
note decisions and review what is handed in.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from adplat import bootstrap
from adplat.bootstrap import Settings
from services.generation.app import APPLICATION, generation_application
from services.hosting.asked_to_stop import sigterm_as_interrupt, stop_signals
from services.hosting.jobs import jobs_beside
from services.hosting.logs import writing_logs
from services.hosting.own_processes import adopt_orphans, descendants, end_descendants, end_leftovers
from services.hosting.own_ray import coming_up, ended_with_ray, make_run_folder, start_own_ray, token_environment
from services.hosting.ports import require_free_port
from services.hosting.required_keys import Told, require_keys
from services.hosting.run_folder import run_folder

Ready = Callable[[str], None]


def serve_generation(
    settings: Settings, *, ready: Ready = lambda _: None, told: Told = lambda _: None, with_worker: bool = True
) -> None:
    """Serve until SIGINT or SIGTERM; to be called in the main thread, once in a process.

    Args:
        settings: workspace, ``generation_…``, ``seal_…``.
        ready: called once, with the URL, when requests are answered.
        told: hears of what had to be started again.
        with_worker: also do jobs, in a child process; else ``adplat worker`` must, or drafts wait.

    Raises WorkspaceBusy, PortTaken, ConfigRejected (open to a network; a chain that does not fit), MissingInput,
    StoreUnreachable and InternalFault; then everything that was started is stopped again.
    """
    settings = settings.model_copy(update={"workspace": settings.workspace.resolve()})
    folder = run_folder(settings.workspace, APPLICATION)
    not_ours = descendants()
    adopt_orphans()
    with ExitStack() as stack, sigterm_as_interrupt():
        stack.enter_context(bootstrap.lock_workspace(settings, "serve-generation"))
        for name in end_leftovers(folder):
            told(f"ended {name}, left behind by an earlier run")
        require_free_port(settings.http_host, settings.generation_port)
        require_keys(settings, told)
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stack.callback(end_descendants, not_ours)
        stack.enter_context(writing_logs(settings, "supervisor"))
        bootstrap.open_database(settings).close()  # migrated before several processes open it
        bootstrap.signing_chain(settings)  # a chain that does not fit is told now, not with the first draft
        if with_worker:
            stack.enter_context(jobs_beside(settings, told))
        url = stack.enter_context(_running(settings, folder))
        with stop_signals() as stop:
            ready(url)
            stop.wait()


def generation_environment(folder: Path) -> dict[str, str]:
    """What our own Ray is told."""
    return {
        "RAY_SERVE_ENABLE_HA_PROXY": "0",
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_DEDUP_LOGS": "0",
        # One thread a review, and more reviews for more cores.
        "OMP_NUM_THREADS": "1",
        **token_environment(folder),
    }


@contextmanager
def _running(settings: Settings, folder: Path) -> Iterator[str]:
    make_run_folder(folder)
    os.environ.update(generation_environment(folder))
    from ray import serve
    from ray.serve.config import HTTPOptions

    at_sigterm = signal.getsignal(signal.SIGTERM)
    with ended_with_ray():
        with coming_up(folder, settings.workspace / "ray-logs"):
            start_own_ray(folder, settings.generation_replicas + 1)
            signal.signal(signal.SIGTERM, at_sigterm)  # Ray takes it for itself; ending in order is the caller's
            serve.start(
                proxy_location="HeadOnly",
                http_options=HTTPOptions(host=settings.http_host, port=settings.generation_port),
            )
            serve.run(generation_application(settings), name=APPLICATION, route_prefix="/")
        yield f"http://{settings.http_host}:{settings.generation_port}"
