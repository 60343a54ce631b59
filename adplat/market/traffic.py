"""When a campaign's eligible requests come: counted by hour of its week, and forgotten slowly.

Each hour of the week keeps two sums, requests and the seconds in which they were counted, that fade with the time
*watched*: ``sum ← sum · exp(−watched / MEMORY_S) + new``. Four weeks later what was counted weighs 1/e, and an hour in
which nobody counted fades not at all. Their quotient is the rate of the hour.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from adplat.domain import HourOfTraffic
from adplat.market.day_plan import HOURS_A_DAY, learned_traffic
from adplat.market.running_time import time_zone_named

# An hour of the week comes once a week: four of them.
MEMORY_S = 4 * 3600.0
# Known enough to plan by: every hour watched so long, and so many requests in all.
LEAST_WATCHED_S, LEAST_REQUESTS = 1800.0, 240.0
# A weekday's hour leans on the same hour of all days as if it had been watched so much longer at their rate.
LEAN_S = 3600.0


def hour_of_week(moment: datetime, time_zone: str) -> int:
    """0 is Monday 00:00 to 01:00 in this zone, 167 the last hour of Sunday."""
    local = moment.astimezone(time_zone_named(time_zone))
    return local.weekday() * HOURS_A_DAY + local.hour


def traffic_counted(before: HourOfTraffic, requests: float, watched_s: float) -> HourOfTraffic:
    """One hour of the week after another stretch in it. ``watched_s`` positive."""
    kept = math.exp(-watched_s / MEMORY_S)
    return HourOfTraffic(before.requests * kept + requests, before.watched_s * kept + watched_s)


def day_counted(
    week: Mapping[int, HourOfTraffic], moments_s: Sequence[float], requests: Sequence[float], time_zone: str
) -> dict[int, HourOfTraffic]:
    """The week after a day that was watched without a break.

    Args:
        moments_s: rising, seconds of UTC, at most a quarter of an hour apart (those of a :class:`DayPlan`).
        requests: counted between each two of them.
    """
    after = dict(week)
    for begins_s, ends_s, count in zip(moments_s, moments_s[1:], requests, strict=False):
        hour = hour_of_week(datetime.fromtimestamp(begins_s, UTC), time_zone)
        after[hour] = traffic_counted(after.get(hour, HourOfTraffic()), count, ends_s - begins_s)
    return after


def day_traffic(week: Mapping[int, HourOfTraffic], weekday: int) -> tuple[float, ...] | None:
    """24 weights for a day's plan by local hour; ``None`` until every hour of the day was watched for a while.

    Until the weekday itself was watched all day, they are those of all days together. ``weekday`` 0 is Monday.
    """
    nothing = HourOfTraffic()
    all_days = [_sum([week.get(day * HOURS_A_DAY + hour, nothing) for day in range(7)]) for hour in range(HOURS_A_DAY)]
    watched_s, requests = min(one.watched_s for one in all_days), sum(one.requests for one in all_days)
    if watched_s < LEAST_WATCHED_S or requests < LEAST_REQUESTS:
        return None
    usual = [one.requests / one.watched_s for one in all_days]
    own = [week.get(weekday * HOURS_A_DAY + hour, nothing) for hour in range(HOURS_A_DAY)]
    if min(one.watched_s for one in own) < LEAST_WATCHED_S:
        return learned_traffic(usual)
    return learned_traffic(
        [(one.requests + LEAN_S * rate) / (one.watched_s + LEAN_S) for one, rate in zip(own, usual, strict=True)]
    )


def _sum(hours: list[HourOfTraffic]) -> HourOfTraffic:
    return HourOfTraffic(sum(one.requests for one in hours), sum(one.watched_s for one in hours))
