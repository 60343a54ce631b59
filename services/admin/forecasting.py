"""A forecast beside a form: what is asked of the desk behind the pages, and how its answer reads.

Whoever asks gets a place among a few at once; while the desk is loaded for the first time it says so, and nobody waits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fastapi import Request
from markupsafe import Markup

from adplat.domain import (
    Campaign,
    Comparison,
    Condition,
    InputError,
    KeptForecast,
    ListRequest,
    Metric,
    UnknownReference,
    condition_from,
)
from adplat.flows.admin_parts import SeenParts
from adplat.flows.forecasts_of_campaign import ToldAndCame
from adplat.flows.keep_forecast import keep_forecast
from adplat.flows.plan_of_campaign import MOST_CREATIVES, plan_of_campaign
from adplat.flows.prepare_forecasts import Readiness
from services.admin import charts
from services.admin.asking import a_place_in, door_of
from services.admin.figures import UNTOLD, amount
from services.admin.refusals import told_to_people
from services.admin.wording import Say, words_in

TOLD = (Metric.IMPRESSIONS, Metric.REACH, Metric.CLICKS, Metric.CONVERSIONS, Metric.SPEND)
_SHOWABLE = "status=live|approved|held|paused"
_MICROS = 1_000_000


class PreviewState(StrEnum):
    """``asked``: nothing was asked yet; ``wrong``: the form is not a plan yet; ``refused``: the data say too little."""

    ASKED = "asked"
    PREPARING = "preparing"
    MISSING = "missing"
    WRONG = "wrong"
    REFUSED = "refused"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class Preview:
    """What is known of a plan; ``document`` is that of ``forecast run`` where it is told or refused."""

    state: PreviewState
    document: Mapping[str, Any] | None = None
    wrong: InputError | None = None
    plan: Any = None


NOTHING_ASKED = Preview(PreviewState.ASKED)


def preview(request: Request, parts: SeenParts, campaign: Campaign, currency: str) -> Preview:
    """A campaign's forecast, or why there is none yet. Raises UnknownReference, and Refused where no place is free."""
    door = door_of(request)
    desk = door.parts.desk
    ready = desk.look()
    if ready.state is not Readiness.READY:
        state = PreviewState.PREPARING if ready.state is Readiness.PREPARING else PreviewState.MISSING
        return Preview(state, wrong=ready.why)
    try:
        plan = plan_of_campaign(campaign, currency, _creatives(request, parts, campaign), parts.clock.now())
        with a_place_in(door.forecasting):
            document = desk.forecast(plan, where="")
    except UnknownReference:
        raise
    except InputError as error:
        return Preview(PreviewState.WRONG, wrong=error)
    state = PreviewState.REFUSED if document["refused"] else PreviewState.TOLD
    return Preview(state, document, plan=plan)


def keep(parts: SeenParts, told: Preview) -> KeptForecast | None:
    """Keep what was told; ``None`` where nothing was. Raises InputError as ``keep_forecast``."""
    if told.state is not PreviewState.TOLD or told.document is None:
        return None
    return keep_forecast(parts.forecast_parts(), told.plan, told.document)


def spoken(told: Preview, language: str) -> dict[str, Any]:
    """For the panel beside a form: sentences, rows of intervals, charts."""
    say = words_in(language)
    facts: dict[str, Any] = {"state": told.state.value, "wrong": told_to_people(told.wrong, language)}
    if told.document is None:
        return facts
    if told.state is PreviewState.REFUSED:
        reasons = [(say(f"refused_{one['reason']}"), one["what"]) for one in told.document["reasons"]]
        return facts | {"reasons": reasons}
    return facts | figures_of(told.document, say)


def figures_of(document: Mapping[str, Any], say: Say) -> dict[str, Any]:
    """Of any told forecast: its intervals, its days and its curve."""
    plan = document.get("plan") or {}
    currency = str(plan.get("currency") or "")
    total = document.get("total") or {}
    return {
        "rows": [_row(metric, total.get(metric.value), currency, say) for metric in TOLD],
        "days_chart": _days_chart(document, say),
        "curve_chart": _curve_chart(document, plan, currency, say),
        "curve": [
            (
                amount(one["spend_micros"], currency),
                _number(one.get("clicks")),
                _number(one.get("conversions")),
                one["planned"],
            )
            for one in document.get("curve") or ()
        ],
        "days": [
            (
                one["date"],
                *(
                    _count((one.get(name) or {}).get(level))
                    for name in ("impressions", "clicks")
                    for level in ("p10", "p50", "p90")
                ),
            )
            for one in document.get("daily") or ()
        ],
        "notes": list(document.get("notes") or ()),
        "data_to": (document.get("inputs") or {}).get("data_to"),
        "first": plan.get("start"),
        "last": plan.get("end"),
    }


def told_figure(metric: Metric, value: float | None, currency: str) -> str:
    """A number of a forecast as people read it."""
    if value is None:
        return UNTOLD
    return amount(value, currency) if metric in {Metric.SPEND, Metric.VALUE} else f"{value:,.0f}"


def _creatives(request: Request, parts: SeenParts, campaign: Campaign) -> list[str]:
    """Those of the campaign that the log's catalogue knows too."""
    if not campaign.campaign_id:
        return []
    wanted = [Condition("campaign_id", Comparison.IS, (campaign.campaign_id,)), condition_from(_SHOWABLE)]
    desk = door_of(request).parts.desk
    found = parts.catalogue.creative_page(ListRequest(wanted, limit=MOST_CREATIVES)).items
    return [one.creative_id for one in found if desk.owner_of(one.creative_id) == campaign.advertiser_id]


def _row(metric: Metric, told: Mapping[str, float] | None, currency: str, say: Say) -> tuple[str, str, str, str]:
    name = say(f"metric_{metric.value}")
    if told is None:
        return name, UNTOLD, UNTOLD, UNTOLD
    low95, low80, middle, high80, high95 = (
        told_figure(metric, told.get(level), currency) for level in ("p2.5", "p10", "p50", "p90", "p97.5")
    )
    return name, middle, f"{low80} – {high80}", f"{low95} – {high95}"


def _days_chart(document: Mapping[str, Any], say: Say) -> Markup:
    rows = [
        {"day": one["date"], "low": told["p10"], "middle": told["p50"], "high": told["p90"]}
        for one in document.get("daily") or ()
        if (told := one.get("clicks"))
    ]
    if len(rows) < 2:
        return Markup("")
    title = say("metric_clicks")
    x, y = charts.Axis("day", "", "T", form="%m-%d"), charts.Axis("middle", title)
    return charts.lines(rows, x, y, say("forecast_by_day"), band=("low", "high"))


def _curve_chart(document: Mapping[str, Any], plan: Mapping[str, Any], currency: str, say: Say) -> Markup:
    points = document.get("curve") or ()
    steered = (plan.get("bid") or {}).get("kind")
    outcome = "conversions" if steered in {"target_cpa", "target_roas"} else "clicks"
    if any(one.get(outcome) is None for one in points):
        outcome = "clicks"
    rows = [
        {"spend": one["spend_micros"] / _MICROS, "outcome": one[outcome]}
        for one in points
        if one.get(outcome) is not None
    ]
    if len(rows) < 2:
        return Markup("")
    planned = next((one["spend_micros"] / _MICROS for one in points if one["planned"]), None)
    x = charts.Axis("spend", f"{say('spend')} ({currency})", form=",.3~s")
    y = charts.Axis("outcome", say(f"metric_{outcome}"))
    return charts.lines(
        rows,
        x,
        y,
        say("forecast_curve"),
        points=True,
        marks=() if planned is None else [{x.field: planned, "label": ""}],
    )


def _count(value: float | None) -> str:
    return UNTOLD if value is None else f"{value:,.0f}"


def _number(value: float | None) -> str:
    return UNTOLD if value is None else f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def lines_of(told: Sequence[ToldAndCame], currency: str, say: Say) -> list[dict[str, str]]:
    """A forecast's numbers beside what came, for a table."""
    lines = []
    for one in told:
        low, high = (told_figure(one.metric, value, currency) for value in one.told.interval(0.95))
        verdict = "" if one.held is None else "hit" if one.held else "miss"
        lines.append(
            {
                "name": say(f"metric_{one.metric.value}"),
                "middle": told_figure(one.metric, one.told.at(0.5), currency),
                "within": f"{low} – {high}",
                "came": told_figure(one.metric, one.came, currency),
                "is_final": "yes" if one.is_final else "",
                "verdict": verdict,
            }
        )
    return lines


def came_chart(told: Sequence[ToldAndCame], say: Say) -> Markup:
    """What came over the median that was told, with the 95 % interval over the same; at 1 they agree."""
    rows = []
    for one in told:
        middle = one.told.at(0.5)
        if one.came is None or middle <= 0.0:
            continue
        low, high = one.told.interval(0.95)
        rows.append(
            {
                "name": say(f"metric_{one.metric.value}"),
                "came": one.came / middle,
                "low": low / middle,
                "high": high / middle,
            }
        )
    if not rows:
        return Markup("")
    value = charts.Axis("came", say("came_over_told"), form=".2~f", from_zero=False)
    return charts.intervals(rows, charts.Axis("name", "", "N"), value, "low", "high", say("told_and_came"), rule_at=1.0)
