"""What one replica keeps in memory between requests, and keeps fresh: snapshot, model, bandit statistics.

Two looks a second, both off the request path: has the deployment pointer moved, and what are the creatives'
statistics now. Twice a minute, in a thread, what these teach of the model. Everything a request needs hangs on one
attribute that is replaced as a whole, so a request that runs across a swap finishes with what it began with.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from adplat.bandit import NOTHING_KNOWN, UNTAUGHT, Count, ElementsThompson, learn_elements, learn_prior
from adplat.domain import (
    ANYBODY,
    REPORT_METRICS,
    AdplatError,
    BidState,
    Caller,
    Clock,
    ClosedRequest,
    Counts,
    Event,
    EventOutcome,
    NoBidReason,
    OnlineState,
    Opportunity,
    Pace,
    StoreUnreachable,
)
from adplat.flows.apply_experiments import RunningExperiments
from adplat.flows.bid_book import BidBook
from adplat.flows.bid_notices import NoticeDesk
from adplat.flows.bid_table import BidTable
from adplat.flows.decide_bid import BidOutcome, decide_bid, no_bid
from adplat.flows.rank_creatives import Ranking, RankRequest, RowScorer, Serving, policies_of, rank_creatives
from adplat.flows.record_events import ReportedEvent, record_all, record_events
from adplat.flows.replay_log import ReplayLog
from adplat.flows.request_log import LogProgress, RequestLog
from adplat.flows.request_time import RequestTime, StepTimes
from adplat.flows.score_candidates import CandidateScores, score_candidates
from adplat.flows.typical_scores import TypicalScores
from adplat.market import TimeBudget
from adplat.privacy import DEFAULT_RULES, ConsentRules, minimised, permitted
from adplat.snapshots import DeploymentPointer, ExperimentsWatch, ShadingWatch, ShadowPointer, load_snapshot
from services.bidding.counted import count_degraded, count_events, count_logged, count_outcome, tell_dropped
from services.bidding.metrics import STAGE_SECONDS, ReplicaState
from services.bidding.tracing import NOTE

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EngineHealth:
    """``statistics_age_s`` is ``None`` until they were read once."""

    bundle_id: str
    snapshot_id: str
    creatives: int
    redis: bool
    statistics_age_s: float | None


# How often it is learned anew how right the model is. Equal statistics teach every replica the same.
PRIOR_EVERY_S = 30.0
# Of the time that a caller grants: for writing the answer and for the way back.
RESERVE_MS = 10.0


class WriterCounts(Protocol):
    """What is said of the writer's queue."""

    @property
    def waiting(self) -> int: ...


class DecisionWriter(Protocol):
    """Writes closed requests behind the answer; ``adplat.storage.DecisionWriter`` is the real one."""

    @property
    def counts(self) -> WriterCounts: ...

    def offer(self, closed: ClosedRequest) -> bool:
        """Take it, or say that there is no room."""
        ...


class BiddingEngine:
    """Ranks and records against the current snapshot.

    Example::

        engine = BiddingEngine(online, pointer, Scorer.load, clock, rng)
        await engine.start()            # raises MissingInput when nothing is published
        ranking = await engine.rank(request)
        await engine.close()
    """

    def __init__(
        self,
        online: OnlineState,
        bids: BidState,
        writer: DecisionWriter,
        desk: NoticeDesk,
        pointer: DeploymentPointer,
        load_scorer: Callable[[Path], RowScorer],
        clock: Clock,
        rng: np.random.Generator,
        poll_s: float = 1.0,
        rules: ConsentRules = DEFAULT_RULES,
        loading: Callable[[], AbstractContextManager[None]] = nullcontext,
        replay_share: float = 0.0,
        request_sample: float = 0.0,
        counts: Counts | None = None,
    ) -> None:
        self.counts = Counts() if counts is None else counts
        self._online = online
        self._bids = bids
        self._writer = writer
        self._desk = desk
        self._rules = rules
        self._loading = loading
        self._replay = ReplayLog(replay_share)
        self._requests = RequestLog(request_sample, rng)
        self._pointer = pointer
        self._shadow = ShadowPointer(pointer.workspace)
        self._shading = ShadingWatch(pointer.workspace)
        self._experiments = ExperimentsWatch(pointer.workspace)
        self._load_scorer = load_scorer
        self._clock = clock
        self._rng = rng
        self._poll_s = poll_s
        # Until something is learned the defaults hold: no request waits for learning.
        self._learned = UNTAUGHT
        self._learned_folds = 0
        self._uses_elements = False
        self._elements_folds = -1
        self._known = replace(NOTHING_KNOWN, learned=UNTAUGHT)
        self._folds = 0
        self._arms_read: float | None = None
        self._redis_answers = False
        self._serving: Serving | None = None
        self._paces: Mapping[str, Pace] = {}
        self._typical: TypicalScores | None = None
        self._eligible = np.zeros(0, dtype=np.int64)
        self._table: BidTable | None = None
        self._steps = StepTimes(self.counts, STAGE_SECONDS)
        self._snapshot_at = 0.0
        self._tasks: list[asyncio.Task[None]] = []
        self._is_closed = False

    async def start(self) -> None:
        """Load what is published and begin to watch. Raises MissingInput and what a damaged bundle raises."""
        await asyncio.to_thread(self._shading.look)
        await asyncio.to_thread(self._experiments.look)
        self._serve(await asyncio.to_thread(self._load))
        await self._read_arms()
        await self._learn_prior()
        watches = self._watch_pointer(), self._watch_arms(), self._watch_prior(), self._watch_requests()
        self._tasks = [asyncio.create_task(watch) for watch in watches]

    async def close(self) -> None:
        """Stop watching and give the connections back."""
        self._is_closed = True  # a driver may swallow the cancellation; then the next look does not come
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._tell_requests()
        count_logged(self.counts, LogProgress(lost=self._requests.give_up()))
        await self._online.close()

    async def rank(self, request: RankRequest) -> Ranking:
        """See ``rank_creatives``; flagged ``stale`` while the statistics cannot be read."""
        ranking = await rank_creatives(self._online, self.serving, request, self._rng)
        self._uses_elements = self._uses_elements or ranking.decision.policy == ElementsThompson.name
        if not self._redis_answers:
            ranking = replace(ranking, degraded=(*ranking.degraded, "stale"))
        count_degraded(self.counts, ranking.degraded)
        self._requests.see(request)
        return ranking

    async def score(self, request: RankRequest) -> CandidateScores:
        """See ``score_candidates``."""
        scores = await score_candidates(self._online, self.serving, request)
        count_degraded(self.counts, scores.degraded)
        return scores

    async def bid(self, opportunity: Opportunity) -> BidOutcome:
        """See ``decide_bid``; what may not be known of the user is taken away first.

        A decision that cannot be taken down behind the answer is none: then every slot gets a no-bid.
        """
        if self._table is None:
            raise RuntimeError("start the engine first")
        table = self._table
        note = NOTE.get()
        taken = None if note is None else note.steps
        timing = RequestTime(self._steps, _budget_of(opportunity), _now_ms, taken)
        may = permitted(opportunity.privacy, self._rules)
        known = minimised(opportunity, may)
        self._requests.see(known)
        outcome = await decide_bid(
            self._bids,
            table,
            known,
            self._rng,
            timing,
            reads_history=may.may_read_history,
        )
        if outcome.closed is not None and not self._writer.offer(outcome.closed):
            ids = [placed.decision.decision_id for placed in outcome.closed.placed]
            log.warning("bids were dropped: the queue of decisions is full", extra={"decision_ids": ids})
            outcome = no_bid(table, opportunity, NoBidReason.STATE_AWAY)
        if note is not None and outcome.closed is not None:
            note.decision_ids = tuple(placed.decision.decision_id for placed in outcome.closed.placed)
        if not opportunity.is_test:
            count_outcome(self.counts, outcome)
        return self._desk.with_urls(outcome, table.serving.book.landing_urls, is_test=opportunity.is_test)

    async def record_all(self, events: Sequence[Event]) -> list[EventOutcome]:
        """Events that are whole already, as read off a signed address."""
        outcomes = await record_all(self._bids, events, self._clock.now())
        count_events(self.counts, events, outcomes)
        tell_dropped(events, outcomes)
        return outcomes

    async def record(self, reported: Sequence[ReportedEvent], caller: Caller = ANYBODY) -> list[EventOutcome]:
        """See ``record_events``."""
        outcomes = await record_events(self._bids, reported, self._clock.now(), caller)
        count_events(self.counts, reported, outcomes)
        tell_dropped(reported, outcomes, caller)
        return outcomes

    def health(self) -> EngineHealth:
        """Of this replica, from memory: asking costs no round trip."""
        snapshot = self.serving.snapshot
        age_s = None if self._arms_read is None else self._clock.now().timestamp() - self._arms_read
        return EngineHealth(snapshot.bundle_id, snapshot.snapshot_id, len(snapshot.listed), self._redis_answers, age_s)

    def state(self) -> ReplicaState:
        """What the page for Prometheus says of this replica; from memory."""
        snapshot = self.serving.snapshot
        return ReplicaState(
            at=self._clock.now().timestamp(),
            snapshot_at=self._snapshot_at,
            statistics_at=self._arms_read,
            redis=self._redis_answers,
            creatives=len(snapshot.listed),
            waiting=self._writer.counts.waiting,
            bundle_id=snapshot.bundle_id,
            snapshot_id=snapshot.snapshot_id,
        )

    def pcoc(self) -> float | None:
        """Expected clicks over clicks of all arms, for as long as they are known; ``None`` before the first click."""
        sums = self._known.counts.sum(axis=1)
        return REPORT_METRICS["pcoc"].ratio(float(sums[Count.EXPECTED_CLICKS]), float(sums[Count.CLICKS]))

    @property
    def serving(self) -> Serving:
        """What requests are answered from."""
        if self._serving is None:
            raise RuntimeError("start the engine first")
        return self._serving

    def _load(self) -> Serving:
        with self._loading():
            return self._loaded()

    def _loaded(self) -> Serving:
        deployment = self._pointer.read()
        snapshot = load_snapshot(self._pointer.folder_of(deployment))
        current = self._serving
        if current is not None and current.snapshot.bundle_id == snapshot.bundle_id:
            scorer = current.scorer
        else:
            scorer = self._load_scorer(snapshot.bundle_path)
        # Off the request path: no request waits for the item side of a new catalogue.
        scorer.prepare_items(snapshot.items)
        policies, book = policies_of(snapshot.policy), BidBook.of(snapshot)
        running = RunningExperiments.of(self._experiments.book, book, policies)
        return Serving(snapshot, scorer, policies, book, self._shadow_share(), self._replay, experiments=running)

    def _shadow_share(self) -> float:
        try:
            shadow = self._shadow.read()
        except AdplatError:
            log.exception("serving without a shadow")
            return 0.0
        return 0.0 if shadow is None else shadow.share

    def _moved(self) -> Serving | None:
        """What is to be served from now on; ``None`` while nothing moved."""
        if self._pointer.has_moved():
            return self._load()
        if self._shadow.has_moved():
            return replace(self.serving, shadow_share=self._shadow_share())
        if self._experiments.look():
            now = self.serving
            running = RunningExperiments.of(self._experiments.book, now.book, now.policies)
            return replace(now, experiments=running)
        return None

    async def _watch_pointer(self) -> None:
        while not self._is_closed:
            await asyncio.sleep(self._poll_s)
            if await asyncio.to_thread(self._shading.look):
                self._lay_table()
            try:
                moved = await asyncio.to_thread(self._moved)
            except (AdplatError, OSError):
                # A snapshot that cannot be loaded must not take the working one down.
                log.exception("kept the old snapshot")
                continue
            if moved is not None:
                self._serve(moved)
                log.info("serving snapshot %s", moved.snapshot.snapshot_id)

    async def _watch_arms(self) -> None:
        while not self._is_closed:
            await asyncio.sleep(self._poll_s)
            await self._read_arms()

    async def _watch_requests(self) -> None:
        while not self._is_closed:
            await asyncio.sleep(self._poll_s)
            await self._tell_requests()

    async def _tell_requests(self) -> None:
        count_logged(self.counts, await self._requests.tell(self._online, self._clock.now()))

    async def _read_arms(self) -> None:
        try:
            await self._tell_eligible()
            read, self._paces = await self._online.read_arms(self._folds), await self._bids.read_paces()
            if self._replay.share > 0.0:
                self._replay = replace(self._replay, folded_to=await self._online.folded_to())
                self._serving = replace(self.serving, replay=self._replay)
        except StoreUnreachable:
            self._redis_answers = False
            return
        self._redis_answers = True
        self._arms_read = self._clock.now().timestamp()
        self._folds = read.folds
        known = replace(NOTHING_KNOWN, effects=self._known.effects) if read.is_whole else self._known
        self._known = replace(known.with_arms(read.arms, self._clock.now(), read.sums), learned=self._learned)
        self._serving = self.serving.knowing(self._known)
        if read.is_whole or self._table is None:
            self._lay_table()
        else:
            self._table = self._table.with_arms(self._serving, read.arms, self._paces)
        await self._learn_elements()

    async def _learn_elements(self) -> None:
        """What elements teach is learned beside the requests, as soon as a policy that reads it is in use."""
        is_default = self.serving.snapshot.policy.name == ElementsThompson.name
        if self._folds == self._elements_folds or not (is_default or self._uses_elements):
            return
        folds = self._folds
        effects = await asyncio.to_thread(learn_elements, self.serving.known)
        self._elements_folds = folds
        self._known = replace(self._known, effects=effects)
        self._serving = self.serving.knowing(self._known)
        if self._table is not None:
            self._table = replace(self._table, serving=self._serving)

    async def _watch_prior(self) -> None:
        while not self._is_closed:
            await asyncio.sleep(PRIOR_EVERY_S)
            await self._learn_prior()

    async def _learn_prior(self) -> None:
        if self._folds == self._learned_folds:
            return
        folds = self._folds
        self._learned = await asyncio.to_thread(learn_prior, self.serving.known)
        self._learned_folds = folds
        self._known = replace(self._known, learned=self._learned)
        self._serving = self.serving.knowing(self._known)
        if self._table is not None:
            self._table = replace(self._table, serving=self._serving)

    async def _tell_eligible(self) -> None:
        """Give the worker what was counted since the last look; what cannot be told now is told with the next."""
        counts, campaigns = self._eligible, self.serving.book.catalogue.campaigns
        told = np.flatnonzero(counts)
        amounts = counts[told]
        pairs = zip(told.tolist(), amounts.tolist(), strict=True)
        await self._bids.count_eligible({campaigns[place].campaign_id: amount for place, amount in pairs})
        counts[told] -= amounts

    def _serve(self, serving: Serving) -> None:
        """Answer from this from now on; requests under way keep what they began with."""
        if self._serving is None or self._serving.book is not serving.book:
            self._typical = TypicalScores(len(serving.book.ad_of))
            self._eligible = np.zeros(len(serving.book.catalogue.campaigns), dtype=np.int64)
            self._snapshot_at = self._clock.now().timestamp()
        self._serving = replace(serving, replay=self._replay).knowing(self._known)
        self._bids.keep_showings(serving.book.caps.longest_window_s)
        self._lay_table()

    def _lay_table(self) -> None:
        if self._typical is not None:
            self._table = BidTable.of(
                self.serving, self._paces, self._shading.by_currency, self._typical, self._eligible
            )


def _now_ms() -> float:
    return time.monotonic() * 1000.0


def _budget_of(opportunity: Opportunity) -> TimeBudget | None:
    granted_ms = opportunity.time_left_ms
    return None if granted_ms is None else TimeBudget(_now_ms(), float(granted_ms), RESERVE_MS)
