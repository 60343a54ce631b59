"""The registry as plain data, for ``--json`` and for tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adplat.domain import BundleDeployment, RegisteredBundle


def bundle_document(one: RegisteredBundle, *, whole: bool = False) -> dict[str, Any]:
    """One bundle; ``whole`` adds the training config."""
    bundle, data = one.bundle, one.bundle.data
    told: dict[str, Any] = {
        "bundle_id": bundle.bundle_id,
        "state": one.state.value,
        "path": bundle.path,
        "schema_digest": bundle.schema_digest,
        "created": bundle.created.isoformat(),
        "data": {
            "rows": data.rows,
            "later_rows": data.later_rows,
            "since": data.since.isoformat() if data.since else None,
            "until": data.until.isoformat() if data.until else None,
            "fingerprint": data.fingerprint,
        },
        "metrics": dict(bundle.metrics),
        "parent": one.parent or None,
        "registered": one.registered.isoformat(),
        "registered_by": one.registered_by,
        "deployed": None if one.latest is None else deployment_document(one.latest),
    }
    return told | {"config": dict(bundle.config)} if whole else told


def deployment_document(deployment: BundleDeployment) -> dict[str, Any]:
    """One line of the history; ``gates`` only where a promotion ran them."""
    return {
        "bundle_id": deployment.bundle_id,
        "at": deployment.at.isoformat(),
        "kind": deployment.kind.value,
        "by": deployment.by,
        "reason": deployment.reason,
        "snapshot_id": deployment.snapshot_id,
        "gates": dict(deployment.gates) or None,
    }


def registry_document(
    bundles: Sequence[RegisteredBundle], history: Sequence[BundleDeployment], served: str = ""
) -> dict[str, Any]:
    """All bundles and the history, both oldest first; ``served`` is the bundle that replicas are pointed to."""
    live = [one.bundle.bundle_id for one in bundles if one.state.value == "live"]
    return {
        "live": live[0] if live else None,
        "served": served or None,
        "bundles": [bundle_document(one) for one in bundles],
        "history": [deployment_document(deployment) for deployment in history],
    }
