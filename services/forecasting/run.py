"""``adplat serve forecasting``: Ray Serve with the forecasters of one workspace, and a process that does its jobs.

::

    workspace lock ▸ leftovers ended ▸ database migrated ▸ jobs ▸ Ray Serve ▸ ready … until SIGINT or SIGTERM …

Runs beside ``adplat serve`` on a Ray of its own, so that neither waits for the other or falls with it. Forecasts take
their time: Ray's own proxy stands in front, and no HAProxy.
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
from services.forecasting.app import APPLICATION, GRPC_SERVICERS, forecasting_application
from services.forecasting.schemas import LARGEST_BODY_BYTES
from services.hosting.asked_to_stop import sigterm_as_interrupt, stop_signals
from services.hosting.jobs import jobs_beside
from services.hosting.logs import writing_logs
from services.hosting.own_processes import adopt_orphans, descendants, end_descendants, end_leftovers
from services.hosting.own_ray import coming_up, ended_with_ray, make_run_folder, start_own_ray, token_environment
from services.hosting.ports import require_free_ports
from services.hosting.required_keys import Told, require_keys
from services.hosting.run_folder import run_folder

Ready = Callable[[str, str], None]


def serve_forecasting(
    settings: Settings, *, ready: Ready = lambda *_: None, told: Told = lambda _: None, with_worker: bool = True
) -> None:
    """Serve until SIGINT or SIGTERM; to be called in the main thread, once in a process.

    Args:
        settings: workspace, ``forecast_…``.
        ready: called once, with the URL and the gRPC address, when requests are answered.
        told: hears of what had to be started again.
        with_worker: also do jobs, in a child process; else ``adplat worker`` must, or what-ifs wait.

    Raises MissingInput (no opportunities to forecast from), WorkspaceBusy, PortTaken, ConfigRejected (open to a
    network), StoreUnreachable and InternalFault; then everything that was started is stopped again.
    """
    settings = settings.model_copy(update={"workspace": settings.workspace.resolve()})
    require_forecastable(settings)
    folder = run_folder(settings.workspace, APPLICATION)
    not_ours = descendants()
    adopt_orphans()
    with ExitStack() as stack, sigterm_as_interrupt():
        stack.enter_context(bootstrap.lock_workspace(settings, "serve-forecasting"))
        for name in end_leftovers(folder):
            told(f"ended {name}, left behind by an earlier run")
        require_free_ports(settings.http_host, (settings.forecast_port, settings.forecast_grpc_port))
        require_keys(settings, told)
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stack.callback(end_descendants, not_ours)
        stack.enter_context(writing_logs(settings, "supervisor"))
        bootstrap.open_database(settings).close()  # migrated before several processes open it
        if with_worker:
            stack.enter_context(jobs_beside(settings, told))
        url, grpc_address = stack.enter_context(_running(settings, folder))
        with stop_signals() as stop:
            ready(url, grpc_address)
            stop.wait()


def require_forecastable(settings: Settings) -> None:
    """What every replica would stumble over. Raises MissingInput."""
    from adplat.flows.sample_opportunities import lake_of_opportunities

    bootstrap.forecast_desk(settings)
    lake_of_opportunities(Path(settings.forecast_data or settings.workspace))


def forecasting_environment(folder: Path) -> dict[str, str]:
    """What our own Ray is told."""
    return {
        "RAY_SERVE_ENABLE_HA_PROXY": "0",
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_DEDUP_LOGS": "0",
        "RAY_SERVE_GRPC_MAX_MESSAGE_SIZE": str(LARGEST_BODY_BYTES),
        # One thread a forecast, and more forecasts for more cores.
        "OMP_NUM_THREADS": "1",
        **token_environment(folder),
    }


@contextmanager
def _running(settings: Settings, folder: Path) -> Iterator[tuple[str, str]]:
    make_run_folder(folder)
    os.environ.update(forecasting_environment(folder))
    from ray import serve
    from ray.serve.config import HTTPOptions, gRPCOptions

    at_sigterm = signal.getsignal(signal.SIGTERM)
    with ended_with_ray():
        with coming_up(folder, settings.workspace / "ray-logs"):
            start_own_ray(folder, settings.forecast_replicas + 1)
            signal.signal(signal.SIGTERM, at_sigterm)  # Ray takes it for itself; ending in order is the caller's
            serve.start(
                proxy_location="HeadOnly",
                http_options=HTTPOptions(host=settings.http_host, port=settings.forecast_port),
                grpc_options=gRPCOptions(port=settings.forecast_grpc_port, grpc_servicer_functions=GRPC_SERVICERS),
            )
            serve.run(forecasting_application(settings), name=APPLICATION, route_prefix="/")
        yield (
            f"http://{settings.http_host}:{settings.forecast_port}",
            f"{settings.http_host}:{settings.forecast_grpc_port}",
        )
