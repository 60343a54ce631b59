"""What a replica follows while it serves besides the snapshot: learned prices, and how long showings count."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import redis

from adplat.bandit import UNTAUGHT, ElementsThompson, Knowledge, learn_prior
from adplat.domain import (
    ArmStatistics,
    AuctionKind,
    Event,
    EventKind,
    FrequencyCap,
    ManualClock,
    Opportunity,
    Slot,
    StreamPosition,
    UserContext,
)
from adplat.flows.decide_bid import Offer
from adplat.flows.rank_creatives import RankRequest
from adplat.market import PriceLaw, ShadingModel
from adplat.snapshots import LearnedShading, ShadingFile
from adplat.storage import EmbeddedValkey, open_stream_state
from services.bidding.engine import BiddingEngine
from tests.flows.small_shop import NOON, Shop, a_shop
from tests.services.engines import an_engine

DAY_S = 24 * 3600
CHEAP = ShadingModel(PriceLaw(float(np.log(2_000.0)), 0.3, 900), {})


def a_published_shop(tmp_path: Path) -> Shop:
    shop = a_shop(tmp_path / "shop")
    shop.publish()
    return shop


async def an_offer(engine: BiddingEngine, auction: AuctionKind, request_id: str = "r") -> Offer:
    asked = Opportunity(request_id, NOON, (Slot("s", "feed"),), UserContext("u1"), auction=auction)
    answer = (await engine.bid(asked)).answers["s"]
    assert isinstance(answer, Offer)
    return answer


async def is_shaded(engine: BiddingEngine, auction: AuctionKind = AuctionKind.FIRST_PRICE) -> bool:
    terms = (offer := await an_offer(engine, auction)).decision.terms
    assert terms is not None
    assert terms.kind is auction
    return offer.price.amount_micros < terms.value_micros


async def until_shaded(engine: BiddingEngine, *, wanted: bool) -> None:
    async with asyncio.timeout(1.0):
        while await is_shaded(engine) is not wanted:
            await asyncio.sleep(0.02)


def test_first_price_bids_follow_what_is_learned_and_no_broken_file_ends_them(
    tmp_path: Path, valkey: EmbeddedValkey
) -> None:
    shop = a_published_shop(tmp_path)
    file = ShadingFile(shop.workspace)

    async def run() -> None:
        async with an_engine(shop, valkey.url, clock=ManualClock(NOON), namespace=f"p{os.getpid()}") as engine:
            assert not await is_shaded(engine)
            file.write(LearnedShading({"EUR": CHEAP, "CNY": CHEAP}, dict.fromkeys(("EUR", "CNY"), NOON)))
            await until_shaded(engine, wanted=True)
            assert not await is_shaded(engine, AuctionKind.SECOND_PRICE)
            whole = file.path.read_text()
            for broken in ("", "{", whole.replace('"format": 1', '"format": 2')):
                file.path.write_text(broken)
                await asyncio.sleep(0.2)
                assert await is_shaded(engine)
            file.remove()
            await until_shaded(engine, wanted=False)
            # The prices of one currency say nothing of another's.
            file.write(LearnedShading({"EUR": CHEAP}, {"EUR": NOON}))
            await asyncio.sleep(0.2)
            assert not await is_shaded(engine)
        file.path.write_text("{")
        async with an_engine(shop, valkey.url, clock=ManualClock(NOON), namespace=f"p{os.getpid()}") as engine:
            assert not await is_shaded(engine)

    asyncio.run(run())


def test_showings_count_as_long_as_the_longest_cap_of_the_snapshot(tmp_path: Path, valkey: EmbeddedValkey) -> None:
    shop = a_published_shop(tmp_path)
    namespace = f"e{os.getpid()}"

    async def run() -> None:
        with redis.Redis.from_url(valkey.url) as client:

            async def remembered_s(engine: BiddingEngine, name: str) -> int:
                offer = await an_offer(engine, AuctionKind.SECOND_PRICE, name)
                event = Event(name, EventKind.IMPRESSION, offer.decision_id, datetime.now(UTC))
                async with asyncio.timeout(2.0):
                    while [told.value for told in await engine.record_all([event])] == ["unknown_decision"]:
                        await asyncio.sleep(0.02)
                return int(client.ttl(f"{namespace}:exposures:u1"))

            async with an_engine(shop, valkey.url, namespace=namespace) as engine:
                assert DAY_S < await remembered_s(engine, "r1") <= 2 * DAY_S
                campaigns = [
                    replace(one, frequency_caps=(FrequencyCap(50, 7 * DAY_S),)) for one in shop.catalogue.campaigns()
                ]
                shop.catalogue.save([], campaigns, [], [])
                before = engine.serving.snapshot.snapshot_id
                shop.publish()
                async with asyncio.timeout(5.0):
                    while engine.serving.snapshot.snapshot_id == before:
                        await asyncio.sleep(0.02)
                assert 7 * DAY_S < await remembered_s(engine, "r2") <= 8 * DAY_S

    asyncio.run(run())


def test_a_replica_learns_how_right_the_model_is_from_the_statistics_that_it_reads(
    tmp_path: Path, valkey: EmbeddedValkey
) -> None:
    shop = a_published_shop(tmp_path)
    namespace = f"prior{os.getpid()}"
    arms = {f"c{n}": ArmStatistics(2000, 30, 0, 100.0) for n in range(1, 8)}

    async def run() -> None:
        async with an_engine(shop, valkey.url, clock=ManualClock(NOON), namespace=namespace) as engine:
            assert engine.serving.belief.prior == UNTAUGHT
        stream = open_stream_state(valkey.url, namespace=namespace)
        try:
            assert stream.fold(stream.folded_to(), StreamPosition(1, 1), arms, {})
        finally:
            stream.close()
        async with an_engine(shop, valkey.url, clock=ManualClock(NOON), namespace=namespace) as engine:
            learned = engine.serving.belief.prior
            assert learned == learn_prior(Knowledge.of(arms, NOON))
            assert learned.level < 0.5
            # The default policy and the bids share what was learned, across every later look.
            await asyncio.sleep(0.2)
            assert engine.serving.belief.prior == learned

    asyncio.run(run())


def test_what_elements_teach_is_learned_beside_the_requests_once_a_policy_reads_it(
    tmp_path: Path, valkey: EmbeddedValkey
) -> None:
    shop = a_published_shop(tmp_path)
    namespace = f"elements{os.getpid()}"
    arms = {f"c{n}": ArmStatistics(2000, 60 if n % 2 else 20, 0, 40.0) for n in range(1, 8)}
    request = RankRequest("r", NOON, UserContext(""), "feed", campaign_id="k1")

    async def run() -> None:
        stream = open_stream_state(valkey.url, namespace=namespace)
        try:
            assert stream.fold(stream.folded_to(), StreamPosition(1, 1), arms, {})
        finally:
            stream.close()
        async with an_engine(shop, valkey.url, clock=ManualClock(NOON), namespace=namespace) as engine:
            assert engine.serving.known.effects is None
            assert (await engine.rank(replace(request, policy="elements-thompson"))).decision.policy
            async with asyncio.timeout(5.0):
                while engine.serving.known.effects is None:
                    await asyncio.sleep(0.02)
            policy = engine.serving.policies["elements-thompson"]
            assert isinstance(policy, ElementsThompson)
            assert policy.effects is engine.serving.known.effects
        shop.publish(name="elements-thompson")
        async with an_engine(shop, valkey.url, clock=ManualClock(NOON), namespace=namespace) as engine:
            assert engine.serving.known.effects is not None
            decision = (await engine.rank(request)).decision
            assert decision.policy == "elements-thompson"
            best = dict(zip(decision.candidates, decision.first_slot_propensities, strict=True))
            assert best["c1"] + best["c3"] > best["c2"] + best["c4"]

    asyncio.run(run())
