"""Card
This room:   OpenRTB 2.6 (banner and native) in and out of domain words: requests, answers, macros, signed notices.
May import:  domain; msgspec.
Must not:    decide anything (what to bid, whether a user may be known), know HTTP, read the clock, keep state.
Called by:   flows, services.
Tests:       tests/openrtb/
"""

from adplat.openrtb.answering import PlacedBid, answer, patience_s
from adplat.openrtb.macros import AUDIT, Filled, Macro, read_filled, substitute
from adplat.openrtb.markup import is_web_address, unfilled_assets
from adplat.openrtb.notices import Notice, SignedBid, event_of, notice_url, notice_urls, read_notice
from adplat.openrtb.prices import cpm_of_micros, micros_of_cpm
from adplat.openrtb.reading import opportunity_of
from adplat.openrtb.responses import Bid, BidResponse, SeatBid, read_response
from adplat.openrtb.robots import is_robot
from adplat.openrtb.signing import usable_secrets

__all__ = [
    "AUDIT",
    "Bid",
    "BidResponse",
    "Filled",
    "Macro",
    "Notice",
    "PlacedBid",
    "SeatBid",
    "SignedBid",
    "answer",
    "cpm_of_micros",
    "event_of",
    "is_robot",
    "is_web_address",
    "micros_of_cpm",
    "notice_url",
    "notice_urls",
    "opportunity_of",
    "patience_s",
    "read_filled",
    "read_notice",
    "read_response",
    "substitute",
    "unfilled_assets",
    "usable_secrets",
]
