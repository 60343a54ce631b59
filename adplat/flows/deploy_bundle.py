"""A trained bundle and a folder's catalogue become what is served."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from adplat.ctr import KeptBundle, verify_bundle
from adplat.data import building_folder, load_side_tables, write_bytes
from adplat.domain import (
    AuditTrail,
    BundleDeployment,
    BundleRegistry,
    CatalogueStore,
    Clock,
    ModelBundle,
    ObjectStore,
    Progress,
    StreamState,
)
from adplat.flows.load_catalogue import load_catalogue, load_users
from adplat.flows.publish_catalogue import Publication, publish_catalogue
from adplat.flows.register_bundle import register_bundle
from adplat.flows.shadow_bundle import follow_catalogue
from adplat.flows.tell_deployments import end_of, told_deployment
from adplat.snapshots import PolicySettings


@dataclass(frozen=True)
class Stores:
    """The ports that a deployment writes through."""

    catalogue: CatalogueStore
    bundles: BundleRegistry
    audit: AuditTrail
    objects: ObjectStore
    stream: StreamState


@dataclass(frozen=True)
class DeployedBundle:
    """What is served from now on."""

    bundle: ModelBundle
    publication: Publication
    users: int


def deploy_bundle(
    stores: Stores,
    bundle_dir: Path,
    folder: Path,
    workspace: Path,
    cache_dir: Path,
    clock: Clock,
    progress: Progress,
    policy: PolicySettings | None = None,
    by: str = "",
) -> DeployedBundle:
    """Check the bundle, bring in ``folder``'s catalogue and users, publish the snapshot, write it down.

    The pointer moves after everything it points to is there. What the folder does not name stays as it was: to take a
    creative out, give it another status. ``by`` is who did it, for the registry and the audit trail. Raises
    BundleRejected, MissingInput, TableRejected, SchemaMismatch, StoreUnreachable.
    """
    bundle = verify_bundle(bundle_dir)
    kept = KeptBundle.open(bundle_dir)
    # A catalogue that this bundle cannot read is refused before anything is written.
    load_side_tables(kept.schema, folder)
    who, detail = by or "adplat deploy", {"catalogue": str(folder)}
    with told_deployment(stores.audit, clock, who, "deploy", bundle.bundle_id, detail):
        load_catalogue(folder, stores.catalogue, stores.objects, progress)
        users = load_users(folder, kept.scorer.encoding, kept.histories, stores.stream, progress)
        register_bundle(stores.bundles, bundle, clock, by=by)
        publication = publish_catalogue(
            stores.catalogue, bundle, stores.objects, workspace, cache_dir, clock, policy=policy, progress=progress
        )
        follow_catalogue(stores.catalogue, stores.objects, workspace, cache_dir, clock, progress)
        snapshot_id = publication.deployment.snapshot_id
        gone_live = BundleDeployment(bundle.bundle_id, clock.now(), by=by, snapshot_id=snapshot_id)
        stores.bundles.deploy(gone_live, end_of(gone_live, who, "deploy", detail | {"snapshot_id": snapshot_id}))
    _keep_beside_the_lake(folder, workspace)
    return DeployedBundle(bundle, publication, users)


def _keep_beside_the_lake(folder: Path, workspace: Path) -> None:
    """Catalogue, pictures and schema beside the lake, so that the workspace is a folder to check and train on."""
    for name in ("catalogue", "images"):
        if (folder / name).is_dir() and (folder / name).resolve() != (workspace / name).resolve():
            with building_folder(workspace / name) as building:
                shutil.copytree(folder / name, building, dirs_exist_ok=True)
    if (folder / "schema.yaml").is_file() and folder.resolve() != workspace.resolve():
        write_bytes(workspace / "schema.yaml", (folder / "schema.yaml").read_bytes())
