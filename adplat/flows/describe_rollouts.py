"""Rollouts and what is live, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from adplat.domain import Job, LiveBundles, Rollout, ServingReplica
from adplat.flows.describe_jobs import job_document


def rollout_document(job: Job) -> dict[str, Any]:
    """One rollout; ``refused`` where it was not done, ``result`` where it was."""
    rollout, told, payload = Rollout(job), job_document(job), job.order.payload
    return {
        "rollout_id": job.job_id,
        "deed": rollout.deed.value,
        "bundle_id": job.order.subject or None,
        "outcome": rollout.outcome.value,
        "reason": str(payload.get("reason", "")),
        "force": bool(payload.get("force", False)),
        "share": float(payload.get("share", 1.0)),
        "progress": job.progress,
        "ordered_at": told["created_at"],
        "ordered_by": job.order.by,
        "ended_at": told["ended_at"],
        "error": told["error"],
        "refused": dict(rollout.refusal) or None,
        "result": (job.result or {}).get("done"),
    }


def live_document(live: LiveBundles, replicas: Sequence[ServingReplica] | None) -> dict[str, Any]:
    """What is live, and what the replicas say that they serve from; ``None``: nobody can tell."""
    return {
        "version": live.version,
        "live": live.live or None,
        "changes": live.changes,
        "served": live.served or None,
        "snapshot_id": live.snapshot_id or None,
        "published": live.published,
        "shadow": live.shadow or None,
        "shadow_share": live.shadow_share if live.shadow else None,
        "shadow_since": live.shadow_since,
        "replicas": None if replicas is None else [asdict(one) for one in replicas],
    }
