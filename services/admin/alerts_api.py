"""``/v1/alerts``: what somebody should look at now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request

from adplat.domain import Alert, AlertSubject, Comparison, Condition, ConfigRejected, Right, condition_from
from adplat.flows.watch_alerts import watch_alerts
from services.admin.alert_bodies import AlertsOut
from services.admin.asking import Asking
from services.admin.problems import responses
from services.admin.reports_api import in_turn

router = APIRouter(prefix="/v1", tags=["alerts"])
_FIELDS = ("kind", "level", "about", "subject", "advertiser_id")
_PAGES: Mapping[AlertSubject, str] = {
    AlertSubject.CAMPAIGN: "/campaigns/{}",
    AlertSubject.ADVERTISER: "/creatives",
    AlertSubject.EXPERIMENT: "/experiments/{}",
    AlertSubject.FORECAST: "/forecasts/{}",
    AlertSubject.MODEL: "/models/{}",
    AlertSubject.JOBS: "/jobs?state=queued&kind={}",
    AlertSubject.WORKSPACE: "/reports",
}


@router.get("/alerts", responses=responses(), response_model=AlertsOut)
def list_alerts(
    request: Request,
    asker: Asking,
    filter_: Annotated[
        list[str], Query(alias="filter", description=f"FIELD = or != VALUE, of {', '.join(_FIELDS)}; again for another")
    ] = [],  # noqa: B006 - FastAPI copies it
) -> dict[str, Any]:
    """Campaigns off their pace, silent or out of money; creatives and jobs that wait; experiments and forecasts."""
    parts = asker.may(Right.SEE_CATALOGUE)
    conditions = [_looked_at(condition_from(one)) for one in filter_]
    found = in_turn(request, lambda: watch_alerts(parts))
    told = [alert_document(one) for one in found.found if _meets(one, conditions)]
    return {"items": told, "next": None, "complete": found.all}


def alert_document(one: Alert) -> dict[str, Any]:
    """One alert as plain data."""
    told = asdict(one)
    return told | {"advertiser_id": one.advertiser_id or None, "facts": dict(one.facts), "page": page_of_alert(one)}


def page_of_alert(one: Alert) -> str:
    """Where its thing is shown."""
    return _PAGES[one.about].format(quote(one.subject, safe=""))


def _looked_at(condition: Condition) -> Condition:
    if condition.field not in _FIELDS or condition.comparison not in {Comparison.IS, Comparison.IS_NOT}:
        raise ConfigRejected(
            "alerts are not filtered so", where=f"filter {condition.field}", hint=f"= or != of {', '.join(_FIELDS)}"
        )
    return condition


def _meets(one: Alert, conditions: Sequence[Condition]) -> bool:
    return all(
        (str(getattr(one, each.field)) in each.values) is (each.comparison is Comparison.IS) for each in conditions
    )
