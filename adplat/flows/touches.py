"""What the fold keeps of a stretch of the stream so that conversions can be attributed: touches, and who waits."""

from __future__ import annotations

from collections.abc import Sequence

from adplat.domain import Event, EventKind, StreamEntry, Touch, UserConversion, WaitingConversion
from adplat.market import window_of


def touches_of(entries: Sequence[StreamEntry | UserConversion]) -> list[Touch]:
    """Clicks and showings that a conversion may be attributed to: those whose campaign has a window for them."""
    return [
        Touch(
            event_id=entry.event.event_id,
            kind=entry.event.kind,
            ts=entry.event.ts,
            decision_id=entry.decision.decision_id,
            user_key=entry.decision.user_key,
            advertiser_id=entry.decision.advertiser_id,
            campaign_id=entry.decision.campaign_id,
            creative_id=entry.decision.creative_id,
            window_s=window_s,
            arrived_ms=entry.position.milliseconds,
        )
        for entry in entries
        if isinstance(entry, StreamEntry)
        and entry.event is not None
        and (window_s := window_of(entry.event.kind, entry.decision.attribution)) > 0
    ]


def counts(entry: StreamEntry, event: Event) -> bool:
    """Whether its decision gets this event: a conversion only with a credit that says so."""
    return event.kind is not EventKind.CONVERSION or (entry.credit is not None and entry.credit.counts)


def waiting_of(entries: Sequence[StreamEntry | UserConversion]) -> list[WaitingConversion]:
    """Conversions as they were told; those that stand here once more have their credit."""
    return [
        WaitingConversion(entry.position, entry.event, entry.decision if isinstance(entry, StreamEntry) else None)
        for entry in entries
        if entry.event is not None and entry.event.kind is EventKind.CONVERSION and entry.credit is None
    ]
