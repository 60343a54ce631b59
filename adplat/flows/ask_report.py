"""A question becomes a report with the metrics that were asked for, whoever asks: the command line, the API, a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from adplat.domain import (
    ACTED_METRICS,
    BREAKDOWN_METRICS,
    DELIVERY_METRICS,
    REPORT_METRICS,
    Breakdown,
    BreakdownQuestion,
    ConfigRejected,
    CountedUsers,
    Dimension,
    Report,
    ReportMetric,
    ReportQuestion,
    metrics_named,
)
from adplat.flows.describe_report import Asked, breakdown_table, report_table
from adplat.flows.report_auctions import with_auctions
from adplat.flows.report_breakdown import report_breakdown
from adplat.flows.report_parts import ReportParts
from adplat.reporting import ReportTable

Metrics = tuple[ReportMetric, ...]
_NAMED = frozenset({Dimension.ADVERTISER, Dimension.CAMPAIGN, Dimension.CREATIVE})


def found_report(parts: ReportParts, question: ReportQuestion, names: Sequence[str]) -> tuple[Report, Metrics]:
    """The report, and the metrics of these names; none: all that hourly metrics tell. Raises ConfigRejected."""
    metrics = _chosen(names, tuple(REPORT_METRICS), DELIVERY_METRICS)
    found = parts.breakdown.report(question)
    if REPORT_METRICS["win_rate"] in metrics:
        found = with_auctions(found, parts.auctions, [one.campaign_id for one in parts.campaigns()])
    return found, metrics


def named(parts: ReportParts, told: Report) -> Report:
    """The same with the names of what its rows are of: for who asked without them, and shows a few of its rows."""
    labels = {
        dimension.value: parts.names(dimension, {row.keys[place] for row in told.rows})
        for place, dimension in enumerate(told.question.dimensions)
        if dimension in _NAMED
    }
    return replace(told, labels=labels)


def found_breakdown(
    parts: ReportParts, question: BreakdownQuestion, names: Sequence[str], time_zone: str = "UTC"
) -> tuple[Breakdown, Metrics]:
    """The report by attribute, and the metrics of these names; none: all. Raises ConfigRejected."""
    if time_zone != "UTC":
        raise ConfigRejected(
            "days by attribute are those of UTC", where="time_zone", hint="leave it out, or the attribute"
        )
    known = ACTED_METRICS if question.counted is CountedUsers.ACTED else BREAKDOWN_METRICS
    metrics = _chosen(names, known, known)
    return report_breakdown(parts.breakdown, question), metrics


Found = tuple[Report, Metrics] | tuple[Breakdown, Metrics]


def asked_saved(parts: ReportParts, question: ReportQuestion | BreakdownQuestion, names: Sequence[str]) -> Found:
    """Either of them, as the question is. Raises ConfigRejected."""
    if isinstance(question, BreakdownQuestion):
        return found_breakdown(parts, question, names)
    return found_report(parts, question, names)


def table_of(parts: ReportParts, found: Found) -> ReportTable:
    """What was found as a table to take away, with who asked and when."""
    told, metrics = found
    asked = asked_now(parts)
    if isinstance(told, Breakdown):
        return breakdown_table(told, metrics, asked)
    return report_table(told, metrics, asked)


def asked_now(parts: ReportParts) -> Asked:
    """Who asks, when, and which bundle is live."""
    return Asked(parts.by, parts.breakdown.clock.now(), parts.bundle_id)


def _chosen(names: Sequence[str], known: Sequence[str], usual: Sequence[str]) -> Metrics:
    metrics = metrics_named(names or usual)
    for metric in metrics:
        if metric.name not in known:
            raise ConfigRejected(
                f"{metric.name} is not told here", where="metrics", hint=f"use some of: {', '.join(known)}"
            )
    return metrics
