"""Keeps the money of a day on its plan by taking part in a share of the auctions, its multiplier.

Probabilistic throttling rather than lower bids, for the reasons of Xu et al. (Smart Pacing for Effective Online Ad
Campaign Optimization, KDD 2015): it acts on the money directly, without a guess at how winning depends on the bid;
floors leave it alone; and value and shading stay what they are. Agarwal et al. (Budget Pacing for Targeted Online
Advertisements at LinkedIn, KDD 2014) steer the share by steps of 10 %; here it is computed, since spending is
proportional to it:

    ``multiplier = wanted money / (money per chance · expected requests)`` over the next ``horizon_s``,
    ``wanted money = budget · plan(now + horizon) − committed``,
    ``committed = spent + settle_share · reserved``,
    ``money per chance = settle_share · booked / chances``,

where a chance is one eligible request at multiplier 1 and ``settle_share`` the part of booked money that is billed in
the end. Requests of the latest moments are the feed-forward that meets a spike within one update; that the error of
the *cumulative* money is spread over the horizon is proportional and integral control of its rate at once.
What was booked is known at once, while wins may be told half an hour later: nothing waits for a notice.

Two limits do not depend on any estimate being right. ``ceiling_micros`` is what may be spent and reserved until the
next update, never more than the budget; whoever reserves must keep to it, so that late wins cannot overspend. And it
grants no more than the plan of the next half hour (``guard_s``), so that a wrong start costs little.

All counts are those of the whole fleet: one place steers, all replicas follow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from adplat.market.day_plan import DayPlan

# Of auctions, while nothing is known of prices; doubled from look to look.
LEAST_FIRST_SHARE = 0.001


@dataclass(frozen=True, slots=True)
class PaceSettings:
    """Times in which the past is forgotten, and the reach of the two limits.

    Args:
        horizon_s: within which a gap to the plan is to be closed.
        rate_memory_s: of the request rate, stretched to hold about ``rate_requests`` where traffic is thin.
        booking_memory_s: of the money booked per chance.
        settle_memory_s: of the share of booked money that is billed; longer than the latest notice.
        guard_s: the ceiling grants the plan of so long ahead.
        first_settle_share: taken for true until about ``first_settle_weight`` of the budget has settled; yesterday's
            is better than any constant. About ``win rate · price / bid``.
        least_settle_share: however many bids were lost, the next ones count for so much.
    """

    horizon_s: float = 300.0
    rate_memory_s: float = 20.0
    rate_requests: float = 25.0
    booking_memory_s: float = 7200.0
    settle_memory_s: float = 21_600.0
    guard_s: float = 1800.0
    first_settle_share: float = 0.25
    first_settle_weight: float = 0.02
    least_settle_share: float = 0.05


@dataclass(frozen=True, slots=True)
class PaceState:
    """One campaign's day so far. Only ``multiplier`` and ``ceiling_micros`` concern those who bid.

    ``chances``, ``booked_micros``, ``settled_micros`` and ``billed_micros`` are sums that fade; ``requests_a_second``
    is ``None`` until something was counted.
    """

    plan: DayPlan
    budget_micros: int
    at_s: float
    multiplier: float
    ceiling_micros: int
    spent_micros: int = 0
    reserved_micros: int = 0
    chances: float = 0.0
    booked_micros: float = 0.0
    settled_micros: float = 0.0
    billed_micros: float = 0.0
    requests_a_second: float | None = None
    settings: PaceSettings = PaceSettings()

    @property
    def settle_share(self) -> float:
        """The part of booked money that is billed in the end, as far as settled bookings tell."""
        own = self.settings
        weight = own.first_settle_weight * self.budget_micros
        seen = self.settled_micros + weight
        share = (self.billed_micros + weight * own.first_settle_share) / seen if seen > 0.0 else own.first_settle_share
        return min(max(share, own.least_settle_share), 1.0)

    @property
    def committed_micros(self) -> float:
        """Money gone, and what is expected to go of what is reserved."""
        return self.spent_micros + self.settle_share * self.reserved_micros


def start_pace(
    plan: DayPlan,
    budget_micros: int,
    now_s: float,
    *,
    spent_micros: int = 0,
    reserved_micros: int = 0,
    multiplier: float = 0.1,
    settings: PaceSettings = PaceSettings(),
) -> PaceState:
    """The state at the start of a day, or of a process within it.

    Args:
        budget_micros: of this day, 0 or more.
        multiplier: to begin with; yesterday's last is a good guess.
    """
    state = PaceState(plan, budget_micros, now_s, multiplier, 0, spent_micros, reserved_micros, settings=settings)
    return replace(state, ceiling_micros=_ceiling_micros(state))


def next_pace(
    state: PaceState,
    spent_micros: int,
    reserved_micros: int,
    booked_micros: int,
    eligible_requests: int,
    now_s: float,
) -> PaceState:
    """The state for the time until the next update, some ten seconds later.

    Args:
        spent_micros: billed today so far.
        reserved_micros: reserved at this moment: bid, and neither billed nor released.
        booked_micros: reserved anew since the last update, whatever became of it.
        eligible_requests: since the last update, those the campaign might have bid on, whether it took part or not.
        now_s: seconds of UTC; a clock that stands or goes back counts as one second.
    """
    own = state.settings
    elapsed_s = max(now_s - state.at_s, 1.0)
    kept_booking, kept_settle = math.exp(-elapsed_s / own.booking_memory_s), math.exp(-elapsed_s / own.settle_memory_s)
    settled = booked_micros - (reserved_micros - state.reserved_micros)
    seen = replace(
        state,
        at_s=now_s,
        spent_micros=spent_micros,
        reserved_micros=reserved_micros,
        chances=state.chances * kept_booking + state.multiplier * eligible_requests,
        booked_micros=state.booked_micros * kept_booking + booked_micros,
        settled_micros=max(state.settled_micros * kept_settle + settled, 0.0),
        billed_micros=max(state.billed_micros * kept_settle + spent_micros - state.spent_micros, 0.0),
        requests_a_second=_request_rate(state, eligible_requests / elapsed_s, elapsed_s),
    )
    return replace(seen, multiplier=_multiplier(seen), ceiling_micros=_ceiling_micros(seen))


def affordable_micros(state: PaceState, spent_micros: int, reserved_micros: int, bid_micros: int) -> int:
    """The bid, or what is left below the ceiling if that is less; 0 when nothing is left.

    A budget of fifty showings cannot lose the last one because it does not hold a whole bid any more.
    """
    return max(min(bid_micros, state.ceiling_micros - spent_micros - reserved_micros), 0)


def _request_rate(state: PaceState, latest: float, elapsed_s: float) -> float:
    if state.requests_a_second is None:
        return latest
    own = state.settings
    busiest = max(state.requests_a_second, latest)
    memory_s = max(own.rate_memory_s, own.rate_requests / busiest) if busiest > 0.0 else own.rate_memory_s
    return latest + (state.requests_a_second - latest) * math.exp(-elapsed_s / memory_s)


def _multiplier(state: PaceState) -> float:
    left_s = state.plan.ends_s - state.at_s
    if left_s <= 0.0:
        return 0.0
    span_s = min(state.settings.horizon_s, left_s)
    wanted = state.budget_micros * state.plan.share_at(state.at_s + span_s) - state.committed_micros
    if wanted <= 0.0:
        return 0.0
    if state.booked_micros <= 0.0 or state.chances <= 0.0:
        # Nothing known of prices yet; the ceiling bounds what this can cost. A day out of money left a share of 0.
        return min(2.0 * max(state.multiplier, LEAST_FIRST_SHARE), 1.0)
    money_per_chance = state.settle_share * state.booked_micros / state.chances
    reachable = money_per_chance * (state.requests_a_second or 0.0) * span_s
    return min(wanted / reachable, 1.0) if reachable > 0.0 else 1.0


def _ceiling_micros(state: PaceState) -> int:
    if state.at_s >= state.plan.ends_s:
        return 0
    ahead = state.budget_micros * state.plan.share_at(state.at_s + state.settings.guard_s) - state.committed_micros
    granted = state.spent_micros + state.reserved_micros + max(ahead, 0.0) / state.settle_share
    return min(math.floor(granted), state.budget_micros)
