"""Card
This room:   typed clients for callers of the services; the only room that speaks HTTP, gRPC or SMTP outwards.
May import:  domain; httpx, msgspec, grpcio, protobuf, attrs (generated code alone).
Must not:    import a service or any other room: a caller needs this and nothing else.
Called by:   callers, cli, bootstrap, tests; services take the messages of ``client.generated`` from here.
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
from adplat.client.mail import Mail, MailServer, send_mail
from adplat.client.messages import BidResult, CreativeScores, OfferedBid
from adplat.client.raw_grpc import RawGrpcCaller, status_of_bid
from adplat.client.webhook import HookRules, post_webhook

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
    "HookRules",
    "KeepAliveConnection",
    "Mail",
    "MailServer",
    "OfferedBid",
    "RankResult",
    "RankedCreative",
    "RankedSlot",
    "RawGrpcCaller",
    "ServiceHealth",
    "Tagged",
    "event",
    "post_webhook",
    "send_mail",
    "status_of_bid",
    "user_conversion",
]
