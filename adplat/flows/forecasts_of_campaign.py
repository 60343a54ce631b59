"""Kept forecasts of a campaign beside what came: scored ones as they were scored, others so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from adplat.domain import (
    Comparison,
    Condition,
    KeptForecast,
    ListRequest,
    Metric,
    MetricSums,
    Quantiles,
    ReportQuestion,
    ScoredForecast,
    summed,
)
from adplat.domain.reports import MOST_DAYS
from adplat.flows.admin_parts import SeenParts
from adplat.flows.report_delivery import Reports

_OF_HOURS = {
    Metric.IMPRESSIONS: "impressions",
    Metric.CLICKS: "clicks",
    Metric.CONVERSIONS: "conversions",
    Metric.VALUE: "value_micros",
    Metric.SPEND: "spend_micros",
}


@dataclass(frozen=True, slots=True)
class ToldAndCame:
    """One number of a whole flight.

    Args:
        came: ``None``: nobody knows yet.
        is_final: it was scored; else ``came`` is so far, and still moves.
        held: whether it lies within the 95 % interval; ``None`` while it is not final.
    """

    metric: Metric
    told: Quantiles
    came: float | None
    is_final: bool
    held: bool | None


def forecasts_of_campaign(parts: SeenParts, campaign_id: str, most: int) -> list[KeptForecast]:
    """The newest first."""
    wanted = ListRequest([Condition("campaign_id", Comparison.IS, (campaign_id,))], limit=most)
    return list(parts.forecasts.forecast_page(wanted).items)


def told_and_came(
    parts: SeenParts, kept: Sequence[KeptForecast], report: Reports | None
) -> dict[str, list[ToldAndCame]]:
    """By forecast, in the order of Metric; without ``report`` what is not scored has not come."""
    totals = parts.forecasts.totals([one.forecast_id for one in kept]) if kept else {}
    found = {}
    for one in kept:
        scored = ScoredForecast(one, tuple(totals.get(one.forecast_id, ())))
        final = {score.metric: score for score in scored.latest}
        so_far = None
        if report is not None and any(metric not in final for metric in _told(one)):
            so_far = _so_far(report, one, parts.clock.now())
        lines = []
        for metric, quantiles in _told(one).items():
            if metric in final:
                score = final[metric]
                lines.append(ToldAndCame(metric, score.quantiles, score.actual, True, score.inside(0.95)))
            else:
                came = None if so_far is None or metric not in _OF_HOURS else getattr(so_far, _OF_HOURS[metric])
                lines.append(ToldAndCame(metric, quantiles, came, False, None))
        found[one.forecast_id] = lines
    return found


def _told(kept: KeptForecast) -> dict[Metric, Quantiles]:
    total: Mapping[str, Mapping[str, float] | None] = kept.document.get("total") or {}
    told = {}
    for metric in Metric:
        levels = total.get(metric.value)
        if levels is not None:
            told[metric] = Quantiles.from_document(levels)
    return told


def _so_far(report: Reports, kept: KeptForecast, now: datetime) -> MetricSums | None:
    """In the days of UTC that its flight touches; ``None`` before it begins, or where nobody carries it out."""
    if not kept.carried_out_by or kept.flight.start > now:
        return None
    first = kept.flight.start.astimezone(UTC).date()
    last = min(kept.ends_at - timedelta(microseconds=1), now).astimezone(UTC).date()
    until = last + timedelta(days=1)
    if (until - first).days > MOST_DAYS:
        return None
    where = (Condition("campaign", Comparison.IS, (kept.carried_out_by,)),)
    return summed(row.sums for row in report(ReportQuestion(first, until, (), "UTC", where)).rows)
