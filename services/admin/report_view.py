"""What a page shows of a report: rows in an order, where each leads, days drawn, and the days before beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from adplat.domain import (
    REPORT_METRICS,
    BreakdownQuestion,
    Comparison,
    Condition,
    ConfigRejected,
    Dimension,
    MetricSums,
    MetricUnit,
    Report,
    ReportMetric,
    ReportQuestion,
    summed,
)
from adplat.flows.ask_report import Metrics
from adplat.flows.why_nothing import WhyNothing
from adplat.reporting import in_units
from services.admin import charts
from services.admin.wording import Say

_FORMS = {MetricUnit.COUNT: ",", MetricUnit.SHARE: ".2%", MetricUnit.MICROS: ",.2f", MetricUnit.RATIO: ".2f"}
_AXES = {MetricUnit.COUNT: ",.0f", MetricUnit.SHARE: ".2%", MetricUnit.MICROS: ",.2f", MetricUnit.RATIO: ".2f"}
_A_DAY = timedelta(days=1)
_MOST_CURRENCIES, _DAYS_OF_A_YEAR = 4, 365
Asking = Callable[[ReportQuestion], Report]


@dataclass(frozen=True, slots=True)
class Line:
    """One row: names of ``keys`` with their ids, where they have names; ``href``: what it is made of."""

    keys: tuple[tuple[str, str], ...]
    currency: str
    cells: tuple[str, ...]
    href: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """A total, and by how much it differs from that of the days before; empty: that is not known."""

    label: str
    value: str
    before: str = ""
    change: str = ""


def cell(metric: ReportMetric, sums: MetricSums) -> str:
    """A figure as people read it; money in units."""
    value = in_units(metric.of(sums), metric.unit)
    return "–" if value is None else format(value, _FORMS[metric.unit])


def line_of(report: Report, keys: Sequence[str], currency: str, sums: MetricSums, metrics: Metrics) -> Line:
    """One row, or totals."""
    names = [report.labels.get(one.value, {}) for one in report.question.dimensions]
    named = tuple((names[place].get(key, ""), key) for place, key in enumerate(keys))
    href = made_of(report.question, keys) if keys else ""
    return Line(named, currency, tuple(cell(metric, sums) for metric in metrics), href)


def in_order(report: Report, order: str) -> list[Any]:
    """Rows by a dimension or a metric, ``-`` before it for the largest first; what is not told last."""
    name, falls = order.removeprefix("-"), order.startswith("-")
    rows = list(report.rows)
    names = [one.value for one in report.question.dimensions]
    if not name:
        return rows
    if name in names:
        place = names.index(name)
        return sorted(rows, key=lambda row: row.keys[place], reverse=falls)
    if name not in REPORT_METRICS:
        raise ConfigRejected("rows are not ordered by it", where="order", hint="take a column of the table")
    metric = REPORT_METRICS[name]

    def key(row: Any) -> tuple[bool, float]:
        value = metric.of(row.sums)
        return value is None, (-value if falls else value) if value is not None else 0.0

    return sorted(rows, key=key)


def made_of(question: ReportQuestion, keys: Sequence[str]) -> str:
    """Where a row's figures come from: the same narrowed to it, campaigns by day, days by hour; empty: nowhere."""
    pinned = dict(zip(question.dimensions, keys, strict=True))
    if Dimension.HOUR in pinned:
        return ""
    since, until = question.since, question.until
    if Dimension.DAY in pinned:
        since = date.fromisoformat(pinned.pop(Dimension.DAY))
        until, following = since + _A_DAY, Dimension.HOUR
    elif set(pinned) == {Dimension.ADVERTISER}:
        following = Dimension.CAMPAIGN
    else:
        following = Dimension.DAY
    fields = {one.value for one in pinned}
    kept = [one for one in question.conditions if one.field not in fields]
    told = [one.text for one in kept]
    told += [Condition(one.value, Comparison.IS, (key,)).text for one, key in pinned.items()]
    return address("/reports", since, until, [following.value], question.time_zone, told)


def address(
    path: str, since: Any, until: Any, by: Sequence[str], time_zone: str, filters: Sequence[str], **more: Any
) -> str:
    """Of a page of reports."""
    told = {"since": since, "until": until, "by": list(by), "time_zone": time_zone, "filter": list(filters), **more}
    return f"{path}?{urlencode({name: value for name, value in told.items() if value}, doseq=True)}"


@dataclass(frozen=True, slots=True)
class Nothing:
    """What a report without rows says; ``href``: the report of as many days up to the last with anything counted."""

    lines: tuple[str, ...]
    link: str = ""
    href: str = ""


def nothing_told(why: WhyNothing, question: ReportQuestion | BreakdownQuestion, say: Say) -> Nothing:
    """A report by attribute leads nowhere: what it asks is remembered, and nobody is led into it."""
    lines = [say(f"report_no_{field}").format(ids=", ".join(ids)) for field, ids in why.unknown_ids.items()]
    last = why.last_counted_day
    if last is None:
        return Nothing(tuple(lines))
    lines.append(say("report_last_counted").format(day=last))
    if isinstance(question, BreakdownQuestion) or question.since <= last < question.until:
        return Nothing(tuple(lines))
    since = last - timedelta(days=question.days - 1)
    by = [one.value for one in question.dimensions]
    told = [one.text for one in question.conditions if one.field not in why.unknown_ids]
    href = address("/reports", since, last + _A_DAY, by, question.time_zone, told)
    return Nothing(tuple(lines), say("report_of_days").format(since=since, last=last), href)


@dataclass(frozen=True, slots=True)
class Days:
    """Sums by day and currency, and those of as many days before; ``None``: those are not told."""

    now: Mapping[tuple[str, str], MetricSums]
    before: Mapping[str, MetricSums] | None


def days_of(asked: Asking, report: Report) -> Days | None:
    """One more question, by day, over twice the days; over the days alone where that is too many."""
    question = report.question
    by_day = replace(question, dimensions=(Dimension.DAY,))
    try:
        found = asked(replace(by_day, since=question.since - question.days * _A_DAY))
    except (ConfigRejected, OverflowError):
        try:
            alone = report if question.dimensions == by_day.dimensions else asked(by_day)
        except ConfigRejected:  # days of its zone are not kept, or there are more rows than are told
            return None
        return Days({(row.keys[0], row.currency): row.sums for row in alone.rows}, None)
    first = question.since.isoformat()
    now = {(row.keys[0], row.currency): row.sums for row in found.rows if row.keys[0] >= first}
    rows = [row for row in found.rows if row.keys[0] < first]
    currencies = {row.currency for row in rows}
    return Days(now, {one: summed(row.sums for row in rows if row.currency == one) for one in currencies})


def tiles_of(report: Report, days: Days | None, metrics: Metrics, say: Say, language: str) -> dict[str, list[Tile]]:
    """Totals by currency, each with what it was before."""
    found = {}
    for currency, sums in report.totals.items():
        before = None if days is None or days.before is None else days.before.get(currency, MetricSums())
        found[currency] = [_tile(metric, sums, before, say, language) for metric in metrics]
    return found


def _tile(metric: ReportMetric, now: MetricSums, before: MetricSums | None, say: Say, language: str) -> Tile:
    label = metric.label_zh if language == "zh" else metric.label
    value = cell(metric, now)
    if before is None:
        return Tile(label, value)
    is_now, was = metric.of(now), metric.of(before)
    change = "" if is_now is None or not was else f"{is_now / was - 1.0:+.1%}"
    return Tile(label, value, cell(metric, before), change or say("report_no_change_told"))


def day_chart(days: Days | None, metric: ReportMetric, say: Say, language: str) -> Markup:
    """A bar for each day and currency, or a line of what is a ratio; nothing for fewer than two days."""
    told = {} if days is None else days.now
    if len({day for day, _ in told}) < 2 or len({currency for _, currency in told}) > _MOST_CURRENCIES:
        return Markup("")
    label = metric.label_zh if language == "zh" else metric.label
    many = len({currency for _, currency in told}) > 1
    first = len("2026-") if len({day for day, _ in told}) < _DAYS_OF_A_YEAR else 0
    rows = [
        {"day": day[first:], "value": in_units(metric.of(sums), metric.unit), "currency": currency or "–"}
        for (day, currency), sums in sorted(told.items())
    ]
    units = sorted({currency for _, currency in told if currency})
    title = f"{label} ({units[0]})" if metric.unit is MetricUnit.MICROS and len(units) == 1 else label
    x = charts.Axis("day", say("day"), "O")
    y = charts.Axis("value", title, form=_AXES[metric.unit])
    words, by = f"{label}, {say('report_by_day')}", "currency" if many else ""
    if metric.below:
        return charts.lines(rows, x, y, words, by=by, points=True)
    return charts.bars(rows, x, y, words, by=by)
