"""Running experiments are analysed again and again: which analyses are due, and what one of them does.

An analysis is a job. The next one is queued by whoever looks and finds none, so that no failure ends the watch. A job
may begin twice: its result is kept once, and what follows from the result is the same when done twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from adplat.data import Lake
from adplat.domain import (
    ExperimentResult,
    ExperimentState,
    Job,
    JobHandler,
    JobOrder,
    KeptExperiment,
    WorkspaceBusy,
)
from adplat.experiments import (
    Guardrail,
    analyze,
    guardrail_question,
    harmed_arms,
    losing_arms,
    question,
    setup_of,
)
from adplat.flows.experiment_parts import ExperimentParts, publish_experiments
from adplat.flows.experiment_sums import experiment_sums
from adplat.flows.manage_experiments import pause_arm, stop_experiment, verdict_of

ANALYZE = "analyze-experiment"
WATCHER = "worker"
_DAY_S = 86_400.0


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


def analysis_handler(parts: ExperimentParts, lake: Lake) -> JobHandler:
    """What does jobs of the kind ``ANALYZE``."""
    return lambda job, tell: _analyze_kept(parts, lake, job, tell)


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
    if stopped_at is not None and latest.created_at < stopped_at:
        return stopped_at  # at once, also where one of the running time still waits
    if not latest.state.is_over or latest.ended_at is None or (latest.result or {}).get("is_final"):
        return None
    if stopped_at is None and len([arm for arm in experiment.arms if not arm.paused]) < 2:
        return None  # only the control is left
    if stopped_at is not None and latest.created_at >= stopped_at + plan.outcomes_within:
        return None
    return latest.ended_at + plan.every


def _analyze_kept(parts: ExperimentParts, lake: Lake, job: Job, tell: Callable[[float], None]) -> dict[str, Any]:
    kept = parts.experiments.find(job.order.subject)
    if kept.experiment.state not in {ExperimentState.RUNNING, ExperimentState.STOPPED}:
        return {"skipped": f"the experiment is {kept.experiment.state.value}"}
    result = parts.experiments.add_result(_result(kept, lake, job, parts.clock.now(), tell))
    tell(0.9)
    done = _act(replace(parts, by=f"job {job.job_id}"), kept, result)
    verdict = verdict_of(result.document)
    method = setup_of(kept.setup).analysis.get("method", "fixed")
    # A fixed test is looked at once: whatever later looks said would have been one of many.
    is_final = method == "fixed" and verdict not in {"wait", "invalid"}
    return {"result_id": result.result_id, "verdict": verdict, "is_final": is_final, **done}


def _result(
    kept: KeptExperiment, lake: Lake, job: Job, now: datetime, tell: Callable[[float], None]
) -> ExperimentResult:
    setup, experiment = setup_of(kept.setup), kept.experiment
    since = experiment.started_at or kept.created_at
    until = min(experiment.stopped_at or now, now)
    where = f"experiment {kept.experiment_id}"
    weights = [arm.weight for arm in experiment.arms if not arm.paused]
    steps = 1 + len(setup.guardrails)

    def sums(outcome: Any, kind: Any, step: int) -> Any:
        told = experiment_sums(lake, experiment, since, until, now, outcome=outcome, kind=kind)
        tell(0.9 * step / steps)
        return told

    kind = setup.analysis["metric"]["kind"]
    counted = sums(setup.outcome, kind, 1)
    spec = question(
        setup, counted.arms, where=where, allocation=weights, age_days=(until - since).total_seconds() / _DAY_S
    )
    analysis = analyze(spec)
    document = {
        "analysis": analysis,
        "question": msgspec.to_builtins(spec),
        "losing": losing_arms(spec, analysis),
        "guardrails": [
            _guarded(guardrail, sums(guardrail.outcome, guardrail.metric.kind, step).arms, where)
            for step, guardrail in enumerate(setup.guardrails, start=2)
        ],
        "paused_arms": [arm.name for arm in experiment.arms if arm.paused],
        "data": {"impressions": counted.impressions, "units": counted.units, "in_two_arms": counted.in_two_arms},
    }
    return ExperimentResult(kept.experiment_id, now, since, until, document, job.job_id)


def _guarded(guardrail: Guardrail, arms: list[dict[str, Any]], where: str) -> dict[str, Any]:
    spec = guardrail_question(guardrail, arms, where=where)
    analysis = analyze(spec)
    return {
        "metric": guardrail.metric.name,
        "breached_by": harmed_arms(spec, analysis, guardrail.margin),
        "analysis": analysis,
    }


def _act(parts: ExperimentParts, kept: KeptExperiment, result: ExperimentResult) -> dict[str, Any]:
    """What the result asks for; nothing of an experiment that runs no more."""
    if parts.experiments.find(kept.experiment_id).experiment.state is not ExperimentState.RUNNING:
        return {"paused": [], "stopped": False}
    breaches = [
        f"{arm} breaches {one['metric']}" for one in result.document["guardrails"] for arm in one["breached_by"]
    ]
    if breaches:
        reason = f"{'; '.join(breaches)} (result {result.result_id})"
        stop_experiment(parts, kept.experiment_id, reason)
        return {"paused": [], "stopped": True, "reason": reason}
    losing = result.document["losing"] if setup_of(kept.setup).pause_losers else []
    for arm in losing:
        reason = f"worse than {kept.control.name} by the sequential method (result {result.result_id})"
        pause_arm(parts, kept.experiment_id, arm, reason)
    return {"paused": losing, "stopped": False}
