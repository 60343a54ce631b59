"""The shadow's report as a page: do the two bundles' click rates happen, and how far apart do they stand?"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from adplat.data import write_bytes
from adplat.domain import Interval
from adplat.flows.report_shadow import shown_rows
from adplat.reporting import (
    KeyFigure,
    KeyFigures,
    Paragraph,
    Picture,
    Section,
    Table,
    draw_reliability,
    render_report,
)
from adplat.statistics import reliability_curve

SHORT = 12


def write_shadow_page(path: Path, told: dict[str, Any], folder: Path, written: datetime) -> None:
    """Write the page of ``report_shadow``'s document about the lake in ``folder``, whole or not at all."""
    sections = [_scores(told)]
    if told["outcomes"] is not None:
        sections.append(_outcomes(told, shown_rows(folder, told["shadow_bundle_id"])))
    page = render_report(
        f"Shadow {told['shadow_bundle_id'][:SHORT]} beside the live bundle",
        _findings(told),
        sections,
        written,
        "Both are judged on creatives that were shown, and those were chosen with the live bundle's scores.",
    )
    write_bytes(path, page.encode())


def _findings(told: dict[str, Any]) -> list[str]:
    found = [
        f"{told['scored']:,} decisions were scored by both; the same creative was likeliest for both in "
        f"{told['same_first']:.1%} of them."
    ]
    outcomes = told["outcomes"]
    if outcomes is None:
        return [*found, "None of them has come back as an impression yet."]
    loss = outcomes["overall"]["logloss"]
    verdict = {"a": "the live bundle is better", "b": "the shadow is better"}.get(
        loss.get("better"), "the rows do not tell which is better"
    )
    return [
        *found,
        f"By log loss on {told['shown']:,} shown decisions with {outcomes['positives']:,} clicks, {verdict}.",
    ]


def _scores(told: dict[str, Any]) -> Section:
    columns = ("", *told["scores"]["a"])
    rows = [(name, *told["scores"][side].values()) for side, name in (("a", "live"), ("b", "shadow"))]
    correlation = told["correlation"]
    figures = KeyFigures(
        [
            KeyFigure("decisions scored", f"{told['scored']:,}"),
            KeyFigure("same creative likeliest", f"{told['same_first']:.1%}"),
            KeyFigure("rank correlation", "–" if correlation is None else f"{correlation:.3f}"),
        ]
    )
    return Section("What they say", [figures, Table(columns, rows, "Click rates foretold for the chosen creatives")])


def _outcomes(told: dict[str, Any], shown: pl.DataFrame) -> Section:
    overall = told["outcomes"]["overall"]
    level = told["outcomes"]["level"]
    rows = [
        (name, figures["a"], figures["b"], _difference(figures, level))
        for name, figures in overall.items()
        if name != "rows"
    ]
    table = Table(("measure", "live", "shadow", "shadow - live"), rows, "Measures on what came back")
    clicks = shown["click"].cast(pl.Float64).to_numpy()
    if not clicks.any():
        return Section("What happened", [table, Paragraph("Nobody clicked yet: there is no curve to draw.")])
    curves = {
        name: reliability_curve(clicks, shown[column].to_numpy())
        for name, column in (("live", "p_ctr"), ("shadow", "shadow_p_ctr"))
    }
    words = "Observed against foretold click rate of the live bundle and of the shadow, with 95 % intervals."
    picture = Picture(draw_reliability(curves), words, "On the diagonal, what was foretold happens.")
    return Section("What happened", [table, picture])


def _difference(figures: dict[str, Any], level: float) -> float | Interval | None:
    found: list[float] | None = figures.get("interval")
    return Interval(figures["difference"], found[0], found[1], level) if found else figures["difference"]
