"""What came of a job, told of every kind that may come to its end and have done nothing."""

from __future__ import annotations

from typing import Any

import pytest

from adplat.domain import SEND_REPORT, Job, JobOrder, JobOutcome, JobState, RolloutDeed
from adplat.flows.describe_jobs import job_document
from adplat.flows.draft_parts import DRAFT
from adplat.flows.job_outcomes import job_outcome
from adplat.flows.watch_experiments import ANALYZE
from tests.storage.builders import NOON

PROMOTE = RolloutDeed.PROMOTE.kind
REFUSED = {"refused": {"what": "2 of 3 gates failed", "where": "b2", "hint": "train on fresher rows", "detail": {}}}


def ended(kind: str, result: dict[str, Any] | None, state: JobState = JobState.DONE, error: str = "") -> Job:
    return Job(1, JobOrder(kind, "", NOON, "li"), NOON, state=state, result=result, error=error)


@pytest.mark.parametrize(
    ("job", "outcome", "why"),
    [
        (ended(PROMOTE, {"done": {"bundle_id": "b2"}}), "done", ""),
        (ended(PROMOTE, REFUSED), "refused", "2 of 3 gates failed: train on fresher rows"),
        (ended(SEND_REPORT, {"state": "sent", "refused": {}}), "done", ""),
        (ended(SEND_REPORT, {"state": "partly", "refused": {"webhook": "it answers 404"}}), "partly", "webhook: it"),
        (ended(SEND_REPORT, {"state": "failed", "refused": {"webhook": "it answers 404"}}), "failed", "webhook: it"),
        (ended(SEND_REPORT, {"state": "not_allowed", "why": "its owner is disabled"}), "refused", "its owner"),
        (ended(SEND_REPORT, {"state": "off"}), "refused", "switched off"),
        (ended(SEND_REPORT, {"state": "gone"}), "refused", "removed"),
        (ended(DRAFT, {"drafts": ["d1"], "not_available": [{}]}), "done", ""),
        (ended(DRAFT, {"drafts": [], "not_available": [{}]}), "failed", "no draft passed"),
        (ended(ANALYZE, {"skipped": "nobody met an arm"}), "done", "nobody met an arm"),
        (ended(ANALYZE, None, JobState.QUEUED, "the database was away"), "waiting", "the database was away"),
        (ended(PROMOTE, None, JobState.FAILED, "its worker was lost"), "failed", "its worker was lost"),
        (ended(PROMOTE, None, JobState.CANCELLED), "cancelled", ""),
    ],
)
def test_a_job_tells_what_came_of_it_and_why(job: Job, outcome: str, why: str) -> None:
    told = job_outcome(job)
    assert told[0] == JobOutcome(outcome)
    assert why in told[1] and bool(why) is bool(told[1])
    document = job_document(job)
    assert (document["outcome"], document["why"]) == (outcome, told[1] or None)
