"""The linear policies from the event to the choice: folded by bundle, once, and seen by whoever chooses."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adplat.bandit import LINEAR, POLICIES, Knowledge, linear_sums
from adplat.domain import Decision, Event, EventKind, UserContext
from adplat.features import leading_vectors
from adplat.flows.bid_book import BidBook
from adplat.flows.fold_events import fold_events
from adplat.flows.linear_learning import known_of_bundle, linear_sum_name, with_bundle
from adplat.flows.rank_creatives import Ranking, RankRequest, Serving, policies_of, rank_creatives
from adplat.snapshots import CatalogueSnapshot, DeploymentPointer, load_snapshot
from adplat.storage import EmbeddedValkey, open_online_state
from tests.flows.fold_rig import DiesAt, Killed, Rig, a_decision, an_event
from tests.flows.small_shop import NOON, PlainScorer, Shop

NAME = linear_sum_name("bundle-1")
SHOWN, CLICKED = EventKind.IMPRESSION, EventKind.CLICK


@pytest.fixture(scope="module")
def snapshot(shop: Shop) -> CatalogueSnapshot:
    pointer = DeploymentPointer(shop.workspace)
    return load_snapshot(pointer.folder_of(pointer.read()))


def traffic(count: int = 40, first: int = 0, **facts: Any) -> tuple[list[Decision], list[Event]]:
    """All shown, every fourth clicked; one creative in five is none of the snapshot's."""
    numbers = range(first, first + count)
    facts = {"bundle_id": "bundle-1"} | facts
    decisions = [
        a_decision(n, "gone" if n % 5 == 4 else f"c{1 + n % 5}", p_ctr=(0.01 * (1 + n % 7), 0.25), **facts)
        for n in numbers
    ]
    return decisions, [an_event(n, SHOWN, 1) for n in numbers] + [
        an_event(n, CLICKED, 5) for n in numbers if n % 4 == 0
    ]


def expected(snapshot: CatalogueSnapshot, decisions: list[Decision]) -> np.ndarray:
    p_ctr = np.array([decision.p_ctr[0] for decision in decisions])
    vectors = leading_vectors(snapshot.items, snapshot.items.rows_of([one.creative_id for one in decisions]))
    clicked = np.array([int(decision.decision_id[1:]) % 4 == 0 for decision in decisions])
    return linear_sums(p_ctr, vectors, p_ctr[clicked], vectors[clicked])


def fold(rig: Rig, snapshot: CatalogueSnapshot, limit: int = 1000, **parts: Any) -> int:
    stream, items_of = parts.get("stream", rig.stream), with_bundle({}, snapshot)
    return fold_events(
        stream, rig.ledger, rig.lake, rig.encoding, NOON, limit=limit, wait_ms=0, items_of=items_of
    ).entries


def test_impressions_and_clicks_reach_the_sum_of_their_bundle(rig: Rig, snapshot: CatalogueSnapshot) -> None:
    decisions, events = traffic()
    rig.send(decisions, events)
    fold(rig, snapshot)
    assert [name for name in rig.stream.read_sums() if name.startswith(LINEAR)] == [NAME]
    assert rig.stream.read_sums()[NAME] == pytest.approx(expected(snapshot, decisions), rel=1e-12, abs=1e-15)


def test_small_batches_and_a_worker_that_dies_give_the_same_sum(rig: Rig, snapshot: CatalogueSnapshot) -> None:
    decisions, events = traffic(60)
    rig.send(decisions, [*events, *events])  # told twice, counts once
    for after in (False, True):
        with pytest.raises(Killed):
            fold(rig, snapshot, 7, stream=DiesAt(rig.stream, "fold", after=after))
    while fold(rig, snapshot, 7):
        pass
    assert rig.stream.read_sums()[NAME] == pytest.approx(expected(snapshot, decisions), rel=1e-9, abs=1e-15)


def test_a_bundle_that_is_not_known_teaches_nothing_and_two_are_kept_apart(
    rig: Rig, snapshot: CatalogueSnapshot
) -> None:
    decisions, events = traffic(20)
    strangers, more = traffic(20, first=20, bundle_id="another")
    rig.send(decisions + strangers, events + more)
    fold(rig, snapshot)
    assert [name for name in rig.stream.read_sums() if name.startswith(LINEAR)] == [NAME]
    assert rig.stream.read_sums()[NAME] == pytest.approx(expected(snapshot, decisions), rel=1e-12, abs=1e-15)
    assert sum(arm.impressions for arm in rig.stream.read_arms().values()) == 40

    items_of = with_bundle(with_bundle({}, replace(snapshot, bundle_id="another")), snapshot)
    assert list(items_of) == ["another", "bundle-1"]
    assert list(with_bundle(items_of, replace(snapshot, bundle_id="third"))) == ["bundle-1", "third"]
    assert list(with_bundle(items_of, replace(snapshot, bundle_id="another"))) == ["bundle-1", "another"]


def test_a_choice_sees_what_was_learned_of_its_own_bundle() -> None:
    known = Knowledge.of({}, sums={linear_sum_name("one"): (1.0,), linear_sum_name("two"): (2.0,)})
    assert known_of_bundle(known, "one").sums[LINEAR] == (1.0,)
    assert known_of_bundle(known, "two").sums[LINEAR] == (2.0,)
    assert known_of_bundle(known, "three").sums[LINEAR] == ()


def ranked(valkey: EmbeddedValkey, namespace: str, serving: Serving, policy: str) -> Ranking:
    async def run() -> Ranking:
        online = open_online_state(valkey.url, namespace=namespace)
        try:
            request = RankRequest("r1", NOON, UserContext("u1"), "feed", campaign_id="k1", policy=policy)
            return await rank_creatives(online, serving, request, np.random.default_rng(0))
        finally:
            await online.close()

    return asyncio.run(run())


@pytest.fixture(scope="module")
def serving(shop: Shop, snapshot: CatalogueSnapshot) -> Serving:
    return Serving(
        snapshot, PlainScorer.load(Path(shop.bundle.path)), policies_of(snapshot.policy), BidBook.of(snapshot)
    ).knowing(Knowledge())


@pytest.mark.parametrize("name", list(POLICIES))
def test_every_policy_may_be_asked_for_by_name(
    valkey: EmbeddedValkey, namespace: str, serving: Serving, name: str
) -> None:
    decision = ranked(valkey, namespace, serving, name).decision
    assert decision.policy == name
    assert sum(decision.first_slot_propensities) == pytest.approx(1.0)
    assert decision.propensity == decision.first_slot_propensities[0] > 0.0


@pytest.mark.parametrize("name", ["lin-ucb", "linear-thompson"])
def test_clicks_on_a_creative_move_the_linear_choice_towards_it(
    valkey: EmbeddedValkey, namespace: str, snapshot: CatalogueSnapshot, serving: Serving, name: str
) -> None:
    ids = ["c1", "c2", "c3", "c4"]
    plain = ranked(valkey, namespace, serving, name).decision
    last = plain.candidates[int(np.argmin(plain.first_slot_propensities))]
    vectors = leading_vectors(snapshot.items, snapshot.items.rows_of(ids * 3000))
    p_ctr = np.full(len(vectors), 0.04)
    clicked = np.array([place % 5 == 0 and ids[place % 4] == last for place in range(len(vectors))])
    sums = tuple(linear_sums(p_ctr, vectors, p_ctr[clicked], vectors[clicked]).tolist())
    elsewhere = serving.knowing(Knowledge.of({}, sums={linear_sum_name("another"): sums}))
    assert ranked(valkey, namespace, elsewhere, name).decision.first_slot_propensities == plain.first_slot_propensities
    decision = ranked(valkey, namespace, serving.knowing(Knowledge.of({}, sums={NAME: sums})), name).decision
    assert dict(zip(decision.candidates, decision.first_slot_propensities, strict=True))[last] > 0.9
