"""What a caller of some advertisers may draft, see and decide: its own things, and no others'.

What is somebody else's is answered like what is not there.
"""

from __future__ import annotations

from adplat.domain import Caller, DraftStore, Job, JobQueue, KeptDraft, NotPermitted, UnknownReference
from adplat.flows.draft_parts import DRAFT


def require_own_advertiser(caller: Caller, advertiser_id: str) -> None:
    """Raises NotPermitted for another's."""
    if not caller.may_see(advertiser_id):
        raise NotPermitted(
            f"caller {caller.caller_id!r} may not draft for advertiser {advertiser_id[:64]!r}",
            where="brief.advertiser_id",
            hint="name one of its own, or ask whoever runs this service for more",
        )


def own_draft(caller: Caller, drafts: DraftStore, draft_id: str) -> KeptDraft:
    """Raises UnknownReference, in the same words for none and for another's."""
    unknown = UnknownReference("no draft has this id", where=f"draft {draft_id[:64]}", hint="see GET /v1/drafts")
    try:
        kept = drafts.find(draft_id)
    except UnknownReference:
        raise unknown from None
    if not caller.may_see(kept.advertiser_id):
        raise unknown
    return kept


def own_job(caller: Caller, jobs: JobQueue, job_id: str) -> Job:
    """Raises UnknownReference, in the same words for none, for another's, and for one that drafts nothing."""
    unknown = UnknownReference("no job has this id", where=f"job {job_id[:64]}", hint="give the id that was answered")
    if not (job_id.isascii() and job_id.isdigit() and len(job_id) < 19):
        raise unknown
    try:
        job = jobs.find(int(job_id))
    except UnknownReference:
        raise unknown from None
    if job.order.kind != DRAFT or not caller.may_see(job.order.subject):
        raise unknown
    return job
