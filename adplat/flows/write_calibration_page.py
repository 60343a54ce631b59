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
        f"{row['metric']} of whole flights: of the 80 % intervals, {_held_words(_held(row)[WATCHED_SHARE])} held."
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
    return Section(
        "Do the intervals hold?",
        [
            figures,
            picture,
            _table(
                ("metric", "of"),
                [(row["metric"], _TITLES[row["scope"]]) for row in rows],
                rows,
                "What held, and the pinball loss over what happened",
            ),
            _quantiles(told),
        ],
    )


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
        "and all streams together are to raise a false alarm with a chance of 5 % at most, ever."
    )
    columns = ("stream", "forecasts", "weeks", "held", "since", "evidence", "alert")
    streams: list[Sequence[Cell]] = [
        (
            one["name"],
            one["forecasts"],
            one["weeks"],
            _percent(one["held"]),
            one["since"],
            one["evidence"],
            "yes" if one["alarmed"] else "no",
        )
        for one in told["streams"]
    ]
    alarm_at = max((one["alarm_at"] for one in told["streams"]), default=0.0)
    blocks: list[Block] = (
        [Paragraph(text), Table(columns, streams, f"What the weeks say; an alert begins at {alarm_at:,.0f}")]
        if streams
        else []
    )
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
    names = [(_short(row["group"]), row["metric"]) for row in shown]
    return Section(
        title,
        [
            _table(
                ("group", "metric"),
                names,
                shown,
                f"What held of {_TITLES[scope]}, and the pinball loss over what happened",
            )
        ]
        if shown
        else [],
    )


def _table(
    called: Sequence[str], names: Sequence[Sequence[Cell]], rows: Sequence[dict[str, Any]], caption: str
) -> Table:
    columns = (
        *called,
        "forecasts",
        "advertisers",
        *(f"{100 * share:g} %" for share in HELD_SHARES),
        "pinball",
    )
    cells: list[Sequence[Cell]] = [
        (
            *name,
            row["forecasts"],
            row["clusters"],
            *(_held_words(_held(row)[share]) for share in HELD_SHARES),
            row["pinball_share"],
        )
        for name, row in zip(names, rows, strict=True)
    ]
    return Table(columns, cells, caption)


def _held_words(held: Interval) -> str:
    words = f"{_percent(held.value)} ({100.0 * held.low:.0f} to {100.0 * held.high:.0f})"
    return words.replace(" ", "\u00a0")


def _percent(share: float) -> str:
    return f"{100.0 * share:.0f} %"


def _short(name: str) -> str:
    """Of a bundle's or a correction's hash, as much as tells it apart."""
    return name[:SHORT] if len(name) > 2 * SHORT else name


def _held(row: dict[str, Any]) -> dict[float, Interval]:
    return {
        share: Interval(told["share"], told["low"], told["high"])
        for share in HELD_SHARES
        for told in [row[f"held_{100 * share:g}"]]
    }
