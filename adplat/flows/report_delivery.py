"""Delivery and pacing of campaigns, and the leaderboard of a campaign's creatives, from hourly metrics."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from adplat.bandit import expected_shortfall, probability_of_highest_share
from adplat.domain import (
    REPORT_METRICS,
    Campaign,
    Comparison,
    Condition,
    Dimension,
    Interval,
    MetricSums,
    Report,
    ReportQuestion,
)
from adplat.domain.reports import MOST_VALUES
from adplat.market import Delivery, delivery_of
from adplat.statistics import metric_interval, newcombe_difference

LATELY_DAYS = 7
MOST_COMPARED = 500
LEAST_CLICKS = 20
"""Of all creatives together; below it, who leads is chance."""
MOST_NAMED = 400
_SURELY = 0.99
_JEFFREYS = 0.5

Reports = Callable[[ReportQuestion], Report]
Totals = Callable[[Collection[str]], Mapping[str, MetricSums]]
"""All that ever was counted of these campaigns, by id; one of nothing is absent."""


@dataclass(frozen=True, slots=True)
class CampaignDelivery:
    """One campaign's delivery, and all that happened to it."""

    campaign: Campaign
    sums: MetricSums
    delivery: Delivery


def sums_by_campaign(
    report: Reports, since: date, until: date, campaign_ids: Collection[str] | None = None
) -> dict[str, MetricSums]:
    """What these campaigns brought over days of UTC, by id; ``None``: all that are seen. One of nothing is absent."""
    if campaign_ids is None:
        return _by(report, Dimension.CAMPAIGN, since, until)
    wanted, found = sorted(campaign_ids), dict[str, MetricSums]()
    for first in range(0, len(wanted), MOST_VALUES):
        found |= _by(report, Dimension.CAMPAIGN, since, until, tuple(wanted[first : first + MOST_VALUES]))
    return found


def sums_by_day(report: Reports, campaign_id: str, since: date, until: date) -> dict[date, MetricSums]:
    """What one campaign brought, by day of UTC, the earliest first; a day of nothing is absent."""
    told = _by(report, Dimension.DAY, since, until, (campaign_id,))
    return {date.fromisoformat(day): sums for day, sums in told.items()}


def report_delivery(
    report: Reports, totals: Totals, campaigns: Sequence[Campaign], now: datetime
) -> list[CampaignDelivery]:
    """How each campaign stands, from what was counted of it ever, and lately.

    The latest days are the LATELY_DAYS whole ones before today, or the flight so far where it is younger.
    """
    today = now.astimezone(UTC).date()
    ids = [one.campaign_id for one in campaigns]
    ever = totals(ids)
    lately = sums_by_campaign(
        report, today - timedelta(days=LATELY_DAYS), today, ids if len(ids) <= MOST_NAMED else None
    )
    found = []
    for campaign in campaigns:
        sums = ever.get(campaign.campaign_id, MetricSums())
        spent, latest = sums.spend_micros, lately.get(campaign.campaign_id, MetricSums()).spend_micros
        midnight = datetime(today.year, today.month, today.day, tzinfo=UTC)
        span_s = min((midnight - campaign.flight.start).total_seconds(), LATELY_DAYS * 86_400.0)
        if span_s < 86_400.0:
            latest, span_s = spent, max((now - campaign.flight.start).total_seconds(), 0.0)
        found.append(
            CampaignDelivery(campaign, sums, delivery_of(campaign.budget, campaign.flight, now, spent, latest, span_s))
        )
    return found


@dataclass(frozen=True, slots=True)
class CreativeStanding:
    """One creative beside the others of its campaign.

    Args:
        ctr: ``None`` without an impression.
        probability_of_best: that its click rate is the highest of these, all flat beforehand (Jeffreys) and showings
            independent: of users who see much, fewer differ than it says. ``None`` where too many were compared.
        fatigue: the click rate of the latest days less that of the days before; ``None`` without either.
        is_tired: the whole 99 % interval of ``fatigue`` lies below zero. What else changed (placements, hours, the
            others' showings) is not taken out: a flag says "look", not "why".
        expected_loss: by how much its click rate is likely below that of the best of these; ``None`` as the
            probability.
        traffic_share: of the impressions of all of them; ``None`` without any.
    """

    creative_id: str
    sums: MetricSums
    ctr: Interval | None
    probability_of_best: float | None
    fatigue: Interval | None
    is_tired: bool
    expected_loss: float | None = None
    traffic_share: float | None = None

    @property
    def expected_ctr(self) -> float | None:
        """What the models that served promised, before anything was clicked; ``None`` where nothing was promised."""
        shown, expected = self.sums.impressions, self.sums.expected_clicks
        return expected / shown if shown > 0 and expected is not None else None


def creative_leaderboard(
    report: Reports, campaign_id: str, since: date, until: date, *, lately_days: int = LATELY_DAYS
) -> list[CreativeStanding]:
    """The creatives of a campaign over days of UTC, the most likely best first."""
    whole = _by(report, Dimension.CREATIVE, since, until, (campaign_id,))
    split = max(until - timedelta(days=lately_days), since)
    latest = _by(report, Dimension.CREATIVE, split, until, (campaign_id,)) if split > since else {}
    compared = {name: sums for name, sums in whole.items() if sums.impressions > 0}
    chances: dict[str, float] = {}
    losses: dict[str, float] = {}
    if 0 < len(compared) <= MOST_COMPARED:
        clicks = np.array([sums.clicks for sums in compared.values()], dtype=np.float64)
        shown = np.array([sums.impressions for sums in compared.values()], dtype=np.float64)
        shapes = _JEFFREYS + clicks, _JEFFREYS + np.maximum(shown - clicks, 0.0)
        chances = dict(zip(compared, probability_of_highest_share(*shapes).tolist(), strict=True))
        losses = dict(zip(compared, expected_shortfall(*shapes).tolist(), strict=True))
    total = sum(sums.impressions for sums in compared.values())
    standings = []
    for name, sums in whole.items():
        fatigue = _fatigue(sums, latest.get(name))
        ctr = metric_interval(REPORT_METRICS["ctr"], sums)
        tired = fatigue is not None and fatigue.high < 0.0
        share = sums.impressions / total if total else None
        standings.append(CreativeStanding(name, sums, ctr, chances.get(name), fatigue, tired, losses.get(name), share))
    return sorted(standings, key=_rank)


def _rank(one: CreativeStanding) -> tuple[float, float, str]:
    # Chances of next to nothing are noise of the quadrature; their click rates are not.
    ctr = 0.0 if one.ctr is None else one.ctr.value
    return -round(one.probability_of_best or 0.0, 6), -ctr, one.creative_id


def too_little(standings: Sequence[CreativeStanding]) -> str:
    """Why nothing can be said of which is best, a sentence; empty where something can."""
    shown = [one for one in standings if one.sums.impressions > 0]
    clicks = sum(one.sums.clicks for one in shown)
    if len(shown) < 2:
        return f"{len(shown)} creatives were shown in these days, and two are needed to compare"
    if clicks < LEAST_CLICKS:
        return f"{clicks} clicks were counted in these days, and {LEAST_CLICKS} are needed to compare"
    return ""


def _fatigue(whole: MetricSums, latest: MetricSums | None) -> Interval | None:
    if latest is None:
        return None
    before = whole.less(latest)
    counts = (latest.clicks, latest.impressions, before.clicks, before.impressions)
    if not (0 <= counts[0] <= counts[1] and 0 <= counts[2] <= counts[3] and counts[1] and counts[3]):
        return None
    return newcombe_difference(*counts, level=_SURELY)


def _by(
    report: Reports, dimension: Dimension, since: date, until: date, campaign_ids: tuple[str, ...] = ()
) -> dict[str, MetricSums]:
    conditions = (Condition("campaign", Comparison.IS, campaign_ids),) if campaign_ids else ()
    told = report(ReportQuestion(since, until, (dimension,), "UTC", conditions, with_names=False))
    found: dict[str, MetricSums] = {}
    for row in told.rows:
        # An id has one row for each currency, and a campaign one currency.
        name = row.keys[0]
        found[name] = found[name] + row.sums if name in found else row.sums
    return found
