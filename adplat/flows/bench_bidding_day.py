"""One day under pacing: simulated traffic and time, real decisions, real Redis, the real pacer.

Every five seconds the pacer looks, as the worker makes it. Each request is decided and closed by itself. A bid wins
where it reaches the market's least winning price and pays that. What becomes of bids is told late, or twice, or never;
the day goes on without requests until the last of it has come in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from adplat.domain import BidState, BidUpkeep, Campaign, MoneyCounted, Pace, money_keys
from adplat.flows.bench_bidding_auctions import AS_USUAL, LATEST_S, Auctions, Telling
from adplat.flows.bench_bidding_market import opportunity_of
from adplat.flows.bid_table import BidTable
from adplat.flows.decide_bid import Offer, decide_bid
from adplat.flows.pace_campaigns import CampaignPacer
from adplat.flows.rank_creatives import Serving
from adplat.flows.request_time import RequestTime, StepTimes
from adplat.flows.typical_scores import TypicalScores
from adplat.simulator import MarketDay, PlayRequest

# How often the worker looks.
LOOK_S = 5.0
DAY_S = 86_400
CURVE_S = 300
CURVE_STEPS = DAY_S // CURVE_S
_RELEASED_A_STEP = 500


@dataclass(frozen=True)
class CampaignDay:
    """Of one campaign; curves are cumulative micros at the end of each ``CURVE_S``.

    Args:
        spent_micros: what the market charged.
        counted_micros: what Redis says was spent.
        planned_micros, charged_micros: of the day's plan, and by the moment of the showing.
    """

    campaign_id: str
    budget_micros: int
    spent_micros: int
    counted_micros: int
    showings: int
    planned_micros: tuple[float, ...]
    charged_micros: tuple[float, ...]


@dataclass(frozen=True)
class PacedDay:
    """What a day gave; ``requests_by_step`` in steps of ``CURVE_S``."""

    campaigns: tuple[CampaignDay, ...]
    requests_by_step: tuple[int, ...]
    bids: int
    notices: int


async def paced_day(
    serving: Serving,
    day: MarketDay,
    state: BidState,
    upkeep: BidUpkeep,
    start: datetime,
    seed: int,
    telling: Telling = AS_USUAL,
) -> PacedDay:
    """Play the 24 hours from ``start``, local midnight of every campaign, all of which have a daily budget."""
    market_rng, rng = (np.random.default_rng([seed, part]) for part in range(2))
    auctions, bidder, pacer = Auctions(start, telling, market_rng), _Bidder(serving, state, rng), CampaignPacer()
    live = serving.snapshot.catalogue
    planned: dict[str, list[float]] = {campaign.campaign_id: [] for campaign in live.campaigns}
    waiting = _rows_by_look(day.requests, start)
    for step in range(round((DAY_S + 2 * LATEST_S) / LOOK_S)):
        at_s = LOOK_S * step
        now = start + timedelta(seconds=at_s)
        told = list(auctions.told_by(at_s))
        if told:
            await state.record_notices(told, now)
        upkeep.release_expired(now, _RELEASED_A_STEP)
        pacer.look(upkeep, live, now)
        if at_s % CURVE_S == 0 and at_s < DAY_S:
            for campaign_id, curve in planned.items():
                plan = pacer.plan_of(campaign_id)
                curve.append(0.0 if plan is None else plan.share_at(now.timestamp() + CURVE_S))
        rows = waiting.get(step, ())
        if rows:
            await bidder.look()
        for row in rows:
            offer = await bidder.bid(day.requests[row])
            if offer is not None:
                auctions.hold(offer, (offer.decision.ts - start).total_seconds(), int(day.min_to_win_micros[row]))
        await bidder.tell_eligible()
    keys = [money_keys(one.campaign_id, start.astimezone(ZoneInfo(one.time_zone)).date())[0] for one in live.campaigns]
    by_step = np.bincount(_steps_of((one.ts - start).total_seconds() for one in day.requests), minlength=CURVE_STEPS)
    return PacedDay(
        tuple(
            _campaign_day(
                campaign, money, auctions.charged.get(campaign.campaign_id, ()), planned[campaign.campaign_id]
            )
            for campaign, money in zip(live.campaigns, upkeep.read_money(keys), strict=True)
        ),
        tuple(by_step.tolist()),
        auctions.bids,
        auctions.told,
    )


def _campaign_day(
    campaign: Campaign, money: MoneyCounted, charged: Sequence[tuple[float, int]], shares: Sequence[float]
) -> CampaignDay:
    budget_micros = 0 if campaign.budget.daily is None else campaign.budget.daily.amount_micros
    micros = [price_micros for _, price_micros in charged]
    by_step = np.bincount(_steps_of(at_s for at_s, _ in charged), weights=micros, minlength=CURVE_STEPS)
    return CampaignDay(
        campaign_id=campaign.campaign_id,
        budget_micros=budget_micros,
        spent_micros=sum(micros),
        counted_micros=money.spent_micros,
        showings=len(charged),
        # Once a flight is over it has no plan any more: it stays done.
        planned_micros=tuple((budget_micros * np.maximum.accumulate(shares)).tolist()),
        charged_micros=tuple(np.cumsum(by_step).tolist()),
    )


def _steps_of(moments_s: Iterable[float]) -> npt.NDArray[np.int64]:
    return np.array([int(at_s // CURVE_S) for at_s in moments_s], dtype=np.int64)


def _rows_by_look(requests: Sequence[PlayRequest], start: datetime) -> dict[int, list[int]]:
    """Which requests come between each look and the next."""
    rows: dict[int, list[int]] = {}
    for row, request in enumerate(requests):
        rows.setdefault(int((request.ts - start).total_seconds() // LOOK_S), []).append(row)
    return rows


class _Bidder:
    """One replica: decides by the paces that it read last, and tells how many requests each campaign could have had."""

    def __init__(self, serving: Serving, state: BidState, rng: np.random.Generator) -> None:
        self._serving, self._state, self._rng = serving, state, rng
        self._counts = np.zeros(len(serving.book.catalogue.campaigns), dtype=np.int64)
        self._typical = TypicalScores(len(serving.book.ad_of))
        self._table = self._laid({})

    async def look(self) -> None:
        self._table = self._laid(await self._state.read_paces())

    async def bid(self, request: PlayRequest) -> Offer | None:
        time = RequestTime(StepTimes(), None, lambda: 0.0)
        outcome = await decide_bid(self._state, self._table, opportunity_of(request), self._rng, time)
        if outcome.closed is not None:
            await self._state.close_requests([outcome.closed])
        (answer,) = outcome.answers.values()
        return answer if isinstance(answer, Offer) else None

    async def tell_eligible(self) -> None:
        campaigns, told = self._serving.book.catalogue.campaigns, np.flatnonzero(self._counts).tolist()
        await self._state.count_eligible({campaigns[place].campaign_id: int(self._counts[place]) for place in told})
        self._counts[:] = 0

    def _laid(self, paces: Mapping[str, Pace]) -> BidTable:
        return BidTable.of(self._serving, paces, {}, self._typical, self._counts)
