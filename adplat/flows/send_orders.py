"""The job that sends a saved report, as it is ordered by the clock or by hand."""

from __future__ import annotations

from datetime import datetime

from adplat.domain import SEND_REPORT, JobOrder, ReportSchedule

# With the waits of ``wait_before_retry_s``: for 40 minutes.
MOST_ATTEMPTS = 10


def send_order(one: ReportSchedule, due: datetime, by: str, key: str, *, by_hand: bool = False) -> JobOrder:
    """The same key is the same sending."""
    return JobOrder(
        SEND_REPORT,
        one.schedule_id,
        due,
        by,
        {"due": due.isoformat(), "by_hand": by_hand},
        idempotency_key=key,
        most_attempts=MOST_ATTEMPTS,
        advertiser_id=one.advertiser_id,
    )
