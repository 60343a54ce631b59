"""What the worker writes to the lake of a stretch of the event stream: one part per table and hour.

A part is named by the first position that it holds, so that the same stretch overwrites itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC
from typing import Any

import polars as pl

from adplat.data import Lake
from adplat.domain import (
    STREAM_START,
    AuctionKind,
    Event,
    EventKind,
    LoggedRequests,
    StreamEntry,
    StreamPosition,
    UserConversion,
)
from adplat.features import canonical
from adplat.flows.replay_log import write_served
from adplat.flows.shadow_decisions import ShadowModel, shadow_rows
from adplat.flows.touches import counts

# As a number of the lake is looked up again: without leading zeros, and well inside 64 bits.
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,15})")
_OF_SLOT = ("placement", "position", "floor_micros", "currency")
_OF_REQUEST = (
    *("request_id", "user_key", "device", "os", "country", "region", "language", "site", "segments"),
    *("hour", "weekday", "auction", "sample_rate"),
)
_TEXT_LISTS = {"segments": pl.List(pl.String())}


def write_to_lake(lake: Lake, entries: Sequence[StreamEntry]) -> int:
    """Impressions, their choices, clicks, conversions, what logged decisions were scored with, how auctions ended.

    Returns the number of auctions.
    """
    if not entries:
        return 0
    part = _part_name(entries[0].position)
    happened = [(entry, entry.event) for entry in entries if entry.event is not None and counts(entry, entry.event)]
    for table, kind, row_of in (
        ("impressions", EventKind.IMPRESSION, _impression_row),
        ("choices", EventKind.IMPRESSION, _choice_row),
        ("clicks", EventKind.CLICK, _click_row),
        ("conversions", EventKind.CONVERSION, _conversion_row),
    ):
        _write(lake, table, [row_of(entry, event) for entry, event in happened if event.kind is kind], part)
    bids = [_bid_row(entry, event) for entry, event in happened if entry.is_outcome]
    _write(lake, "bids", bids, part)
    write_served(lake, entries, part)
    return len(bids)


def write_unattributed(lake: Lake, entries: Sequence[StreamEntry | UserConversion]) -> int:
    """Conversions that no decision gets, and why; returns how many."""
    told = [
        (entry, entry.event)
        for entry in entries
        if entry.event is not None and entry.credit is not None and not entry.credit.counts
    ]
    if told:
        _write(lake, "unattributed", [_unattributed_row(*one) for one in told], _part_name(entries[0].position))
    return len(told)


def write_requests(lake: Lake, entries: Sequence[LoggedRequests]) -> int:
    """Logged opportunities, a row a slot, as a part named like the others; returns how many rows."""
    told = [(request, slot) for entry in entries for request in entry.requests for slot in request.slots]
    if told:
        requests, slots = zip(*told, strict=True)
        columns = {name: [getattr(slot, name) for slot in slots] for name in _OF_SLOT}
        columns |= {name: [getattr(request, name) for request in requests] for name in _OF_REQUEST}
        columns["ts"] = [request.ts.astimezone(UTC) for request in requests]
        lake.write("requests", pl.DataFrame(columns, schema_overrides=_TEXT_LISTS), _part_name(entries[0].position))
    return len(told)


def write_shadow(lake: Lake, entries: Sequence[StreamEntry], shadow: ShadowModel) -> int:
    """What the second bundle says of these decisions, as a part named like the others; returns how many."""
    rows = shadow_rows(shadow, entries)
    if rows:
        _write(lake, "shadow", rows, _part_name(entries[0].position))
    return len(rows)


def first_position(part: str) -> StreamPosition:
    """The position in a part's name; parts that no worker wrote lie before every position."""
    if not part.startswith("stream-"):
        return STREAM_START
    _, milliseconds, sequence = part.split("-")
    return StreamPosition(int(milliseconds), int(sequence))


def _part_name(position: StreamPosition) -> str:
    return f"stream-{position.milliseconds:016d}-{position.sequence:08d}"


def _write(lake: Lake, table: str, rows: Sequence[dict[str, Any]], part: str) -> None:
    if rows:
        lake.write(table, pl.DataFrame(rows, infer_schema_length=None), part)


def _bid_row(entry: StreamEntry, event: Event) -> dict[str, Any]:
    """One for a bid that was won, lost or billed, whichever was told first; ``ts`` is when it was bid."""
    decision, terms = entry.decision, entry.decision.terms
    won, told = event.kind is not EventKind.LOSS, event.min_to_win_micros
    if told is None and won and terms is not None and terms.kind is AuctionKind.SECOND_PRICE:
        told = event.price_micros or None  # what a second-price auction charges is what would have sufficed
    return {
        "request_id": decision.request_id,
        "ts": decision.ts.astimezone(UTC),
        "campaign_id": decision.campaign_id,
        "bid_micros": decision.bid_micros,
        "won": won,
        "min_to_win_micros": told,
        "placement": decision.placement,
        "decision_id": decision.decision_id,
        "auction": None if terms is None else terms.kind.value,
        "currency": None if terms is None else terms.currency,
        "deal_id": None if terms is None else terms.deal_id,
        "has_fixed_price": None if terms is None else terms.has_fixed_price,
        "value_micros": None if terms is None else terms.value_micros,
        "loss_reason": event.loss_reason,
        "experiments": decision.experiments,
        "device": str(decision.context.get("device", "")),
    }


def _impression_row(entry: StreamEntry, event: Event) -> dict[str, Any]:
    decision, told = entry.decision, entry.decision.context
    moment = event.ts.astimezone(UTC)
    return {
        "decision_id": decision.decision_id,
        "request_id": decision.request_id,
        "ts": moment,
        "user_key": decision.user_key,
        "advertiser_id": decision.advertiser_id,
        "campaign_id": decision.campaign_id,
        "creative_id": decision.creative_id,
        "placement": decision.placement,
        "position": decision.position,
        "bid_micros": decision.bid_micros,
        "price_micros": decision.price_micros,
        "propensity": decision.propensity,
        "p_ctr": decision.p_ctr[0],
        "p_cvr": decision.p_cvr[0] if decision.p_cvr else None,
        "policy": decision.policy,
        "bundle_id": decision.bundle_id,
        "device": str(told.get("device", "")),
        "region": str(told.get("region", "")),
        "hour": whole_number(told.get("hour"), moment.hour),
        "weekday": whole_number(told.get("weekday"), moment.weekday()),
        "language": str(told.get("language", "")),
        "consent": decision.user_key != "",
        "experiments": decision.experiments,
    }


def _choice_row(entry: StreamEntry, event: Event) -> dict[str, Any]:
    decision = entry.decision
    return {
        "decision_id": decision.decision_id,
        "ts": event.ts.astimezone(UTC),
        "candidates": decision.candidates,
        "p_ctr": decision.p_ctr,
        "propensities": decision.first_slot_propensities,
        "experiments": decision.experiments,
    }


def whole_number(told: str | float | None, otherwise: int) -> int | None:
    """A caller's context is not checked against our columns; what is no whole number must not stop the fold.

    It is null then and no guess: the model did not know it either, and training must see what was served.
    """
    if told is None:
        return otherwise
    number = canonical(told)
    return int(number) if number and _WHOLE.fullmatch(number) else None


def _click_row(entry: StreamEntry, event: Event) -> dict[str, Any]:
    return {
        "decision_id": entry.decision.decision_id,
        "ts": event.ts.astimezone(UTC),
        "stream_position": str(entry.position),
    }


def _unattributed_row(entry: StreamEntry | UserConversion, event: Event) -> dict[str, Any]:
    """Whom it named: a user, or a decision with its user."""
    named = entry.decision if isinstance(entry, StreamEntry) else event
    return {
        "event_id": event.event_id,
        "ts": event.ts.astimezone(UTC),
        "reason": "" if entry.credit is None else entry.credit.value,
        "user_key": named.user_key,
        "advertiser_id": named.advertiser_id,
        "campaign_id": named.campaign_id,
        "creative_id": named.creative_id,
        "decision_id": named.decision_id,
        "value_micros": event.value_micros,
        "kind": event.conversion_kind,
    }


def _conversion_row(entry: StreamEntry, event: Event) -> dict[str, Any]:
    return {
        "decision_id": entry.decision.decision_id,
        "ts": event.ts.astimezone(UTC),
        "value_micros": event.value_micros,
        "kind": event.conversion_kind,
        "stream_position": str(entry.position),
        "credit": None if entry.credit is None else entry.credit.value,
    }
