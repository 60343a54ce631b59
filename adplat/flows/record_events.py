"""What a caller reports about decisions and bids, made durable before it is acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from adplat.domain import (
    ANYBODY,
    BidState,
    Caller,
    ConfigRejected,
    Event,
    EventKind,
    EventOutcome,
    NotPermitted,
    UnknownReference,
)

# What one request may carry: a batch is one atomic step on a server that answers everybody else meanwhile.
LARGEST_BATCH = 1000
# How long a decision may be on its way into the store behind its answer, and how a report that overtook it waits.
_YOUNG_MS, _TRIES, _BETWEEN_TRIES_S = 2000, 4, 0.02


# Which kinds may tell which facts; the others have no place for them.
_TOLD_BY = {
    "value_micros": frozenset({EventKind.CONVERSION}),
    "conversion_kind": frozenset({EventKind.CONVERSION}),
    "price_micros": frozenset({EventKind.WIN, EventKind.BILLING}),
    "min_to_win_micros": frozenset({EventKind.WIN, EventKind.LOSS}),
    "loss_reason": frozenset({EventKind.LOSS}),
    **dict.fromkeys(("user_key", "advertiser_id", "campaign_id", "creative_id"), frozenset({EventKind.CONVERSION})),
}


@dataclass(frozen=True, slots=True)
class ReportedEvent:
    """One report as it arrives: ``event_id`` and ``ts`` may be left out; the other fields as in ``Event``.

    A conversion that names a user needs its ``event_id``: nothing else tells a second purchase from a second report.
    """

    kind: EventKind
    decision_id: str
    event_id: str = ""
    ts: datetime | None = None
    value_micros: int = 0
    conversion_kind: str = ""
    price_micros: int = 0
    min_to_win_micros: int | None = None
    loss_reason: int | None = None
    user_key: str = ""
    advertiser_id: str = ""
    campaign_id: str = ""
    creative_id: str = ""


_NOTHING_TOLD = ReportedEvent(EventKind.IMPRESSION, "")


async def record_events(
    bids: BidState, reported: Sequence[ReportedEvent], now: datetime, caller: Caller = ANYBODY
) -> list[EventOutcome]:
    """Record all of these in one round trip; outcomes in the same order.

    Of a bid, how its auction ended moves its money, and an impression confirms the showing that was reserved. Sending
    the same reports again is safe: an event is known by its id. A decision that is not ``caller``'s is unknown. Raises
    ConfigRejected for a report that makes no sense, and StoreUnreachable when they cannot be kept; then the caller
    sends them again.
    """
    return await record_all(bids, _events_of(reported, now, caller), now, caller)


async def record_all(
    bids: BidState, events: Sequence[Event], now: datetime, caller: Caller = ANYBODY
) -> list[EventOutcome]:
    """Whole events, as ``record_events``.

    A bid is written down a few milliseconds after its answer, so a report may overtake it: one of a decision that is
    as young as that is tried again before nobody is said to know it.
    """
    if not events:
        return []
    outcomes = await bids.record_notices(events, now, caller)
    for _ in range(_TRIES):
        early = [
            place
            for place, (event, outcome) in enumerate(zip(events, outcomes, strict=True))
            if outcome is EventOutcome.UNKNOWN_DECISION and _is_young(event.decision_id, now)
        ]
        if not early:
            break
        await asyncio.sleep(_BETWEEN_TRIES_S)
        again = await bids.record_notices([events[place] for place in early], now, caller)
        for place, outcome in zip(early, again, strict=True):
            outcomes[place] = outcome
    return outcomes


def _is_young(decision_id: str, now: datetime) -> bool:
    """Whether the time in a decision's id (UUIDv7: its first 48 bits) is that of a moment ago."""
    try:
        made_ms = int(decision_id.replace("-", "")[:12], 16)
    except ValueError:
        return False
    return 0 <= now.timestamp() * 1000 - made_ms < _YOUNG_MS


def _events_of(reported: Sequence[ReportedEvent], now: datetime, caller: Caller) -> list[Event]:
    if len(reported) > LARGEST_BATCH:
        raise ConfigRejected(
            f"{len(reported)} events in one request", where="events", hint=f"send at most {LARGEST_BATCH} at once"
        )
    return [_event_of(place, report, now, caller) for place, report in enumerate(reported)]


def _event_of(place: int, report: ReportedEvent, now: datetime, caller: Caller) -> Event:
    for name, kinds in _TOLD_BY.items():
        if report.kind not in kinds and getattr(report, name) != getattr(_NOTHING_TOLD, name):
            raise ConfigRejected(
                f"a {report.kind} has a {name}",
                where=f"events[{place}]",
                hint=f"give {name} with {' or '.join(sorted(kinds))} only",
            )
    _refuse_unclear(report, f"events[{place}]")
    if report.user_key:
        _refuse_for_others(report.advertiser_id, caller, f"events[{place}].advertiser_id")
    return Event(
        event_id=_own_id(report, caller) if report.event_id else _default_id(report),
        kind=report.kind,
        decision_id=report.decision_id,
        ts=report.ts or now,
        value_micros=report.value_micros,
        conversion_kind=report.conversion_kind,
        price_micros=report.price_micros,
        min_to_win_micros=report.min_to_win_micros,
        loss_reason=report.loss_reason,
        user_key=report.user_key,
        advertiser_id=report.advertiser_id,
        campaign_id=report.campaign_id,
        creative_id=report.creative_id,
    )


def _own_id(report: ReportedEvent, caller: Caller) -> str:
    """The id that the caller gave; two callers that number their events alike do not take each other's away."""
    if not caller.caller_id or report.event_id.startswith(f"{report.decision_id}:"):
        return report.event_id
    return f"{caller.caller_id}/{report.event_id}"


def _refuse_for_others(advertiser_id: str, caller: Caller, where: str) -> None:
    """Credit goes to decisions that were given to anybody, so only a caller of that very advertiser asks for it."""
    if caller.caller_id and caller.advertisers is None:
        raise NotPermitted(
            "this key tells no conversions of users",
            where=where,
            hint="use a key that was made for the advertiser, with --advertiser",
        )
    if not caller.may_see(advertiser_id):
        raise UnknownReference(f"advertiser {advertiser_id!r} is unknown", where=where, hint="check the id")


def _refuse_unclear(report: ReportedEvent, where: str) -> None:
    """A report is of a decision or, if it is a conversion, of a user at an advertiser; never of both or neither."""
    of_user = {name: getattr(report, name) for name in ("user_key", "advertiser_id", "campaign_id", "creative_id")}
    named = [name for name, told in of_user.items() if told]
    if report.decision_id:
        if named:
            raise ConfigRejected(
                f"a conversion has a decision_id and a {named[0]}",
                where=where,
                hint="name the decision, or the user and the advertiser",
            )
        return
    if not named:
        hint = "copy it from the answer that named the creative"
        if report.kind is EventKind.CONVERSION:
            hint += ", or give user_key, advertiser_id and event_id"
        raise ConfigRejected("an event has no decision_id", where=where, hint=hint)
    for name, hint in (
        ("user_key", "give the key that the ads were asked for with; a user without one gets no conversion"),
        ("advertiser_id", "say whose customer the user is"),
        ("event_id", "give what makes it known when it is sent again, such as the order's number"),
    ):
        if not getattr(report, name):
            raise ConfigRejected(f"a conversion of a user has no {name}", where=where, hint=hint)


def _default_id(report: ReportedEvent) -> str:
    """Everything happens once to a decision, a conversion once per kind, unless the caller numbers its events."""
    parts = [report.decision_id, report.kind.value]
    if report.kind is EventKind.CONVERSION:
        parts.append(report.conversion_kind)
    return ":".join(parts)
