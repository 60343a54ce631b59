"""The plain deployment over a small written market, a real database and objects, and how tests ask it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.flows.forecast_desk import ForecastDesk
from adplat.snapshots import KeyFile
from services.forecasting.deployment import ForecastingDeployment
from services.hosting.answers import Reply
from services.hosting.computing import Computing
from services.hosting.key_gate import KeyGate
from tests.flows.campaign_market import PLAN

Asked = Callable[[ForecastingDeployment], Awaitable[Reply]]


def a_body(**changes: Any) -> bytes:
    """``PLAN`` as a body; ``None`` leaves a key out."""
    return msgspec.json.encode({name: value for name, value in {**PLAN, **changes}.items() if value is not None})


def settings_of(workspace: Path, market: Path, **changes: Any) -> Settings:
    """Forecasts of this market, kept in a workspace of their own."""
    facts: dict[str, Any] = {"workspace": workspace, "forecast_data": str(market), "actor": "mei"}
    return bootstrap.read_settings(**(facts | changes))


@asynccontextmanager
async def a_deployment(
    settings: Settings, desk: ForecastDesk, *, computing: Computing | None = None
) -> AsyncIterator[ForecastingDeployment]:
    """With the keys of the workspace, if it has any."""
    threads = computing or Computing(2, 60.0)
    with bootstrap.opened_forecasts(settings) as parts:
        gate = KeyGate(KeyFile(settings.workspace), parts.clock, settings.keys)
        async with gate.watching():
            yield ForecastingDeployment(desk, parts, bootstrap.open_objects(settings), threads, gate.admit)
    threads.close()


def asked(settings: Settings, desk: ForecastDesk, ask: Asked, computing: Computing | None = None) -> tuple[int, Any]:
    """The status and the document of one answer."""

    async def run() -> Reply:
        async with a_deployment(settings, desk, computing=computing) as deployment:
            return await ask(deployment)

    reply = asyncio.run(run())
    return reply.status, msgspec.json.decode(reply.body)
