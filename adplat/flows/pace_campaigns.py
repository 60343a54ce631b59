"""Keeps the money of every campaign with a budget on its plan: one look every few seconds, in one place.

A total budget without a daily one is spread over the rest of the flight: a day may spend its part, by length, of what
earlier days left. Without an end of the flight there is nothing to spread it over, and it lasts as long as it does.

The plan of a day follows the traffic that the campaign met at the same hours before (:mod:`adplat.market.traffic`);
until that is known it is even. Whatever the next look needs is written to Redis together with the paces, so that a
worker that is started again goes on where another ended. Cost of a look: one read and one write of Redis, linear in
live campaigns, and one more read for campaigns that this pacer meets for the first time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from adplat.domain import (
    BidUpkeep,
    Campaign,
    HourOfTraffic,
    LiveCatalogue,
    MoneyCounted,
    Pace,
    PaceMemory,
    money_keys,
)
from adplat.flows.pace_memory import PacedDay, pack_day, plan_of, unpack_day
from adplat.market import (
    EVEN_TRAFFIC,
    DayPlan,
    day_traffic,
    hour_of_week,
    next_pace,
    start_pace,
    time_zone_named,
    traffic_counted,
)

# To begin with, before anything is known of prices and traffic.
FIRST_SHARE = 0.1
# What came while nobody looked for longer than this is money, but tells no hour's traffic.
LONGEST_STRETCH_S = 900.0

Week = dict[int, HourOfTraffic]


class CampaignPacer:
    """One per deployment: two would each believe to steer alone."""

    def __init__(self) -> None:
        self._days: dict[str, PacedDay] = {}
        self._weeks: dict[str, Week] = {}

    def look(self, upkeep: BidUpkeep, live: LiveCatalogue, now: datetime) -> dict[str, Pace]:
        """Read what was counted, and write how fast every campaign may go on. Raises StoreUnreachable."""
        paced = [one for one in live.campaigns if _is_paced(one) and one.flight.covers(now)]
        keys = [key for campaign in paced for key in _money_keys(campaign, now)]
        days, weeks = self._remembered(upkeep, paced, now)
        money, eligible = upkeep.read_money(keys), upkeep.read_eligible()
        paces, memories, after = {}, {}, {}
        for campaign, key, counted, whole in zip(paced, keys[::2], money[::2], money[1::2], strict=True):
            name = campaign.campaign_id
            requests = eligible.get(name, 0)
            hours = _hours_counted(campaign, days.get(name), weeks[name], requests, now)
            weeks[name] = {**weeks[name], **hours}  # not in place: a write that fails must not count twice
            earlier_micros = whole.committed_micros - counted.committed_micros
            day = _next(campaign, days.get(name), weeks[name], key, counted, earlier_micros, requests, now)
            after[name] = day
            paces[name] = Pace(day.state.multiplier, day.state.ceiling_micros, day.money_key)
            memories[name] = PaceMemory(pack_day(day), hours)
        upkeep.write_paces(paces, memories)
        self._days, self._weeks = after, weeks
        return paces

    def plan_of(self, campaign_id: str) -> DayPlan | None:
        """The plan of its day; ``None`` while it is not paced."""
        day = self._days.get(campaign_id)
        return None if day is None else day.state.plan

    def largest_budget_share(self) -> float | None:
        """The most that any of the last look's campaigns has spent of its day, 1.0 for all; ``None`` without any."""
        states = [day.state for day in self._days.values()]
        return max((one.spent_micros / one.budget_micros for one in states if one.budget_micros), default=None)

    def _remembered(
        self, upkeep: BidUpkeep, paced: list[Campaign], now: datetime
    ) -> tuple[dict[str, PacedDay], dict[str, Week]]:
        """The last look's days and the weeks of these campaigns; of new ones what another worker, or we, wrote."""
        new = [campaign for campaign in paced if campaign.campaign_id not in self._days]
        kept = upkeep.read_pace_memory([campaign.campaign_id for campaign in new]) if new else {}
        days = dict(self._days)
        for campaign in new:
            packed = kept[campaign.campaign_id].day
            day = None if packed is None else unpack_day(packed, campaign, now)
            if day is not None:
                days[campaign.campaign_id] = day
        weeks = {
            campaign.campaign_id: dict(kept[campaign.campaign_id].traffic)
            if campaign.campaign_id in kept
            else self._weeks[campaign.campaign_id]
            for campaign in paced
        }
        return days, weeks


def _hours_counted(
    campaign: Campaign, before: PacedDay | None, week: Mapping[int, HourOfTraffic], eligible: int, now: datetime
) -> Week:
    """The hour of the week that this look adds to, as it is after; nothing where no look went before a while ago."""
    watched_s = 0.0 if before is None else now.timestamp() - before.state.at_s
    if before is None or not 0.0 < watched_s <= LONGEST_STRETCH_S or eligible < before.eligible:
        return {}
    hour = hour_of_week(now - timedelta(seconds=watched_s / 2.0), campaign.time_zone)
    return {hour: traffic_counted(week.get(hour, HourOfTraffic()), eligible - before.eligible, watched_s)}


def _next(
    campaign: Campaign,
    before: PacedDay | None,
    week: Mapping[int, HourOfTraffic],
    key: str,
    counted: MoneyCounted,
    earlier_micros: int,
    eligible: int,
    now: datetime,
) -> PacedDay:
    spent, reserved, now_s = counted.spent_micros, counted.reserved_micros, now.timestamp()
    if before is not None and before.money_key == key and _goes_on(campaign, before):
        budget_micros = _budget_micros(campaign, before.state.plan, earlier_micros)
        booked, requests = counted.booked_micros - before.booked_micros, max(eligible - before.eligible, 0)
        known = replace(before.state, budget_micros=budget_micros)
        traffic, state = before.hourly_traffic, next_pace(known, spent, reserved, booked, requests, now_s)
    else:
        weekday = now.astimezone(time_zone_named(campaign.time_zone)).weekday()
        traffic = day_traffic(week, weekday) or EVEN_TRAFFIC
        share = FIRST_SHARE if before is None else before.state.multiplier
        plan = plan_of(campaign, now, traffic)
        budget_micros = _budget_micros(campaign, plan, earlier_micros)
        state = start_pace(plan, budget_micros, now_s, spent_micros=spent, reserved_micros=reserved, multiplier=share)
    return PacedDay(key, state, counted.booked_micros, eligible, traffic)


def _is_paced(campaign: Campaign) -> bool:
    return campaign.budget.daily is not None or (campaign.budget.total is not None and campaign.flight.end is not None)


def _goes_on(campaign: Campaign, before: PacedDay) -> bool:
    """Whether the day is paced on as it began: another daily budget begins anew, a total one moves with late bills."""
    daily = campaign.budget.daily
    return daily is None or before.state.budget_micros == daily.amount_micros


def _budget_micros(campaign: Campaign, plan: DayPlan, earlier_micros: int) -> int:
    """What the day of this plan may spend; ``earlier_micros`` are committed by the days before."""
    if campaign.budget.daily is not None:
        return campaign.budget.daily.amount_micros
    total, end = campaign.budget.total, campaign.flight.end
    if total is None or end is None:
        return 0
    begins_s = plan.moments_s[0]
    part = min((plan.ends_s - begins_s) / (end.timestamp() - begins_s), 1.0)
    return math.floor(max(total.amount_micros - earlier_micros, 0) * part)


def _money_keys(campaign: Campaign, now: datetime) -> tuple[str, str]:
    return money_keys(campaign.campaign_id, now.astimezone(time_zone_named(campaign.time_zone)).date())
