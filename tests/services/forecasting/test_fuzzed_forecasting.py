"""Requests made from the OpenAPI document at the forecasters' door, right and wrong ones, with Schemathesis.

It holds every answer against the document: no server error; statuses, content types and bodies that are described.
What JSON Schema has no words for (a flight that ends after it starts, a creative of the catalogue) may be refused.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance
from schemathesis.specs.openapi.schemas import OpenApiSchema

from adplat.bootstrap import Settings
from adplat.flows.forecast_desk import ForecastDesk
from adplat.flows.service_process import unused_ports
from services.forecasting.deployment import ForecastingDeployment
from services.forecasting.http import forecasting_app
from tests.services.forecasting.forecasters import a_deployment

POSITIVE, NEGATIVE = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
# What has to come back among the answers. Ids that are made up name nothing; there is no wrong way to ask for health.
ASKED = [
    ("POST /v1/forecasts", POSITIVE, 422),
    ("POST /v1/forecasts", NEGATIVE, 422),
    ("GET /v1/forecasts", POSITIVE, 200),
    ("GET /v1/forecasts/{forecast_id}", POSITIVE, 404),
    ("POST /v1/forecasts/what-if", POSITIVE, 422),
    ("POST /v1/forecasts/what-if", NEGATIVE, 422),
    ("GET /v1/jobs/{job_id}", POSITIVE, 404),
    ("POST /v1/budget-splits", POSITIVE, 422),
    ("POST /v1/budget-splits", NEGATIVE, 422),
    ("POST /v1/creatives/predict", POSITIVE, 422),
    ("POST /v1/creatives/predict", NEGATIVE, 422),
    ("GET /v1/health", POSITIVE, 200),
]


@pytest.fixture
def served(settings: Settings, desk: ForecastDesk) -> Iterator[str]:
    """The address of the application, in a thread of this process."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[ForecastingDeployment]:
        async with a_deployment(settings, desk) as deployment:
            yield deployment

    [port] = unused_ports(1)
    config = uvicorn.Config(forecasting_app(opened), host="127.0.0.1", port=port, log_level="error", access_log=False)
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

    @examples(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operations[name].as_strategy(generation_mode=mode))
    def ask(case: Case) -> None:
        response = case.call_and_validate(excluded_checks=[positive_data_acceptance])
        seen[response.status_code] += 1
        assert "Traceback" not in response.text

    with caplog.at_level(logging.ERROR, logger="services"):
        ask()
    assert seen[expected] > 0, seen
    assert not [record for record in caplog.records if record.name.startswith("services")]
