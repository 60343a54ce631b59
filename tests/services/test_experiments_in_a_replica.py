"""Experiments reach a replica while it serves, and both doors' decisions tell what was done."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from adplat.client.messages import bid_of
from adplat.domain import (
    Decision,
    Experiment,
    ExperimentArm,
    ExperimentBook,
    ExperimentState,
    ManualClock,
    NoBidReason,
    Opportunity,
    Slot,
    UserContext,
)
from adplat.flows.decide_bid import Offer
from adplat.flows.rank_creatives import RankRequest
from adplat.snapshots import ExperimentsFile
from adplat.storage import EmbeddedValkey, RedisStreamState, open_stream_state
from services.bidding.engine import BiddingEngine
from services.bidding.grpc_answers import bids_message
from services.bidding.schemas import RankAnswer
from tests.flows.small_shop import NOON, Shop, a_shop
from tests.services.engines import an_engine

ARMS = {"fixed": ["c1"], "pair": ["c2", "c3"]}
TEST = Experiment(
    "pair-or-fixed",
    (ExperimentArm("fixed", creative_ids=("c1",)), ExperimentArm("pair", 3.0, ("c2", "c3"), "uniform")),
    campaign_ids=("k1",),
    state=ExperimentState.RUNNING,
)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = a_shop(tmp_path / "shop")
    made.publish()
    return made


@contextmanager
def stream_of(valkey: EmbeddedValkey, namespace: str) -> Iterator[RedisStreamState]:
    with closing(open_stream_state(valkey.url, namespace=namespace)) as stream:
        yield stream


async def ranked(engine: BiddingEngine, user_key: str, campaign_id: str = "k1") -> Decision:
    asked = RankRequest("r1", NOON, UserContext(user_key), "feed", campaign_id=campaign_id)
    return (await engine.rank(asked)).decision


async def an_offer(engine: BiddingEngine, user_key: str, campaign_id: str = "k1") -> Offer:
    user, only = UserContext(user_key), frozenset({campaign_id})
    answer = (await engine.bid(Opportunity("r1", NOON, (Slot("s", "feed"),), user, only_campaigns=only))).answers["s"]
    assert isinstance(answer, Offer)
    return answer


async def until(engine: BiddingEngine, exposures: int) -> None:
    async with asyncio.timeout(2.0):
        while len((await ranked(engine, "u1")).experiments) != exposures:
            await asyncio.sleep(0.02)


def traffic_of(engine: BiddingEngine) -> float:
    assert engine.serving.experiments is not None
    return engine.serving.experiments.assigner.dealers["pair-or-fixed"].traffic


def of_arm(decision: Decision) -> str:
    """Its arm; the candidates, the policy and the propensities are those of that arm."""
    (exposure,) = decision.experiments
    name = exposure.removeprefix("pair-or-fixed:")
    assert sorted(decision.candidates) == ARMS[name]
    assert decision.policy == ("uniform" if name == "pair" else "thompson-with-prior")
    assert sum(decision.first_slot_propensities) == pytest.approx(1.0)
    assert decision.propensity == pytest.approx(1 / len(ARMS[name]))
    return name


def test_an_experiment_starts_changes_and_stops_while_the_replica_serves(shop: Shop, valkey: EmbeddedValkey) -> None:
    file = ExperimentsFile(shop.workspace)

    async def run() -> None:
        async with an_engine(shop, valkey.url, clock=ManualClock(NOON), namespace=f"x{os.getpid()}") as engine:
            assert (await ranked(engine, "u1")).experiments == ()
            file.write(ExperimentBook((TEST,)))
            await until(engine, 1)
            users = [f"u{number}" for number in range(30)]
            by_rank = {user: of_arm(await ranked(engine, user)) for user in users}
            by_bid = {user: of_arm((await an_offer(engine, user)).decision) for user in users}
            assert by_rank == by_bid
            assert set(by_rank.values()) == set(ARMS)
            assert (await ranked(engine, "u1", "k2")).experiments == ()
            assert (await an_offer(engine, "u1", "k2")).decision.experiments == ()

            # A damaged file changes nothing; neither does a new snapshot, which takes what runs along.
            file.path.write_text("{")
            campaigns = [replace(one, name=f"{one.name} again") for one in shop.catalogue.campaigns()]
            shop.catalogue.save([], campaigns, [], [])
            before = engine.serving.snapshot.snapshot_id
            shop.publish()
            async with asyncio.timeout(5.0):
                while engine.serving.snapshot.snapshot_id == before:
                    await asyncio.sleep(0.02)
            assert {user: of_arm(await ranked(engine, user)) for user in users} == by_rank

            # Traffic comes up from nothing: of who is in none leaves, and all are in where they were before.
            was_in: set[str] = set()
            for share in (0.0, 0.3, 1.0):
                file.write(ExperimentBook((replace(TEST, traffic=share),)))
                async with asyncio.timeout(2.0):
                    while traffic_of(engine) != share:
                        await asyncio.sleep(0.02)
                found = {user: await ranked(engine, user) for user in users}
                is_in = {user for user, decision in found.items() if decision.experiments}
                assert was_in < is_in or share == 0.0
                assert all(of_arm(found[user]) == by_rank[user] for user in is_in)
                was_in = is_in
            assert was_in == set(users)

            file.write(ExperimentBook((TEST,), holdout=1.0))
            await until(engine, 0)
            file.write(ExperimentBook((TEST,)))
            await until(engine, 1)
            file.path.unlink()
            await until(engine, 0)
            assert engine.serving.experiments is None

    asyncio.run(run())


def test_decisions_of_both_doors_carry_their_experiments_onto_the_stream(shop: Shop, valkey: EmbeddedValkey) -> None:
    namespace = f"y{os.getpid()}"
    ExperimentsFile(shop.workspace).write(ExperimentBook((TEST,)))
    made: list[Decision] = []

    async def run() -> None:
        async with an_engine(shop, valkey.url, clock=ManualClock(NOON), namespace=namespace) as engine:
            made.append(await ranked(engine, "u1"))
            made.append((await an_offer(engine, "u2")).decision)
            made.append(await ranked(engine, "", "k1"))

    asyncio.run(run())
    with stream_of(valkey, namespace) as stream:
        entries = stream.read_entries(stream.folded_to(), 10, 0)
    stored = {entry.decision.decision_id: entry.decision.experiments for entry in entries}
    assert stored == {decision.decision_id: decision.experiments for decision in made}
    assert all(len(experiments) == 1 for experiments in stored.values())


def test_both_doors_answer_with_the_experiments(shop: Shop, valkey: EmbeddedValkey) -> None:
    ExperimentsFile(shop.workspace).write(ExperimentBook((TEST,)))

    async def run() -> None:
        async with an_engine(shop, valkey.url, clock=ManualClock(NOON), namespace=f"z{os.getpid()}") as engine:
            ranking = await engine.rank(RankRequest("r1", NOON, UserContext("u1"), "feed", campaign_id="k1"))
            assert RankAnswer.of(ranking).experiments == list(ranking.decision.experiments) != []
            only = frozenset({"k1"})
            asked = Opportunity("r1", NOON, (Slot("s", "feed"),), UserContext("u1"), only_campaigns=only)
            answer = bid_of(bids_message(asked, await engine.bid(asked))).answers["s"]
            assert answer is not None and not isinstance(answer, NoBidReason)
            assert answer.experiments == ranking.decision.experiments

    asyncio.run(run())
