"""Ranking one request: against a real Valkey, with a plain scorer where the model is not the subject."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest

from adplat.bandit import Context, Knowledge
from adplat.domain import (
    ArmStatistics,
    ConfigRejected,
    OnlineState,
    StoreUnreachable,
    StreamEntry,
    ToRecord,
    UnknownReference,
    UserContext,
)
from adplat.features import FeatureEncoding, ItemBlock, RowArrays, fold_history, item_hash, pack_user
from adplat.flows.bid_book import BidBook
from adplat.flows.rank_creatives import (
    Ranking,
    RankRequest,
    RowScorer,
    Serving,
    new_decision_id,
    policies_of,
    rank_creatives,
    told_over_stored,
)
from adplat.snapshots import DeploymentPointer, load_snapshot
from adplat.storage import EmbeddedValkey, RedisStreamState, open_online_state
from tests.flows.small_shop import NOON, WINDOWS, PlainScorer, PlainScores, Shop

T = TypeVar("T")
REQUEST = RankRequest("r1", NOON, UserContext("u1"), "feed", campaign_id="k1")


@pytest.fixture(scope="module")
def serving(shop: Shop) -> Serving:
    pointer = DeploymentPointer(shop.workspace)
    snapshot = load_snapshot(pointer.folder_of(pointer.read()))
    return Serving(
        snapshot, PlainScorer.load(Path(shop.bundle.path)), policies_of(snapshot.policy), BidBook.of(snapshot)
    )


Ask = Callable[..., Ranking]


@pytest.fixture
def rank(valkey: EmbeddedValkey, namespace: str, serving: Serving) -> Ask:
    def ask(
        request: RankRequest,
        arms: dict[str, ArmStatistics] | None = None,
        seed: int = 0,
        *,
        sums: dict[str, tuple[float, ...]] | None = None,
        scorer: RowScorer | None = None,
    ) -> Ranking:
        told = replace(serving, scorer=scorer or serving.scorer).knowing(Knowledge.of(arms or {}, sums=sums or {}))
        return with_online(
            valkey.url,
            namespace,
            lambda online: rank_creatives(online, told, request, np.random.default_rng(seed)),
        )

    return ask


@dataclass(frozen=True)
class PositionScorer:
    """The plain scores, twice as high in position 1."""

    plain: PlainScorer

    @property
    def encoding(self) -> FeatureEncoding:
        return self.plain.encoding

    def prepare_items(self, items: ItemBlock) -> ItemBlock:
        return items

    def score(self, rows: RowArrays, items: ItemBlock) -> PlainScores:
        plain = self.plain.score(rows, items)
        names = [feature.name for feature in self.encoding.layout.row.categorical]
        told = rows.categorical[:, names.index("position")]
        second = self.encoding.candidate_rows(None, {"position": 1}, items, rows.item[:1]).categorical
        return PlainScores(plain.p_ctr * np.where(told == second[0, names.index("position")], 2.0, 1.0), plain.p_cvr)


def with_online(url: str, namespace: str, work: Callable[[OnlineState], Coroutine[Any, Any, T]]) -> T:
    async def run() -> T:
        online = open_online_state(url, namespace=namespace)
        try:
            return await work(online)
        finally:
            await online.close()

    return asyncio.run(run())


def test_all_live_creatives_of_the_campaign_are_ranked_and_the_decision_is_on_the_stream(
    rank: Ask, stream: RedisStreamState
) -> None:
    decision = rank(REQUEST).decision
    assert sorted(decision.candidates) == ["c1", "c2", "c3", "c4"]
    assert decision.creative_id == decision.candidates[0]
    assert decision.propensity == decision.first_slot_propensities[0]
    assert sum(decision.first_slot_propensities) == pytest.approx(1.0)
    assert (decision.advertiser_id, decision.campaign_id, decision.bundle_id) == ("a1", "k1", "bundle-1")
    assert decision.attribution == WINDOWS["k1"]
    [entry] = stream.read_entries(stream.folded_to(), 10, 0)
    assert entry.event is None
    assert entry.decision == decision


def test_candidates_may_be_named_and_may_belong_to_several_campaigns(rank: Ask) -> None:
    ranking = rank(replace(REQUEST, campaign_id="", candidates=("c2", "c6")))
    assert dict(zip(ranking.decision.candidates, ranking.campaign_ids, strict=True)) == {"c2": "k1", "c6": "k2"}


def test_scores_are_those_of_the_same_facts_in_a_table(rank: Ask, serving: Serving) -> None:
    decision = rank(REQUEST).decision
    for creative_id, p_ctr in zip(decision.candidates, decision.p_ctr, strict=True):
        assert p_ctr == pytest.approx(0.02 + (item_hash(creative_id) % 997) / 997 * 0.05)


def test_the_choice_is_drawn_with_the_propensity_it_reports(rank: Ask) -> None:
    counts: dict[str, int] = {}
    told: dict[str, float] = {}
    for seed in range(300):
        decision = rank(REQUEST, seed=seed).decision
        counts[decision.creative_id] = counts.get(decision.creative_id, 0) + 1
        told |= dict(zip(decision.candidates, decision.first_slot_propensities, strict=True))
    for creative_id, share in told.items():
        # Four standard deviations of a binomial share.
        assert abs(counts.get(creative_id, 0) / 300 - share) < 4 * (share * (1 - share) / 300) ** 0.5 + 1e-9


def test_learned_statistics_move_the_choice(rank: Ask) -> None:
    as_expected = ArmStatistics(impressions=5000, clicks=150, expected_clicks=150.0)
    arms = dict.fromkeys(("c1", "c3", "c4"), as_expected)
    arms["c2"] = ArmStatistics(impressions=5000, clicks=900, expected_clicks=150.0)
    shares = rank(REQUEST, arms).decision
    best = dict(zip(shares.candidates, shares.first_slot_propensities, strict=True))
    assert best["c2"] > 0.9


def test_uniform_may_be_asked_for(rank: Ask) -> None:
    decision = rank(replace(REQUEST, policy="uniform")).decision
    assert decision.policy == "uniform"
    assert decision.first_slot_propensities == pytest.approx((0.25,) * 4)


def test_the_stored_history_reaches_the_model(rank: Ask, stream: RedisStreamState, serving: Serving) -> None:
    before = rank(REQUEST).decision
    encoding = serving.scorer.encoding
    vector = fold_history(encoding.user_vector({"user_key": "u1"}), 0, item_hash("c3"), 1_700_000_000)
    stream.write_users({"u1": pack_user(vector, encoding.digest)})
    after = rank(REQUEST).decision
    gain = {
        name: dict(zip(after.candidates, after.p_ctr, strict=True))[name] - p
        for name, p in zip(before.candidates, before.p_ctr, strict=True)
    }
    assert gain == pytest.approx({"c1": 0.0, "c2": 0.0, "c3": 0.2, "c4": 0.0})
    stranger = rank(replace(REQUEST, user=UserContext(""))).decision
    assert dict(zip(stranger.candidates, stranger.p_ctr, strict=True))["c3"] < 0.2


def test_what_the_caller_says_wins_fact_by_fact_and_the_history_stays(serving: Serving) -> None:
    encoding = serving.scorer.encoding
    stored = fold_history(
        encoding.user_vector({"user_key": "u1", "gender": "f", "city_tier": "1", "segments": "tea"}), 0, 5, 9
    )
    told = encoding.user_vector({"gender": "m"})
    merged = told_over_stored(told, stored)
    wanted = encoding.user_vector({"user_key": "u1", "gender": "m", "city_tier": "1", "segments": "tea"})
    np.testing.assert_array_equal(merged.categorical, wanted.categorical)
    np.testing.assert_array_equal(merged.bags, wanted.bags)
    np.testing.assert_array_equal(merged.history, stored.history)


def test_a_profile_of_another_schema_costs_the_history_and_is_flagged(
    rank: Ask, stream: RedisStreamState, serving: Serving
) -> None:
    vector = serving.scorer.encoding.user_vector({})
    stream.write_users({"u1": pack_user(vector, "0" * 64), "u2": b"rubbish"})
    assert rank(REQUEST).degraded == ("profile",)
    assert rank(replace(REQUEST, user=UserContext("u2"))).degraded == ("profile",)
    assert rank(replace(REQUEST, user=UserContext("u3"))).degraded == ()


class DeafToReads:
    """Redis that cannot be read from, and takes decisions: the first half of an outage."""

    def __init__(self, online: OnlineState) -> None:
        self._online = online
        self.recorded: list[str] = []

    async def read_user(self, user_key: str) -> bytes | None:
        raise StoreUnreachable("Redis does not answer", hint="wait")

    async def record_decisions(self, decisions: Sequence[ToRecord]) -> None:
        await self._online.record_decisions(decisions)
        self.recorded += [one.decision.decision_id for one in decisions]


def test_a_profile_that_cannot_be_read_does_not_cost_the_answer(
    valkey: EmbeddedValkey, namespace: str, serving: Serving
) -> None:
    async def ask(online: OnlineState) -> tuple[Ranking, list[str]]:
        deaf = DeafToReads(online)
        ranking = await rank_creatives(deaf, serving, REQUEST, np.random.default_rng(0))  # type: ignore[arg-type]
        return ranking, deaf.recorded

    ranking, recorded = with_online(valkey.url, namespace, ask)
    assert ranking.degraded == ("profile",)
    assert recorded == [ranking.decision.decision_id]


def test_a_decision_that_cannot_be_kept_is_never_answered(serving: Serving, tmp_path: Path) -> None:
    with pytest.raises(StoreUnreachable):
        with_online(
            f"unix://{tmp_path}/nobody.sock",
            "none",
            lambda online: rank_creatives(online, serving, REQUEST, np.random.default_rng(0)),
        )


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"campaign_id": "k9"}, UnknownReference, "campaign 'k9'"),
        ({"campaign_id": "", "candidates": ("c1", "c77")}, UnknownReference, "'c77' is not live"),
        ({"campaign_id": "", "candidates": ("c9",)}, UnknownReference, "'c9' is not live"),
        ({"campaign_id": "", "candidates": ("c1", "c1")}, ConfigRejected, "named twice"),
        ({"campaign_id": ""}, ConfigRejected, "either candidates or a campaign_id"),
        ({"candidates": ("c1",)}, ConfigRejected, "either candidates or a campaign_id"),
        ({"policy": "luck"}, UnknownReference, "policy 'luck'"),
    ],
)
def test_a_wrong_request_is_refused_and_leaves_no_decision(
    rank: Ask, stream: RedisStreamState, changes: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        rank(replace(REQUEST, **changes))
    assert stream.length() == 0


def test_decision_ids_sort_by_time_and_are_uuids_of_version_seven() -> None:
    rng = np.random.default_rng(0)
    ids = [new_decision_id(NOON + timedelta(milliseconds=step), rng) for step in range(200)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 200
    assert {(name[14], name[19] in "89ab", len(name)) for name in ids} == {("7", True, 36)}


def test_a_slate_is_one_decision_a_slot_and_never_shows_a_creative_twice(rank: Ask, stream: RedisStreamState) -> None:
    slate = rank(replace(REQUEST, slots=3, position=1)).slate
    assert [one.position for one in slate] == [1, 2, 3]
    assert [one.context["position"] for one in slate] == [1, 2, 3]
    assert len({one.creative_id for one in slate}) == 3
    assert len({one.decision_id for one in slate}) == 3
    assert {one.request_id for one in slate} == {"r1"}
    entries = stream.read_entries(stream.folded_to(), 10, 0)
    assert [entry.decision for entry in entries if isinstance(entry, StreamEntry)] == list(slate)


def test_each_slot_is_chosen_among_those_left_with_the_propensity_that_a_replay_of_the_policy_finds(
    rank: Ask, serving: Serving
) -> None:
    arms = {f"c{n}": ArmStatistics(impressions=300, clicks=9 + n, expected_clicks=10.0) for n in range(1, 5)}
    policy = serving.knowing(Knowledge.of(arms)).policies[serving.snapshot.policy.name]
    left = {"c1", "c2", "c3", "c4"}
    for decision in rank(replace(REQUEST, slots=4), arms).slate:
        assert set(decision.candidates) == left
        assert decision.propensity == decision.first_slot_propensities[0]
        again = policy.choose(Context(np.array(decision.p_ctr)), decision.candidates, np.random.default_rng(9))
        assert decision.first_slot_propensities == pytest.approx(again.propensities, abs=1e-12)
        left.remove(decision.creative_id)
    assert not left


def test_slots_that_the_candidates_do_not_fill_stay_empty(rank: Ask) -> None:
    assert len(rank(replace(REQUEST, slots=20)).slate) == 4


def test_campaigns_may_repeat_in_a_slate_unless_they_are_to_be_distinct(rank: Ask) -> None:
    request = replace(REQUEST, campaign_id="", candidates=("c1", "c2", "c5", "c6"), slots=4)
    assert len(rank(request).slate) == 4
    apart = rank(replace(request, distinct_campaigns=True)).slate
    assert sorted(one.campaign_id for one in apart) == ["k1", "k2"]
    # What was left for the second slot is all of the other campaign.
    assert set(apart[1].candidates) in ({"c1", "c2"}, {"c5", "c6"})


def test_a_place_is_scored_as_itself_where_the_model_reads_the_position(rank: Ask, serving: Serving) -> None:
    slate = rank(replace(REQUEST, slots=3), scorer=PositionScorer(PlainScorer(serving.scorer.encoding))).slate
    # The second position is the one that is seen most: it is filled first, and the others are left the rest.
    assert [len(one.candidates) for one in slate] == [3, 4, 2]
    first = slate[1].p_ctr[0]
    assert first == pytest.approx(2 * (0.02 + (item_hash(slate[1].creative_id) % 997) / 997 * 0.05))
