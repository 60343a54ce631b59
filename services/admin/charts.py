"""Charts of pages: Altair says what is drawn, vl-convert draws it as SVG that stands in the page itself.

Colours are the page's own (``var(--…)`` in ``admin.css``), so a chart is light or dark with it, and nothing in it is a
style or a script, which the page's policy forbids. A chart has a sentence for those who do not see it; its figures
stand in a table beside it. One takes about 20 ms, the first of a process .3 s.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from markupsafe import Markup

WIDTH_PX, HEIGHT_PX = 640, 220
SERIES = tuple(f"var(--series-{number})" for number in range(1, 9))
_SIZE = re.compile(r' width="[\d.]+" height="[\d.]+"')
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Axis:
    """What stands along one side: a field of the rows, its words, and how its values read.

    ``kind``: Q numbers, T moments and days (as ISO text), O and N names. ``form`` is d3's, such as ``,.0f`` or ``.2%``.
    ``root``: small numbers get more room (a scale of square roots).
    """

    field: str
    title: str
    kind: str = "Q"
    form: str | None = None
    from_zero: bool = True
    root: bool = False


def lines(
    rows: Sequence[Row], x: Axis, y: Axis, label: str, *, by: str = "", band: tuple[str, str] | None = None,
    points: bool = False, rule_at: float | None = None, marks: Sequence[Row] = (), width_px: int = WIDTH_PX,
) -> Markup:  # fmt: skip
    """A line for each value of ``by``, with a band between two fields where one is told.

    ``rule_at`` is a line across, ``marks`` are lines upright: rows with the field of ``x``, and ``label``.
    """
    alt = _altair()
    base = alt.Chart(alt.Data(values=list(rows)))
    colour = _colours(rows, by)
    layers = []
    if band is not None:
        low, high = band
        encoded = {"x": _side(alt.X, x), "y": _side(alt.Y, y, low), "y2": alt.Y2(high), **colour}
        layers.append(base.mark_area(opacity=0.22, **_one_colour(by)).encode(**encoded))
    drawn = {"x": _side(alt.X, x), "y": _side(alt.Y, y), **colour}
    layers.append(
        base.mark_line(strokeWidth=2, point=_dots(by) if points else False, **_one_colour(by)).encode(**drawn)
    )
    if rule_at is not None:
        there = alt.Chart(alt.Data(values=[{y.field: rule_at}]))
        layers.append(there.mark_rule(color="var(--quiet)", strokeDash=[4, 4]).encode(y=_side(alt.Y, y)))
    if marks:
        upright = alt.Chart(alt.Data(values=list(marks)))
        layers.append(upright.mark_rule(color=SERIES[1], strokeWidth=2).encode(x=_side(alt.X, x)))
        told = upright.mark_text(color=SERIES[1], align="left", baseline="top", dx=4, dy=2, fontSize=12)
        layers.append(told.encode(x=_side(alt.X, x), y=alt.value(0), text="label:N"))
    return _svg(alt.layer(*layers), label, width_px=width_px)


def bars(rows: Sequence[Row], x: Axis, y: Axis, label: str, *, by: str = "") -> Markup:
    """A bar for each ``x``, stacked by ``by`` where it is told."""
    alt = _altair()
    encoded = {"x": _side(alt.X, x), "y": _side(alt.Y, y), **_colours(rows, by)}
    chart = alt.Chart(alt.Data(values=list(rows))).mark_bar(**_one_colour(by)).encode(**encoded)
    return _svg(chart, label)


def intervals(
    rows: Sequence[Row], name: Axis, value: Axis, low: str, high: str, label: str, *, rule_at: float | None = None
) -> Markup:
    """A row for each name: a point with its interval, best told in the order of the rows; a line at ``rule_at``."""
    alt = _altair()
    base = alt.Chart(alt.Data(values=list(rows)))
    along = _side(alt.Y, name).sort(None)
    layers = [
        base.mark_rule(strokeWidth=3, color=SERIES[0]).encode(x=_side(alt.X, value, low), x2=high, y=along),
        base.mark_point(filled=True, size=80, color=SERIES[0]).encode(x=_side(alt.X, value), y=along),
    ]
    if rule_at is not None:
        there = alt.Chart(alt.Data(values=[{"at": rule_at}]))
        layers.append(there.mark_rule(color="var(--quiet)", strokeDash=[4, 4]).encode(x="at:Q"))
    return _svg(alt.layer(*layers), label, height_px=max(60, 28 * len(rows)))


def points(
    rows: Sequence[Row], x: Axis, y: Axis, label: str, *, diagonal: bool = False, by: str = "",
    interval: tuple[str, str] | None = None,
) -> Markup:  # fmt: skip
    """A point for each row, in a colour for each ``by``; with the diagonal of what was told and what came."""
    alt = _altair()
    layers = []
    base, colour = alt.Chart(alt.Data(values=list(rows))), _colours(rows, by)
    if diagonal:
        most = max((max(float(one[x.field]), float(one[y.field])) for one in rows), default=1.0)
        ends = [{x.field: 0.0, y.field: 0.0}, {x.field: most, y.field: most}]
        line = alt.Chart(alt.Data(values=ends)).mark_line(color="var(--quiet)", strokeDash=[4, 4])
        layers.append(line.encode(x=_side(alt.X, x), y=_side(alt.Y, y)))
    if interval is not None:
        low, high = interval
        encoded = {"x": _side(alt.X, x), "y": _side(alt.Y, y, low), "y2": alt.Y2(high), **colour}
        layers.append(base.mark_rule(strokeWidth=2, opacity=0.6, **_one_colour(by)).encode(**encoded))
    drawn = {"x": _side(alt.X, x), "y": _side(alt.Y, y), **colour}
    layers.append(base.mark_point(filled=True, size=60, opacity=1, **_one_colour(by)).encode(**drawn))
    return _svg(alt.layer(*layers), label)


def _altair() -> Any:
    import altair  # late: .2 s

    return altair


def _side(kind: Any, axis: Axis, field: str = "") -> Any:
    # A name may hold what Vega-Lite reads as a path.
    side = kind(field=field or axis.field, type=_KINDS[axis.kind]).title(axis.title)
    if axis.form is not None:
        side = side.axis(format=axis.form)
    if axis.kind == "O":
        side = side.axis(labelAngle=0)
    if axis.kind != "Q":
        return side
    return side.scale(zero=axis.from_zero, type="sqrt") if axis.root else side.scale(zero=axis.from_zero)


_KINDS = {"Q": "quantitative", "T": "temporal", "O": "ordinal", "N": "nominal"}


def _colours(rows: Sequence[Row], by: str) -> dict[str, Any]:
    if not by:
        return {}
    alt = _altair()
    names = list(dict.fromkeys(one[by] for one in rows))
    told = [SERIES[place % len(SERIES)] for place in range(len(names))]
    scale = alt.Scale(domain=names, range=told)
    return {"color": alt.Color(field=by, type="nominal", scale=scale, legend=alt.Legend(title=None, orient="top"))}


def _dots(by: str) -> dict[str, Any]:
    return {"filled": True, "size": 40, **_one_colour(by)}


def _one_colour(by: str) -> dict[str, str]:
    return {} if by else {"color": SERIES[0]}


def _svg(chart: Any, label: str, height_px: int = HEIGHT_PX, width_px: int = WIDTH_PX) -> Markup:
    import vl_convert

    drawn = (
        chart.properties(width=width_px, height=height_px)
        .configure(background="transparent", font="inherit", padding=4)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor="var(--quiet)",
            titleColor="var(--quiet)",
            gridColor="var(--line)",
            domainColor="var(--line)",
            tickColor="var(--line)",
            titleFontWeight="normal",
            labelFontSize=12,
            titleFontSize=12,
            labelOverlap=True,
        )
        .configure_legend(labelColor="var(--ink)", labelFontSize=12)
    )
    svg = vl_convert.vegalite_to_svg(drawn.to_dict())
    # It is as wide as its place; one picture with one name, not a tree of marks.
    head = f' class="chart" role="img" aria-label="{escape(label, quote=True)}"'
    return Markup(_SIZE.sub("", svg, count=1).replace(' class="marks"', head, 1))  # noqa: S704 - Vega escapes its texts
