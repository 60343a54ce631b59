"""A bundle that looks on: it scores a share of the decisions after they were answered, and decides nothing."""

from __future__ import annotations

from pathlib import Path

from adplat.ctr import verify_bundle
from adplat.domain import (
    CatalogueStore,
    Clock,
    ConfigRejected,
    InputError,
    InternalFault,
    ModelBundle,
    ObjectStore,
    Progress,
    SchemaMismatch,
)
from adplat.flows.publish_catalogue import write_live_snapshot
from adplat.flows.register_bundle import register_bundle
from adplat.flows.registry_parts import RegistryParts, named_bundle
from adplat.snapshots import (
    SNAPSHOTS_FOLDER,
    DeploymentPointer,
    PolicySettings,
    ShadowDeployment,
    ShadowPointer,
    load_snapshot,
)


def start_shadow(parts: RegistryParts, name: str, share: float, progress: Progress) -> ShadowDeployment:
    """Let a bundle score ``share`` of the decisions too; it takes the place of the shadow before.

    Replicas and worker follow within about a second. A bundle that is not yet registered is registered by this.
    Raises MissingInput (nothing is served here), ConfigRejected (a share that is none; the live bundle itself),
    SchemaMismatch (users are packed for the live bundle's schema and mean nothing to another).
    """
    if not 0.0 < share <= 1.0:
        raise ConfigRejected(f"{share} is no share", where="--share", hint="give more than 0 and at most 1")
    served = DeploymentPointer(parts.workspace).read()
    bundle = named_bundle(parts.bundles, name)
    if bundle.bundle_id == served.bundle_id:
        raise ConfigRejected(
            "the live bundle cannot be its own shadow", where=bundle.bundle_id[:20], hint="name another bundle"
        )
    _refuse_other_schema(bundle, parts.workspace)
    known = register_bundle(parts.bundles, bundle, parts.clock, by=parts.by).bundle
    shadow = _write(
        known, share, parts.catalogue, parts.objects, parts.workspace, parts.cache_dir, parts.clock, progress
    )
    detail = {"snapshot_id": shadow.snapshot_id, "share": f"{share:g}"}
    parts.audit.record(parts.clock.now(), parts.by, "shadow", bundle.bundle_id, detail)
    return shadow


def stop_shadow(parts: RegistryParts) -> ShadowDeployment | None:
    """Let no bundle look on any more; gives the one that did. What it said so far stays in the lake."""
    pointer = ShadowPointer(parts.workspace)
    try:
        shadow = pointer.read()
    except InternalFault:  # removing it is the way to mend a damaged one
        shadow = None
    if pointer.remove():
        parts.audit.record(parts.clock.now(), parts.by, "shadow off", shadow.bundle_id if shadow else "", {})
    return shadow


def follow_catalogue(
    catalogue: CatalogueStore,
    objects: ObjectStore,
    workspace: Path,
    cache_dir: Path,
    clock: Clock,
    progress: Progress,
) -> ShadowDeployment | None:
    """Bring the shadow up to what was just published; it ends where it became live itself, or lost its schema.

    A shadow never stands in the way of a publication: whatever cannot be read ends it too.
    """
    pointer = ShadowPointer(workspace)
    try:
        shadow = pointer.read()
        if shadow is None:
            return None
        bundle = verify_bundle(load_snapshot(pointer.folder_of(shadow)).bundle_path)
        if bundle.bundle_id != DeploymentPointer(workspace).read().bundle_id:
            _refuse_other_schema(bundle, workspace)
            return _write(bundle, shadow.share, catalogue, objects, workspace, cache_dir, clock, progress)
    except (InputError, InternalFault) as reason:
        progress(1, 1, f"the shadow ends: {reason.what}")
    pointer.remove()
    return None


def _refuse_other_schema(bundle: ModelBundle, workspace: Path) -> None:
    pointer = DeploymentPointer(workspace)
    live = verify_bundle(load_snapshot(pointer.folder_of(pointer.read())).bundle_path)
    if bundle.schema_digest != live.schema_digest:
        raise SchemaMismatch(
            "the shadow reads another feature schema than the live bundle",
            where=bundle.bundle_id[:20],
            hint="users are packed for one schema: compare the two with 'adplat model compare', then promote",
        )


def _write(
    bundle: ModelBundle,
    share: float,
    catalogue: CatalogueStore,
    objects: ObjectStore,
    workspace: Path,
    cache_dir: Path,
    clock: Clock,
    progress: Progress,
) -> ShadowDeployment:
    live = catalogue.live_catalogue()
    # A policy belongs to every snapshot; a shadow chooses nothing.
    policy = PolicySettings()
    snapshot_id, _ = write_live_snapshot(live, bundle, objects, workspace, cache_dir, policy, progress)
    shadow = ShadowDeployment(bundle.bundle_id, snapshot_id, f"{SNAPSHOTS_FOLDER}/{snapshot_id}", share, clock.now())
    ShadowPointer(workspace).write(shadow)
    return shadow
