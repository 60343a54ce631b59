"""Kept experiments and their results as plain data, for ``--json``, for tables and for the page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from adplat.domain import (
    AuditEntry,
    ExperimentResult,
    ExperimentState,
    ExperimentStore,
    Job,
    JobQueue,
    KeptExperiment,
    alike_arms,
)
from adplat.flows.describe_jobs import job_document
from adplat.flows.expected_end import expected_end
from adplat.flows.experiment_health import health_of
from adplat.flows.experiment_parts import ExperimentParts
from adplat.flows.manage_experiments import verdict_of
from adplat.flows.watch_experiments import ANALYZE


def experiment_document(kept: KeptExperiment) -> dict[str, Any]:
    """One experiment without what its analyses said."""
    experiment = kept.experiment
    return {
        "experiment_id": experiment.experiment_id,
        "state": experiment.state.value,
        "arms": [{"name": arm.name, "weight": arm.weight, "paused": arm.paused} for arm in experiment.arms],
        "layer": experiment.layer,
        "traffic": experiment.traffic,
        "raises": [{"at": one.at.isoformat(), "share": one.share, "by": one.by, "why": one.why} for one in kept.raises],
        "campaign_ids": list(experiment.campaign_ids),
        "created_at": _told(kept.created_at),
        "created_by": kept.created_by,
        "started_at": _told(experiment.started_at),
        "stopped_at": _told(experiment.stopped_at),
        "decided_at": _told(kept.decided_at),
        "winner": kept.winner,
        "reason": kept.reason or None,
        "planned": kept.setup["planned"],
    }


def experiment_story(parts: ExperimentParts, experiment_id: str, *, history: bool) -> dict[str, Any]:
    """One experiment with set-up, latest result and next analysis; with ``history`` all results and changes.

    Raises UnknownReference.
    """
    told = experiment_told(parts.experiments.find(experiment_id), parts.experiments, parts.jobs)
    if history:
        told["history"] = [result_document(result) for result in parts.experiments.results(experiment_id)]
        told["changes"] = [_change(entry) for entry in parts.audit.about(experiment_id)]
    return told


def experiment_told(kept: KeptExperiment, experiments: ExperimentStore, jobs: JobQueue) -> dict[str, Any]:
    """One experiment with set-up, latest result, its health, when it is expected to end, and the next analysis."""
    name = kept.experiment_id
    newest, count = experiments.results_over_time(name, 1)
    latest = newest[-1] if newest else None
    return experiment_document(kept) | {
        "setup": dict(kept.setup),
        "results": count,
        "latest": None if latest is None else result_document(latest),
        "health": health_of(None if latest is None else latest.document).value,
        "expected": _expected(kept),
        "alike_arms": alike_arms(kept.experiment.arms),
        "next_analysis": _waiting(kept, jobs.latest(ANALYZE, name)),
    }


def result_document(result: ExperimentResult) -> dict[str, Any]:
    """One result; ``verdict`` stands beside the whole ``document``."""
    return {
        "result_id": result.result_id,
        "at": _told(result.at),
        "data_since": _told(result.data_since),
        "data_until": _told(result.data_until),
        "job_id": result.job_id,
        "verdict": verdict_of(result.document),
        "document": dict(result.document),
    }


def _expected(kept: KeptExperiment) -> dict[str, Any] | None:
    end = expected_end(kept)
    if end is None:
        return None
    return {"at": _told(end.at), "first_at": _told(end.first_at), "units": end.units, "power": end.power}


def _waiting(kept: KeptExperiment, job: Job | None) -> dict[str, Any] | None:
    if job is None or job.state.is_over or kept.experiment.state is ExperimentState.DECIDED:
        return None
    return job_document(job)


def _change(entry: AuditEntry) -> dict[str, Any]:
    return {"at": _told(entry.at), "by": entry.actor, "action": entry.action, **entry.detail}


def _told(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
