"""The OpenAPI 3.1 document of the generation service."""

from __future__ import annotations

from services.generation.schemas import (
    ApproveBody,
    DraftAnswer,
    DraftBody,
    DraftsAnswer,
    HealthAnswer,
    RejectBody,
    ReviewAnswer,
    ReviewBody,
)
from services.hosting.asked_jobs import JobAnswer
from services.hosting.described_api import Operation, openapi_document

_LISTED = (
    ("status", "string"),
    ("campaign_id", "string"),
    ("brief_id", "string"),
    ("after", "string"),
    ("limit", "string"),
)
_FILES = ("image/jpeg", "image/png", "image/webp")
_OPERATIONS = (
    Operation(
        "post", "/v1/drafts", "draft", "Have creatives drafted from a brief, as a job", JobAnswer, DraftBody, "202"
    ),
    Operation("get", "/v1/drafts", "drafts", "Kept drafts", DraftsAnswer, query=_LISTED),
    Operation("get", "/v1/drafts/{draft_id}", "one_draft", "One draft with its review and scores", DraftAnswer),
    Operation("get", "/v1/drafts/{draft_id}/picture", "picture", "The file of a draft", None, media_types=_FILES),
    Operation("post", "/v1/drafts/{draft_id}/approve", "approve", "Approve a held draft", DraftAnswer, ApproveBody),
    Operation("post", "/v1/drafts/{draft_id}/reject", "reject", "Reject a held draft", DraftAnswer, RejectBody),
    Operation(
        "post", "/v1/reviews", "review", "Whether a creative may run, with evidence and fixes", ReviewAnswer, ReviewBody
    ),
    Operation("get", "/v1/jobs/{job_id}", "job", "How far an order is, and its result once it is done", JobAnswer),
    Operation("post", "/v1/jobs/{job_id}/cancel", "cancel", "Cancel an order that waits or runs", JobAnswer),
    Operation("get", "/v1/health", "health", "Of the replica that answers", HealthAnswer, needs_key=False),
)


def openapi(version: str) -> bytes:
    """As JSON."""
    return openapi_document("adplat generation", version, _OPERATIONS)
