"""The model registry, and a bundle's way into service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from adplat.bootstrap.machine import actor, clock, lock_workspace
from adplat.bootstrap.redis_stores import open_stream, running_redis
from adplat.bootstrap.settings import Settings
from adplat.bootstrap.stores import open_audit, open_bundles, open_catalogue, open_database, open_objects
from adplat.domain import Progress

if TYPE_CHECKING:
    from adplat.flows.registry_parts import RegistryParts
    from adplat.flows.roll_out import RolloutParts
    from adplat.snapshots import PolicySettings
    from adplat.storage import RedisStreamState


@contextmanager
def opened_registry(settings: Settings, cache: Path | None = None) -> Iterator[RegistryParts]:
    """The model registry of a workspace for as long as the block runs. Raises StoreUnreachable."""
    from adplat.flows.registry_parts import RegistryParts

    @contextmanager
    def stream() -> Iterator[RedisStreamState]:
        with running_redis(settings) as url, closing(open_stream(settings, url)) as opened:
            yield opened

    with closing(open_database(settings)) as database:
        yield RegistryParts(
            bundles=open_bundles(database),
            audit=open_audit(database),
            catalogue=open_catalogue(database),
            objects=open_objects(settings),
            open_stream=stream,
            workspace=settings.workspace,
            cache_dir=cache or settings.cache_folder,
            clock=clock(),
            by=actor(settings),
        )


def deploy_bundle(
    settings: Settings, bundle_dir: Path, folder: Path, progress: Progress, policy: PolicySettings | None = None
) -> dict[str, object]:
    """Put a bundle and a folder's catalogue into service; gives the document of ``adplat deploy --json``.

    Without a ``policy`` creatives are chosen as ``PolicySettings`` says by itself.
    """
    from adplat.flows.deploy_bundle import Stores
    from adplat.flows.deploy_bundle import deploy_bundle as deploy

    with (
        lock_workspace(settings, "deploy"),
        closing(open_database(settings)) as database,
        running_redis(settings) as url,
        closing(open_stream(settings, url)) as stream,
    ):
        stores = Stores(
            open_catalogue(database), open_bundles(database), open_audit(database), open_objects(settings), stream
        )
        done = deploy(
            stores,
            bundle_dir,
            folder,
            settings.workspace,
            settings.cache_folder,
            clock(),
            progress,
            policy,
            by=actor(settings),
        )
    return {
        "bundle_id": done.bundle.bundle_id,
        "snapshot_id": done.publication.deployment.snapshot_id,
        "live_creatives": done.publication.creatives,
        "campaigns": done.publication.campaigns,
        "users": done.users,
        "problems": [asdict(problem) for problem in done.publication.problems],
    }


def rollout_parts(settings: Settings) -> RolloutParts:
    """What rollouts that were ordered from afar are done with; each is done on behalf of whoever ordered it."""
    from adplat.flows.roll_out import RolloutParts

    return RolloutParts(
        opened=lambda by: opened_registry(settings.model_copy(update={"actor": by})),
        alone=lambda: lock_workspace(settings, "deploy"),
        data=Path(settings.judging_data) if settings.judging_data else settings.workspace,
        lake_of=settings.workspace,
    )
