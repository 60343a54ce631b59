"""Saved reports that are due are ordered as jobs; what is told of a sending is that of its own day, however late it is.

This module is what an idle process keeps loaded: it needs no report.
"""

from __future__ import annotations

from datetime import datetime

from adplat.domain import Clock, Job, JobOrder, ReportSchedule, ReportSends
from adplat.flows.send_orders import send_order

WATCHER = "worker"


def watch_reports(sends: ReportSends, clock: Clock) -> list[Job]:
    """Queue what is due, each period once."""
    return sends.order_due(clock.now(), _order)


def _order(one: ReportSchedule, due: datetime) -> JobOrder:
    return send_order(one, due, WATCHER, f"{one.schedule_id}:{due.isoformat()}")
