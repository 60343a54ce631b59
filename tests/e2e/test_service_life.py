"""However the service ends, no process of it is left, and it starts again on the same port."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from adplat.client import BiddingClient, GrpcBiddingClient, event
from adplat.domain import EventKind, EventOutcome
from services.hosting.ports import require_free_port
from services.hosting.run_folder import run_folder
from tests.e2e.real_workspace import RealWorkspace
from tests.e2e.running_service import descendant, launched, serving, wait_for


def everybody(service: psutil.Process) -> list[psutil.Process]:
    return [service, *service.children(recursive=True)]


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    def lives(process: psutil.Process) -> bool:
        try:
            return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return False

    return [process for process in processes if lives(process)]


def test_a_killed_supervisor_leaves_nothing_behind_and_the_next_one_serves(
    deployed: RealWorkspace, tmp_path: Path
) -> None:
    settings = deployed.settings
    url = f"http://{settings.http_host}:{settings.http_port}"
    with serving(settings, tmp_path / "first.log") as service:
        processes = everybody(service)
        assert len(processes) > 8
        os.kill(service.pid, signal.SIGKILL)
        wait_for(lambda: not alive(processes), 30)
    require_free_port(settings.http_host, settings.http_port)
    with serving(settings, tmp_path / "second.log") as service, BiddingClient(url) as bidding:
        health = bidding.health()
        assert (health.status, health.creatives) == ("ok", len(deployed.world.creative_ids))
        processes = everybody(service)
        os.kill(service.pid, signal.SIGINT)
        wait_for(lambda: not alive(processes), 30)
    assert not run_folder(settings.workspace).exists()


def test_killed_doors_open_again_and_a_report_waits_for_them(deployed: RealWorkspace, tmp_path: Path) -> None:
    settings = deployed.settings
    url = f"http://{settings.http_host}:{settings.http_port}"
    with serving(settings, tmp_path / "serve.log") as service, BiddingClient(url, patience_s=15.0) as bidding:
        creative = next(iter(deployed.world.creative_ids))
        decision = bidding.rank(placement="feed_300x250", candidates=[creative])
        haproxy = descendant(service, "haproxy -db")
        assert haproxy is not None
        os.kill(haproxy, signal.SIGKILL)
        shown = event(decision.decision_id, EventKind.IMPRESSION, datetime.now(UTC))
        # With Ray's own look every ten seconds it took 23 s until HAProxy was back.
        assert bidding.send_events([shown]) == [EventOutcome.ACCEPTED]
        with GrpcBiddingClient(f"{settings.http_host}:{settings.grpc_port}") as rpc:
            assert rpc.record([shown]) == [EventOutcome.DUPLICATE]


@pytest.mark.parametrize(
    ("mark", "number"),
    [("valkey-server", signal.SIGTERM), ("raylet", signal.SIGINT), ("ray::ServeController", signal.SIGTERM)],
)
def test_stopped_while_it_starts_it_leaves_nothing_behind(
    deployed: RealWorkspace, tmp_path: Path, mark: str, number: signal.Signals
) -> None:
    with launched(deployed.settings, tmp_path / "serve.log") as service:
        wait_for(lambda: descendant(service, mark) is not None, 60)
        processes = everybody(service)
        os.kill(service.pid, number)
        wait_for(lambda: not alive(processes), 30)
    assert not run_folder(deployed.settings.workspace).exists()
