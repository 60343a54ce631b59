"""Keeps the money of every campaign with a daily budget on its plan: one look every few seconds, in one place.

The state of a day is kept in memory; a worker that starts in the middle of one begins with what Redis counted and
finds its share anew within minutes, held meanwhile by the ceiling. Cost of a look: one read and one write of Redis,
linear in live campaigns.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from adplat.domain import BidUpkeep, Campaign, LiveCatalogue, MoneyCounted, Pace, money_keys
from adplat.market import DayPlan, PaceState, next_pace, start_pace, time_zone_named

# The last showings of a day must have time to be told.
FINISH_EARLY_S = 900.0
# To begin with, before anything is known of prices and traffic.
FIRST_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class _Day:
    """One campaign's day, below its money key, with the counts of the last look."""

    money_key: str
    state: PaceState
    booked_micros: int
    eligible: int


class CampaignPacer:
    """One per deployment: two would each believe to steer alone."""

    def __init__(self) -> None:
        self._days: dict[str, _Day] = {}

    def look(self, upkeep: BidUpkeep, live: LiveCatalogue, now: datetime) -> dict[str, Pace]:
        """Read what was counted, and write how fast every campaign may go on. Raises StoreUnreachable."""
        paced = [one for one in live.campaigns if one.budget.daily is not None and one.flight.covers(now)]
        keys = [_day_key(campaign, now) for campaign in paced]
        money, eligible = upkeep.read_money(keys), upkeep.read_eligible()
        self._days = {
            campaign.campaign_id: self._next(campaign, key, counted, eligible.get(campaign.campaign_id, 0), now)
            for campaign, key, counted in zip(paced, keys, money, strict=True)
        }
        paces = {
            name: Pace(day.state.multiplier, day.state.ceiling_micros, day.money_key)
            for name, day in self._days.items()
        }
        upkeep.write_paces(paces)
        return paces

    def plan_of(self, campaign_id: str) -> DayPlan | None:
        """The plan of its day; ``None`` while it is not paced."""
        day = self._days.get(campaign_id)
        return None if day is None else day.state.plan

    def _next(self, campaign: Campaign, key: str, counted: MoneyCounted, eligible: int, now: datetime) -> _Day:
        before = self._days.get(campaign.campaign_id)
        budget_micros = 0 if campaign.budget.daily is None else campaign.budget.daily.amount_micros
        spent, reserved, now_s = counted.spent_micros, counted.reserved_micros, now.timestamp()
        if before is not None and before.money_key == key and before.state.budget_micros == budget_micros:
            booked, requests = counted.booked_micros - before.booked_micros, max(eligible - before.eligible, 0)
            state = next_pace(before.state, spent, reserved, booked, requests, now_s)
        else:
            plan = DayPlan.build(now, campaign.time_zone, flight=campaign.flight, finish_early_s=FINISH_EARLY_S)
            share = FIRST_SHARE if before is None else before.state.multiplier
            state = start_pace(
                plan, budget_micros, now_s, spent_micros=spent, reserved_micros=reserved, multiplier=share
            )
        return _Day(key, state, counted.booked_micros, eligible)


def _day_key(campaign: Campaign, now: datetime) -> str:
    return money_keys(campaign.campaign_id, now.astimezone(time_zone_named(campaign.time_zone)).date())[0]
