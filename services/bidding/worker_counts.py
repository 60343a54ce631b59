"""What the worker counts of each round, and tells to the sums that all share."""

from __future__ import annotations

import time

import msgspec

from adplat.domain import Counts, Series
from adplat.flows.attribute_conversions import AttributionProgress
from adplat.flows.fold_events import FoldProgress
from adplat.storage import RedisWorkerCounts
from services.bidding.metrics import (
    EXPECTED_CLICKS,
    FAMILIES,
    FOLDED,
    OUTCOMES,
    RELEASED,
    SETTLED,
    SPEND_MICROS,
    WorkerState,
)
from services.hosting.counts_desk import process_name

_EVERY_S = 1.0


class WorkerCounts:
    """Of one worker, for as long as it lives; what could not be told is told later, once."""

    def __init__(self) -> None:
        self._counts = Counts()
        self._name, self._number, self._told_s = process_name(), 0, 0.0
        self._pending: dict[Series, int] | None = None

    def count(self, progress: FoldProgress, released: int, credited: AttributionProgress) -> None:
        """One round."""
        for fate, amount in (("folded", progress.entries - progress.malformed), ("malformed", progress.malformed)):
            self._add(FOLDED, fate, by=amount)
        for credit in ("attributed", "out_of_window", "unattributed"):
            self._add(SETTLED, credit, by=getattr(credited, credit))
        self._add(RELEASED, by=released)
        for kind in ("impressions", "clicks", "conversions"):
            self._add(OUTCOMES, kind, by=getattr(progress.added, kind))
        self._add(EXPECTED_CLICKS, by=round(progress.added.expected_clicks * FAMILIES[EXPECTED_CLICKS].per_unit))
        for currency, micros in progress.spent_micros.items():
            self._add(SPEND_MICROS, currency, by=micros)

    def tell(self, shared: RedisWorkerCounts, state: WorkerState, *, is_last: bool = False) -> None:
        """Tell it, at most once a second but for the last time. Raises StoreUnreachable."""
        if not is_last and time.monotonic() < self._told_s + _EVERY_S:
            return
        self._told_s = time.monotonic()
        if self._pending is None:
            self._pending, self._number = self._counts.take(), self._number + 1
        shared.tell(self._name, self._number, self._pending, msgspec.json.encode(state))
        self._pending = None

    def _add(self, *series: str, by: int) -> None:
        if by:
            self._counts.add(*series, by=by)
