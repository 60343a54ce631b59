"""Kept forecasts are held against what happened, each number once it can no longer change.

Showings, people and money are known when the flight is over; clicks, conversions and value when the time in which they
may still come is over too. What is not ripe waits, it is not counted as nothing. A score that is kept is never changed:
late data make a further one, with its reason, and only when they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from adplat.data import Lake
from adplat.domain import ForecastScore, Job, KeptForecast, Metric, MissingInput, ScoredForecast
from adplat.flows.campaign_outcomes import CampaignOutcomes, campaign_outcomes, is_in_lake
from adplat.flows.forecast_parts import ForecastParts
from adplat.flows.lake_log import lake_at
from adplat.flows.learn_from_kept import learn_from_kept
from adplat.flows.watch_coverage import watch_coverage
from adplat.forecast import Promise, promises_of, score_promise
from adplat.market import time_zone_named

_RIPE_AT_ONCE = frozenset({Metric.IMPRESSIONS, Metric.REACH, Metric.SPEND})
Tell = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class ScorePlan:
    """When a number can no longer change.

    Args:
        outcomes_within: of a showing, clicks and conversions count that come within this.
        grace: waited beyond it, and beyond the flight's end, for what is told late.
        lake_is_whole: nothing more will ever be written into the lake: where it ends is no sign that it is behind.
    """

    outcomes_within: timedelta
    grace: timedelta = timedelta(hours=1)
    lake_is_whole: bool = False

    def settled_before(self, now: datetime) -> datetime:
        """Of flights that ended before this, everything can be scored."""
        return now - self.outcomes_within - self.grace


def lake_to_score(folder: Path) -> Lake:
    """The lake, given its folder or the workspace or world around it. Raises MissingInput."""
    lake = lake_at(folder)
    if lake is None:
        raise MissingInput(
            "no lake with impressions here", where=str(folder), hint="give a lake, a workspace or a simulated world"
        )
    return lake


def score_forecasts(
    parts: ForecastParts, lake: Lake, plan: ScorePlan, tell: Tell = lambda *_: None, *, again: bool = False
) -> dict[str, Any]:
    """Score what is ripe; the document of ``forecast score --json``.

    ``scored``: by forecast, how many numbers were; ``waiting``: by forecast, why something is not. ``again`` also
    counts what is scored already once more, and keeps ``revisions`` where the lake now says something else. ``alerts``
    is what the coverage of all scored forecasts says. Raises TableRejected on a damaged lake.
    """
    now = parts.clock.now()
    reached = now if plan.lake_is_whole else min(now, lake.reaches_to() or datetime.min.replace(tzinfo=now.tzinfo))
    known = {campaign.campaign_id for campaign in parts.catalogue.campaigns()}
    wanted = parts.forecasts.due_for_scoring(now)
    if again:
        wanted = [one for one in parts.forecasts.forecasts() if one.ends_at <= now]
    scored: dict[str, int] = {}
    revisions: dict[str, list[str]] = {}
    waiting: dict[str, str] = {}
    for number, forecast in enumerate(wanted):
        tell(number, len(wanted), "scoring forecasts")
        why = _why_not_at_all(forecast, lake, known, reached, plan)
        if why:
            waiting[forecast.forecast_id] = why
            continue
        kept, unripe = _score(parts, lake, plan, forecast, reached, again=again)
        if any(one.revision == 0 for one in kept):
            scored[forecast.forecast_id] = sum(1 for one in kept if one.revision == 0)
        if any(one.revision for one in kept):
            revisions[forecast.forecast_id] = [f"{_named(one)}: {one.reason}" for one in kept if one.revision]
        if unripe:
            waiting[forecast.forecast_id] = unripe
    tell(len(wanted), len(wanted), "scoring forecasts")
    return {
        "scored": scored,
        "revisions": revisions,
        "waiting": waiting,
        "alerts": watch_coverage(parts, plan.settled_before(now)),
    }


def do_score_job(
    parts: ForecastParts,
    lake: Lake,
    plan: ScorePlan,
    job: Job,
    tell: Callable[[float], None],
    learned: Path | None = None,
) -> Mapping[str, Any]:
    """The same as a job of the worker; done twice, it keeps nothing twice.

    Where a forecast is scored to the end now, what all of them teach is learned anew into the file ``learned``, and
    ``learned`` of the document says what. A job that dies between the two leaves that to the next such forecast.
    """

    def share(done: int, total: int, _: str) -> None:
        tell(done / total if total else 1.0)

    named = ForecastParts(parts.forecasts, parts.jobs, parts.audit, parts.catalogue, parts.clock, f"job {job.job_id}")
    told = score_forecasts(named, lake, plan, share)
    if learned is None or not any(name not in told["waiting"] for name in told["scored"]):
        return told
    return told | {"learned": learn_from_kept(named, learned, share)}


def _why_not_at_all(forecast: KeptForecast, lake: Lake, known: set[str], reached: datetime, plan: ScorePlan) -> str:
    """Why nothing of it can be scored; empty where something can."""
    campaign = forecast.carried_out_by
    if not campaign:
        return f"no campaign carries it out: adplat forecast attach {forecast.forecast_id} CAMPAIGN"
    if reached < forecast.ends_at + plan.grace:
        return f"its flight ended {_told(forecast.ends_at)}, and the lake reaches to {_told(reached)}"
    # A campaign that never won is a fact to be scored; one that nobody has heard of is a slip of the pen.
    if campaign not in known and not is_in_lake(lake, campaign):
        return f"neither catalogue nor lake know its campaign {campaign}"
    return ""


def _score(
    parts: ForecastParts,
    lake: Lake,
    plan: ScorePlan,
    forecast: KeptForecast,
    reached: datetime,
    *,
    again: bool,
) -> tuple[list[ForecastScore], str]:
    """What was kept now, and why something still waits."""
    all_ripe_at = forecast.ends_at + plan.outcomes_within + plan.grace
    promises = promises_of(forecast.document, where=f"forecast {forecast.forecast_id}")
    ripe = [one for one in promises if one.metric in _RIPE_AT_ONCE or reached >= all_ripe_at]
    before = ScoredForecast(forecast, tuple(parts.forecasts.scores(forecast.forecast_id)))
    latest = {(one.metric, one.day): one for one in before.latest}
    new = [one for one in ripe if again or (one.metric, one.day) not in latest]
    complete = len(ripe) == len(promises)
    unripe = (
        "" if complete else f"its conversions are ripe {_told(all_ripe_at)}, and the lake reaches to {_told(reached)}"
    )
    if not new and not complete:
        return [], unripe
    zone = time_zone_named(str(forecast.plan.get("time_zone") or "UTC"))
    happened = campaign_outcomes(lake, forecast.carried_out_by, forecast.flight, zone, plan.outcomes_within)
    scores = [
        score
        for promise in new
        if (score := _one(promise, happened, latest.get((promise.metric, promise.day)), forecast, parts.clock.now()))
    ]
    kept = parts.forecasts.add_scores(forecast.forecast_id, scores, parts.clock.now(), parts.by, complete=complete)
    return kept, unripe


def _one(
    promise: Promise, happened: CampaignOutcomes, latest: ForecastScore | None, forecast: KeptForecast, now: datetime
) -> ForecastScore | None:
    actual = happened.of(promise.metric, promise.day)
    if latest is None:
        return score_promise(promise, actual, forecast.forecast_id, now)
    if latest.actual == actual:
        return None
    reason = f"late data: {latest.actual:,.0f} before, {actual:,.0f} now"
    return score_promise(promise, actual, forecast.forecast_id, now, revision=latest.revision + 1, reason=reason)


def _named(score: ForecastScore) -> str:
    return f"{score.metric.value} {score.day or 'total'}"


def _told(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
