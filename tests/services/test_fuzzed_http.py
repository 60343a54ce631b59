"""Requests made from the OpenAPI document at the HTTP door, right and wrong ones, with Schemathesis.

It holds every answer against the document: no server error; statuses, content types and bodies that are described;
nothing accepted that the document forbids. It is not asked that all be accepted which the document allows: JSON Schema
has no words for years in which ads are shown, for exactly one of two fields, or for 7 as opposed to 7.0.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance
from schemathesis.specs.openapi.schemas import OpenApiSchema

from adplat.domain import SystemClock
from adplat.flows.service_process import unused_ports
from adplat.storage import EmbeddedValkey
from services.bidding.deployment import BiddingDeployment
from services.bidding.http import bidding_app
from services.bidding.openrtb_door import OpenRtbDoor
from tests.flows.small_shop import Shop
from tests.services.engines import DESK, an_engine

POSITIVE, NEGATIVE = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
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

    [port] = unused_ports(1)
    config = uvicorn.Config(bidding_app(opened), host="127.0.0.1", port=port, log_level="error", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        thread.join(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)
    assert not thread.is_alive()


@pytest.mark.parametrize(("name", "mode", "expected"), ASKED)
def test_every_answer_is_as_the_document_says(
    served: str, name: str, mode: GenerationMode, expected: int, caplog: pytest.LogCaptureFixture
) -> None:
    document = schemathesis.openapi.from_url(f"{served}/openapi.json")
    assert isinstance(document, OpenApiSchema)
    operations = {found.ok().label: found.ok() for found in document.get_all_operations()}
    assert set(operations) == {asked for asked, _, _ in ASKED}
    seen: Counter[int] = Counter()

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operations[name].as_strategy(generation_mode=mode))
    def ask(case: Case) -> None:
        response = case.call_and_validate(excluded_checks=[positive_data_acceptance])
        seen[response.status_code] += 1
        assert "Traceback" not in response.text

    with caplog.at_level(logging.ERROR, logger="services"):
        ask()
    assert seen[expected] > 0, seen
    assert not [record for record in caplog.records if record.name.startswith("services")]
