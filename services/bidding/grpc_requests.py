"""From the messages of the gRPC door to domain words; ``grpc_fields`` says what a single field may hold.

Every function raises ConfigRejected with the path of the field that is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from google.protobuf.message import DecodeError, Message

from adplat.client.generated import bidding_pb2 as pb
from adplat.client.wire_names import AUCTIONS, EVENT_KINDS, FORMATS
from adplat.domain import (
    AdFormat,
    AuctionKind,
    Blocks,
    ConfigRejected,
    Deal,
    Money,
    Opportunity,
    PrivacySignals,
    Size,
    Slot,
    UserContext,
)
from adplat.flows.rank_creatives import RankRequest
from adplat.flows.record_events import ReportedEvent
from services.bidding.grpc_fields import (
    LONGEST_NAME,
    facts_of,
    given_name,
    known_number,
    micros_of,
    moment_of,
    name_of,
    names_of,
    number_of,
)

M = TypeVar("M", bound=Message)

LARGEST_CANDIDATES = 1000
LARGEST_IMPRESSIONS = 100

_KIND_OF = {int(number): kind for kind, number in EVENT_KINDS.items()}
_AUCTION_OF = {int(number): kind for kind, number in AUCTIONS.items()}
_FORMAT_OF = {int(number): kind for kind, number in FORMATS.items()}


def read_message(content: bytes, kind: type[M]) -> M:
    """Decode a request."""
    try:
        return kind.FromString(content)
    except DecodeError:
        raise ConfigRejected(
            f"the message is no {kind.DESCRIPTOR.name}",
            where=kind.DESCRIPTOR.full_name,
            hint="encode it by services/bidding/proto/adplat/bidding/v1/bidding.proto",
        ) from None


def rank_request_of(message: pb.ScoreRequest, now: datetime) -> RankRequest:
    """The creatives to score, for this user at this moment."""
    ids = names_of(message.creative_ids, "creative_ids", LARGEST_CANDIDATES)
    if not ids:
        raise ConfigRejected("no creative is named", where="creative_ids", hint="name what is to be scored")
    return RankRequest(
        request_id="",
        ts=moment_of(message.ts, "ts") if message.HasField("ts") else now,
        user=_user(message.user),
        placement=given_name(message.placement, "placement"),
        candidates=ids,
        context=facts_of(message.context, "context"),
        position=number_of(message.position, 1000, "position"),
    )


def reported_of(message: pb.RecordRequest) -> list[ReportedEvent]:
    """The reports, in order; how many may come at once is ``record_events``' business."""
    return [_reported(event, f"events[{place}]") for place, event in enumerate(message.events)]


def opportunity_of(message: pb.BidRequest, now: datetime) -> Opportunity:
    """One chance to show ads."""
    if not 0 < len(message.impressions) <= LARGEST_IMPRESSIONS:
        raise ConfigRejected(
            f"{len(message.impressions)} impressions in one request",
            where="impressions",
            hint=f"ask for 1 to {LARGEST_IMPRESSIONS}",
        )
    slots = tuple(_slot(slot, f"impressions[{place}]") for place, slot in enumerate(message.impressions))
    if len({slot.slot_id for slot in slots}) != len(slots):
        raise ConfigRejected("two impressions have one id", where="impressions", hint="name every impression once")
    return Opportunity(
        request_id=name_of(message.request_id, "request_id"),
        ts=now,
        slots=slots,
        user=_user(message.user),
        facts=facts_of(message.context, "context"),
        auction=_auction(message.auction, "auction") or AuctionKind.SECOND_PRICE,
        currencies=names_of(message.currencies, "currencies"),
        blocks=_blocks(message.blocks),
        privacy=_privacy(message.privacy),
        time_left_ms=message.tmax_ms or None,
        only_creatives=frozenset(names_of(message.creative_ids, "creative_ids", LARGEST_CANDIDATES)),
        only_campaigns=frozenset(names_of(message.campaign_ids, "campaign_ids", LARGEST_CANDIDATES)),
        is_test=message.is_test,
        is_robot=message.is_robot,
    )


def _reported(event: pb.Event, where: str) -> ReportedEvent:
    return ReportedEvent(
        kind=known_number(_KIND_OF, event.kind, f"{where}.kind"),
        decision_id=name_of(event.decision_id, f"{where}.decision_id"),
        event_id=name_of(event.event_id, f"{where}.event_id", 2 * LONGEST_NAME),
        ts=moment_of(event.ts, f"{where}.ts") if event.HasField("ts") else None,
        value_micros=micros_of(event.value_micros, f"{where}.value_micros"),
        conversion_kind=name_of(event.conversion_kind, f"{where}.conversion_kind"),
        price_micros=micros_of(event.price_micros, f"{where}.price_micros"),
        min_to_win_micros=(
            micros_of(event.min_to_win_micros, f"{where}.min_to_win_micros")
            if event.HasField("min_to_win_micros")
            else None
        ),
        loss_reason=event.loss_reason if event.HasField("loss_reason") else None,
        user_key=name_of(event.user_key, f"{where}.user_key"),
        advertiser_id=name_of(event.advertiser_id, f"{where}.advertiser_id"),
        campaign_id=name_of(event.campaign_id, f"{where}.campaign_id"),
        creative_id=name_of(event.creative_id, f"{where}.creative_id"),
    )


def _slot(slot: pb.Impression, where: str) -> Slot:
    return Slot(
        slot_id=given_name(slot.impression_id, f"{where}.impression_id"),
        placement=given_name(slot.placement, f"{where}.placement"),
        formats=frozenset(known_number(_FORMAT_OF, one, f"{where}.formats") for one in slot.formats)
        or frozenset({AdFormat.BANNER}),
        sizes=tuple(_size(size, f"{where}.sizes[{place}]") for place, size in enumerate(slot.sizes)),
        floor=_floor(slot, where),
        blocked_attributes=frozenset(slot.blocked_attributes),
        deals=tuple(_deal(deal, f"{where}.deals[{place}]") for place, deal in enumerate(slot.deals)),
        is_private=slot.is_private,
        is_secure=slot.is_secure if slot.HasField("is_secure") else None,
        position=number_of(slot.position, 1000, f"{where}.position"),
        expires_s=slot.expires_s if slot.HasField("expires_s") else None,
    )


def _deal(deal: pb.Deal, where: str) -> Deal:
    return Deal(
        deal_id=given_name(deal.deal_id, f"{where}.deal_id"),
        floor=_floor(deal, where),
        auction=_auction(deal.auction, f"{where}.auction"),
        has_fixed_price=deal.has_fixed_price,
        seats=frozenset(names_of(deal.seats, f"{where}.seats")),
        advertiser_domains=frozenset(names_of(deal.advertiser_domains, f"{where}.advertiser_domains")),
    )


def _size(size: pb.Size, where: str) -> Size:
    if not (size.width_px and size.height_px):
        raise ConfigRejected("a size of no pixels", where=where, hint="give width_px and height_px, or no size")
    return Size(size.width_px, size.height_px)


def _floor(slot: pb.Impression | pb.Deal, where: str) -> Money | None:
    if not slot.HasField("floor_micros"):
        if slot.floor_currency:
            raise ConfigRejected("a currency alone", where=f"{where}.floor_currency", hint="give floor_micros too")
        return None
    floor_micros = micros_of(slot.floor_micros, f"{where}.floor_micros")
    if len(slot.floor_currency) != 3 or not slot.floor_currency.isupper():
        raise ConfigRejected(
            f"a floor in currency {slot.floor_currency[:8]!r}",
            where=f"{where}.floor_currency",
            hint="give its ISO 4217 code, such as CNY or USD",
        )
    return Money(floor_micros, slot.floor_currency)


def _blocks(blocks: pb.Blocks) -> Blocks:
    def all_of(names: Iterable[str], field: str) -> frozenset[str]:
        return frozenset(names_of(names, f"blocks.{field}"))

    return Blocks(
        advertiser_domains=all_of(blocks.advertiser_domains, "advertiser_domains"),
        apps=all_of(blocks.apps, "apps"),
        categories=all_of(blocks.categories, "categories"),
        allowed_categories=all_of(blocks.allowed_categories, "allowed_categories"),
        taxonomy=blocks.taxonomy if blocks.HasField("taxonomy") else Blocks().taxonomy,
        allowed_languages=frozenset(one.lower() for one in all_of(blocks.allowed_languages, "allowed_languages")),
        seats=all_of(blocks.seats, "seats"),
        allowed_seats=all_of(blocks.allowed_seats, "allowed_seats"),
    )


def _privacy(signals: pb.PrivacySignals) -> PrivacySignals:
    return PrivacySignals(
        coppa=signals.coppa if signals.HasField("coppa") else None,
        gdpr=signals.gdpr if signals.HasField("gdpr") else None,
        tcf_consent=signals.tcf_consent,
        us_privacy=signals.us_privacy,
        gpp=signals.gpp,
        gpp_sections=tuple(signals.gpp_sections),
        do_not_track=signals.do_not_track if signals.HasField("do_not_track") else None,
        limit_ad_tracking=signals.limit_ad_tracking if signals.HasField("limit_ad_tracking") else None,
    )


def _user(user: pb.User) -> UserContext:
    return UserContext(name_of(user.user_key, "user.user_key"), facts_of(user.attributes, "user.attributes"))


def _auction(number: int, where: str) -> AuctionKind | None:
    return known_number(_AUCTION_OF, number, where) if number else None
