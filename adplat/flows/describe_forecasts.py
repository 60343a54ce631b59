"""Kept forecasts and their scores as plain data, for ``--json`` and for tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from adplat.domain import AuditEntry, ForecastScore, KeptForecast
from adplat.flows.forecast_parts import ForecastParts


def forecast_document(kept: KeptForecast) -> dict[str, Any]:
    """One forecast without its numbers."""
    return {
        "forecast_id": kept.forecast_id,
        "name": kept.name,
        "made_at": _told(kept.made_at),
        "made_by": kept.made_by,
        "advertiser_id": kept.advertiser_id or None,
        "campaign_id": kept.carried_out_by or None,
        "flight_start": _told(kept.flight.start),
        "flight_end": _told(kept.flight.end),
        "bundle_id": kept.bundle_id or None,
        "correction_id": kept.correction_id or None,
        "data_from": _told(kept.data_from),
        "data_to": _told(kept.data_to),
        "slices": dict(kept.slices),
        "scored_at": _told(kept.scored_at),
    }


def forecast_story(parts: ForecastParts, forecast_id: str) -> dict[str, Any]:
    """One forecast with plan, result, scores and what was done with it. Raises UnknownReference."""
    kept = parts.forecasts.find(forecast_id)
    return forecast_document(kept) | {
        "plan": dict(kept.plan),
        "document": dict(kept.document),
        "scores": [score_document(score) for score in parts.forecasts.scores(forecast_id)],
        "changes": [_change(entry) for entry in parts.audit.about(forecast_id)],
    }


def score_document(score: ForecastScore) -> dict[str, Any]:
    """One score; ``day`` is ``None`` for the whole flight."""
    return {
        "metric": score.metric.value,
        "day": None if score.day is None else score.day.isoformat(),
        "actual": score.actual,
        "told": score.quantiles.as_document(),
        "inside_50": score.inside(0.5),
        "inside_80": score.inside(0.8),
        "inside_95": score.inside(0.95),
        "pinball": score.pinball,
        "scored_at": _told(score.scored_at),
        "revision": score.revision,
        "reason": score.reason or None,
    }


def _change(entry: AuditEntry) -> dict[str, Any]:
    return {"at": _told(entry.at), "by": entry.actor, "action": entry.action, **entry.detail}


def _told(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
