"""A deployed workspace whose every decision is logged: both doors' flows, events between them, a fold, and a replay."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.ctr import Scorer
from adplat.data import Lake, read_table
from adplat.domain import Decision, Event, EventKind, ExperimentBook, Opportunity, Slot, UserContext
from adplat.features import FeatureEncoding, UserVector, pack_user, unpack_user
from adplat.flows.apply_experiments import RunningExperiments
from adplat.flows.bid_book import BidBook
from adplat.flows.bid_table import BidTable
from adplat.flows.decide_bid import Offer, decide_bid
from adplat.flows.fold_events import FoldProgress, fold_events
from adplat.flows.rank_creatives import RankRequest, Serving, policies_of, rank_creatives
from adplat.flows.replay_log import ReplayLog
from adplat.flows.replay_report import ReplayReport
from adplat.flows.replay_requests import replay_requests
from adplat.flows.request_time import RequestTime, StepTimes
from adplat.flows.typical_scores import TypicalScores
from adplat.snapshots import DeploymentPointer, load_snapshot
from adplat.storage import open_bid_state, open_online_state
from tests.flows.model_market import ModelMarket, quiet

PLACEMENT = "feed_300x250"
CLICK, IMPRESSION, CONVERSION = EventKind.CLICK, EventKind.IMPRESSION, EventKind.CONVERSION


@dataclass
class ReplayRig:
    """One workspace; time goes on with every request."""

    market: ModelMarket
    settings: Settings
    now: datetime
    share: float = 1.0
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(5))
    experiments: ExperimentBook = field(default_factory=ExperimentBook)

    def __post_init__(self) -> None:
        bootstrap.deploy_bundle(self.settings, Path(self.market.first.path), self.market.world, quiet)
        pointer = DeploymentPointer(self.settings.workspace)
        self.snapshot = load_snapshot(pointer.folder_of(pointer.read()))
        self.scorer: Any = Scorer.load(self.snapshot.bundle_path)
        self.users = read_table(self.market.world / "catalogue" / "users.parquet")["user_key"].to_list()
        self.campaigns = list(self.snapshot.campaign_rows)

    def serving(self) -> Serving:
        """As a replica looks it up: with how far the worker has come."""
        with closing(bootstrap.open_stream(self.settings, self.settings.redis_url)) as stream:
            replay = ReplayLog(self.share, stream.folded_to())
        policies, book = policies_of(self.snapshot.policy), BidBook.of(self.snapshot)
        running = RunningExperiments.of(self.experiments, book, policies)
        return Serving(self.snapshot, self.scorer, policies, book, 0.0, replay, experiments=running)

    def a_request(self, user_key: str, **facts: Any) -> RankRequest:
        self.now += timedelta(seconds=3)
        told = {"context": {"device": "phone", "language": "zh", "hour": 20}, "campaign_id": self.campaigns[0]} | facts
        attributes = told.pop("attributes", {})
        return RankRequest("r", self.now, UserContext(user_key, attributes), PLACEMENT, **told)

    def rank(self, requests: Sequence[RankRequest]) -> list[Decision]:
        serving = self.serving()

        async def run() -> list[Decision]:
            online = open_online_state(self.settings.redis_url, namespace=self.settings.namespace, timeout_s=10.0)
            try:
                return [(await rank_creatives(online, serving, one, self.rng)).decision for one in requests]
            finally:
                await online.close()

        return asyncio.run(run())

    def bid(self, user_keys: Sequence[str], *, reads_history: bool = True, **facts: Any) -> list[Decision]:
        serving = self.serving()
        typical, counts = (
            TypicalScores(len(serving.book.ad_of)),
            np.zeros(len(serving.book.catalogue.campaigns), np.int64),
        )
        table = BidTable.of(serving, {}, {}, typical, counts)

        async def one(state: Any, user_key: str) -> list[Decision]:
            self.now += timedelta(seconds=3)
            user = UserContext(user_key, facts.get("attributes", {}))
            asked = Opportunity("r", self.now, (Slot("1", PLACEMENT),), user, {"device": "tablet", "language": "zh"})
            time = RequestTime(StepTimes(), None, lambda: 0.0)
            outcome = await decide_bid(state, table, asked, self.rng, time, reads_history=reads_history)
            assert outcome.closed is not None
            await state.close_requests([outcome.closed])
            return [offer.decision for offer in outcome.answers.values() if isinstance(offer, Offer)]

        async def run() -> list[Decision]:
            state = open_bid_state(self.settings.redis_url, namespace=self.settings.namespace, timeout_s=10.0)
            try:
                return [decision for user_key in user_keys for decision in await one(state, user_key)]
            finally:
                await state.close()

        return asyncio.run(run())

    def tell(self, decisions: Sequence[Decision], *kinds: EventKind, after_s: float = 1.0) -> None:
        """Each of these events, so long after its decision."""

        async def run() -> None:
            bids = open_bid_state(self.settings.redis_url, namespace=self.settings.namespace, timeout_s=10.0)
            try:
                for decision in decisions:
                    name, moment = decision.decision_id, decision.ts + timedelta(seconds=after_s)
                    await bids.record_notices([Event(f"{name}:{kind}", kind, name, moment) for kind in kinds], moment)
            finally:
                await bids.close()

        asyncio.run(run())

    def fold(self) -> FoldProgress:
        with (
            closing(bootstrap.open_database(self.settings)) as database,
            closing(bootstrap.open_stream(self.settings, self.settings.redis_url)) as stream,
        ):
            encoding = FeatureEncoding.load(Path(self.market.first.path))
            return fold_events(stream, bootstrap.open_ledger(database), self.lake, encoding, self.now, wait_ms=0)

    @property
    def lake(self) -> Lake:
        return Lake(self.settings.lake_folder)

    def replay(self, **told: Any) -> ReplayReport:
        return replay_requests(
            self.settings.workspace,
            lambda _: Path(self.market.first.path),
            cache_dir=self.settings.cache_folder,
            progress=quiet,
            **told,
        )

    def change_profile(self, user_key: str, change: Callable[[UserVector], UserVector]) -> None:
        """What is stored of a user becomes something else behind everybody's back."""
        encoding = FeatureEncoding.load(Path(self.market.first.path))
        with closing(bootstrap.open_stream(self.settings, self.settings.redis_url)) as stream:
            stored = unpack_user(stream.read_users([user_key])[user_key], encoding.digest)
            stream.write_users({user_key: pack_user(change(stored), encoding.digest)})

    def user_with_history(self) -> str:
        """Somebody of whom the training rows know a click."""
        encoding = FeatureEncoding.load(Path(self.market.first.path))
        with closing(bootstrap.open_stream(self.settings, self.settings.redis_url)) as stream:
            known = stream.read_users(self.users)
        return next(name for name, packed in known.items() if unpack_user(packed, encoding.digest).history.any())

    def serve_otherwise(self, **changes: Any) -> None:
        """From now on the service encodes with something else than the bundle's own."""
        encoding = replace(self.scorer.encoding, **changes)
        self.scorer = Scorer.load(self.snapshot.bundle_path)
        self.scorer.encoding = encoding
