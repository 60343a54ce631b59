"""``/v1/queue``: uploads and drafts that wait for a person, and many approved at once."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from adplat.domain import ReviewVerdict, Right
from adplat.flows.review_queue import Asked, Waits, approve_clean, waiting
from services.admin.asking import Asking
from services.admin.problems import responses
from services.admin.queue_bodies import (
    ApprovalsIn,
    OutcomesOut,
    WaitingOut,
    outcome_document,
    require_as_seen,
    waiting_document,
)
from services.admin.schemas import PageOut

router = APIRouter(prefix="/v1", tags=["creatives"])


@router.get("/queue", responses=responses(), response_model=PageOut[WaitingOut])
def list_queue(
    asker: Asking,
    kind: Annotated[Waits | None, Query(description="none: uploads first, then drafts")] = None,
    advertiser_id: Annotated[str, Query(max_length=256)] = "",
    verdict: Annotated[ReviewVerdict | None, Query(description="what its review found")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 24,
    cursor: Annotated[str, Query(description="next of the page before")] = "",
) -> dict[str, Any]:
    """What waits, with what its review found; a page may be shorter than its limit and have a next one."""
    asker.may(Right.SEE_DRAFTS)
    parts = asker.may(Right.SEE_CATALOGUE)
    found = waiting(parts, Asked(kind, advertiser_id, verdict, limit, cursor))
    return {"items": [waiting_document(one) for one in found.items], "next": found.next or None}


@router.post("/queue/approve", responses=responses(), response_model=OutcomesOut)
def approve_many(body: ApprovalsIn, asker: Asking) -> dict[str, Any]:
    """Each of those named that its review passed without a finding; what keeps one keeps no other."""
    parts = asker.may(Right.REVIEW_CREATIVES)
    found = approve_clean(parts, [one.named() for one in body.items], body.reason, require_as_seen)
    return {"items": [outcome_document(one) for one in found]}
