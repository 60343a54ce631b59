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
from adplat.domain import ExperimentResult, ExperimentState, Job, KeptExperiment, MissingInput
from adplat.experiments import (
    guardrail_question,
    harmed_arms,
    losing_arms,
    question,
    setup_of,
)
from adplat.flows.analyze_rows import analyze_rows
from adplat.flows.experiment_parts import ExperimentParts
from adplat.flows.manage_experiments import pause_arm, stop_experiment, verdict_of

_DAY_S = 86_400.0
# Share of a job that is over when all is analysed and nothing has followed from it.
_ANALYZED = 0.9


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
    if kept.experiment.started_at == kept.experiment.stopped_at:
        return {"skipped": "the experiment was stopped when it had just started", "is_final": True}
    try:
        found = _result(kept, lake, job, parts.clock.now(), tell)
    except MissingInput as reason:
        return {"skipped": reason.what}  # nobody has met an arm yet; the next analysis looks again
    result = parts.experiments.add_result(found)
    tell(_ANALYZED)
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
    times = {"since": since, "until": until, "as_of": now, "age_days": (until - since).total_seconds() / _DAY_S}
    spec = question(setup, experiment, **times)
    analysis = analyze_rows(spec, lake=lake)
    guardrails = []
    for done, guardrail in enumerate(setup.guardrails, start=1):
        tell(_ANALYZED * done / (1 + len(setup.guardrails)))
        asked = guardrail_question(guardrail, experiment, **times)
        said = analyze_rows(asked, lake=lake)
        breached = harmed_arms(asked, said, guardrail.margin)
        guardrails.append({"metric": guardrail.metric.name, "breached_by": breached, "analysis": said})
    document = {
        "analysis": analysis,
        "question": msgspec.to_builtins(spec),
        "losing": losing_arms(spec, analysis),
        "guardrails": guardrails,
        "paused_arms": [arm.name for arm in experiment.arms if arm.paused],
    }
    return ExperimentResult(kept.experiment_id, now, since, until, document, job.job_id)


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
