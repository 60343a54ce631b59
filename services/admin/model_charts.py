"""Charts of models: reliability, calibration by slice, online PCOC over days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from services.admin.charts import Axis, intervals, lines, points
from services.admin.wording import Say

Told = Mapping[str, Any]
_MOST_SLICES = 30


def reliability(curves: Mapping[str, Sequence[Told]], names: Mapping[str, str], say: Say) -> Markup:
    """Observed against foretold rate, with 95 % intervals; on the diagonal, what was foretold happens."""
    rows = [dict(one) | {"whose": names.get(whose, whose)} for whose, curve in curves.items() for one in curve]
    foretold = Axis("predicted", say("model_foretold"), form=".2~%", root=True)
    seen = Axis("observed", say("model_observed"), form=".2~%", root=True)
    by = "whose" if len(curves) > 1 else ""
    return points(rows, foretold, seen, say("model_reliability_seen"), diagonal=True, by=by, interval=("low", "high"))


def slices_chart(slices: Sequence[Told], say: Say) -> Markup | None:
    """PCOC of each slice with its interval; ``None`` where none has one. The largest come first."""
    rows = [
        {"name": one["name"]} | _known(one["pcoc"])
        for one in sorted(slices, key=lambda one: -int(one["rows"]))
        if one["pcoc"]["low"] is not None
    ][:_MOST_SLICES]
    if not rows:
        return None
    name, pcoc = Axis("name", "", "N"), Axis("pcoc", "PCOC", form=".2f", from_zero=False)
    return intervals(rows, name, pcoc, "low", "high", say("model_slices_seen"), rule_at=1.0)


def online_chart(days: Sequence[Told], say: Say) -> Markup | None:
    """PCOC by day with its exact interval, the line at 1, and where another bundle went live."""
    rows = [
        {
            "day": one["day"].isoformat(),
            "pcoc": one["pcoc"]["value"],
            "low": one["pcoc"]["low"],
            "high": one["pcoc"]["high"],
        }
        for one in days
        if one["pcoc"]["low"] is not None
    ]
    if not rows:
        return None
    marks = [{"day": one["day"].isoformat(), "label": (one["live"] or "")[:8]} for one in days if one["changed"]]
    day, pcoc = Axis("day", say("day"), "T", form="%m-%d"), Axis("pcoc", "PCOC", form=".2f", from_zero=False)
    return lines(rows, day, pcoc, say("model_online_seen"), band=("low", "high"), points=True, rule_at=1.0, marks=marks)


def split_chart(rows: Sequence[Told], names: Mapping[str, str], say: Say) -> Markup | None:
    """PCOC of the placements or campaigns with most showings."""
    told = [
        {"name": names.get(one["name"], one["name"]), "rows": one["impressions"], "pcoc": one["pcoc"]} for one in rows
    ]
    return slices_chart(told, say)


def _known(pcoc: Told) -> dict[str, Any]:
    return {"pcoc": pcoc["value"], "low": pcoc["low"], "high": pcoc["high"]}
