"""What is counted of an answer, a few look-ups in a dictionary, and what is logged of reports that change nothing."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from adplat.domain import ANYBODY, Caller, Counts, Event, EventOutcome, NoBidReason
from adplat.flows.decide_bid import BidOutcome
from adplat.flows.record_events import ReportedEvent
from adplat.flows.request_log import LogProgress
from services.bidding.metrics import BID_MICROS, BIDS, DEGRADED, EVENTS, LOGGED_REQUESTS, NO_BIDS, SLOTS

log = logging.getLogger(__name__)
_SAID_OF = {
    EventOutcome.ABOVE_BID: (logging.WARNING, "a report costs more than was bid"),
    EventOutcome.UNKNOWN_DECISION: (logging.INFO, "a report of an unknown decision"),
}


def count_outcome(counts: Counts, outcome: BidOutcome) -> None:
    """Each impression that was asked for: bid on, or why not."""
    counts.add(SLOTS, by=len(outcome.answers))
    for answer in outcome.answers.values():
        if isinstance(answer, NoBidReason):
            counts.add(NO_BIDS, answer.value)
        else:
            counts.add(BIDS, answer.price.currency)
            counts.add(BID_MICROS, answer.price.currency, by=answer.price.amount_micros)
    count_degraded(counts, outcome.degraded)


def count_degraded(counts: Counts, degraded: Sequence[str]) -> None:
    """What an answer had to do without."""
    for what in degraded:
        counts.add(DEGRADED, what)


def count_logged(counts: Counts, progress: LogProgress) -> None:
    """What became of opportunities that were to be logged."""
    for fate in ("told", "duplicate", "lost"):
        if amount := getattr(progress, fate):
            counts.add(LOGGED_REQUESTS, fate, by=amount)


def count_events(counts: Counts, told: Sequence[Event | ReportedEvent], outcomes: Sequence[EventOutcome]) -> None:
    """Each report and what became of it."""
    for one, outcome in zip(told, outcomes, strict=True):
        counts.add(EVENTS, one.kind.value, outcome.value)


def tell_dropped(
    told: Sequence[Event | ReportedEvent], outcomes: Sequence[EventOutcome], caller: Caller = ANYBODY
) -> None:
    """Each report that is neither kept now nor was before."""
    for one, outcome in zip(told, outcomes, strict=True):
        if outcome in _SAID_OF:
            level, sentence = _SAID_OF[outcome]
            about = {"decision_id": one.decision_id, "kind": one.kind.value, "caller_id": caller.caller_id}
            log.log(level, sentence, extra=about | {"price_micros": one.price_micros})
