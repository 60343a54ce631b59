"""Scoring given creatives: the same numbers as ranking, and no trace of it anywhere."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from adplat.domain import ConfigRejected, UnknownReference, UserContext
from adplat.features import fold_history, item_hash, pack_user
from adplat.flows.bid_book import BidBook
from adplat.flows.rank_creatives import RankRequest, Serving, policies_of, rank_creatives
from adplat.flows.score_candidates import CandidateScores, score_candidates
from adplat.snapshots import DeploymentPointer, load_snapshot
from adplat.storage import EmbeddedValkey, RedisStreamState, open_online_state
from tests.flows.small_shop import NOON, PlainScorer, Shop

REQUEST = RankRequest("", NOON, UserContext("u1"), "feed", candidates=("c3", "c1", "c8"))


@pytest.fixture(scope="module")
def serving(shop: Shop) -> Serving:
    pointer = DeploymentPointer(shop.workspace)
    snapshot = load_snapshot(pointer.folder_of(pointer.read()))
    scorer = PlainScorer.load(Path(shop.bundle.path))
    return Serving(snapshot, scorer, policies_of(snapshot.policy), BidBook.of(snapshot))


def scored(serving: Serving, request: RankRequest, url: str, namespace: str) -> CandidateScores:
    async def run() -> CandidateScores:
        online = open_online_state(url, namespace=namespace, timeout_s=0.3)
        try:
            return await score_candidates(online, serving, request)
        finally:
            await online.close()

    return asyncio.run(run())


def test_scores_are_those_of_ranking_in_the_order_asked_and_leave_no_trace(
    serving: Serving, valkey: EmbeddedValkey, namespace: str, stream: RedisStreamState
) -> None:
    encoding = serving.scorer.encoding
    clicker = fold_history(encoding.user_vector({"user_key": "u1"}), 0, item_hash("c3"), 1)
    stream.write_users({"u1": pack_user(clicker, encoding.digest)})
    scores = scored(serving, REQUEST, valkey.url, namespace)
    assert (scores.creative_ids, scores.bundle_id, scores.degraded) == (("c3", "c1", "c8"), "bundle-1", ())
    assert stream.read_entries(stream.folded_to(), 9, 0) == []

    async def rank() -> dict[str, float]:
        online = open_online_state(valkey.url, namespace=namespace)
        try:
            decision = (await rank_creatives(online, serving, REQUEST, np.random.default_rng(0))).decision
        finally:
            await online.close()
        return dict(zip(decision.candidates, decision.p_ctr, strict=True))

    assert dict(zip(scores.creative_ids, scores.p_ctr, strict=True)) == asyncio.run(rank())
    # The history was read: this user clicked c3 before.
    stranger = scored(serving, replace(REQUEST, user=UserContext("nobody")), valkey.url, namespace)
    assert [own > other for own, other in zip(scores.p_ctr, stranger.p_ctr, strict=True)] == [True, False, False]
    assert scores.p_cvr == (0.1, 0.1, 0.1)


def test_without_redis_the_history_is_missing_and_that_is_told(serving: Serving, namespace: str) -> None:
    scores = scored(serving, REQUEST, "redis://127.0.0.1:1", namespace)
    assert scores.degraded == ("profile",)
    assert len(scores.p_ctr) == 3


@pytest.mark.parametrize(
    ("candidates", "error", "words"),
    [
        (("c1", "c9"), UnknownReference, "'c9' is not live"),
        (("c1", "c1"), ConfigRejected, "named twice"),
        ((), ConfigRejected, "either candidates"),
    ],
)
def test_what_cannot_be_scored_is_refused(  # type: ignore[no-untyped-def]
    serving: Serving, valkey: EmbeddedValkey, namespace: str, candidates, error, words: str
) -> None:
    with pytest.raises(error, match=words):
        scored(serving, replace(REQUEST, candidates=candidates), valkey.url, namespace)
