"""Reports as documents and as tables to take away, with what makes every figure traceable."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adplat.domain import (
    Breakdown,
    BreakdownQuestion,
    Condition,
    ConfigRejected,
    Interval,
    MetricSums,
    Report,
    ReportFile,
    ReportMetric,
    ReportQuestion,
)
from adplat.reporting import ReportColumn, ReportTable, csv_bytes, in_units, pdf_bytes, xlsx_bytes
from adplat.statistics import has_interval, metric_interval

REST = "(all others)"
MEDIA_TYPES = {
    ReportFile.CSV: "text/csv; charset=utf-8",
    ReportFile.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ReportFile.PARQUET: "application/vnd.apache.parquet",
    ReportFile.PDF: "application/pdf",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked, when, and which bundle was live then; empty: none."""

    by: str
    at: datetime
    bundle_id: str = ""


def report_document(report: Report, metrics: Sequence[ReportMetric]) -> dict[str, Any]:
    """The document of a report; money in micros, what is not defined ``None``."""
    question = report.question
    names = [dimension.value for dimension in question.dimensions]
    return {
        "since": question.since,
        "until": question.until,
        "time_zone": question.time_zone,
        "by": names,
        "filters": [one.text for one in question.conditions],
        "covered_to": report.covered_to,
        "metrics": {metric.name: _definition(metric) for metric in metrics},
        "rows": [
            {**dict(zip(names, row.keys, strict=True)), "currency": row.currency, **_told(row.sums, metrics)}
            for row in report.rows
        ],
        "totals": [{"currency": currency, **_told(sums, metrics)} for currency, sums in report.totals.items()],
        "labels": report.labels,
    }


def breakdown_document(told: Breakdown, metrics: Sequence[ReportMetric]) -> dict[str, Any]:
    """The document of a report by attribute; the value ``None`` is the line of all that is not told by itself."""
    question = told.question
    names = [dimension.value for dimension in question.dimensions]
    return {
        "since": question.since,
        "until": question.until,
        "time_zone": "UTC",
        "by": names,
        "attribute": question.attribute,
        "counted": question.counted.value,
        "filters": [one.text for one in question.conditions],
        "least_users": told.least_users,
        "days_to_come": told.days_to_come,
        "covered_to": told.covered_to,
        "metrics": {metric.name: _definition(metric) for metric in metrics},
        "rows": [
            {
                **dict(zip(names, row.keys, strict=True)),
                question.attribute: row.value,
                "currency": row.currency,
                **_told(row.sums, metrics),
            }
            for row in told.rows
        ],
        "totals": [{"currency": currency, **_told(sums, metrics)} for currency, sums in told.totals.items()],
        "labels": told.labels,
    }


def report_table(report: Report, metrics: Sequence[ReportMetric], asked: Asked, title: str = "Report") -> ReportTable:
    """The table of a report, totals by currency below."""
    names = [dimension.value for dimension in report.question.dimensions]
    facts = report_facts(report, asked)
    lines = [(row.keys, row.currency, row.sums) for row in report.rows]
    return _table(title, names, report.labels, lines, report.totals, metrics, facts)


def breakdown_table(told: Breakdown, metrics: Sequence[ReportMetric], asked: Asked, title: str = "") -> ReportTable:
    """The table of a report by attribute, with the line of the rest."""
    question = told.question
    names = [*(dimension.value for dimension in question.dimensions), question.attribute]
    facts = breakdown_facts(told, asked)
    lines = [((*row.keys, REST if row.value is None else row.value), row.currency, row.sums) for row in told.rows]
    return _table(title or f"Report by {question.attribute}", names, told.labels, lines, told.totals, metrics, facts)


def report_facts(report: Report, asked: Asked) -> dict[str, str]:
    """What makes its figures traceable, by label."""
    question = report.question
    return {
        "days": f"{question.since} to {question.last_day}",
        "time zone": question.time_zone,
        "by": ", ".join(dimension.value for dimension in question.dimensions) or "nothing",
        **_facts(question.conditions, report.totals, report.covered_to, asked, "hourly metrics"),
    }


def breakdown_facts(told: Breakdown, asked: Asked) -> dict[str, str]:
    """The same of a report by attribute."""
    question = told.question
    return {
        "days": f"{question.since} to {question.last_day}, {told.days_to_come} of them not told yet",
        "time zone": "UTC",
        "by": ", ".join([*(dimension.value for dimension in question.dimensions), question.attribute]),
        "rows": f"{told.least_users} different users or more ({question.counted.value}) behind each; {REST}: all else",
        **_facts(question.conditions, told.totals, told.covered_to, asked, "event lake, as it was when first told"),
    }


def delivery_facts(covered_to: datetime | None, asked: Asked) -> dict[str, str]:
    """The same of the delivery of campaigns."""
    told = _facts((), {}, covered_to, asked, "hourly metrics of the last 400 days, budgets and flights of campaigns")
    return {name: value for name, value in told.items() if name not in {"filters", "money"}}


def report_file(table: ReportTable, kind: ReportFile) -> bytes:
    """The bytes of the file. Raises ConfigRejected: too many rows for paper."""
    writers: Mapping[ReportFile, Callable[[ReportTable], bytes]] = {
        ReportFile.CSV: csv_bytes,
        ReportFile.XLSX: xlsx_bytes,
        ReportFile.PDF: pdf_bytes,
        ReportFile.PARQUET: _parquet,
    }
    return writers[kind](table)


def file_name(question: ReportQuestion | BreakdownQuestion, kind: ReportFile) -> str:
    """Of its first and last day alone: nothing that somebody wrote becomes a part of a header or of a file's name."""
    return f"adplat-report_{question.since}_{question.last_day}.{kind.value}"


def file_kind(name: str) -> ReportFile:
    """What a file's ending asks for. Raises ConfigRejected."""
    ending = name.rpartition(".")[2].lower()
    if ending not in {one.value for one in ReportFile}:
        raise ConfigRejected(
            "a report is no such file", where=name, hint=f"let its name end with: {', '.join(ReportFile)}"
        )
    return ReportFile(ending)


def _parquet(table: ReportTable) -> bytes:
    from adplat.data import parquet_bytes

    cells = {
        column.name: [in_units(row[place], column.unit) for row in table.rows]
        for place, column in enumerate(table.columns)
    }
    return parquet_bytes(cells, {"report": table.title, **table.facts})


def _table(
    title: str,
    names: Sequence[str],
    labels: Mapping[str, Mapping[str, str]],
    lines: Sequence[tuple[tuple[str, ...], str, MetricSums]],
    totals: Mapping[str, MetricSums],
    metrics: Sequence[ReportMetric],
    facts: Mapping[str, str],
) -> ReportTable:
    named = [name for name in names if labels.get(name)]
    columns = [
        *(ReportColumn(name, name.capitalize()) for name in names),
        *(ReportColumn(f"{name}_name", f"{name.capitalize()} name") for name in named),
        ReportColumn("currency", "Currency"),
        *(ReportColumn(metric.name, metric.label, metric.unit) for metric in metrics),
    ]
    rows = [
        (
            *keys,
            *(labels[name].get(keys[names.index(name)], "") for name in named),
            currency,
            *(metric.of(sums) for metric in metrics),
        )
        for keys, currency, sums in lines
    ]
    blank = [""] * (len(names) + len(named))
    below = [
        (*(["total", *blank[1:]] if blank else []), currency, *(metric.of(sums) for metric in metrics))
        for currency, sums in totals.items()
    ]
    return ReportTable(title, tuple(columns), tuple(rows), tuple(below) if names else (), facts)


def _facts(
    conditions: Sequence[Condition],
    totals: Mapping[str, MetricSums],
    covered_to: datetime | None,
    asked: Asked,
    source: str,
) -> dict[str, str]:
    return {
        "filters": "; ".join(one.text for one in conditions) or "none",
        "money": f"units of {', '.join(name or 'an unknown currency' for name in totals) or 'no currency'}",
        "source": source,
        "events counted up to": "none yet" if covered_to is None else covered_to.isoformat(timespec="seconds"),
        "live bundle": asked.bundle_id or "none",
        "asked by": asked.by,
        "made": asked.at.isoformat(timespec="seconds"),
    }


def _told(sums: MetricSums, metrics: Sequence[ReportMetric]) -> dict[str, Any]:
    told: dict[str, Any] = {metric.name: metric.of(sums) for metric in metrics}
    for metric in filter(has_interval, metrics):
        interval = metric_interval(metric, sums)
        if interval is not None:
            told[f"{metric.name}_interval"] = _limits(interval)
    return told


def _limits(interval: Interval) -> list[float]:
    return [interval.low, interval.high]


def _definition(metric: ReportMetric) -> dict[str, Any]:
    ratio = f"{metric.above} / {metric.below}" if metric.below else metric.above
    return {
        "label": metric.label,
        "label_zh": metric.label_zh,
        "unit": metric.unit.value,
        "formula": ratio if metric.per == 1 else f"{metric.per} * {ratio}",
    }
