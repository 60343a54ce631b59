"""Touches and waiting conversions as they lie in Redis: with whom a touch is kept, and what is written of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from adplat.domain import Decision, Event, EventKind, StreamPosition, Touch, WaitingConversion
from adplat.storage.payloads import decode_decision, decode_event, encode_decision, encode_event
from adplat.storage.redis_link import Keys

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Kind, decision, campaign, creative, seconds of its window, when it arrived in ms, event.
_Kept = tuple[EventKind, str, str, str, int, int, str]
_kept = msgspec.json.Decoder(_Kept)


def touches_key(keys: Keys, user_key: str, advertiser_id: str, decision_id: str) -> str:
    """With whom a touch is kept: a user that may not be recognised leaves it with the decision alone."""
    return keys.touches(advertiser_id, user_key) if user_key else keys.touches(decision_id)


def owner_key(keys: Keys, conversion: WaitingConversion) -> str:
    """Where the touches lie that a conversion may be attributed to."""
    told: Decision | Event = conversion.decision or conversion.event
    return touches_key(keys, told.user_key, told.advertiser_id, told.decision_id)


def touch_arguments(touch: Touch) -> tuple[str | bytes, ...]:
    """When it happened, and the rest; the same touch is the same bytes, another event is others."""
    kept = (
        touch.kind,
        touch.decision_id,
        touch.campaign_id,
        touch.creative_id,
        touch.window_s,
        touch.arrived_ms,
        touch.event_id,
    )
    return str(microseconds(touch.ts)), msgspec.json.encode(kept)


def read_touch(conversion: WaitingConversion, kept: bytes, ts_us: float) -> Touch:
    """The touch of a conversion's owner."""
    told: Decision | Event = conversion.decision or conversion.event
    kind, decision_id, campaign_id, creative_id, window_s, arrived_ms, event_id = _kept.decode(kept)
    return Touch(
        event_id=event_id,
        kind=kind,
        ts=_EPOCH + timedelta(microseconds=int(ts_us)),
        decision_id=decision_id,
        user_key=told.user_key,
        advertiser_id=told.advertiser_id,
        campaign_id=campaign_id,
        creative_id=creative_id,
        window_s=window_s,
        arrived_ms=arrived_ms,
    )


def conversion_arguments(conversion: WaitingConversion) -> tuple[str | bytes, ...]:
    """Position, the moment from which on to look at it, and what was told: event, and decision or nothing."""
    decision = b"" if conversion.decision is None else encode_decision(conversion.decision)
    position = conversion.position
    return str(position), str(position.milliseconds), encode_event(conversion.event), decision


def told_fields(position: bytes) -> tuple[bytes, bytes]:
    """Where event and decision of a waiting conversion lie."""
    return position, position + b":decision"


def read_conversion(position: bytes, event: bytes, decision: bytes | None) -> WaitingConversion:
    """Raises InternalFault on bytes that another version wrote."""
    place = StreamPosition.parse(position.decode())
    return WaitingConversion(place, decode_event(event), None if decision is None else decode_decision(decision))


def microseconds(moment: datetime) -> int:
    """Since 1970; below 2**53 for some hundred years, so that a double holds it."""
    return (moment - _EPOCH) // timedelta(microseconds=1)
