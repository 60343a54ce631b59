"""Requests made from the OpenAPI document at the HTTP door, right and wrong ones, with Schemathesis.

It holds every answer against the document: no server error; statuses, content types and bodies that are described;
nothing accepted that the document forbids. It is not asked that all be accepted which the document allows: JSON Schema
has no words for years in which ads are shown, for exactly one of two fields, or for 7 as opposed to 7.0.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from adplat.domain import SystemClock
from adplat.storage import EmbeddedValkey
from services.bidding.deployment import BiddingDeployment
from services.bidding.http import bidding_app
from services.bidding.openrtb_door import OpenRtbDoor
from tests.flows.small_shop import Shop
from tests.services.asked_by_schema import NEGATIVE, POSITIVE, Asked, ask_as_the_document_says, serving
from tests.services.engines import DESK, an_engine

# What has to come back among the answers. Ids that are made up name nothing; there is no wrong way to ask for health.
ASKED = [
    ("POST /v1/rank", POSITIVE, 404),
    ("POST /v1/rank", NEGATIVE, 422),
    ("POST /v1/score", POSITIVE, 404),
    ("POST /v1/score", NEGATIVE, 422),
    ("POST /v1/events", POSITIVE, 200),
    ("POST /v1/events", NEGATIVE, 422),
    ("GET /v1/health", POSITIVE, 200),
]


@pytest.fixture
def served(shop: Shop, valkey: EmbeddedValkey) -> Iterator[str]:
    """The address of the application, in a thread of this process, over a real Valkey."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[BiddingDeployment]:
        namespace = f"y{os.getpid()}-{shop.workspace.parent.name}"
        async with an_engine(shop, valkey.url, namespace=namespace) as engine:
            clock = SystemClock()
            yield BiddingDeployment(engine, clock, OpenRtbDoor(engine, DESK, "http://media", clock), shop.objects)

    with serving(bidding_app(opened)) as address:
        yield address


@pytest.mark.parametrize("asked", ASKED)
def test_every_answer_is_as_the_document_says(served: str, asked: Asked, caplog: pytest.LogCaptureFixture) -> None:
    ask_as_the_document_says(served, asked, ASKED, caplog, most_examples=150)
