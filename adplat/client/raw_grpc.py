"""Calls of one gRPC method with messages that are encoded already: for measuring, like ``KeepAliveConnection``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc

from adplat.client.generated import bidding_pb2 as pb
from adplat.client.wire_names import SERVICE

# What HTTP would have answered: the callers of a load speak of one kind of status.
_STATUS = {
    grpc.StatusCode.OK: 200,
    grpc.StatusCode.INVALID_ARGUMENT: 422,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 503,
    grpc.StatusCode.UNAVAILABLE: 503,
    grpc.StatusCode.DEADLINE_EXCEEDED: 504,
}


def status_of_bid(answer: bytes) -> int:
    """503 for a bid request that was turned away for want of time, 200 for any other answer."""
    [first, *_] = pb.BidResponse.FromString(answer).impressions
    return 503 if first.no_bid == pb.NO_BID_REASON_OUT_OF_TIME else 200


class RawGrpcCaller:
    """One channel of its own. Belongs to the running event loop. ``status_of`` reads what an OK answer means."""

    def __init__(self, address: str, method: str, status_of: Callable[[bytes], int] = lambda _: 200) -> None:
        self._status_of = status_of
        # Channels of one process share a connection unless they are told apart.
        self._channel = grpc.aio.insecure_channel(address, options=[("grpc.use_local_subchannel_pool", 1)])
        self._call: Any = self._channel.unary_unary(f"/{SERVICE}/{method}")

    async def send(self, message: bytes) -> int:
        """The status of the answer, as HTTP has it; 500 for any other."""
        return (await self.exchange(message))[0]

    async def exchange(self, message: bytes) -> tuple[int, str]:
        """The status as ``send`` gives it, and the sentence that came with a refusal."""
        call = self._call(message)
        try:
            answer = await call
        except grpc.aio.AioRpcError as error:
            return _STATUS.get(error.code(), 500), error.details() or ""
        return self._status_of(answer), ""

    async def close(self) -> None:
        """Give the connection back."""
        await self._channel.close()
