"""What serves now, for whoever looks from beside: the live bundle, the replicas, what the bandit believes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adplat.bootstrap.machine import clock
from adplat.bootstrap.redis_stores import open_online, open_worker_counts
from adplat.bootstrap.settings import Settings
from adplat.bootstrap.stores import open_bundles
from adplat.domain import MissingInput

if TYPE_CHECKING:
    from adplat.domain import LiveBundles, ServingReplica, Viewer
    from adplat.snapshots import CatalogueSnapshot
    from adplat.storage import Database


def live_bundles(settings: Settings, database: Database, viewer: Viewer) -> LiveBundles:
    """What is live, pointed to, looking on; nothing for who does not see all advertisers."""
    from adplat.domain import LiveBundles
    from adplat.flows.roll_out import live_bundles as told

    return told(open_bundles(database), settings.workspace) if viewer.advertisers is None else LiveBundles("", 0)


def serving_replicas(settings: Settings, viewer: Viewer) -> Sequence[ServingReplica] | None:
    """What the replicas of the bidding service last said that they serve from; ``None``: nobody can tell."""
    from adplat.domain import StoreUnreachable
    from adplat.flows.roll_out import replicas_among
    from adplat.storage import running_valkey

    url = settings.redis_url or running_valkey(settings.workspace / "valkey")
    if not url or viewer.advertisers is not None:
        return None
    try:
        with closing(open_worker_counts(settings, url)) as counts:
            return replicas_among(counts.states(), clock().now())
    except StoreUnreachable:
        return None


def bandit_belief(settings: Settings, campaign_id: str) -> dict[str, Any] | None:
    """What the bandit that serves now believes of a campaign's creatives; ``None`` where nobody serves.

    Raises UnknownReference where none of them is served, StoreUnreachable.
    """
    from adplat.flows.show_bandit import bandit_document, read_statistics
    from adplat.snapshots import DeploymentPointer
    from adplat.storage import running_valkey

    pointer = DeploymentPointer(settings.workspace)
    url = settings.redis_url or running_valkey(settings.workspace / "valkey")
    if not url:
        return None
    try:
        snapshot = _snapshot_in(pointer.folder_of(pointer.read()))
    except MissingInput:
        return None
    return bandit_document(snapshot, read_statistics(open_online(settings, url), clock().now()), campaign_id)


@lru_cache(maxsize=1)
def _snapshot_in(folder: Path) -> CatalogueSnapshot:
    """What was published never changes; of 10,000 creatives it takes a second to read."""
    from adplat.snapshots import load_snapshot

    return load_snapshot(folder)
