"""Which running campaigns are off their pace, out of money, silent, or promised other clicks than come."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta

from adplat.domain import (
    REPORT_METRICS,
    Alert,
    AlertKind,
    AlertLevel,
    AlertLimits,
    AlertSubject,
    Campaign,
    CampaignStatus,
    MetricSums,
    ReportQuestion,
)
from adplat.flows.report_delivery import (
    MOST_NAMED,
    CampaignDelivery,
    Reports,
    Totals,
    report_delivery,
    sums_by_campaign,
)
from adplat.statistics import metric_interval

_SPENT = 0.999  # of a budget; the last showing seldom fits into what is left
_A_DAY_S = 86_400.0
Facts = dict[str, str | int | float]
ShownSince = Callable[[datetime], Collection[str]]


def watch_pace(
    report: Reports,
    totals: Totals,
    shown_since: ShownSince,
    campaigns: Sequence[Campaign],
    limits: AlertLimits,
    now: datetime,
) -> list[Alert]:
    """Of those of ``campaigns`` that are live and in their flight; the worst kind of each pace alone."""
    running = [one for one in campaigns if one.status is CampaignStatus.LIVE and one.flight.covers(now)]
    if not running:
        return []
    found = [alert for one in report_delivery(report, totals, running, now) if (alert := _of_pace(one, limits, now))]
    return [*found, *_silent(report, shown_since, running, limits, now), *_promised_other(report, running, limits, now)]


def _of_pace(one: CampaignDelivery, limits: AlertLimits, now: datetime) -> Alert | None:
    told, campaign = one.delivery, one.campaign
    if not told.booked_micros or told.expected_micros is None:
        total = campaign.budget.total
        if total is None or told.spent_micros < _SPENT * total.amount_micros:
            return None
    facts: Facts = {
        "booked_micros": told.booked_micros or 0,
        "spent_micros": told.spent_micros,
        "expected_micros": told.expected_micros or 0,
        "currency": _currency(campaign),
    }
    total = campaign.budget.total
    if total is not None and told.spent_micros >= _SPENT * total.amount_micros:
        return _alert(AlertKind.BUDGET_ENDED, AlertLevel.BAD, campaign, facts)
    gone_s = (now - campaign.flight.start).total_seconds()
    if not told.expected_micros or told.ahead_micros is None or gone_s < limits.settled_days * _A_DAY_S:
        return None
    share = told.ahead_micros / told.expected_micros
    if abs(share) <= limits.pace_share:
        return None
    kind = AlertKind.AHEAD_OF_PACE if share > 0 else AlertKind.BEHIND_PACE
    return _alert(kind, AlertLevel.WARN, campaign, facts | {"pace_share": abs(share)})


def _silent(
    report: Reports, shown_since: ShownSince, running: Sequence[Campaign], limits: AlertLimits, now: datetime
) -> list[Alert]:
    """Those without a showing; where nothing at all was counted, that alone is told: it may be the counting."""
    since = now - timedelta(hours=limits.silent_h)
    old_enough = [one for one in running if one.flight.start <= since]
    if not old_enough:
        return []
    # The hour that the stretch begins in counts as a part of it.
    heard = set(shown_since(since.replace(minute=0, second=0, microsecond=0)))
    heard &= {one.campaign_id for one in old_enough}
    today = now.astimezone(UTC).date()
    covered_to = None if heard else report(ReportQuestion(today, today + timedelta(days=1))).covered_to
    if not heard and (covered_to is None or covered_to < since):
        lost: Facts = {"silent_h": limits.silent_h, "covered_to": "" if covered_to is None else covered_to.isoformat()}
        return [Alert(AlertKind.NOTHING_COUNTED, AlertLevel.BAD, AlertSubject.WORKSPACE, "", "", facts=lost)]
    facts: Facts = {"silent_h": limits.silent_h}
    return [
        _alert(AlertKind.NO_DELIVERY, AlertLevel.BAD, one, facts) for one in old_enough if one.campaign_id not in heard
    ]


def _promised_other(report: Reports, running: Sequence[Campaign], limits: AlertLimits, now: datetime) -> list[Alert]:
    tomorrow = now.astimezone(UTC).date() + timedelta(days=1)
    since = tomorrow - timedelta(days=limits.lately_days)
    ids = [one.campaign_id for one in running]
    sums = sums_by_campaign(report, since, tomorrow, ids if len(ids) <= MOST_NAMED else None)
    found = []
    for one in running:
        interval = metric_interval(
            REPORT_METRICS["pcoc"], sums.get(one.campaign_id, MetricSums()), level=limits.evidence
        )
        if interval is None:
            continue
        high, low = 1.0 + limits.pcoc_share, 1.0 / (1.0 + limits.pcoc_share)
        if interval.low > high or interval.high < low:
            facts: Facts = {
                "pcoc": interval.value,
                "low": interval.low,
                "high": interval.high,
                "days": limits.lately_days,
            }
            found.append(_alert(AlertKind.PCOC_OFF, AlertLevel.WARN, one, facts))
    return found


def _alert(kind: AlertKind, level: AlertLevel, campaign: Campaign, facts: Facts) -> Alert:
    owner, named = campaign.advertiser_id, campaign.campaign_id
    return Alert(kind, level, AlertSubject.CAMPAIGN, named, campaign.name, owner, facts)


def _currency(campaign: Campaign) -> str:
    money = campaign.budget.total or campaign.budget.daily
    return "" if money is None else money.currency
