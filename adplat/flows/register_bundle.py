"""A bundle becomes known: checked byte by byte, then a row with what made it and whom it is meant to replace."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from adplat.domain import BundleRegistry, Clock, ModelBundle, RegisteredBundle


def register_bundle(
    registry: BundleRegistry, bundle: ModelBundle, clock: Clock, *, by: str = "", parent: str = ""
) -> RegisteredBundle:
    """Register a verified bundle and give it back as the registry knows it. Doing it again changes nothing.

    ``parent`` is the beginning of a registered id; without one the bundle that is live now is the parent.
    Raises UnknownReference for a parent that is not registered.
    """
    if parent:
        parent = registry.find(parent).bundle.bundle_id
    else:
        live = registry.deployed()
        parent = live.bundle_id if live and live.bundle_id != bundle.bundle_id else ""
    # The registry is read from other folders than the one that this was typed in.
    bundle = replace(bundle, path=str(Path(bundle.path).resolve()))
    registry.register(bundle, clock.now(), by=by, parent=parent)
    return registry.find(bundle.bundle_id)
