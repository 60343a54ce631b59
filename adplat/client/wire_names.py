"""What both sides of the gRPC door call things: the numbers of domain words, the service, the key of a problem."""

from __future__ import annotations

from adplat.client.generated import bidding_pb2 as pb
from adplat.client.generated import forecasting_pb2
from adplat.domain import AdFormat, AuctionKind, EventKind, EventOutcome, NoBidReason

SERVICE = pb.DESCRIPTOR.services_by_name["Bidding"].full_name
FORECASTING_SERVICE = forecasting_pb2.DESCRIPTOR.services_by_name["Forecasting"].full_name
# Binary metadata: the words may hold anything that a caller sent.
PROBLEM_KEY = "adplat-problem-bin"
LARGEST_MESSAGE_BYTES = 2 * 1024 * 1024

EVENT_KINDS: dict[EventKind, pb.EventKind] = {kind: getattr(pb, f"EVENT_KIND_{kind.name}") for kind in EventKind}
AUCTIONS: dict[AuctionKind, pb.AuctionKind] = {kind: getattr(pb, f"AUCTION_KIND_{kind.name}") for kind in AuctionKind}
FORMATS: dict[AdFormat, pb.AdFormat] = {kind: getattr(pb, f"AD_FORMAT_{kind.name}") for kind in AdFormat}
OUTCOMES: dict[EventOutcome, pb.Outcome] = {kind: getattr(pb, f"OUTCOME_{kind.name}") for kind in EventOutcome}
REASONS: dict[NoBidReason, pb.NoBidReason] = {kind: getattr(pb, f"NO_BID_REASON_{kind.name}") for kind in NoBidReason}
