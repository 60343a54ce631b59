"""What the flows of the model registry are handed, and how a bundle is named on the command line."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from adplat.ctr import verify_bundle
from adplat.domain import AuditTrail, BundleRegistry, CatalogueStore, Clock, ModelBundle, ObjectStore, StreamState


@dataclass(frozen=True)
class RegistryParts:
    """The ports and places of one workspace; ``by`` is who asks. Redis is opened by the few steps that need it."""

    bundles: BundleRegistry
    audit: AuditTrail
    catalogue: CatalogueStore
    objects: ObjectStore
    open_stream: Callable[[], AbstractContextManager[StreamState]]
    workspace: Path
    cache_dir: Path
    clock: Clock
    by: str


def named_bundle(bundles: BundleRegistry, name: str) -> ModelBundle:
    """The bundle that ``name`` says, every byte checked: a folder, or the beginning of a registered id.

    Raises UnknownReference, BundleRejected, and MissingInput where a registered bundle is no longer in its place.
    """
    folder = Path(name)
    return verify_bundle(folder if folder.is_dir() else Path(bundles.find(name).bundle.path))
