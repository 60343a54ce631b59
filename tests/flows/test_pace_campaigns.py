"""A flight of two hours against real Valkey: bids, wins, losses, looks, and four times the traffic in the middle."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from adplat.domain import (
    Budget,
    Event,
    EventKind,
    Flight,
    LiveCatalogue,
    Money,
    Opportunity,
    Pace,
    Slot,
    Targeting,
    UserContext,
)
from adplat.flows.bid_book import BidBook
from adplat.flows.bid_table import BidTable
from adplat.flows.decide_bid import Offer, decide_bid
from adplat.flows.pace_campaigns import CampaignPacer
from adplat.flows.rank_creatives import Serving, policies_of
from adplat.flows.request_time import RequestTime, StepTimes
from adplat.flows.typical_scores import TypicalScores
from adplat.snapshots import DeploymentPointer, load_snapshot
from adplat.storage import EmbeddedValkey, RedisBidState, RedisBidUpkeep, open_bid_state, open_bid_upkeep
from tests.flows.small_shop import NOON, PlainScorer, Shop

BUDGET_MICROS = 1_500_000
LOOKS, LOOK_S, WIN_RATE = 360, 20, 0.4


@pytest.fixture
def serving(shop: Shop) -> Serving:
    """k1 runs for two hours with a budget, k2 nowhere."""
    pointer = DeploymentPointer(shop.workspace)
    snapshot = load_snapshot(pointer.folder_of(pointer.read()))
    live = snapshot.catalogue
    k1, k2 = live.campaigns
    campaigns = (
        replace(k1, budget=Budget(Money(BUDGET_MICROS, "CNY"), None), flight=Flight(NOON, NOON + timedelta(hours=2))),
        replace(k2, targeting=Targeting(placements=("nowhere",))),
    )
    snapshot = replace(snapshot, catalogue=LiveCatalogue(live.advertisers, campaigns, live.ads, live.creatives))
    scorer = PlainScorer.load(Path(shop.bundle.path))
    return Serving(snapshot, scorer, policies_of(snapshot.policy), BidBook.of(snapshot))


async def a_look(
    state: RedisBidState,
    serving: Serving,
    paces: Mapping[str, Pace],
    look: int,
    requests: int,
    rng: np.random.Generator,
) -> int:
    """The requests until the next look, each auction over at once; what was billed."""
    now = NOON + timedelta(seconds=LOOK_S * look)
    counts = np.zeros(2, dtype=np.int64)
    table = BidTable.of(serving, {}, paces, {}, TypicalScores(8), counts)
    billed = 0
    for number in range(requests):
        asked = Opportunity(f"r{look}-{number}", now, (Slot("s1", "feed"),), UserContext(""))
        outcome = await decide_bid(state, table, asked, rng, RequestTime(StepTimes(), None, lambda: 0.0))
        answer = outcome.answers["s1"]
        if outcome.closed is not None:
            await state.close_requests([outcome.closed])
        if isinstance(answer, Offer):
            won = rng.random() < WIN_RATE
            price = round(0.8 * answer.price.amount_micros) if won else 0
            kind = EventKind.BILLING if won else EventKind.LOSS
            await state.record_notices(
                [Event(f"e{look}-{number}", kind, answer.decision_id, now, price_micros=price)], now
            )
            billed += price
    await state.count_eligible({"k1": int(counts[0])})
    return billed


def test_the_money_of_a_flight_follows_its_plan_through_a_spike(
    serving: Serving, valkey: EmbeddedValkey, namespace: str
) -> None:
    async def run(upkeep: RedisBidUpkeep) -> list[int]:
        state, rng, pacer = open_bid_state(valkey.url, namespace=namespace), np.random.default_rng(5), CampaignPacer()
        spent = [0]
        for look in range(LOOKS):
            now = NOON + timedelta(seconds=LOOK_S * look)
            paces = pacer.look(upkeep, serving.snapshot.catalogue, now)
            assert paces == await state.read_paces()
            in_spike = LOOKS // 2 <= look < LOOKS // 2 + 30
            spent.append(spent[-1] + await a_look(state, serving, paces, look, 16 if in_spike else 4, rng))
        await state.close()
        return spent

    upkeep = open_bid_upkeep(valkey.url, namespace=namespace)
    spent = asyncio.run(run(upkeep))
    [counted] = upkeep.read_money(["k1:20260301"])
    upkeep.close()
    assert (counted.spent_micros, counted.reserved_micros) == (spent[-1], 0)
    assert 0.95 * BUDGET_MICROS <= spent[-1] <= BUDGET_MICROS
    # Done twelve minutes early (a tenth of the flight), so that the last showings can still be told.
    plan = [min(look / (0.9 * LOOKS), 1.0) * BUDGET_MICROS for look in range(LOOKS + 1)]
    off = [abs(gone - planned) / BUDGET_MICROS for gone, planned in zip(spent, plan, strict=True)]
    assert max(off[60:]) < 0.08
