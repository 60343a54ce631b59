"""How a job ended, as people are told it: one that came to its end may have done nothing, and its result says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adplat.domain import ROLLOUT_KINDS, SEND_REPORT, Job, JobOutcome, JobState, Rollout, SendState, said_together
from adplat.flows.draft_parts import DRAFT

# Of one that nobody wants any more, what its result says in place of a ``SendState``.
_NOT_SENT = {"gone": "its schedule was removed", "off": "its schedule is switched off"}
_OF_SENDS = {
    SendState.PARTLY.value: JobOutcome.PARTLY,
    SendState.FAILED.value: JobOutcome.FAILED,
    SendState.NOT_ALLOWED.value: JobOutcome.REFUSED,
}


def job_outcome(job: Job) -> tuple[JobOutcome, str]:
    """How far it came, and the line why, empty where there is nothing to say: its latest error, or what it says."""
    if job.state is not JobState.DONE:
        return job.state.outcome, job.error
    result: Mapping[str, Any] = job.result or {}
    if job.order.kind in ROLLOUT_KINDS:
        refusal = Rollout(job).refusal
        return Rollout(job).outcome, said_together(refusal["what"], refusal["hint"]) if refusal else ""
    if job.order.kind == SEND_REPORT:
        return _of_send(result)
    if job.order.kind == DRAFT and not result.get("drafts"):
        return JobOutcome.FAILED, "no draft passed its review"
    return JobOutcome.DONE, str(result.get("skipped") or "")


def _of_send(result: Mapping[str, Any]) -> tuple[JobOutcome, str]:
    state = str(result.get("state", ""))
    if state in _NOT_SENT:
        return JobOutcome.REFUSED, _NOT_SENT[state]
    refused = [f"{target}: {why}" for target, why in (result.get("refused") or {}).items()]
    return _OF_SENDS.get(state, JobOutcome.DONE), str(result.get("why") or "; ".join(refused))
