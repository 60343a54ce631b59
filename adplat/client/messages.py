"""Domain words into the messages of ``adplat.bidding.v1``, and its answers into plain results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar

from adplat.client.generated import bidding_pb2 as pb
from adplat.client.http import Facts, ServiceHealth
from adplat.client.wire_names import AUCTIONS, EVENT_KINDS, FORMATS, OUTCOMES, REASONS
from adplat.domain import (
    Blocks,
    ConfigRejected,
    Deal,
    Event,
    EventKind,
    EventOutcome,
    Money,
    NoBidReason,
    Opportunity,
    PrivacySignals,
    Slot,
)

P = ParamSpec("P")
M = TypeVar("M")
_REASON_OF = {int(number): reason for reason, number in REASONS.items()}
_OUTCOME_OF = {int(number): outcome for outcome, number in OUTCOMES.items()}


@dataclass(frozen=True, slots=True)
class CreativeScores:
    """Calibrated probabilities, parallel to the creatives asked for; ``p_cvr`` is empty without a conversion head."""

    p_ctr: tuple[float, ...]
    p_cvr: tuple[float, ...]
    bundle_id: str
    degraded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfferedBid:
    """One bid; ``price`` is money for one impression. ``urls`` by ``win billing loss impression click
    conversion``.

    ``experiments`` are those that concerned this choice, as ``experiment_id:arm``.
    """

    decision_id: str
    price: Money
    campaign_id: str
    creative_id: str
    deal_id: str
    propensity: float
    p_ctr: float
    p_cvr: float | None
    expires_s: int
    urls: Mapping[str, str] = field(default_factory=dict)
    experiments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BidResult:
    """A bid, or the reason for none, by slot id; ``None`` for a reason that this client is too old to know."""

    request_id: str
    answers: Mapping[str, OfferedBid | NoBidReason | None]
    bundle_id: str
    degraded: tuple[str, ...]


def _refused_in_our_words(build: Callable[P, M]) -> Callable[P, M]:
    """Protobuf says ValueError and TypeError of what a field cannot hold; callers hear ConfigRejected, as over HTTP."""

    @wraps(build)
    def built(*arguments: P.args, **named: P.kwargs) -> M:
        try:
            return build(*arguments, **named)
        except (TypeError, ValueError) as reason:
            raise ConfigRejected(
                f"a value does not fit into the message: {reason}",
                where="message",
                hint="services/bidding/proto/adplat/bidding/v1/bidding.proto says what each field holds",
            ) from reason

    return built


@_refused_in_our_words
def score_message(
    placement: str,
    creative_ids: Sequence[str],
    user_key: str,
    attributes: Facts | None,
    context: Facts | None,
    position: int,
    ts: datetime | None,
) -> pb.ScoreRequest:
    """A request for scores; facts that are ``None`` are left out."""
    message = pb.ScoreRequest(
        placement=placement,
        creative_ids=creative_ids,
        user=pb.User(user_key=user_key, attributes=_values(attributes or {})),
        context=_values(context or {}),
        position=position,
    )
    if ts is not None:
        message.ts.FromDatetime(ts)
    return message


def scores_of(answer: pb.ScoreResponse) -> CreativeScores:
    """As they came."""
    return CreativeScores(tuple(answer.p_ctr), tuple(answer.p_cvr), answer.bundle_id, tuple(answer.degraded))


@_refused_in_our_words
def record_message(events: Sequence[Event]) -> pb.RecordRequest:
    """Reports with their ids, so that they may be sent again."""
    message = pb.RecordRequest()
    for event in events:
        told = message.events.add(
            kind=EVENT_KINDS[event.kind],
            decision_id=event.decision_id,
            event_id=event.event_id,
            value_micros=event.value_micros,
            conversion_kind=event.conversion_kind,
            min_to_win_micros=event.min_to_win_micros,
            loss_reason=event.loss_reason,
            user_key=event.user_key,
            advertiser_id=event.advertiser_id,
            campaign_id=event.campaign_id,
            creative_id=event.creative_id,
        )
        if event.kind in (EventKind.WIN, EventKind.BILLING) or event.price_micros:
            told.price_micros = event.price_micros
        told.ts.FromDatetime(event.ts)
    return message


def outcomes_of(answer: pb.RecordResponse) -> list[EventOutcome]:
    """Parallel to the events."""
    return [_OUTCOME_OF[outcome] for outcome in answer.outcomes]


def health_of(answer: pb.HealthResponse) -> ServiceHealth:
    """As over HTTP."""
    return ServiceHealth(
        status=answer.status,
        bundle_id=answer.bundle_id,
        snapshot_id=answer.snapshot_id,
        creatives=answer.creatives,
        redis=answer.redis,
        statistics_age_s=answer.statistics_age_s if answer.HasField("statistics_age_s") else None,
        version=answer.version,
    )


@_refused_in_our_words
def bid_message(opportunity: Opportunity) -> pb.BidRequest:
    """The whole opportunity."""
    return pb.BidRequest(
        request_id=opportunity.request_id,
        impressions=[_impression(slot) for slot in opportunity.slots],
        user=pb.User(user_key=opportunity.user.user_key, attributes=_values(opportunity.user.attributes)),
        context=_values(opportunity.facts),
        creative_ids=sorted(opportunity.only_creatives),
        campaign_ids=sorted(opportunity.only_campaigns),
        blocks=_blocks(opportunity.blocks),
        privacy=_privacy(opportunity.privacy),
        auction=AUCTIONS[opportunity.auction],
        currencies=opportunity.currencies,
        tmax_ms=opportunity.time_left_ms or 0,
        is_test=opportunity.is_test,
        is_robot=opportunity.is_robot,
    )


def bid_of(answer: pb.BidResponse) -> BidResult:
    """As it came."""
    return BidResult(
        request_id=answer.request_id,
        answers={one.impression_id: _answer(one) for one in answer.impressions},
        bundle_id=answer.bundle_id,
        degraded=tuple(answer.degraded),
    )


def _answer(answer: pb.ImpressionAnswer) -> OfferedBid | NoBidReason | None:
    if not answer.HasField("bid"):
        return _REASON_OF.get(answer.no_bid)
    bid = answer.bid
    return OfferedBid(
        decision_id=bid.decision_id,
        price=Money(bid.price_micros, bid.currency),
        campaign_id=bid.campaign_id,
        creative_id=bid.creative_id,
        deal_id=bid.deal_id,
        propensity=bid.propensity,
        p_ctr=bid.p_ctr,
        p_cvr=bid.p_cvr if bid.HasField("p_cvr") else None,
        expires_s=bid.expires_s,
        urls={field.name: url for field, url in bid.urls.ListFields()},
        experiments=tuple(bid.experiments),
    )


def _values(facts: Facts) -> dict[str, pb.Value]:
    values = {}
    for name, fact in facts.items():
        if isinstance(fact, bool):
            values[name] = pb.Value(text="true" if fact else "false")
        elif isinstance(fact, str):
            values[name] = pb.Value(text=fact)
        elif fact is not None:
            values[name] = pb.Value(number=fact)
    return values


def _impression(slot: Slot) -> pb.Impression:
    message = pb.Impression(
        impression_id=slot.slot_id,
        placement=slot.placement,
        sizes=[pb.Size(width_px=size.width_px, height_px=size.height_px) for size in slot.sizes],
        formats=[FORMATS[one] for one in sorted(slot.formats)],
        blocked_attributes=sorted(slot.blocked_attributes),
        deals=[_deal(deal) for deal in slot.deals],
        is_private=slot.is_private,
        is_secure=slot.is_secure,
        position=slot.position,
        expires_s=slot.expires_s,
    )
    if slot.floor is not None:
        message.floor_micros, message.floor_currency = slot.floor.amount_micros, slot.floor.currency
    return message


def _deal(deal: Deal) -> pb.Deal:
    message = pb.Deal(
        deal_id=deal.deal_id,
        has_fixed_price=deal.has_fixed_price,
        seats=sorted(deal.seats),
        advertiser_domains=sorted(deal.advertiser_domains),
    )
    if deal.auction is not None:
        message.auction = AUCTIONS[deal.auction]
    if deal.floor is not None:
        message.floor_micros, message.floor_currency = deal.floor.amount_micros, deal.floor.currency
    return message


def _blocks(blocks: Blocks) -> pb.Blocks:
    return pb.Blocks(
        advertiser_domains=sorted(blocks.advertiser_domains),
        apps=sorted(blocks.apps),
        categories=sorted(blocks.categories),
        allowed_categories=sorted(blocks.allowed_categories),
        taxonomy=blocks.taxonomy,
        allowed_languages=sorted(blocks.allowed_languages),
        seats=sorted(blocks.seats),
        allowed_seats=sorted(blocks.allowed_seats),
    )


def _privacy(signals: PrivacySignals) -> pb.PrivacySignals:
    return pb.PrivacySignals(
        coppa=signals.coppa,
        gdpr=signals.gdpr,
        tcf_consent=signals.tcf_consent,
        us_privacy=signals.us_privacy,
        gpp=signals.gpp,
        gpp_sections=signals.gpp_sections,
        do_not_track=signals.do_not_track,
        limit_ad_tracking=signals.limit_ad_tracking,
    )
