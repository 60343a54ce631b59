"""Requests made from the OpenAPI document at the forecasters' door, right and wrong ones, with Schemathesis.

It holds every answer against the document: no server error; statuses, content types and bodies that are described.
What JSON Schema has no words for (a flight that ends after it starts, a creative of the catalogue) may be refused.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from adplat.bootstrap import Settings
from adplat.flows.forecast_desk import ForecastDesk
from services.forecasting.deployment import ForecastingDeployment
from services.forecasting.http import forecasting_app
from tests.services.asked_by_schema import NEGATIVE, POSITIVE, Asked, ask_as_the_document_says, serving
from tests.services.forecasting.forecasters import a_deployment

# What has to come back among the answers. Ids that are made up name nothing; there is no wrong way to ask for health.
ASKED = [
    ("POST /v1/forecasts", POSITIVE, 422),
    ("POST /v1/forecasts", NEGATIVE, 422),
    ("GET /v1/forecasts", POSITIVE, 200),
    ("GET /v1/forecasts/{forecast_id}", POSITIVE, 404),
    ("POST /v1/forecasts/what-if", POSITIVE, 422),
    ("POST /v1/forecasts/what-if", NEGATIVE, 422),
    ("GET /v1/jobs/{job_id}", POSITIVE, 404),
    ("POST /v1/jobs/{job_id}/cancel", POSITIVE, 404),
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

    with serving(forecasting_app(opened)) as address:
        yield address


@pytest.mark.parametrize("asked", ASKED)
def test_every_answer_is_as_the_document_says(served: str, asked: Asked, caplog: pytest.LogCaptureFixture) -> None:
    ask_as_the_document_says(served, asked, ASKED, caplog, most_examples=60)
