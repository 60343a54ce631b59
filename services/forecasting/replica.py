"""What Ray Serve keeps in one replica: both doors over one deployment."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from adplat.bootstrap import Settings

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from adplat.client.generated import forecasting_pb2 as pb
    from services.forecasting.deployment import ForecastingDeployment
    from services.forecasting.grpc_door import CallContext, GrpcDoor


class ForecastingReplica:
    """HTTP through the application it builds, gRPC through the method of its name; both on one event loop.

    The application's lifespan opens and closes the desk. Ray Serve lets requests in after that, on either door.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._door: GrpcDoor | None = None

    def __serve_build_asgi_app__(self) -> Starlette:
        """Called by Ray Serve, once, after the constructor."""
        from services.forecasting.http import forecasting_app

        return forecasting_app(self._open)

    async def Forecast(self, request: bytes, grpc_context: CallContext) -> pb.ForecastResponse:
        """See ``GrpcDoor``."""
        if self._door is None:
            raise RuntimeError("the replica is not open")
        return await self._door.Forecast(request, grpc_context)

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[ForecastingDeployment]:
        from services.forecasting.app import open_deployment
        from services.forecasting.grpc_door import GrpcDoor

        async with open_deployment(self._settings) as deployment:
            self._door = GrpcDoor(deployment)
            yield deployment
            self._door = None
