"""What is live, and the model to judge it by, become what is served.

The slow part (looking at pictures, reading words) happens here, once per creative, so that a replica loads
numbers and no encoder. The result is an immutable snapshot; then the pointer moves, and every replica follows
within about a second without dropping a request.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from adplat.domain import (
    CatalogueStore,
    Clock,
    Creative,
    InternalFault,
    LiveCatalogue,
    MissingInput,
    ModelBundle,
    ObjectStore,
    Progress,
    SchemaMismatch,
)
from adplat.features import EncodingProblem, FeatureEncoding, load_items, merge_items
from adplat.flows.rank_creatives import policies_of
from adplat.snapshots import (
    SNAPSHOTS_FOLDER,
    Deployment,
    DeploymentPointer,
    PolicySettings,
    ShadowPointer,
    write_snapshot,
)

# Old snapshots stay for replicas that are just loading one, and for a look back.
KEPT_SNAPSHOTS = 5


@dataclass(frozen=True, slots=True)
class Publication:
    """What was published; ``problems`` are pictures and words that could not be read (scored without them)."""

    deployment: Deployment
    creatives: int
    campaigns: int
    problems: tuple[EncodingProblem, ...]


def publish_catalogue(
    catalogue: CatalogueStore,
    bundle: ModelBundle,
    objects: ObjectStore,
    workspace: Path,
    cache_dir: Path,
    clock: Clock,
    *,
    policy: PolicySettings | None = None,
    progress: Progress = lambda _done, _total, _what: None,
) -> Publication:
    """Publish all live creatives with this bundle.

    Raises MissingInput (nothing is live; a column that the bundle reads), SchemaMismatch (the bundle is not what
    it says), ConfigRejected (the policy). A picture that the object store lacks is a problem of the publication.
    """
    policy = policy or PolicySettings()
    policies_of(policy)  # refused here rather than by every replica
    live = catalogue.live_catalogue()
    snapshot_id, problems = write_live_snapshot(live, bundle, objects, workspace, cache_dir, policy, progress)
    deployment = Deployment(snapshot_id, bundle.bundle_id, f"{SNAPSHOTS_FOLDER}/{snapshot_id}", clock.now())
    DeploymentPointer(workspace).write(deployment)
    _forget_old(workspace, snapshot_id)
    return Publication(deployment, len(live.creatives), len(live.campaigns), problems)


def write_live_snapshot(
    live: LiveCatalogue,
    bundle: ModelBundle,
    objects: ObjectStore,
    workspace: Path,
    cache_dir: Path,
    policy: PolicySettings,
    progress: Progress,
) -> tuple[str, tuple[EncodingProblem, ...]]:
    """Write the snapshot of this catalogue with this bundle, serving nothing yet: its id, and what could not be read.

    Raises like ``publish_catalogue``.
    """
    creatives = live.creatives
    if not creatives:
        raise MissingInput(
            "no creative is live", where="catalogue", hint="set creatives and their campaigns live, then publish"
        )
    folder = Path(bundle.path).resolve()
    encoding = FeatureEncoding.load(folder)
    if encoding.digest != bundle.schema_digest:
        raise SchemaMismatch(
            "the bundle's encoding belongs to another schema", where=str(folder), hint="copy the bundle again"
        )
    pictures = _staged_pictures(creatives, objects, cache_dir / "pictures")
    given = encoding.item_block(items_table(creatives), pictures, cache_dir, progress)
    # Items of the training rows stay: the histories of users still point to creatives that no longer run.
    items = merge_items(load_items(folder), given)
    snapshot_id = write_snapshot(
        workspace / SNAPSHOTS_FOLDER,
        items,
        live,
        policy,
        bundle.bundle_id,
        folder,
    )
    return snapshot_id, given.encoding_report


def items_table(creatives: Sequence[Creative]) -> pl.DataFrame:
    """The creatives as ``catalogue/creatives`` shows them to training; pictures are named by content."""
    return pl.DataFrame(
        {
            "creative_id": [creative.creative_id for creative in creatives],
            "ad_id": [creative.ad_id for creative in creatives],
            "campaign_id": [creative.campaign_id for creative in creatives],
            "advertiser_id": [creative.advertiser_id for creative in creatives],
            "status": [creative.status.value for creative in creatives],
            "image_path": [creative.image.sha256 if creative.image else None for creative in creatives],
            "headline": [creative.copy.headline for creative in creatives],
            "body": [creative.copy.body for creative in creatives],
            "cta": [creative.copy.cta for creative in creatives],
            "language": [creative.copy.language for creative in creatives],
            "category": [creative.category for creative in creatives],
        },
        schema_overrides={"image_path": pl.String},
    )


def _staged_pictures(creatives: Sequence[Creative], objects: ObjectStore, folder: Path) -> Path:
    """A folder with every picture under its SHA-256; what is there already is not fetched again."""
    folder.mkdir(parents=True, exist_ok=True)
    for sha256 in {creative.image.sha256 for creative in creatives if creative.image}:
        if not (folder / sha256).exists() and objects.has(sha256):
            partial = folder / f".{sha256}.part"
            partial.write_bytes(objects.get(sha256))
            partial.replace(folder / sha256)
    return folder


def _forget_old(workspace: Path, current: str) -> None:
    folder = workspace / SNAPSHOTS_FOLDER
    needed = {current, _shadow_snapshot(workspace)}
    known = sorted(
        (path for path in folder.iterdir() if not path.name.startswith(".")),
        key=lambda path: path.stat().st_mtime,
        reverse=True,
    )
    for path in [path for path in known if path.name not in needed][KEPT_SNAPSHOTS - 1 :]:
        shutil.rmtree(path, ignore_errors=True)


def _shadow_snapshot(workspace: Path) -> str:
    try:
        shadow = ShadowPointer(workspace).read()
    except InternalFault:  # a damaged shadow must not stand in the way of what is live
        return ""
    return shadow.snapshot_id if shadow else ""
