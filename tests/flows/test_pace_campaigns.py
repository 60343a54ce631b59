"""A flight of two hours against real Valkey: bids, wins, losses, looks, and four times the traffic in the middle."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
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
    PaceMemory,
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
    table = BidTable.of(serving, paces, {}, TypicalScores(8), counts)
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
        state, rng, pacer = (
            open_bid_state(valkey.url, namespace=namespace, timeout_s=10.0),
            np.random.default_rng(5),
            CampaignPacer(),
        )
        spent = [0]
        for look in range(LOOKS):
            now = NOON + timedelta(seconds=LOOK_S * look)
            # A worker that was killed is followed by one that knows only what lies in Redis: no pace jumps.
            heir = CampaignPacer()
            inherited = heir.look(upkeep, serving.snapshot.catalogue, now) if look % 50 == 49 else {}
            paces = pacer.look(upkeep, serving.snapshot.catalogue, now)
            assert inherited in ({}, paces)
            assert pacer.largest_budget_share() == pytest.approx(spent[-1] / BUDGET_MICROS)
            pacer = heir if inherited else pacer
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


ZONE = "Asia/Shanghai"
MIDNIGHT = datetime(2026, 3, 1, 16, tzinfo=UTC)  # of Monday the second, in Shanghai


@pytest.fixture
def upkeep(valkey: EmbeddedValkey, namespace: str) -> Iterator[RedisBidUpkeep]:
    opened = open_bid_upkeep(valkey.url, namespace=namespace)
    yield opened
    opened.close()


def live(serving: Serving, time_zone: str = ZONE, budget_micros: int = BUDGET_MICROS) -> LiveCatalogue:
    """k1 with a daily budget in a zone of its own, k2 without any."""
    catalogue = serving.snapshot.catalogue
    k1, k2 = catalogue.campaigns
    budget, flight = Budget(Money(budget_micros, "CNY"), None), Flight(MIDNIGHT - timedelta(days=9), None)
    return replace(catalogue, campaigns=(replace(k1, budget=budget, flight=flight, time_zone=time_zone), k2))


def a_day_of_requests(
    valkey: EmbeddedValkey,
    namespace: str,
    upkeep: RedisBidUpkeep,
    catalogue: LiveCatalogue,
    since: datetime,
    *,
    restarts_at: int | None = None,
    pacer: CampaignPacer | None = None,
) -> CampaignPacer:
    """Ten times the requests from 18 to 22 o'clock in Shanghai, a look every five minutes."""

    async def run() -> CampaignPacer:
        state, looker = open_bid_state(valkey.url, namespace=namespace, timeout_s=10.0), pacer or CampaignPacer()
        for look in range(289):
            if look == restarts_at:
                looker = CampaignPacer()
            looker.look(upkeep, catalogue, since + timedelta(minutes=5 * look))
            await state.count_eligible({"k1": 200 if 18 <= (look * 5 // 60) % 24 < 22 else 20})
        await state.close()
        return looker

    return asyncio.run(run())


def planned_by(upkeep: RedisBidUpkeep, catalogue: LiveCatalogue, hour: int, pacer: CampaignPacer) -> float:
    """Share of the budget that the ceiling grants at an hour of the second day: nothing is spent, a quarter settles."""
    now = MIDNIGHT + timedelta(days=1, hours=hour)
    return pacer.look(upkeep, catalogue, now)["k1"].ceiling_micros / BUDGET_MICROS


@pytest.mark.parametrize("restarts_at", [None, 130], ids=["one worker", "a worker killed before noon"])
def test_a_day_is_planned_by_the_traffic_of_the_day_before(
    serving: Serving, valkey: EmbeddedValkey, namespace: str, upkeep: RedisBidUpkeep, restarts_at: int | None
) -> None:
    catalogue = live(serving)
    day = MIDNIGHT
    # The first day is planned evenly, half an hour ahead and four times over, as a quarter of the bookings settles.
    first = CampaignPacer().look(upkeep, catalogue, day)["k1"]
    assert first.ceiling_micros / BUDGET_MICROS == pytest.approx(4 * 0.5 / 23.75, rel=1e-3)
    pacer = a_day_of_requests(valkey, namespace, upkeep, catalogue, day, restarts_at=restarts_at)
    # Four busy hours of 200 and twenty of 20 requests a look; 5 % are spread evenly.
    quiet, busy = 0.95 * 20 / 1200 + 0.05 / 24, 0.95 * 200 / 1200 + 0.05 / 24
    assert planned_by(upkeep, catalogue, 2, pacer) == pytest.approx(4 * 2.5 * quiet, rel=0.03)
    # Even, or by the hours of another zone, everything would be granted by now.
    assert planned_by(upkeep, catalogue, 12, pacer) == pytest.approx(4 * 12.5 * quiet, rel=0.03)
    share = 18.0 * quiet + 0.5 * busy
    assert planned_by(upkeep, catalogue, 18, pacer) == pytest.approx(min(4 * share, 1.0), rel=0.03)
    # Another worker, started at the end of that day, knows the traffic too.
    assert planned_by(upkeep, catalogue, 3, CampaignPacer()) == pytest.approx(4 * 3.5 * quiet, rel=0.03)


def test_requests_of_a_long_absence_count_for_no_hour(
    serving: Serving, valkey: EmbeddedValkey, namespace: str, upkeep: RedisBidUpkeep
) -> None:
    async def count(requests: int) -> None:
        state = open_bid_state(valkey.url, namespace=namespace, timeout_s=10.0)
        await state.count_eligible({"k1": requests})
        await state.close()

    catalogue = live(serving)
    for minutes, requests in ((0, 0), (5, 50), (21, 10**6), (26, 50)):
        asyncio.run(count(requests))
        CampaignPacer().look(upkeep, catalogue, MIDNIGHT + timedelta(minutes=minutes))
    [(hour, told)] = upkeep.read_pace_memory(["k1"])["k1"].traffic.items()
    assert (hour, told.requests, told.watched_s) == (0, pytest.approx(100, rel=0.05), pytest.approx(600, rel=0.05))


@pytest.mark.parametrize("kept", [b"", b"\xc1 no day", b"\x91\x63", b"\x92\x01\xa1k"], ids=repr)
def test_a_day_that_cannot_be_read_begins_anew_below_its_ceiling(
    serving: Serving, upkeep: RedisBidUpkeep, kept: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    catalogue = live(serving)
    noon = MIDNIGHT + timedelta(hours=12)
    upkeep.write_paces({}, {"k1": PaceMemory(kept)})
    pace = CampaignPacer().look(upkeep, catalogue, noon)["k1"]
    assert (pace.share, pace.money_key) == (0.1, "k1:20260302")
    assert "k1 is paced anew" in caplog.text


def test_a_new_day_and_a_new_budget_begin_with_the_last_share(
    serving: Serving, valkey: EmbeddedValkey, namespace: str, upkeep: RedisBidUpkeep
) -> None:
    catalogue = live(serving)
    a_day_of_requests(valkey, namespace, upkeep, catalogue, MIDNIGHT - timedelta(minutes=5))
    last = CampaignPacer().look(upkeep, catalogue, MIDNIGHT + timedelta(hours=23, minutes=59))["k1"]
    assert last.share != 0.1
    richer = CampaignPacer().look(upkeep, live(serving, budget_micros=9_000_000), MIDNIGHT + timedelta(hours=23.99))
    assert richer["k1"].share == last.share
    tomorrow = CampaignPacer().look(upkeep, catalogue, MIDNIGHT + timedelta(days=1, seconds=5))["k1"]
    assert (tomorrow.share, tomorrow.money_key) == (last.share, "k1:20260303")


def test_a_total_budget_is_spread_over_the_days_that_are_left(serving: Serving, upkeep: RedisBidUpkeep) -> None:
    catalogue = live(serving)
    k1, k2 = catalogue.campaigns
    total = Budget(None, Money(9 * BUDGET_MICROS, "CNY"))
    flight = Flight(MIDNIGHT, MIDNIGHT + timedelta(days=9))
    spread = replace(catalogue, campaigns=(replace(k1, budget=total, flight=flight), k2))
    even = CampaignPacer().look(upkeep, live(serving), MIDNIGHT)["k1"]

    first = CampaignPacer().look(upkeep, spread, MIDNIGHT)["k1"]
    last = CampaignPacer().look(upkeep, spread, MIDNIGHT + timedelta(days=8))["k1"]
    endless = replace(catalogue, campaigns=(replace(k1, budget=total, flight=replace(flight, end=None)), k2))

    assert first.ceiling_micros == even.ceiling_micros
    assert last.ceiling_micros == pytest.approx(9 * even.ceiling_micros, abs=9)  # nothing was spent on the days before
    assert "k1" not in CampaignPacer().look(upkeep, endless, MIDNIGHT)
