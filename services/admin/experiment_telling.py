"""What a page tells of an experiment's results: rows for charts and tables, and sentences for checks and reasons."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from markupsafe import Markup

from adplat.domain import MICROS_PER_UNIT, ExperimentResult, KeptExperiment, TrafficRaise
from adplat.experiments import chances_of_best
from adplat.flows.experiment_health import HealthCheck
from services.admin import charts
from services.admin.charts import Axis
from services.admin.experiment_form import MONEY
from services.admin.wording import Say

# Of the looks, those whose intervals the chart must hold whole: the first are so wide that the rest would be a line.
_LATER_PART = 0.7
_BESIDE_PX = 360  # beside a form
_SHARES = frozenset({"ctr", "cvr", "buyers"})


@dataclass(frozen=True, slots=True)
class Compared:
    """One treatment against the control, as texts; ``outcome`` is better, worse, open or unknown."""

    arm: str
    units: str
    value: str
    control_value: str
    difference: str
    interval: str
    p_value: str
    chance: str
    loss: str
    outcome: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArmTold:
    """One arm by itself; ``best`` is its chance to be the best, empty where nothing says it."""

    name: str
    units: str
    value: str
    interval: str
    best: str
    share: str


def compared(analysis: Mapping[str, Any], question: Mapping[str, Any]) -> list[Compared]:
    """The comparisons of one analysis."""
    metric, alpha = question.get("metric", {}), question.get("alpha", 0.05)
    arms = {arm["name"]: arm for arm in analysis.get("arms", ())}
    found = []
    for one in analysis.get("comparisons", ()):
        arm, control = arms.get(one["treatment"], {}), arms.get(one.get("control"), {})
        found.append(
            Compared(
                one["treatment"],
                _count(arm.get("n")),
                _value(arm.get("estimate"), metric),
                _value(control.get("estimate"), metric),
                _difference(one["estimate"], question),
                _interval([_difference(end, question) for end in one["ci"]]),
                _p(one.get("p_value_adjusted")),
                _share(one.get("chance_to_beat")),
                _difference(one.get("expected_loss"), question) if one.get("expected_loss") is not None else "",
                outcome(one, metric.get("direction", "higher"), question.get("method", "fixed"), alpha),
                tuple(one.get("warnings", ())),
            )
        )
    return found


def outcome(one: Mapping[str, Any], direction: str, method: str, alpha: float) -> str:
    """better, worse or open, as far as this comparison alone says; unknown where it says nothing."""
    if one["estimate"] is None:
        return "unknown"
    if method == "bayesian":
        chance = one.get("chance_to_beat")
        if chance is None:
            return "unknown"
        return "better" if chance >= 1.0 - alpha else "worse" if chance <= alpha else "open"
    p_value = one.get("p_value_adjusted")
    if p_value is None:
        return "unknown"
    if p_value > alpha:
        return "open"
    return "better" if (one["estimate"] > 0.0) is (direction == "higher") else "worse"


def arms_told(analysis: Mapping[str, Any], question: Mapping[str, Any], shares: Mapping[str, float]) -> list[ArmTold]:
    """Every arm by itself; of a Bayesian test how likely each is the best."""
    metric, arms = question.get("metric", {}), analysis.get("arms", [])
    best = _best(arms, metric, question) if question.get("method") == "bayesian" else {}
    return [
        ArmTold(
            arm["name"],
            _count(arm.get("n")),
            _value(arm.get("estimate"), metric),
            _interval([_value(end, metric) for end in arm.get("ci", (None, None))]),
            _share(best.get(arm["name"])),
            _share(shares.get(arm["name"])),
        )
        for arm in arms
    ]


def intervals_chart(analysis: Mapping[str, Any], question: Mapping[str, Any], say: Say) -> Markup | None:
    """Each treatment's difference with its interval; ``None`` where no end of any is known."""
    rows = [
        {"arm": one["treatment"], "at": one["estimate"], "low": one["ci"][0], "high": one["ci"][1]}
        for one in analysis.get("comparisons", ())
        if None not in (one["estimate"], *one["ci"])
    ]
    if not rows:
        return None
    value = Axis("at", say("difference_to_control"), form=_form(question))
    return charts.intervals(rows, Axis("arm", "", "N"), value, "low", "high", say("intervals_label"), rule_at=0.0)


def over_time_chart(
    results: Sequence[ExperimentResult], question: Mapping[str, Any], say: Say, raises: Sequence[TrafficRaise] = ()
) -> Markup | None:
    """Differences with their intervals at every analysis; ends that lie far out are cut to what the later ones need.

    An upright line stands where traffic was raised.
    """
    rows = over_time_rows(results)
    if len({row["at"] for row in rows}) < 2:
        return None
    low, high = _shown_range(rows)
    drawn = [
        row | {"low": max(row["low"], low), "high": min(row["high"], high), "value": min(max(row["value"], low), high)}
        for row in rows
    ]
    value = Axis("value", say("difference_to_control"), form=_form(question))
    marks = [{"at": one.at.isoformat(), "label": of_hundred(one.share)} for one in raises]
    said = [say("raised_label").format(share=of_hundred(one.share), day=f"{one.at:%Y-%m-%d}") for one in raises]
    return charts.lines(
        drawn,
        Axis("at", say("when_analyzed"), "T"),
        value,
        "; ".join([say("over_time_label"), *said]),
        by="arm",
        band=("low", "high"),
        points=len(results) <= 40,
        marks=marks,
    )


def raises_told(kept: KeptExperiment, say: Say) -> list[str]:
    """Each raise of its traffic in a line."""
    shares = [float(kept.setup["experiment"]["traffic"]), *(one.share for one in kept.raises)]
    sentence = say("test_raised")
    return [
        sentence.format(day=f"{one.at:%Y-%m-%d %H:%M}", before=before, share=share, by=one.by, why=one.why)
        for one, (before, share) in zip(kept.raises, pairwise(map(of_hundred, shares)), strict=True)
    ]


def of_hundred(share: float) -> str:
    """A share in per cent, as a person wrote it."""
    return f"{100.0 * share:g}%"


def over_time_rows(results: Sequence[ExperimentResult]) -> list[dict[str, Any]]:
    """A row for each comparison of each analysis that tells a whole interval."""
    return [
        {
            "at": result.at.isoformat(),
            "arm": one["treatment"],
            "value": one["estimate"],
            "low": one["ci"][0],
            "high": one["ci"][1],
        }
        for result in results
        for one in result.document["analysis"].get("comparisons", ())
        if None not in (one["estimate"], *one["ci"])
    ]


def power_chart(plan: Mapping[str, Any], say: Say) -> Markup:
    """Power by days, or by units where nobody said how many come in a day."""
    in_days = plan["duration_days"] is not None
    field = "days" if in_days else "units"
    x = Axis(field, say("days_needed") if in_days else say("units_needed"), form=",.4~g" if in_days else ",.3~s")
    y = Axis("power", say("test_power"), form=".0%")
    return charts.lines(plan["power_by_units"], x, y, say("power_label"), width_px=_BESIDE_PX)


def check_sentence(check: HealthCheck, say: Say) -> str:
    """One check in a plain sentence with its numbers."""
    told = check.told or {}
    numbers = {
        "p": "–" if not (p_value := _p(check.p_value)) else f"p {p_value}" if "<" in p_value else f"p = {p_value}",
        "share": _share(told.get("share")),
        "units": _count(told.get("units")),
        "column": told.get("column", ""),
        "users": _count(told.get("users")),
        "metric": told.get("metric", ""),
        "arms": ", ".join(told.get("breached_by", ())),
    }
    return say(f"check_{check.name}_{'bad' if check.flagged else 'good'}").format(**numbers)


def reason_told(reason: str, language: str) -> str:
    """A reason of a verdict in the language of the page; one that is not known stays as the analysis said it."""
    if language != "zh":
        return reason[:1].upper() + reason[1:] + "."
    for pattern, told in _REASONS:
        if found := pattern.fullmatch(reason):
            return told.format(*found.groups(), **found.groupdict())
    return reason


def _best(
    arms: Sequence[Mapping[str, Any]], metric: Mapping[str, Any], question: Mapping[str, Any]
) -> dict[str, float]:
    alpha = question.get("alpha", 0.05)
    usable = [arm for arm in arms if arm.get("estimate") is not None and None not in arm.get("ci", [None])]
    deviations = [(arm["ci"][1] - arm["ci"][0]) / (2.0 * _z(alpha)) for arm in usable]
    if len(usable) < len(arms) or not usable or not all(one > 0.0 for one in deviations):
        return {}
    lower = metric.get("direction") == "lower"
    found = chances_of_best([arm["estimate"] for arm in usable], deviations, lower_is_better=lower)
    return {arm["name"]: float(chance) for arm, chance in zip(usable, found, strict=True)}


def _z(alpha: float) -> float:
    from scipy.special import ndtri

    return float(-ndtri(alpha / 2.0))


def _shown_range(rows: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    later = rows[int((1.0 - _LATER_PART) * len(rows)) :]
    ends = [0.0, *(row["low"] for row in later), *(row["high"] for row in later)]
    room = 0.05 * (max(ends) - min(ends)) or 1.0
    return min(ends) - room, max(ends) + room


def _form(question: Mapping[str, Any]) -> str:
    return "+.3~%" if _is_relative(question) else "+.3~g"


def _is_relative(question: Mapping[str, Any]) -> bool:
    return bool(question.get("difference", "relative") == "relative")


def _difference(value: float | None, question: Mapping[str, Any]) -> str:
    if value is None:
        return "–"
    if _is_relative(question):
        return f"{value:+.2%}"
    scale = MICROS_PER_UNIT if question.get("metric", {}).get("name") in MONEY else 1
    return f"{value / scale:+.4g}"


def _value(value: float | None, metric: Mapping[str, Any]) -> str:
    if value is None:
        return "–"
    name = metric.get("name")
    if name in _SHARES or metric.get("kind") == "proportion":
        return f"{value:.3%}"
    return f"{value / MICROS_PER_UNIT:,.4g}" if name in MONEY else f"{value:.4g}"


def _interval(ends: Sequence[str]) -> str:
    low, high = ends
    if low == high == "–":
        return "–"
    return f"{'−∞' if low == '–' else low} … {'∞' if high == '–' else high}"


def _p(value: float | None) -> str:
    if value is None or not math.isfinite(value):
        return ""
    return "< 0.0001" if value < 0.0001 else f"{value:.3g}"


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"


def _count(value: float | None) -> str:
    return "–" if value is None else f"{int(value):,}"


_REASONS = tuple(
    (re.compile(pattern), told)
    for pattern, told in (
        (
            r"units do not come to the arms as planned: .*",
            "各组样本比例与计划不符：查明原因之前，不可采信任何数字。",
        ),
        (
            r"arms differ in what was settled before they were assigned: (.*)",
            "各组在分组之前已确定的属性上存在差异：{0}。",
        ),
        (r"units are left out of some arms more often than of others.*", "某些组被剔除的样本多于其他组。"),
        (r"(.+) is better than (.+) \(p = (.+), at most (.+)\)", "{0} 优于 {1}（p = {2}，上限 {3}）。"),
        (r"(.+) is worse than (.+) \(p = (.+), at most (.+)\)", "{0} 劣于 {1}（p = {2}，上限 {3}）。"),
        (r"(.+) is better than (.+) \(chance to beat .+ ([\d.]+)\)", "{0} 优于 {1}（胜出概率 {2}）。"),
        (r"(.+) is worse than (.+) \(chance to beat .+ ([\d.]+)\)", "{0} 劣于 {1}（胜出概率 {2}）。"),
        (r"([\d.e+]+) of at least ([\d.e+]+) days have passed", "已进行 {0} 天，至少需要 {1} 天。"),
        (r"(.+) has ([\d.e+]+) of at least ([\d.e+]+) units", "{0} 有 {1} 个样本，至少需要 {2} 个。"),
        (r"(.+) has ([\d.e+]+) of at least ([\d.e+]+) events", "{0} 有 {1} 个事件，至少需要 {2} 个。"),
        (r"chance alone could have made what differs in (.*)", "{0} 的差异可能仅出于偶然。"),
        (r"(.+) cannot be compared: see its warnings", "{0} 无法比较，见其警告。"),
        (r"(.+) is not worse than (.+) by the margin or more", "{0} 不比 {1} 差出允许的幅度。"),
        (r"([\d.%]+) of the units saw more than one arm .*", "{0} 的样本看到了多于一个组，已被剔除。"),
        (r"what one user was shown stays in one arm: .*", "同一用户的展示总在同一组：分组单位应为用户。"),
        (r"its age is not told.*", "未知实验时长。"),
    )
)
