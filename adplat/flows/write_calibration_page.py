"""The calibration of kept forecasts as a page: which intervals hold, where they do not, and since when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from adplat.data import write_bytes
from adplat.domain import Interval
from adplat.flows.watch_coverage import RAISED, alert_words
from adplat.forecast import HELD_SHARES, WATCHED_SHARE
from adplat.reporting import (
    Block,
    Cell,
    HeldOverTime,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Picture,
    Section,
    Table,
    draw_held_over_time,
    draw_held_shares,
    render_report,
)

SHORT = 12
_TITLES = {"total": "whole flights", "day": "days"}


def write_calibration_page(path: Path, told: dict[str, Any], written: datetime) -> None:
    """Write the page of ``calibrate_forecasts``' document, whole or not at all."""
    sections = [
        _overall(told),
        _over_time(told),
        _drift(told),
        *(_groups(f"By {name}", rows, "total") for name, rows in told["slices"].items()),
        _groups("By days ahead", told["horizons"], "day"),
        _groups("By bundle", told["bundles"], "total"),
        _groups("By correction", told["corrections"], "total"),
    ]
    page = render_report(
        "Calibration of kept forecasts",
        _findings(told),
        [section for section in sections if section.blocks],
        written,
        "Numbers of one advertiser count as related: intervals of the shares are wide where few advertisers were seen. "
        "What all campaigns of one week met together is not in them; the watch below counts a week as one.",
    )
    write_bytes(path, page.encode())


def _findings(told: dict[str, Any]) -> list[str]:
    found = [
        f"{told['forecasts']:,} forecasts of {told['clusters']:,} advertisers were scored, of flights that ended from "
        f"{told['first_flight_end']} to {told['last_flight_end']}."
    ]
    standing = [stream for stream in told["streams"] if stream["alarmed"]]
    found += [f"Alert: {alert_words(stream)}." for stream in standing]
    if not standing:
        found.append("No alert stands: nothing shows that the 80 % intervals hold another share.")
    off = [row for row in told["overall"] if row["scope"] == "total" and not _holds(row)]
    found += [
        f"{row['metric']} of whole flights: {row['held_80']['share']:.0%} of the 80 % intervals held "
        f"({row['held_80']['low']:.0%} to {row['held_80']['high']:.0%})."
        for row in off
    ]
    return found


def _holds(row: dict[str, Any]) -> bool:
    return bool(row["held_80"]["low"] <= WATCHED_SHARE <= row["held_80"]["high"])


def _overall(told: dict[str, Any]) -> Section:
    figures = KeyFigures(
        [
            KeyFigure("forecasts", f"{told['forecasts']:,}"),
            KeyFigure("numbers scored", f"{told['numbers']:,}", f"{told['revised']:,} revised by late data"),
            KeyFigure("advertisers", f"{told['clusters']:,}", "or campaigns where none is known"),
            KeyFigure("alerts", f"{sum(1 for one in told['streams'] if one['alarmed']):,}", "that stand"),
        ]
    )
    rows = told["overall"]
    picture = Picture(
        draw_held_shares({f"{row['metric']}, {_TITLES[row['scope']]}": _held(row) for row in rows}),
        "For each metric, the share of 50, 80 and 95 % intervals that held, with its own interval.",
        "The dashed line is what was told; orange where it is out of reach.",
    )
    return Section("Do the intervals hold?", [figures, picture, _table(rows, "What held, by metric"), _quantiles(told)])


def _quantiles(told: dict[str, Any]) -> Table:
    columns = ("at or below", *(f"p{100 * level:g}" for level in told["levels"]))
    rows: list[Sequence[Cell]] = [
        (f"{row['metric']}, {_TITLES[row['scope']]}", *(round(share, 3) for share in row["below"]))
        for row in told["overall"]
    ]
    return Table(columns, rows, "Share of what happened at or below each told quantile; of counts it may lie above it")


def _over_time(told: dict[str, Any]) -> Section:
    series = []
    for metric in dict.fromkeys(row["metric"] for row in told["weeks"] if row["scope"] == "total"):
        rows = [row for row in told["weeks"] if row["metric"] == metric and row["scope"] == "total"]
        at = [date.fromisoformat(row["group"]) for row in rows]
        series.append(HeldOverTime(f"{metric}, whole flights", at, [_held(row)[WATCHED_SHARE] for row in rows]))
    if not series:
        return Section("Over time", [])
    words = "The share of 80 % intervals that held, by the week in which flights ended."
    return Section("Over time", [Picture(draw_held_over_time(series, told=WATCHED_SHARE), words, words)])


def _drift(told: dict[str, Any]) -> Section:
    text = (
        "A bet against the claim that the 80 % intervals hold 80 %, week after week: it may be looked at at any time, "
        "and all of them together raise a false alarm with a chance of 5 % at most, ever."
    )
    columns = ("stream", "forecasts", "weeks", "held", "since", "evidence", "alarm at", "alert")
    streams: list[Sequence[Cell]] = [
        (
            one["name"],
            one["forecasts"],
            one["weeks"],
            one["held"],
            one["since"],
            one["evidence"],
            one["alarm_at"],
            "yes" if one["alarmed"] else "no",
        )
        for one in told["streams"]
    ]
    blocks: list[Block] = [Paragraph(text), Table(columns, streams, "What the weeks say")] if streams else []
    if told["alerts"]:
        rows: list[Sequence[Cell]] = [
            (
                one["at"][:16].replace("T", " "),
                "raised" if one["action"] == RAISED else "over",
                one["stream"],
                one["held"],
            )
            for one in told["alerts"]
        ]
        blocks.append(Table(("at", "alert", "stream", "held"), rows, "Alerts so far"))
    return Section("The watch", blocks)


def _groups(title: str, rows: Sequence[dict[str, Any]], scope: str) -> Section:
    shown = [row for row in rows if row["scope"] == scope]
    return Section(title, [_table(shown, f"{title}: {_TITLES[scope]}")] if shown else [])


def _table(rows: Sequence[dict[str, Any]], caption: str) -> Table:
    columns = (
        "group",
        "metric",
        "of",
        "forecasts",
        "advertisers",
        "50 % held",
        "80 % held",
        "95 % held",
        "pinball / actual",
    )
    cells: list[Sequence[Cell]] = [
        (
            row["group"][:SHORT] if len(row["group"]) > 2 * SHORT else row["group"],
            row["metric"],
            _TITLES[row["scope"]],
            row["forecasts"],
            row["clusters"],
            *(_held(row)[share] for share in HELD_SHARES),
            row["pinball_share"],
        )
        for row in rows
    ]
    return Table(columns, cells, caption)


def _held(row: dict[str, Any]) -> dict[float, Interval]:
    return {
        share: Interval(told["share"], told["low"], told["high"])
        for share in HELD_SHARES
        for told in [row[f"held_{100 * share:g}"]]
    }
