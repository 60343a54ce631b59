"""How much of a day's budget should be gone by when: the day's share of eligible traffic, hour by hour.

A day is one of the campaign's own time zone, from midnight to midnight, 23 or 25 hours long when clocks change, and
cut by the flight where that begins or ends within it. Spending in step with traffic lets a campaign meet the same
people at the same frequency all day (Agarwal et al., Budget Pacing for Targeted Online Advertisements at LinkedIn,
KDD 2014); an even plan would have to buy everything at night and refuse nearly everything at noon.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from adplat.domain import ConfigRejected, Flight
from adplat.market.running_time import QUARTER_S, time_zone_named

HOURS_A_DAY = 24
EVEN_TRAFFIC = (1.0 / HOURS_A_DAY,) * HOURS_A_DAY


@dataclass(frozen=True, slots=True)
class DayPlan:
    """``shares[i]`` of the budget should be spent at ``moments_s[i]`` (seconds of UTC), straight lines between."""

    moments_s: tuple[float, ...]
    shares: tuple[float, ...]

    @classmethod
    def build(
        cls,
        now: datetime,
        time_zone: str = "UTC",
        hourly_traffic: Sequence[float] = EVEN_TRAFFIC,
        flight: Flight | None = None,
        *,
        finish_early_s: float = 0.0,
    ) -> DayPlan:
        """The plan of the campaign's day around ``now`` (aware).

        Args:
            hourly_traffic: 24 weights by local hour, 0 or more, of any sum (:func:`learned_traffic`).
            finish_early_s: the plan is done so long before the day ends, a tenth of the day at most: what is reserved
                in the last minutes and then lost cannot be offered again.

        Raises:
            ConfigRejected: an unknown zone, weights that are none, or a flight that does not touch the day.
        """
        weights = _checked(hourly_traffic)
        zone = time_zone_named(time_zone)
        local = now.astimezone(zone)
        midnight = datetime(local.year, local.month, local.day, tzinfo=zone)
        since, until = midnight.astimezone(UTC), (midnight + timedelta(days=1)).astimezone(UTC)
        if flight is not None:
            since = max(since, flight.start)
            until = until if flight.end is None else min(until, flight.end)
        since_s, until_s = since.timestamp(), until.timestamp()
        if since_s >= until_s:
            raise ConfigRejected(
                "a day without any of the flight cannot be planned",
                where=f"{local:%Y-%m-%d}",
                hint="pace live ads only",
            )
        done_s = until_s - min(finish_early_s, (until_s - since_s) / 10.0)
        moments_s, gone = [since_s], [0.0]
        while moments_s[-1] < done_s:
            begin_s = moments_s[-1]
            # No local hour begins but on a quarter of an hour in UTC; see running_time.
            end_s = min((begin_s // QUARTER_S + 1.0) * QUARTER_S, done_s)
            hour = datetime.fromtimestamp(begin_s, zone).hour
            moments_s.append(end_s)
            gone.append(gone[-1] + weights[hour] * (end_s - begin_s))
        if gone[-1] <= 0.0:
            gone = [moment_s - since_s for moment_s in moments_s]
        if done_s < until_s:
            moments_s.append(until_s)
            gone.append(gone[-1])
        return cls(tuple(moments_s), tuple(share / gone[-1] for share in gone))

    @property
    def ends_s(self) -> float:
        """When the day, or the flight within it, is over."""
        return self.moments_s[-1]

    def share_at(self, now_s: float) -> float:
        """Planned share of the budget gone at ``now_s``: 0 before the day, 1 after it."""
        place = bisect_right(self.moments_s, now_s)
        if place == 0:
            return 0.0
        if place == len(self.moments_s):
            return 1.0
        begin_s, end_s = self.moments_s[place - 1], self.moments_s[place]
        part = (now_s - begin_s) / (end_s - begin_s)
        return self.shares[place - 1] + part * (self.shares[place] - self.shares[place - 1])


def learned_traffic(hourly_requests: Sequence[float], *, even_part: float = 0.05) -> tuple[float, ...]:
    """24 weights from yesterday's eligible requests by local hour; ``even_part`` of them is spread evenly.

    Without that part an hour in which yesterday was silent could never buy anything again. Raises ConfigRejected.
    """
    counted = _checked(hourly_requests)
    total = math.fsum(counted)
    if total <= 0.0:
        return EVEN_TRAFFIC
    return tuple((1.0 - even_part) * count / total + even_part / HOURS_A_DAY for count in counted)


def _checked(weights: Sequence[float]) -> Sequence[float]:
    if len(weights) != HOURS_A_DAY or not all(math.isfinite(weight) and weight >= 0.0 for weight in weights):
        raise ConfigRejected(
            "hourly traffic is not 24 numbers of 0 or more", where="hourly_traffic", hint="give one for each local hour"
        )
    return weights
