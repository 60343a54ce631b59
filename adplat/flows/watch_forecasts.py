"""Kept forecasts are scored when they are ripe: when the next look is due.

A look is a job (``score_forecasts.py``). The next one is queued by whoever looks and finds none, so that no failure
ends the watch. This module is what an idle process keeps loaded: it needs no statistics.
"""

from __future__ import annotations

from datetime import timedelta

from adplat.domain import Job, JobOrder
from adplat.flows.forecast_parts import ForecastParts

SCORE = "score-forecasts"
WHAT_IF = "forecast-what-if"
"""Ordered by people (``what_if_forecasts.py``) and named here, where it costs an idle process nothing."""
WATCHER = "worker"
_ALL = "forecasts"


def watch_forecasts(parts: ForecastParts, every: timedelta) -> Job | None:
    """Queue the next job, if there is none and a forecast is due; no ``every`` (0): never."""
    if not every:
        return None
    now = parts.clock.now()
    latest = parts.jobs.latest(SCORE, _ALL)
    if latest is not None and (latest.ended_at is None or now < latest.ended_at + every):
        return None
    if not parts.forecasts.due_for_scoring(now):
        return None
    key = f"after {latest.job_id if latest else 'the first'}"
    return parts.jobs.add(JobOrder(SCORE, _ALL, now, WATCHER, idempotency_key=key), now)
