"""Card
This room:   typed clients for callers of the services; the only room that speaks HTTP or gRPC outwards.
May import:  domain; httpx, msgspec, grpcio, protobuf, attrs (generated code alone).
Must not:    import a service or any other room: a caller needs this and nothing else.
Called by:   callers, cli, tests; services take the messages of ``client.generated`` from here.
Tests:       tests/client/

``AdminClient`` is taken from ``client.admin``: its generated half has some two hundred classes that others do not need.
"""

from adplat.client.forecast import ForecastClient, ForecastHealth, ForecastJob
from adplat.client.grpc import AsyncGrpcBiddingClient, GrpcBiddingClient
from adplat.client.http import (
    BiddingClient,
    RankedCreative,
    RankedSlot,
    RankResult,
    ServiceHealth,
    event,
    user_conversion,
)
from adplat.client.keep_alive import KeepAliveConnection
from adplat.client.messages import BidResult, CreativeScores, OfferedBid
from adplat.client.raw_grpc import RawGrpcCaller, status_of_bid

__all__ = [
    "AdminClient",
    "AsyncGrpcBiddingClient",
    "BidResult",
    "BiddingClient",
    "CreativeScores",
    "ForecastClient",
    "ForecastHealth",
    "ForecastJob",
    "GrpcBiddingClient",
    "KeepAliveConnection",
    "OfferedBid",
    "RankResult",
    "RankedCreative",
    "RankedSlot",
    "RawGrpcCaller",
    "ServiceHealth",
    "Tagged",
    "event",
    "status_of_bid",
    "user_conversion",
]
