"""Shadow, promotion and rollback while requests run: no request fails, and every replica follows.

Everything here is real: Ray Serve behind HAProxy, two trained bundles, Valkey, SQLite, the worker process.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from adplat import bootstrap
from adplat.client import BiddingClient, event
from adplat.ctr import Manifest, read_manifest
from adplat.data import Lake
from adplat.domain import BundleState, DeploymentKind, EventKind, EventOutcome
from adplat.flows.promote_bundle import promote_bundle, roll_back
from adplat.flows.report_shadow import report_shadow
from adplat.flows.shadow_bundle import start_shadow
from adplat.snapshots import ShadowPointer
from tests.e2e.real_workspace import RealWorkspace, a_real_workspace, quiet, trained
from tests.e2e.running_service import free_port, serving, wait_for

CLIENTS = 3


@dataclass
class Answers:
    """Which bundle answered, in the order of the answers; an error of any kind ends the test."""

    bundles: list[str] = field(default_factory=list)
    outcomes: set[EventOutcome] = field(default_factory=set)
    stop: threading.Event = field(default_factory=threading.Event)

    def ask(self, url: str, campaign_id: str) -> None:
        """One client: rank, report an impression and now and then a click, until told to stop."""
        with BiddingClient(url) as bidding:
            while not self.stop.is_set():
                result = bidding.rank(placement="feed_300x250", campaign_id=campaign_id, user_key="u1")
                now = datetime.now(UTC)
                kinds = [EventKind.IMPRESSION, EventKind.CLICK][: 2 if len(self.bundles) % 4 == 0 else 1]
                self.outcomes.update(bidding.send_events([event(result.decision_id, kind, now) for kind in kinds]))
                self.bundles.append(result.bundle_id)

    def follow(self, manifest: Manifest) -> None:
        """Wait until a hundred answers in a row are of this bundle."""
        wait_for(lambda: self.bundles[-100:] == [manifest.bundle_id] * 100, 60)


@contextmanager
def traffic(url: str, campaign_id: str) -> Iterator[Answers]:
    answers = Answers()
    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(answers.ask, url, campaign_id) for _ in range(CLIENTS)]
        try:
            yield answers
        finally:
            answers.stop.set()
        for client in clients:
            client.result(timeout=30)  # raises what the client met


def scored(workspace: RealWorkspace) -> int:
    return int(Lake(workspace.settings.lake_folder).scan("shadow").collect().height)


def test_a_bundle_is_shadowed_promoted_and_rolled_back_without_a_failed_request(tmp_path: Path) -> None:
    workspace = a_real_workspace(tmp_path, http_port=free_port(), grpc_port=free_port())
    settings = workspace.settings
    first = read_manifest(workspace.bundle_dir)
    second_dir = trained(tmp_path, seed=11).path
    second = read_manifest(Path(second_dir))
    url = f"http://{settings.http_host}:{settings.http_port}"
    rng = np.random.default_rng(1)
    with (
        serving(settings, tmp_path / "serve.log"),
        bootstrap.opened_registry(settings) as parts,
        traffic(url, parts.catalogue.live_catalogue().creatives[0].campaign_id) as answers,
    ):
        answers.follow(first)
        start_shadow(parts, second_dir, 1.0, quiet)
        wait_for(lambda: scored(workspace) >= 200, 60)

        promote_bundle(parts, second_dir, workspace.world_dir, rng, quiet, force=True, reason="a test of the swap")
        assert ShadowPointer(settings.workspace).read() is None
        answers.follow(second)

        roll_back(parts, quiet, reason="and back")
        answers.follow(first)
        states = {one.bundle.bundle_id: one.state for one in parts.bundles.registered()}
        history = [line.kind for line in parts.bundles.history()]

    assert answers.outcomes == {EventOutcome.ACCEPTED}
    swaps = [one for one, before in zip(answers.bundles[1:], answers.bundles, strict=False) if one != before]
    assert set(swaps) == {first.bundle_id, second.bundle_id}
    assert states == {first.bundle_id: BundleState.LIVE, second.bundle_id: BundleState.RETIRED}
    assert history == [DeploymentKind.DEPLOY, DeploymentKind.PROMOTE, DeploymentKind.ROLLBACK]

    told = report_shadow(settings.workspace, rng, quiet)
    assert told["shadow_bundle_id"] == second.bundle_id
    assert told["live_bundle_ids"] == [first.bundle_id]
    assert told["shown"] >= 200
    assert told["outcomes"]["overall"]["pcoc"]["b"] > 0
