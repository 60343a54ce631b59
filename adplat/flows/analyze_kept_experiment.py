"""One analysis of a kept experiment: its rows counted, its result kept, and what follows from the result done.

This is a job and may begin twice. Its result is kept once, by the number of the job, and what follows is read off the
kept result: pausing an arm again, or stopping what is stopped, changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from adplat.data import Lake
from adplat.domain import ExperimentResult, ExperimentState, Job, KeptExperiment
from adplat.experiments import (
    Guardrail,
    analyze,
    guardrail_question,
    harmed_arms,
    losing_arms,
    question,
    setup_of,
)
from adplat.flows.experiment_parts import ExperimentParts
from adplat.flows.experiment_sums import experiment_sums
from adplat.flows.manage_experiments import pause_arm, stop_experiment, verdict_of

_DAY_S = 86_400.0


def analyze_kept_experiment(
    parts: ExperimentParts, lake: Lake, job: Job, tell: Callable[[float], None]
) -> dict[str, Any]:
    """The job's result: ``result_id``, ``verdict``, arms ``paused`` now, whether it was ``stopped``.

    ``is_final``: nothing more is to be learned by looking again. Raises TableRejected on a damaged lake, WorkspaceBusy
    where somebody changes experiments at this moment (then it is tried again).
    """
    kept = parts.experiments.find(job.order.subject)
    if kept.experiment.state not in {ExperimentState.RUNNING, ExperimentState.STOPPED}:
        return {"skipped": f"the experiment is {kept.experiment.state.value}"}
    if len([arm for arm in kept.experiment.arms if not arm.paused]) < 2:
        return {"skipped": "every arm but the control is paused", "is_final": True}
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
