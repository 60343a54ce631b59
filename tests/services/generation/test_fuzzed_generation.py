"""Requests made from the OpenAPI document at the drafters' door, right and wrong ones, with Schemathesis.

It holds every answer against the document: no server error; statuses, content types and bodies that are described.
What JSON Schema has no words for (a picture, a brief with facts) may be refused.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from adplat.bootstrap import Settings
from services.generation.deployment import GenerationDeployment
from services.generation.http import generation_app
from tests.services.asked_by_schema import NEGATIVE, POSITIVE, Asked, ask_as_the_document_says, serving
from tests.services.generation.drafters import a_deployment

# What has to come back among the answers. Ids that are made up name nothing; there is no wrong way to ask for health.
ASKED = [
    ("POST /v1/drafts", POSITIVE, 422),
    ("POST /v1/drafts", NEGATIVE, 422),
    ("GET /v1/drafts", POSITIVE, 422),
    ("GET /v1/drafts/{draft_id}", POSITIVE, 404),
    ("GET /v1/drafts/{draft_id}/picture", POSITIVE, 404),
    ("POST /v1/drafts/{draft_id}/approve", POSITIVE, 404),
    ("POST /v1/drafts/{draft_id}/approve", NEGATIVE, 422),
    ("POST /v1/drafts/{draft_id}/reject", POSITIVE, 404),
    ("POST /v1/drafts/{draft_id}/reject", NEGATIVE, 422),
    ("POST /v1/reviews", POSITIVE, 404),
    ("POST /v1/reviews", NEGATIVE, 422),
    ("GET /v1/jobs/{job_id}", POSITIVE, 404),
    ("POST /v1/jobs/{job_id}/cancel", POSITIVE, 404),
    ("GET /v1/health", POSITIVE, 200),
]


@pytest.fixture
def served(settings: Settings) -> Iterator[str]:
    """The address of the application, in a thread of this process."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[GenerationDeployment]:
        async with a_deployment(settings) as deployment:
            yield deployment

    with serving(generation_app(opened)) as address:
        yield address


@pytest.mark.parametrize("asked", ASKED)
def test_every_answer_is_as_the_document_says(served: str, asked: Asked, caplog: pytest.LogCaptureFixture) -> None:
    ask_as_the_document_says(served, asked, ASKED, caplog, most_examples=40)
