"""Spend curves of a told forecast: what ``forecast run --json`` says of a campaign at several budgets."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import numpy as np

from adplat.domain import TOLD_LEVELS, ConfigRejected, Metric
from adplat.forecast.fit_spend_curve import CERTAIN, fit_spend_curve
from adplat.forecast.spend_curve import SpendCurve


class Objective(StrEnum):
    """What the money is for. ``profit`` is value less spend, so money may be left."""

    CLICKS = "clicks"
    CONVERSIONS = "conversions"
    VALUE = "value"
    PROFIT = "profit"

    @property
    def metric(self) -> Metric:
        """What the curve counts."""
        return {"clicks": Metric.CLICKS, "conversions": Metric.CONVERSIONS}.get(self.value, Metric.VALUE)

    @property
    def cost(self) -> float:
        """What a micro spent takes away from the objective."""
        return 1.0 if self is Objective.PROFIT else 0.0


def refuse_refused(forecast: Mapping[str, Any], where: str) -> None:
    """Raises ConfigRejected for a forecast that was refused, or a document that is no forecast."""
    if forecast.get("refused"):
        reasons = [
            str(one.get("reason", one.get("what", ""))) if isinstance(one, Mapping) else str(one)
            for one in forecast.get("reasons") or ()
        ]
        raise ConfigRejected(
            f"the forecast was refused: {', '.join(reasons) or 'no reason told'}",
            where=where,
            hint="leave this campaign out, or mend its plan and run the forecast again",
        )
    if not isinstance(forecast.get("curve"), list) or not isinstance(forecast.get("total"), Mapping):
        raise ConfigRejected(
            "no forecast: it has no curve and total", where=where, hint="give what 'adplat forecast run --json' printed"
        )


def told_quantiles(forecast: Mapping[str, Any], metric: str, where: str) -> tuple[float, ...]:
    """``total[metric]`` at ``TOLD_LEVELS``.

    Raises ConfigRejected where the forecast does not know the metric (``null``), lacks a level or has no number there.
    """
    told = forecast["total"].get(metric, {})
    if told is None:
        raise ConfigRejected(
            f"the forecast does not know {metric}",
            where=f"{where}: total",
            hint="its notes say why; take another --objective",
        )
    try:
        found = tuple(float(told[f"p{100 * level:g}"]) for level in TOLD_LEVELS)
    except (TypeError, KeyError, ValueError):
        found = ()
    if not found or not np.isfinite(found).all() or np.any(np.diff(found) < 0.0):
        raise ConfigRejected(
            f"total.{metric} has not all of p2.5 to p97.5, rising",
            where=where,
            hint="give what 'adplat forecast run --json' printed",
        )
    return found


def curve_of_forecast(forecast: Mapping[str, Any], objective: Objective, *, where: str) -> SpendCurve:
    """The curve of one campaign; its level is as uncertain as the forecast's total.

    ``curve`` is a list of ``{"spend_micros", "impressions", "clicks", "conversions", "value_micros"}``, what replays at
    several budgets bring in the mean; ``point`` the same at the plan's budget, and where it is missing the total's
    median stands for it.

    Raises:
        ConfigRejected: refused, or no such document. TableRejected: points that give no curve.
    """
    refuse_refused(forecast, where)
    metric = objective.metric.value
    told = told_quantiles(forecast, metric, where)
    try:
        spends = np.array([float(point["spend_micros"]) for point in forecast["curve"]])
        outcomes = np.array([float(point[metric]) for point in forecast["curve"]])
    except (TypeError, KeyError, ValueError):
        raise ConfigRejected(
            f"a point of the curve lacks spend_micros or {metric}",
            where=f"{where}: curve",
            hint="give what 'adplat forecast run --json' printed",
        ) from None
    middle = point_of_forecast(forecast, metric, told)
    ratios = tuple(value / middle for value in told) if middle > 0.0 else CERTAIN
    return fit_spend_curve(spends, outcomes, ratios=ratios, where=f"{where}: curve")


def point_of_forecast(forecast: Mapping[str, Any], metric: str, told: tuple[float, ...]) -> float:
    """The one number for a metric: ``point``, or the median without one (of small counts it is 0)."""
    point = forecast.get("point")
    value = point.get(metric) if isinstance(point, Mapping) else None
    return float(value) if isinstance(value, int | float) else told[TOLD_LEVELS.index(0.5)]


def plan_of_forecast(forecast: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the document tells of its plan; empty where it tells nothing."""
    plan = forecast.get("plan")
    return plan if isinstance(plan, Mapping) else {}


def name_of_forecast(forecast: Mapping[str, Any], fallback: str) -> str:
    """The plan's name where the document tells it, else ``fallback``."""
    told = plan_of_forecast(forecast).get("name")
    return told if isinstance(told, str) and told else fallback
