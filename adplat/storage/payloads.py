"""Decisions, events and logged requests as MessagePack, the form in which they lie in Redis.

Times are MessagePack timestamps: the instant to the microsecond, read back as aware UTC. A field that a newer
version added is ignored by an older one; a field that is missing and has no default is an InternalFault.
"""

from __future__ import annotations

import numbers
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from adplat.domain import Decision, Event, InternalFault, LoggedRequest, TableRejected


def _plain(value: Any) -> Any:
    """NumPy's numbers, which scores arrive as, are not exactly Python's."""
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    raise NotImplementedError(f"a {type(value).__name__} has no place in a decision or an event")


_encoder = msgspec.msgpack.Encoder(enc_hook=_plain)
_decisions = msgspec.msgpack.Decoder(Decision)
_events = msgspec.msgpack.Decoder(Event)
_requests = msgspec.msgpack.Decoder(tuple[LoggedRequest, ...])


def encode_decision(decision: Decision) -> bytes:
    """Raises TableRejected when ``ts`` has no zone or a value cannot be encoded."""
    return _encode(decision, decision.ts, f"decision {decision.decision_id}")


def encode_owner(decision: Decision) -> bytes:
    """What is stored in front of a decision, so that scripts see whose it is: ``scripts/owned_decision.lua``."""
    whose = _encode((decision.advertiser_id, decision.caller_id), decision.ts, f"decision {decision.decision_id}")
    return b"\xc1" + len(whose).to_bytes(4, "big") + whose


def encode_event(event: Event) -> bytes:
    """Raises TableRejected when ``ts`` has no zone or a value cannot be encoded."""
    return _encode(event, event.ts, f"event {event.event_id}")


def encode_request(request: LoggedRequest) -> bytes:
    """Raises TableRejected when ``ts`` has no zone or a value cannot be encoded."""
    return _encode(request, request.ts, f"request {request.request_id}")


def decode_decision(payload: bytes) -> Decision:
    """Raises InternalFault on bytes that are no decision."""
    try:
        return _decisions.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _unreadable("decision", error) from error


def decode_event(payload: bytes) -> Event:
    """Raises InternalFault on bytes that are no event."""
    try:
        return _events.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _unreadable("event", error) from error


def decode_requests(payload: bytes) -> tuple[LoggedRequest, ...]:
    """Of a MessagePack array of what ``encode_request`` gave. Raises InternalFault on other bytes."""
    try:
        return _requests.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _unreadable("request", error) from error


def encode_fields(fields: Mapping[bytes, bytes]) -> bytes:
    """The fields of an entry that could not be read, as pairs."""
    return _encoder.encode(list(fields.items()))


def _encode(thing: Decision | Event | LoggedRequest | tuple[str, str], ts: datetime, where: str) -> bytes:
    if ts.tzinfo is None:
        raise TableRejected("a time without zone", where=where, hint="give aware UTC times")
    try:
        return _encoder.encode(thing)
    except (NotImplementedError, UnicodeEncodeError, OverflowError, TypeError) as error:
        raise TableRejected(
            f"a value cannot be encoded: {error}", where=where, hint="use text and numbers of 64 bits"
        ) from error


def _unreadable(what: str, error: Exception) -> InternalFault:
    return InternalFault(
        f"a stored {what} cannot be read: {error}",
        hint="it was written by another version of adplat; read the stream with that version once",
    )
