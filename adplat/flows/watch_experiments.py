"""Running experiments are analysed again and again: which analyses are due.

An analysis is a job (``analyze_kept_experiment.py``). The next one is queued by whoever looks and finds none, so that
no failure ends the watch. This module is what an idle process keeps loaded: it needs no statistics.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from adplat.domain import ExperimentState, Job, JobOrder, KeptExperiment, WorkspaceBusy
from adplat.flows.experiment_parts import ExperimentParts, publish_experiments

ANALYZE = "analyze-experiment"
WATCHER = "worker"


@dataclass(frozen=True, slots=True)
class WatchPlan:
    """How often a running experiment is analysed, and for how long after its stop outcomes are waited for."""

    every: timedelta
    outcomes_within: timedelta


def watch_experiments(parts: ExperimentParts, plan: WatchPlan) -> list[Job]:
    """One look: replicas are told what runs, where they were told otherwise; the next analyses are queued."""
    try:
        with parts.alone():
            publish_experiments(parts)
    except WorkspaceBusy:
        pass  # whoever is at it publishes, and the next look will see
    return _queue_analyses(parts, plan)


def _queue_analyses(parts: ExperimentParts, plan: WatchPlan) -> list[Job]:
    now = parts.clock.now()
    queued = []
    for kept in parts.experiments.experiments([ExperimentState.RUNNING, ExperimentState.STOPPED]):
        latest = parts.jobs.latest(ANALYZE, kept.experiment_id)
        due = _due(kept, latest, plan)
        if due is not None:
            key = f"{kept.experiment_id} after {latest.job_id if latest else 'its start'}"
            order = JobOrder(ANALYZE, kept.experiment_id, max(due, now), WATCHER, idempotency_key=key)
            queued.append(parts.jobs.add(order, now))
    return queued


def _due(kept: KeptExperiment, latest: Job | None, plan: WatchPlan) -> datetime | None:
    """When the next analysis is to begin; ``None``: one is queued, or there is nothing more to learn."""
    experiment, stopped_at = kept.experiment, kept.experiment.stopped_at
    if latest is None:
        return experiment.started_at
    if (latest.result or {}).get("is_final"):
        return None
    if stopped_at is not None and latest.created_at < stopped_at:
        return stopped_at  # at once, also where one of the running time still waits
    if latest.ended_at is None or (stopped_at is not None and latest.created_at >= stopped_at + plan.outcomes_within):
        return None
    return latest.ended_at + plan.every
