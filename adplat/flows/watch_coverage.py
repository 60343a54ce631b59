"""Intervals that no longer hold raise an alert: a line in the audit trail when it begins, and one when it is over."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from adplat.flows.forecast_parts import ForecastParts
from adplat.forecast import WATCHED_SHARE, CoverageStream, coverage_drift

SUBJECT = "forecast coverage"
RAISED, ENDED = "forecast coverage alert", "forecast coverage alert over"


def watch_coverage(parts: ForecastParts, settled_before: datetime) -> list[dict[str, Any]]:
    """The alerts that stand, as plain data; what changed is told to the audit trail.

    An alert is over when its evidence is gone (below 1), not as soon as it falls below the alarm.
    """
    streams = {one.name: one for one in coverage_drift(parts.forecasts.scored(), settled_before)}
    open_now = _open(parts)
    for name, stream in streams.items():
        if stream.alarmed and name not in open_now:
            _record(parts, RAISED, stream)
            open_now.add(name)
        elif name in open_now and stream.log_evidence < 0.0:
            _record(parts, ENDED, stream)
            open_now.remove(name)
    return [stream_document(streams[name]) for name in sorted(open_now) if name in streams]


def stream_document(stream: CoverageStream) -> dict[str, Any]:
    """One stream as plain data; ``evidence`` of at least ``alarm_at`` is an alarm."""
    return {
        "name": stream.name,
        "metric": stream.metric.value,
        "scope": stream.scope,
        "direction": "too seldom" if stream.too_low else "too often",
        "told": WATCHED_SHARE,
        "held": stream.held,
        "since": stream.since.isoformat(),
        "forecasts": stream.forecasts,
        "weeks": stream.weeks,
        "evidence": math.exp(min(stream.log_evidence, 700.0)),  # beyond, a float has no room
        "alarm_at": math.exp(stream.log_alarm),
        "alarmed": stream.alarmed,
    }


def alert_words(alert: dict[str, Any]) -> str:
    """One line for a person."""
    of = "whole flights" if alert["scope"] == "total" else "days"
    return (
        f"{alert['metric']} of {of}: the {100 * alert['told']:.0f} % intervals hold {alert['direction']}, "
        f"{100 * alert['held']:.0f} % since {alert['since']}"
    )


def _open(parts: ForecastParts) -> set[str]:
    """Streams whose latest line says that an alert began."""
    last = {entry.detail["stream"]: entry.action for entry in parts.audit.about(SUBJECT)}
    return {name for name, action in last.items() if action == RAISED}


def _record(parts: ForecastParts, action: str, stream: CoverageStream) -> None:
    told = stream_document(stream)
    detail = {"stream": stream.name, "held": f"{stream.held:.3f}", "since": told["since"]}
    detail |= {"forecasts": str(stream.forecasts), "evidence": f"{told['evidence']:.4g}"}
    parts.audit.record(parts.clock.now(), parts.by, action, SUBJECT, detail)
