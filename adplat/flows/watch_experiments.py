"""Running experiments are analysed again and again: which analyses are due.

An analysis is a job (``analyze_kept_experiment.py``). The next one is queued by whoever looks and finds none, so that
no failure ends the watch. This module is what an idle process keeps loaded: it needs no statistics.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from adplat.domain import ConfigRejected, ExperimentState, Job, JobOrder, KeptExperiment, WorkspaceBusy
from adplat.flows.experiment_parts import ExperimentParts, publish_experiments

ANALYZE = "analyze-experiment"
WATCHER = "worker"
# In the payload: whether the experiment was stopped when the analysis was ordered.
_STOPPED = "stopped"


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


def order_analysis(parts: ExperimentParts, experiment_id: str) -> Job:
    """An analysis at once, beside those that come by themselves; while one is due, it is that one.

    Raises UnknownReference, and ConfigRejected where another look would say nothing, or must not be taken.
    """
    kept, now = parts.experiments.find(experiment_id), parts.clock.now()
    where = f"experiment {experiment_id}"
    if kept.experiment.state not in {ExperimentState.RUNNING, ExperimentState.STOPPED}:
        raise ConfigRejected(
            f"it is {kept.experiment.state.value}", where=where, hint="one that runs or was just stopped is analysed"
        )
    latest = parts.jobs.latest(ANALYZE, experiment_id)
    if _is_final(latest):
        raise ConfigRejected(
            "its analysis was the last one: a further look at a fixed test would be one of many",
            where=where,
            hint="stop and decide it",
        )
    if latest is not None and not latest.state.is_over and latest.order.run_after <= now:
        return latest
    order = JobOrder(
        ANALYZE,
        experiment_id,
        now,
        parts.by,
        {_STOPPED: kept.experiment.stopped_at is not None},
        idempotency_key=f"{experiment_id} asked after {latest.job_id if latest else 'its start'}",
        advertiser_id=kept.advertiser_id,
    )
    return parts.jobs.add(order, now)


def _queue_analyses(parts: ExperimentParts, plan: WatchPlan) -> list[Job]:
    now = parts.clock.now()
    queued = []
    for kept in parts.experiments.experiments([ExperimentState.RUNNING, ExperimentState.STOPPED]):
        latest = parts.jobs.latest(ANALYZE, kept.experiment_id)
        due = _due(kept, latest, plan)
        if due is not None:
            order = JobOrder(
                ANALYZE,
                kept.experiment_id,
                max(due, now),
                WATCHER,
                {_STOPPED: kept.experiment.stopped_at is not None},
                idempotency_key=f"{kept.experiment_id} after {latest.job_id if latest else 'its start'}",
                advertiser_id=kept.advertiser_id,
            )
            queued.append(parts.jobs.add(order, now))
    return queued


def _due(kept: KeptExperiment, latest: Job | None, plan: WatchPlan) -> datetime | None:
    """When the next analysis is to begin; ``None``: one is queued, or there is nothing more to learn."""
    started_at, stopped_at = kept.experiment.started_at, kept.experiment.stopped_at
    if stopped_at is not None and (latest is None or not latest.order.payload[_STOPPED]) and not _is_final(latest):
        return stopped_at  # at once, also where one of the running time still waits
    if latest is None:
        return None if started_at is None else started_at + plan.every
    last_moment = datetime.max.replace(tzinfo=UTC) if stopped_at is None else stopped_at + plan.outcomes_within
    if latest.ended_at is None or latest.created_at >= last_moment or _is_final(latest):
        return None
    return latest.ended_at + plan.every


def _is_final(job: Job | None) -> bool:
    """Whether its result says that looking again would teach nothing."""
    return job is not None and bool((job.result or {}).get("is_final"))
