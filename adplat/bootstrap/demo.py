"""``adplat demo``: its world, and its own service as a child process."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from adplat.bootstrap.machine import clock
from adplat.bootstrap.registry import deploy_bundle
from adplat.bootstrap.settings import Settings
from adplat.bootstrap.stores import open_database, open_ledger
from adplat.domain import Progress

if TYPE_CHECKING:
    from adplat.domain import ArmStatistics
    from adplat.flows.run_demo import DemoParts, DemoPlan

COUNTED_WITHIN_S = 60.0


@contextmanager
def running_service(settings: Settings) -> Iterator[str]:
    """``adplat serve`` as a child process; its URL once it answers. Raises InternalFault with its last words."""
    from adplat.flows.service_process import end_service, wait_until_served

    log_path = settings.workspace / "serve.log"
    command = [sys.executable, "-m", "adplat.cli", "serve", "--workspace", str(settings.workspace)]
    command += ["--port", str(settings.http_port), "--host", settings.http_host]
    command += ["--grpc-port", str(settings.grpc_port)]
    with log_path.open("wb") as log:
        # A session of its own: Ctrl-C reaches us, and we then stop the child in order.
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    try:
        url = f"http://{settings.http_host}:{settings.http_port}"
        wait_until_served(url, child, log_path)
        yield url
    finally:
        end_service(child)


def demo_plan(settings: Settings, requests: int, seed: int, world: Path | None = None) -> DemoPlan:
    """The demo's world and model."""
    from adplat.data import configs_folder
    from adplat.flows.run_demo import DemoPlan

    configs = configs_folder()
    return DemoPlan(
        world or configs / "worlds" / "demo.yaml",
        configs / "ctr" / "marketplace.yaml",
        settings.workspace,
        requests,
        seed,
    )


def demo_parts(settings: Settings, progress: Progress) -> DemoParts:
    """The real parts of the demo: SQL, Valkey and Ray Serve of its own workspace, state of earlier runs removed."""
    from adplat.flows.run_demo import DemoParts
    from adplat.flows.serve_over_http import HttpAdServer

    # Left from an earlier run: another world's creatives, users and clicks would be mixed into this one's.
    from adplat.flows.service_process import unused_ports

    http_port, grpc_port = unused_ports(2)
    state = settings.model_copy(
        update={"workspace": settings.workspace / "service", "http_port": http_port, "grpc_port": grpc_port}
    )

    def deploy(bundle_dir: Path, folder: Path) -> None:
        shutil.rmtree(state.workspace, ignore_errors=True)
        state.workspace.mkdir(parents=True)
        deploy_bundle(state, bundle_dir, folder, progress)

    @contextmanager
    def serve() -> Iterator[HttpAdServer]:
        progress(0, 1, "starting Valkey, Ray Serve and the worker")
        with running_service(state) as url, HttpAdServer(url) as server:
            progress(1, 1, "starting Valkey, Ray Serve and the worker")
            yield server

    def counted(impressions: int) -> dict[str, ArmStatistics]:
        until = time.monotonic() + COUNTED_WITHIN_S
        with closing(open_database(state)) as database:
            ledger = open_ledger(database)
            while True:
                totals = {name: total.statistics for name, total in ledger.totals_by_creative().items()}
                done = sum(arm.impressions for arm in totals.values())
                progress(min(done, impressions), impressions, "counting events")
                if done >= impressions or time.monotonic() > until:
                    return totals
                time.sleep(0.25)

    return DemoParts(deploy, serve, counted, clock())
