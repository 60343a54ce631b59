"""What somebody saw before changing it (RFC 9110, 8.8.3, 13.1): an ETag with each thing, If-Match with each change."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from fastapi import Header, Response

from adplat.domain import ChangedMeanwhile
from services.admin.problems import Refused

IfMatch = Annotated[str, Header(alias="If-Match", description="the ETag of what you saw, or *")]
IdempotencyKey = Annotated[
    str, Header(alias="Idempotency-Key", description="the same key is the same request, however often it is sent")
]


def etag_of(document: Mapping[str, Any]) -> str:
    """A strong ETag: it changes with any field."""
    return f'"{hashlib.sha256(msgspec.json.encode(document, order="deterministic")).hexdigest()[:32]}"'


def tagged(response: Response, document: dict[str, Any]) -> dict[str, Any]:
    """The document, with its ETag on the answer."""
    response.headers["etag"] = etag_of(document)
    return document


def require_match(told: str, document: Mapping[str, Any]) -> None:
    """Raises ChangedMeanwhile where it is not what was seen; Refused (428) where nobody says what was seen."""
    if not told.strip():
        raise Refused(428, "what did you see before you changed it?", "If-Match", "send the ETag that came with it")
    if told.strip() != "*" and etag_of(document) not in [one.strip() for one in told.split(",")]:
        raise ChangedMeanwhile(
            "it was changed since you read it", where="If-Match", hint="read it again, and change what is there now"
        )
