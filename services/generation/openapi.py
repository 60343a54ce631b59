"""The OpenAPI 3.1 document of the generation service."""

from __future__ import annotations

from services.generation.schemas import (
    ApproveBody,
    DraftAnswer,
    DraftBody,
    DraftsAnswer,
    HealthAnswer,
    JobAnswer,
    RejectBody,
    ReviewAnswer,
    ReviewBody,
)
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
    Operation("post", "/v1/drafts", "draft", JobAnswer, DraftBody, "202"),
    Operation("get", "/v1/drafts", "drafts", DraftsAnswer, query=_LISTED),
    Operation("get", "/v1/drafts/{draft_id}", "one_draft", DraftAnswer),
    Operation("get", "/v1/drafts/{draft_id}/picture", "picture", None, media_types=_FILES),
    Operation("post", "/v1/drafts/{draft_id}/approve", "approve", DraftAnswer, ApproveBody),
    Operation("post", "/v1/drafts/{draft_id}/reject", "reject", DraftAnswer, RejectBody),
    Operation("post", "/v1/reviews", "review", ReviewAnswer, ReviewBody),
    Operation("get", "/v1/jobs/{job_id}", "job", JobAnswer),
    Operation("post", "/v1/jobs/{job_id}/cancel", "cancel", JobAnswer),
    Operation("get", "/v1/health", "health", HealthAnswer, needs_key=False),
)


def openapi(version: str) -> bytes:
    """As JSON."""
    return openapi_document("adplat generation", version, _OPERATIONS)
