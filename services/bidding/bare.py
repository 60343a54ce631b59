"""The same deployment on bare servers, without Ray: uvicorn and ``grpc.aio`` on one event loop of one process.

What Ray Serve costs is measured against it (``adplat bench bidding``); it takes no part in serving. An order comes as
JSON on stdin; ``ready`` goes to stdout once both doors are open, and what the handler alone takes.
"""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from adplat import bootstrap
from adplat.bootstrap import Settings
from services.bidding.app import open_deployment
from services.bidding.deployment import BiddingDeployment

TIMED_CALLS = 2000


class BareOrder(msgspec.Struct):
    """``settings`` name the workspace and both ports; ``timed`` is a body of ``/v1/score``."""

    settings: dict[str, Any]
    timed: dict[str, Any]


async def handler_p50_ms(deployment: BiddingDeployment, body: bytes) -> float:
    """Median of the whole handler, bytes in and bytes out, one call after the other."""
    took = []
    for _ in range(TIMED_CALLS):
        begin = time.perf_counter()
        reply = await deployment.score(body)
        took.append(time.perf_counter() - begin)
        if reply.status != 200:
            raise RuntimeError(reply.body.decode())
    return sorted(took)[TIMED_CALLS // 2] * 1000.0


async def serve(settings: Settings, redis_url: str, timed: dict[str, Any]) -> None:
    """Until it is stopped."""
    import grpc
    import uvicorn

    from services.bidding.grpc_door import GrpcDoor, add_bidding_to_server
    from services.bidding.http import bidding_app

    async with open_deployment(settings, redis_url) as deployment:

        @asynccontextmanager
        async def opened() -> Any:
            yield deployment

        rpc = grpc.aio.server()
        add_bidding_to_server(GrpcDoor(deployment.engine, bootstrap.clock(), deployment.admit), rpc)
        rpc.add_insecure_port(f"{settings.http_host}:{settings.grpc_port}")
        await rpc.start()
        config = uvicorn.Config(
            bidding_app(opened), host=settings.http_host, port=settings.http_port, log_level="error", access_log=False
        )
        web = asyncio.create_task(uvicorn.Server(config).serve())
        handler_ms = await handler_p50_ms(deployment, msgspec.json.encode(timed))
        sys.stdout.buffer.write(msgspec.json.encode({"ready": True, "handler_ms": handler_ms}) + b"\n")
        sys.stdout.buffer.flush()
        await web


def main() -> None:
    """``python -m services.bidding.bare < order``."""
    import uvloop

    order = msgspec.json.decode(sys.stdin.buffer.read(), type=BareOrder)
    settings = bootstrap.read_settings(**order.settings)
    with bootstrap.running_redis(settings) as redis_url:
        uvloop.run(serve(settings, redis_url, order.timed))


if __name__ == "__main__":
    main()
