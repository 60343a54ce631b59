"""``/event/conversion`` with a key: a postback whose address is filled in; the rules are those of ``/v1/events``."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import msgspec

from adplat.domain import ConfigRejected, EventKind
from adplat.flows.record_events import ReportedEvent
from services.bidding.schemas import EventBody

_MOST_FIELDS = 20
_HINT = "give decision_id, or user_key, advertiser_id and event_id; and value_micros, conversion_kind, ts if known"


def conversion_of(query: str) -> ReportedEvent:
    """The conversion that a query string tells of. Raises ConfigRejected with the field that is wrong."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        raise ConfigRejected("the address cannot be read", where="query", hint=_HINT) from None
    fields: dict[str, Any] = dict(pairs)
    if len(fields) < len(pairs) or "kind" in fields:
        raise ConfigRejected("a field stands twice, or is none of a conversion", where="query", hint=_HINT)
    try:
        body = msgspec.convert(fields | {"kind": EventKind.CONVERSION.value}, EventBody, strict=False)
    except msgspec.ValidationError as reason:
        what, _, where = str(reason).partition(" - at `$")
        raise ConfigRejected(what[:1].lower() + what[1:], where=where.strip("`.") or "query", hint=_HINT) from None
    return body.as_reported()
