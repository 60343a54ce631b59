"""Build and bind: the one place where the plain deployment meets Ray Serve."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.domain import AdplatError, Counts

if TYPE_CHECKING:
    from adplat.flows.forecast_desk import ForecastDesk
    from services.forecasting.deployment import ForecastingDeployment

APPLICATION = "forecasting"
# By name: Ray Serve looks them up in every process of its own.
GRPC_SERVICERS = ["services.forecasting.grpc_door.add_forecasting_to_server"]
_LOOK_S = 1.0
_AFTER_A_FAILURE_S = 30.0
log = logging.getLogger(__name__)


def forecasting_application(settings: Settings) -> Any:
    """The bound Ray Serve application. Ray's switches must stand in the environment before ``ray`` is imported."""
    from services.forecasting.replica import ForecastingReplica
    from services.hosting.computing_replicas import computing_replicas

    forecasting = computing_replicas(ForecastingReplica, "ForecastingDeployment", settings.forecast_replicas, settings)
    return forecasting.bind(settings)


@asynccontextmanager
async def open_deployment(settings: Settings) -> AsyncIterator[ForecastingDeployment]:
    """The plain deployment with its real parts, for as long as the block runs. Raises MissingInput, StoreUnreachable.

    Opens at once; what plans are forecast from is loaded behind it.
    """
    import torch

    from adplat.snapshots import KeyFile
    from services.forecasting.deployment import ForecastingDeployment
    from services.forecasting.metrics import ForecasterState, page, read_state, state_of
    from services.hosting.computing import Computing
    from services.hosting.counts_desk import CountsDesk
    from services.hosting.key_gate import KeyGate
    from services.hosting.logs import writing_logs

    # One computing thread a forecast, and more forecasts for more cores.
    torch.set_num_threads(1)
    async with AsyncExitStack() as opened:
        opened.enter_context(writing_logs(settings, "forecaster"))
        parts = opened.enter_context(bootstrap.opened_forecasts(settings))
        gate = KeyGate(KeyFile(settings.workspace), parts.clock, settings.keys)
        await opened.enter_async_context(gate.watching())
        desk = bootstrap.forecast_desk(settings)
        await opened.enter_async_context(keeping_fresh(desk, 60.0 * settings.forecast_refresh_minutes))
        computing = Computing(settings.forecast_threads, settings.forecast_deadline_s)
        opened.callback(computing.close)
        counts, shared = Counts(), bootstrap.open_forecast_counts(settings)
        state = partial(state_of, desk, parts.clock)
        counting = CountsDesk[ForecasterState](shared, counts, state, read_state, page, parts.clock)
        await opened.enter_async_context(counting.telling())
        objects = bootstrap.open_objects(settings)
        yield ForecastingDeployment(desk, parts, objects, computing, gate.admit, counts, counting)


@asynccontextmanager
async def keeping_fresh(desk: ForecastDesk, every_s: float, look_s: float = _LOOK_S) -> AsyncIterator[None]:
    """Load what the desk answers from, look each second for stored files that changed, make them anew ``every_s``.

    What cannot be loaded is tried again; what was loaded before goes on being answered from. ``every_s`` 0: never made.
    """
    task = asyncio.create_task(_keep_fresh(desk, every_s, look_s))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _keep_fresh(desk: ForecastDesk, every_s: float, look_s: float) -> None:
    made_s = time.monotonic()
    while True:
        wait_s = look_s
        try:
            if every_s and time.monotonic() - made_s >= every_s:
                made_s = time.monotonic()
                await asyncio.to_thread(desk.refresh, _silent)
            elif await asyncio.to_thread(desk.look, _silent):
                log.info("forecasts know what was until %s", desk.data_to)
        except (AdplatError, OSError):
            log.exception("forecasts go on from what was known")
            wait_s = max(look_s, _AFTER_A_FAILURE_S)
        await asyncio.sleep(wait_s)


def _silent(_done: int, _total: int, _what: str) -> None:
    return
