"""A day of one campaign in a market of its own: traffic with a spike, lost auctions, notices that come late or never.

Steps of ten seconds. A bid reserves its money. It wins where it reaches the least winning bid and pays that (second
price); 70 % of bids lose. Four wins in five are told within seconds, the others up to half an hour later. Losses are
told within seconds, or some of them never: then their money is held for half an hour, as long as a win may be late.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from adplat.market import DayPlan, PaceSettings, affordable_micros, learned_traffic, next_pace, start_pace

Float64 = npt.NDArray[np.float64]

STEP_S = 10
HOUR_S = 3600
DAY_S = 86_400
MIDNIGHT = datetime(2026, 3, 4, tzinfo=UTC)
# Requests by hour: a quiet night, a midday hill, a higher evening.
TRAFFIC = (30, 20, 15, 12, 12, 18, 30, 50, 65, 75, 80, 85, 90, 85, 80, 78, 80, 88, 98, 110, 115, 105, 80, 50)


@dataclass(frozen=True)
class Market:
    """What surrounds the campaign."""

    requests: float = 2_000_000.0
    bid_median_micros: float = 3_000.0
    bid_spread: float = 0.4
    win_chance: float = 0.3
    late_wins: float = 0.2
    told_losses: float = 1.0
    held_s: int = 1800
    spike_at_s: int = 14 * HOUR_S + 600
    spike_s: int = 1800
    spike_factor: float = 5.0
    today: tuple[float, ...] = TRAFFIC
    yesterday: tuple[float, ...] = TRAFFIC


@dataclass
class PacedDay:
    """What happened, by steps of ten seconds from midnight on."""

    budget_micros: int
    planned: Float64
    bought: Float64
    billed: Float64
    multipliers: Float64
    requests: Float64
    most_committed_micros: int
    showings: int
    spent_micros: int = field(init=False)

    def __post_init__(self) -> None:
        self.spent_micros = int(self.billed.sum())

    @property
    def overspent(self) -> float:
        return max(self.spent_micros / self.budget_micros - 1.0, 0.0)

    @property
    def underspent(self) -> float:
        return max(1.0 - self.spent_micros / self.budget_micros, 0.0)

    def by_hour(self, of_steps: Float64) -> Float64:
        return np.asarray(of_steps[: DAY_S // STEP_S].reshape(24, -1).sum(axis=1))

    def hourly_deviations(self) -> Float64:
        """Money bought in each hour against the plan of that hour, relative; 24 numbers."""
        return self.by_hour(self.bought) / self.by_hour(self.planned) - 1.0

    def cumulative_deviation(self) -> float:
        """The widest gap ever between money bought and planned so far, as a share of the budget."""
        steps = DAY_S // STEP_S
        gap = np.cumsum(self.bought[:steps]) - np.cumsum(self.planned)
        return float(np.abs(gap).max() / self.budget_micros)


def run_day(
    budget_micros: int,
    seed: int,
    market: Market | None = None,
    *,
    finish_early_s: float = 1800.0,
    settings: PaceSettings | None = None,
) -> PacedDay:
    """One day under pacing, and the half hour after it in which the last notices come in."""
    market, rng = market or Market(), np.random.default_rng(seed)
    plan = DayPlan.build(MIDNIGHT, "UTC", learned_traffic(market.yesterday), finish_early_s=finish_early_s)
    start_s, steps = MIDNIGHT.timestamp(), DAY_S // STEP_S
    pace = start_pace(plan, budget_micros, start_s, settings=settings or PaceSettings())
    released, billed = np.zeros(steps + market.held_s // STEP_S + 2), np.zeros(steps + market.held_s // STEP_S + 2)
    bought, multipliers, requests = np.zeros(steps), np.zeros(steps), np.zeros(steps)
    spent = reserved = most_committed = showings = 0
    hourly = np.array(market.today) / sum(market.today) * market.requests / (HOUR_S / STEP_S)
    for step in range(len(billed)):
        spent += int(billed[step])
        reserved -= int(released[step])
        if step >= steps:
            continue
        in_spike = 0 <= step * STEP_S - market.spike_at_s < market.spike_s
        coming = int(rng.poisson(hourly[step * STEP_S // HOUR_S] * (market.spike_factor if in_spike else 1.0)))
        booked = 0
        for wanted in _bids(market, int(rng.binomial(coming, pace.multiplier)), rng):
            bid = affordable_micros(pace, spent, reserved + booked, wanted)
            if bid == 0:
                break
            booked += bid
            price, after = _outcome(market, bid, rng)
            due = step + 1 + int(min(after, market.held_s) // STEP_S)
            released[due] += bid
            billed[due] += price
            bought[step] += price
            showings += price > 0
        reserved += booked
        most_committed = max(most_committed, spent + reserved)
        multipliers[step], requests[step] = pace.multiplier, coming
        pace = next_pace(pace, spent, reserved, booked, coming, start_s + (step + 1) * STEP_S)
    moments_s = start_s + STEP_S * np.arange(steps + 1)
    planned = budget_micros * np.diff([plan.share_at(moment_s) for moment_s in moments_s.tolist()])
    return PacedDay(budget_micros, planned, bought, billed, multipliers, requests, most_committed, showings)


def _bids(market: Market, count: int, rng: np.random.Generator) -> list[int]:
    drawn = market.bid_median_micros * np.exp(market.bid_spread * rng.normal(size=count))
    return [int(bid) + 1 for bid in drawn.tolist()]


def _outcome(market: Market, bid_micros: int, rng: np.random.Generator) -> tuple[int, float]:
    """What is paid (0: lost) and after how many seconds that is known."""
    # The usual bid reaches the least winning bid with the market's win chance: P(U ≤ 1) = win_chance.
    least = market.bid_median_micros * rng.random() / market.win_chance
    if bid_micros >= least:
        late = rng.random() < market.late_wins
        return max(int(least), 1), float(rng.uniform(0, market.held_s) if late else rng.exponential(5.0))
    return 0, float(rng.exponential(5.0)) if rng.random() < market.told_losses else float(market.held_s)
