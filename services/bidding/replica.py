"""What Ray Serve keeps in one replica: both doors, opened together over one engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from adplat import bootstrap
from adplat.bootstrap import Settings

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from adplat.client.generated import bidding_pb2 as pb
    from services.bidding.deployment import BiddingDeployment
    from services.bidding.grpc_door import CallContext, GrpcDoor


class BiddingReplica:
    """HTTP through the application it builds, gRPC through the methods of its name; both on one event loop.

    The application's lifespan opens and closes the engine. Ray Serve lets requests in after that, on either door.
    """

    def __init__(self, settings: Settings, redis_url: str) -> None:
        self._settings = settings
        self._redis_url = redis_url
        self._door: GrpcDoor | None = None

    def __serve_build_asgi_app__(self) -> Starlette:
        """Called by Ray Serve, once, after the constructor."""
        from services.bidding.http import bidding_app

        return bidding_app(self._open)

    async def Bid(self, request: bytes, grpc_context: CallContext) -> pb.BidResponse:
        """See ``GrpcDoor``."""
        return await self._opened.Bid(request, grpc_context)

    async def Score(self, request: bytes, grpc_context: CallContext) -> pb.ScoreResponse:
        """See ``GrpcDoor``."""
        return await self._opened.Score(request, grpc_context)

    async def Record(self, request: bytes, grpc_context: CallContext) -> pb.RecordResponse:
        """See ``GrpcDoor``."""
        return await self._opened.Record(request, grpc_context)

    async def Health(self, request: bytes, grpc_context: CallContext) -> pb.HealthResponse:
        """See ``GrpcDoor``."""
        return await self._opened.Health(request, grpc_context)

    @property
    def _opened(self) -> GrpcDoor:
        if self._door is None:
            raise RuntimeError("the replica is not open")
        return self._door

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[BiddingDeployment]:
        from services.bidding.app import open_deployment
        from services.bidding.grpc_door import GrpcDoor

        async with open_deployment(self._settings, self._redis_url) as deployment:
            self._door = GrpcDoor(deployment.engine, bootstrap.clock(), deployment.admit, deployment.tracer)
            yield deployment
            self._door = None
