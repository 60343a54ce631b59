"""What somebody should look at now, in all that a viewer sees: campaigns, creatives, experiments, forecasts, jobs.

Alerts are found anew each time and kept nowhere: one stands as long as what it says is so. Limits are
``Settings.alert_…``; another watch is one line of ``WATCHES``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from adplat.domain import (
    Alert,
    AlertKind,
    AlertLevel,
    AlertSubject,
    Campaign,
    Dimension,
    ExperimentState,
    ListRequest,
    Right,
    ScoredForecast,
    condition_from,
)
from adplat.flows.admin_parts import SeenParts
from adplat.flows.online_pcoc import watch_online
from adplat.flows.watch_pace import watch_pace
from adplat.flows.watch_workers import jobs_nobody_takes

MOST_CAMPAIGNS, _PAGE = 2_000, 500
_MOST_FORECASTS = 100
_SURE_OF_FORECASTS = 0.95


@dataclass(frozen=True, slots=True)
class Alerts:
    """``all``: whether everything that runs was looked at; beyond MOST_CAMPAIGNS campaigns it was not."""

    found: tuple[Alert, ...]
    all: bool = True


def watch_alerts(parts: SeenParts) -> Alerts:
    """The worst first, then by kind and name; what the viewer has no right to see is not looked at."""
    campaigns, is_all = _live_campaigns(parts)
    found: list[Alert] = []
    if parts.viewer.may(Right.SEE_REPORTS):
        told = parts.report, parts.campaign_totals, parts.shown_since
        found += watch_pace(*told, campaigns, parts.limits, parts.clock.now())
    for right, watch in WATCHES:
        if parts.viewer.may(right):
            found += watch(parts)
    order = sorted(found, key=lambda one: (one.level is not AlertLevel.BAD, one.kind, one.name, one.subject))
    return Alerts(tuple(order), is_all)


def held_creatives(parts: SeenParts) -> list[Alert]:
    """By advertiser, how many creatives and drafts wait for a decision."""
    waiting = Counter(parts.catalogue.held_creatives())
    if parts.viewer.may(Right.SEE_DRAFTS):
        waiting.update(parts.drafts.held_drafts())
    names = parts.names(Dimension.ADVERTISER, set(waiting))
    return [
        Alert(
            AlertKind.CREATIVES_HELD,
            AlertLevel.WARN,
            AlertSubject.ADVERTISER,
            owner,
            names.get(owner, owner),
            owner,
            {"waiting": count},
        )
        for owner, count in waiting.items()
    ]


def unhealthy_experiments(parts: SeenParts) -> list[Alert]:
    """Running experiments whose latest result distrusts itself: units lost (SRM), or another reason."""
    running = ListRequest([condition_from(f"state={ExperimentState.RUNNING.value}")], limit=_PAGE)
    kept = {one.experiment_id: one for one in parts.experiments.experiment_page(running).items}
    found = []
    for name, result in parts.experiments.latest_results(list(kept)).items():
        said = result.document.get("analysis") or {}
        decision = said.get("decision") or {}
        if decision.get("verdict") != "invalid":
            continue
        ratio = said.get("srm") or {}
        flagged = bool(ratio.get("flagged") or (ratio.get("anytime") or {}).get("flagged"))
        kind = AlertKind.SAMPLE_RATIO if flagged else AlertKind.EXPERIMENT_INVALID
        facts: dict[str, str | int | float] = {"why": "; ".join(str(one) for one in decision.get("why") or ())}
        if flagged and ratio.get("p_value") is not None:
            facts["p_value"] = ratio["p_value"]
        owner = kept[name].advertiser_id or ""
        found.append(Alert(kind, AlertLevel.BAD, AlertSubject.EXPERIMENT, name, name, owner, facts))
    return found


def missed_forecasts(parts: SeenParts) -> list[Alert]:
    """Forecasts whose flight ended lately, with a whole-flight number outside its 95 % interval."""
    now = parts.clock.now()
    since = now - timedelta(days=parts.limits.lately_days)
    lately = ListRequest(
        [
            condition_from(f"flight_end>={since.isoformat()}"),
            condition_from(f"flight_end<={parts.clock.now().isoformat()}"),
        ],
        order="-flight_end",
        limit=_MOST_FORECASTS,
    )
    kept = {one.forecast_id: one for one in parts.forecasts.forecast_page(lately).items}
    found = []
    for name, scores in parts.forecasts.totals(list(kept)).items():
        latest = ScoredForecast(kept[name], tuple(scores)).latest
        missed = [one for one in latest if not one.inside(_SURE_OF_FORECASTS)]
        if missed:
            worst = missed[0]
            low, high = worst.quantiles.interval(_SURE_OF_FORECASTS)
            told: dict[str, str | int | float] = {
                "metrics": ", ".join(one.metric.value for one in missed),
                "metric": worst.metric.value,
                "actual": worst.actual,
                "low": low,
                "high": high,
                "currency": str(kept[name].plan.get("currency") or ""),
            }
            owner = kept[name].advertiser_id
            found.append(
                Alert(
                    AlertKind.FORECAST_MISSED,
                    AlertLevel.WARN,
                    AlertSubject.FORECAST,
                    name,
                    kept[name].name,
                    owner,
                    told,
                )
            )
    return found


def models_that_drift(parts: SeenParts) -> list[Alert]:
    """The live bundle, where its clicks surely differ from its promises; for who sees all of them alone."""
    if parts.viewer.advertisers is not None or not parts.viewer.may(Right.SEE_REPORTS):
        return []
    deployments = parts.bundles.deployment_page(ListRequest(limit=_PAGE)).items
    return watch_online(parts.report, deployments, parts.clock.now(), parts.limits)


def _live_campaigns(parts: SeenParts) -> tuple[list[Campaign], bool]:
    found: list[Campaign] = []
    cursor = ""
    while len(found) < MOST_CAMPAIGNS:
        page = parts.catalogue.campaign_page(ListRequest([condition_from("status=live")], limit=_PAGE, cursor=cursor))
        found += page.items
        cursor = page.next
        if not cursor:
            return found, True
    return found, False


Watch = Callable[[SeenParts], list[Alert]]
WATCHES: tuple[tuple[Right, Watch], ...] = (
    (Right.SEE_CATALOGUE, held_creatives),
    (Right.SEE_EXPERIMENTS, unhealthy_experiments),
    (Right.SEE_FORECASTS, missed_forecasts),
    (Right.SEE_MODELS, models_that_drift),
    (Right.SEE_WORKERS, jobs_nobody_takes),
)
"""What looks for alerts beside pace, and the right to see what it looks at."""
