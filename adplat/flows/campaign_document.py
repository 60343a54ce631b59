"""A campaign forecast as plain data: for people, for other programs, and for whoever scores it when it has ended."""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import timedelta
from typing import Any

import msgspec
import numpy as np

from adplat.domain import Metric, Quantiles, Refused
from adplat.flows.forecast_slices import slices_of
from adplat.forecast import FEATURE_NAMES, CampaignForecast, CampaignPlan, CurvePoint, OutcomeLaw, PlanResponse


def plan_digest(plan: CampaignPlan) -> str:
    """Sixteen hex digits: two plans of the same content have the same."""
    return hashlib.sha256(msgspec.json.encode(plan, order="sorted")).hexdigest()[:16]


def refused_document(plan: CampaignPlan, reasons: Sequence[Refused]) -> dict[str, Any]:
    """Why nothing is told."""
    return {
        "refused": True,
        "reasons": [{"reason": one.reason.value, "what": one.what, "hint": one.hint} for one in reasons],
        "plan": _plan(plan),
    }


def forecast_document(
    plan: CampaignPlan, told: CampaignForecast, response: PlanResponse, inputs: Mapping[str, Any]
) -> dict[str, Any]:
    """The answer. Metrics that nobody can know are ``None``; ``notes`` say why."""
    metrics = metrics_told(response)
    notes = [*response.notes]
    if Metric.CONVERSIONS not in metrics:
        notes.append(response.conversions_unknown or "nobody knows how often a click of these creatives converts")
    elif Metric.VALUE not in metrics:
        notes.append("no conversion of the log had a value")
    days = [plan.start + timedelta(days=number) for number in range(plan.days)]
    features = dict(zip(FEATURE_NAMES, told.features.tolist(), strict=True))
    return {
        "refused": False,
        "reasons": [],
        "plan": _plan(plan),
        "daily": [
            {
                "date": day.isoformat(),
                **{metric.value: _whole(told.daily[metric][number], metric, metrics) for metric in Metric},
            }
            for number, day in enumerate(days)
        ],
        "total": {
            **{metric.value: _whole(told.total[metric], metric, metrics) for metric in Metric},
            "reach_times": {
                str(times): _document(quantiles, whole=True) for times, quantiles in enumerate(told.often, start=1)
            },
            "cpa_micros": _document(told.cpa_micros if Metric.CONVERSIONS in metrics else None, whole=True),
            "roas": _document(told.roas if Metric.VALUE in metrics else None),
            "win_rate": _document(told.win_rate),
            "frequency": _document(told.frequency),
        },
        "point": {metric.value: _number(told.points[metric]) if metric in metrics else None for metric in Metric},
        "curve": [_curve_point(point, metrics) for point in told.curve],
        "creatives": [
            {
                "creative_id": one.creative_id,
                "click_rate": one.click_rate.mean,
                "click_log_sd": one.click_rate.log_sd,
                "conversion_rate": None if one.conversion_rate is None else one.conversion_rate.mean,
                "conversion_log_sd": None if one.conversion_rate is None else one.conversion_rate.log_sd,
                "impressions": one.impressions,
            }
            for one in response.creatives
        ],
        "notes": notes,
        "slices": slices_of(plan, features, response),
        "inputs": {"plan_digest": plan_digest(plan), **inputs},
        "raw": {
            "features": features,
            "slice": told.slice,
            "laws": {metric.value: _law(told.laws[metric]) for metric in metrics},
        },
    }


def metrics_told(response: PlanResponse) -> list[Metric]:
    """All, or those that need no rate that nobody knows."""
    known = all(one.conversion_rate is not None for one in response.creatives)
    valued = known and all(one.value is not None for one in response.creatives)
    untold = ([] if known else [Metric.CONVERSIONS]) + ([] if valued else [Metric.VALUE])
    return [metric for metric in Metric if metric not in untold]


def days_csv(document: Mapping[str, Any]) -> bytes:
    """A row a day, a column a metric and level: ``clicks_p10``; empty where nothing is told."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    levels = list(Quantiles.certain(0.0).as_document())
    writer.writerow(["date", *(f"{metric.value}_{level}" for metric in Metric for level in levels)])
    for day in document["daily"]:
        cells = [(day[metric.value] or {}).get(level, "") for metric in Metric for level in levels]
        writer.writerow([day["date"], *cells])
    return out.getvalue().encode()


def _plan(plan: CampaignPlan) -> dict[str, Any]:
    """All of it: what two forecasts differ in can be told from their documents alone."""
    told: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(plan))
    return told | {"currency": plan.currency or None}


def _curve_point(point: CurvePoint, metrics: Sequence[Metric]) -> dict[str, Any]:
    return {
        "budget_micros": _number(point.budget_micros),
        "spend_micros": _number(point.spend_micros),
        **{metric.value: float(value) if metric in metrics else None for metric, value in point.outcomes.items()},
        "planned": point.planned,
    }


def _whole(quantiles: Quantiles, metric: Metric, metrics: Sequence[Metric]) -> dict[str, Any] | None:
    return _document(quantiles, whole=True) if metric in metrics else None


def _document(quantiles: Quantiles | None, *, whole: bool = False) -> dict[str, Any] | None:
    """``None`` at a level where the ratio has no end."""
    if quantiles is None:
        return None
    return {
        name: None if math.isinf(value) else round(value) if whole else float(value)
        for name, value in quantiles.as_document().items()
    }


def _number(value: float) -> int | float:
    return round(value) if value >= 1.0 or value == 0.0 else float(value)


def _law(law: OutcomeLaw) -> dict[str, Any]:
    """Its kind and parameters: enough to learn from it later."""
    told: dict[str, Any] = {"kind": type(law).__name__}
    for each in fields(law):  # type: ignore[arg-type]  # every law is a dataclass, which a protocol cannot say
        value = getattr(law, each.name)
        told[each.name] = float(value[0]) if isinstance(value, np.ndarray) else value
    return told
