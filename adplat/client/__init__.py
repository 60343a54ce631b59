"""Card
This room:   typed clients for callers of the services; the only room that speaks HTTP outwards.
May import:  domain; httpx, msgspec.
Must not:    import a service or any other room: a caller needs this and nothing else.
Called by:   callers, cli, tests.
Tests:       tests/client/
"""

from adplat.client.http import BiddingClient, RankedCreative, RankResult, ServiceHealth, event
from adplat.client.keep_alive import KeepAliveConnection

__all__ = ["BiddingClient", "KeepAliveConnection", "RankResult", "RankedCreative", "ServiceHealth", "event"]
