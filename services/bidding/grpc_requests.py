"""From the messages of the gRPC door to domain words. Strict where JSON would be: sizes, finite numbers, known enums.

Every function raises ConfigRejected with the path of the field that is wrong.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from google.protobuf.message import DecodeError, Message
from google.protobuf.timestamp_pb2 import Timestamp

from adplat.client.generated import bidding_pb2 as pb
from adplat.domain import (
    AdFormat,
    AuctionKind,
    Blocks,
    ConfigRejected,
    Deal,
    EventKind,
    Money,
    Opportunity,
    PrivacySignals,
    Size,
    Slot,
    UserContext,
)
from adplat.flows.rank_creatives import RankRequest
from adplat.flows.record_events import ReportedEvent
from services.bidding.schemas import utc

M = TypeVar("M", bound=Message)
E = TypeVar("E")

LARGEST_CANDIDATES = 1000
LARGEST_IMPRESSIONS = 100
LARGEST_FACTS = 64
LARGEST_LIST = 10_000
LONGEST_NAME = 256
LONGEST_FACT = 1024
LARGEST_MICROS = 10**15

EVENT_KINDS = {pb.EventKind.Value(f"EVENT_KIND_{kind.name}"): kind for kind in EventKind}
AUCTIONS = {pb.AuctionKind.Value(f"AUCTION_KIND_{kind.name}"): kind for kind in AuctionKind}
FORMATS = {pb.AdFormat.Value(f"AD_FORMAT_{kind.name}"): kind for kind in AdFormat}


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
    ids = _names(message.creative_ids, "creative_ids", LARGEST_CANDIDATES)
    if not ids:
        raise ConfigRejected("no creative is named", where="creative_ids", hint="name what is to be scored")
    return RankRequest(
        request_id="",
        ts=_moment(message.ts, "ts") if message.HasField("ts") else now,
        user=_user(message.user),
        placement=_given(message.placement, "placement"),
        candidates=ids,
        context=_facts(message.context, "context"),
        position=_at_most(message.position, 1000, "position"),
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
        request_id=_name(message.request_id, "request_id"),
        ts=_moment(message.ts, "ts") if message.HasField("ts") else now,
        slots=slots,
        user=_user(message.user),
        facts=_facts(message.context, "context"),
        auction=_auction(message.auction, "auction") or AuctionKind.SECOND_PRICE,
        currencies=_names(message.currencies, "currencies"),
        blocks=_blocks(message.blocks),
        privacy=_privacy(message.privacy),
        time_left_ms=message.tmax_ms or None,
        only_creatives=frozenset(_names(message.creative_ids, "creative_ids", LARGEST_CANDIDATES)),
        only_campaigns=frozenset(_names(message.campaign_ids, "campaign_ids", LARGEST_CANDIDATES)),
        is_test=message.is_test,
        is_robot=message.is_robot,
    )


def _reported(event: pb.Event, where: str) -> ReportedEvent:
    return ReportedEvent(
        kind=_known(EVENT_KINDS, event.kind, f"{where}.kind"),
        decision_id=_name(event.decision_id, f"{where}.decision_id"),
        event_id=_name(event.event_id, f"{where}.event_id", 2 * LONGEST_NAME),
        ts=_moment(event.ts, f"{where}.ts") if event.HasField("ts") else None,
        value_micros=_micros(event.value_micros, f"{where}.value_micros"),
        conversion_kind=_name(event.conversion_kind, f"{where}.conversion_kind"),
        price_micros=_micros(event.price_micros, f"{where}.price_micros"),
        min_to_win_micros=(
            _micros(event.min_to_win_micros, f"{where}.min_to_win_micros")
            if event.HasField("min_to_win_micros")
            else None
        ),
        loss_reason=event.loss_reason if event.HasField("loss_reason") else None,
    )


def _slot(slot: pb.Impression, where: str) -> Slot:
    return Slot(
        slot_id=_given(slot.impression_id, f"{where}.impression_id"),
        placement=_given(slot.placement, f"{where}.placement"),
        formats=frozenset(_known(FORMATS, one, f"{where}.formats") for one in slot.formats)
        or frozenset({AdFormat.BANNER}),
        sizes=tuple(_size(size, f"{where}.sizes[{place}]") for place, size in enumerate(slot.sizes)),
        floor=_floor(slot, where),
        blocked_attributes=frozenset(slot.blocked_attributes),
        deals=tuple(_deal(deal, f"{where}.deals[{place}]") for place, deal in enumerate(slot.deals)),
        is_private=slot.is_private,
        is_secure=slot.is_secure if slot.HasField("is_secure") else None,
        position=_at_most(slot.position, 1000, f"{where}.position"),
        expires_s=slot.expires_s if slot.HasField("expires_s") else None,
    )


def _deal(deal: pb.Deal, where: str) -> Deal:
    return Deal(
        deal_id=_given(deal.deal_id, f"{where}.deal_id"),
        floor=_floor(deal, where),
        auction=_auction(deal.auction, f"{where}.auction"),
        has_fixed_price=deal.has_fixed_price,
        seats=frozenset(_names(deal.seats, f"{where}.seats")),
        advertiser_domains=frozenset(_names(deal.advertiser_domains, f"{where}.advertiser_domains")),
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
    floor_micros = _micros(slot.floor_micros, f"{where}.floor_micros")
    if len(slot.floor_currency) != 3 or not slot.floor_currency.isupper():
        raise ConfigRejected(
            f"a floor in currency {slot.floor_currency[:8]!r}",
            where=f"{where}.floor_currency",
            hint="give its ISO 4217 code, such as CNY or USD",
        )
    return Money(floor_micros, slot.floor_currency)


def _blocks(blocks: pb.Blocks) -> Blocks:
    def all_of(names: Iterable[str], field: str) -> frozenset[str]:
        return frozenset(_names(names, f"blocks.{field}"))

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
    return UserContext(_name(user.user_key, "user.user_key"), _facts(user.attributes, "user.attributes"))


def _facts(values: Mapping[str, pb.Value], where: str) -> dict[str, str | float]:
    """The facts that have a value; one without is not told."""
    if len(values) > LARGEST_FACTS:
        raise ConfigRejected(f"{len(values)} facts", where=where, hint=f"give at most {LARGEST_FACTS}")
    facts: dict[str, str | float] = {}
    for name, value in values.items():
        kind = value.WhichOneof("kind")
        if kind == "text":
            facts[_name(name, where)] = _name(value.text, f"{where}[{name!r:.40}]", LONGEST_FACT)
        elif kind == "number":
            if not math.isfinite(value.number):
                raise ConfigRejected(
                    f"{value.number} is no number", where=f"{where}[{name!r:.40}]", hint="leave out what is not known"
                )
            facts[_name(name, where)] = value.number
    return facts


def _moment(stamp: Timestamp, where: str) -> datetime:
    try:
        return utc(stamp.ToDatetime(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise ConfigRejected("a time that is none", where=where, hint="give a time from 2000 to 2099") from None


def _auction(number: int, where: str) -> AuctionKind | None:
    return _known(AUCTIONS, number, where) if number else None


def _known(kinds: Mapping[Any, E], number: int, where: str) -> E:
    kind = kinds.get(number)
    if kind is None:
        names = ", ".join(str(kind) for kind in kinds.values())
        raise ConfigRejected(f"value {number} is not known", where=where, hint=f"use one of {names}")
    return kind


def _names(names: Iterable[str], where: str, most: int = LARGEST_LIST) -> tuple[str, ...]:
    given = tuple(names)
    if len(given) > most:
        raise ConfigRejected(f"{len(given)} of them", where=where, hint=f"give at most {most}")
    for name in given:
        _given(name, where)
    return given


def _given(name: str, where: str) -> str:
    if not name:
        raise ConfigRejected("it is empty", where=where, hint="give it a value")
    return _name(name, where)


def _name(name: str, where: str, longest: int = LONGEST_NAME) -> str:
    if len(name) > longest:
        raise ConfigRejected(f"{len(name)} characters", where=where, hint=f"give at most {longest}")
    return name


def _micros(micros: int, where: str) -> int:
    if not 0 <= micros <= LARGEST_MICROS:
        raise ConfigRejected(f"{micros} micros", where=where, hint=f"give 0 to {LARGEST_MICROS:,}")
    return micros


def _at_most(number: int, most: int, where: str) -> int:
    if number > most:
        raise ConfigRejected(f"{number} is too large", where=where, hint=f"give at most {most}")
    return number
