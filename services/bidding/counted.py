"""What is counted of an answer: a few look-ups in a dictionary, on the way of the request."""

from __future__ import annotations

from collections.abc import Sequence

from adplat.domain import Counts, Event, EventOutcome, NoBidReason
from adplat.flows.decide_bid import BidOutcome
from adplat.flows.record_events import ReportedEvent
from services.bidding.metrics import BID_MICROS, BIDS, DEGRADED, EVENTS, NO_BIDS, SLOTS


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


def count_events(counts: Counts, told: Sequence[Event | ReportedEvent], outcomes: Sequence[EventOutcome]) -> None:
    """Each report and what became of it."""
    for one, outcome in zip(told, outcomes, strict=True):
        counts.add(EVENTS, one.kind.value, outcome.value)
