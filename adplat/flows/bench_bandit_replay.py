"""All that happened told three times, shuffled, by several processes of which some are killed: what is known then?

Senders put events on the stream as the service does, a worker folds them as ``adplat worker`` does, over a Valkey, a
SQL database and a lake of their own. In the middle one sender and the worker get SIGKILL and start anew: the sender
from its beginning. A lone process that is told everything once, in order, says what is to be known in the end.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.context import SpawnProcess
from pathlib import Path

import numpy as np
import polars as pl

from adplat.bandit import Context, Count, Knowledge, ThompsonWithPrior, learn_delays, matured
from adplat.data import Lake
from adplat.domain import (
    ArmStatistics,
    ClosedRequest,
    Decision,
    Event,
    EventKind,
    Feature,
    FeatureKind,
    FeatureSchema,
    Figure,
    InternalFault,
    Outcome,
    PlacedDecision,
)
from adplat.features import EncoderConfig, FeatureEncoding
from adplat.flows.attribute_conversions import attribute_conversions, folded_ms
from adplat.flows.bench_run import BenchRun, BidStores
from adplat.flows.fold_events import drop_unfinished_parts, fold_events
from adplat.statistics import Float64

BEGIN = datetime(2026, 10, 1, tzinfo=UTC)
DAYS, CREATIVES, TIMES = 20.0, 20, 3
DECISIONS, QUICK_DECISIONS = 6000, 800
SENDERS, QUICK_SENDERS = (1, 2, 4), (2,)
TOLERANCE = 1e-9
# Longer than all is told in: a conversion is looked at when its click has had the time to come.
GRACE_S = 3600.0
WHOLE = [Count.IMPRESSIONS, Count.CLICKS, Count.CONVERSIONS, Count.VALUE, Count.SPEND]
_A_CALL, _A_FOLD, _PATIENCE_S = 40, 400, 120.0
# So long a sender takes at least that is to be killed on the way.
_TO_BE_KILLED_S = 60.0


@dataclass(frozen=True)
class ReplayOrder:
    """What every process of one replay is told; sender ``number`` of ``senders`` sends every ``senders``-th event."""

    stores: BidStores
    url: str
    namespace: str
    folder: Path
    decisions: int
    senders: int
    times: int


def replay_figures(run: BenchRun) -> list[Figure]:
    """Replay with each number of senders. Cost: linear in events, about ten seconds for each number."""
    decisions, senders = (QUICK_DECISIONS, QUICK_SENDERS) if run.quick else (DECISIONS, SENDERS)
    events = len(events_of(story(decisions)))
    worst, miscounted, compared = 0.0, 0, 0
    what = "events told three times, shuffled, over processes that are killed"
    with tempfile.TemporaryDirectory(prefix="adplat-bench-") as name, run.bid_stores.running(Path(name)) as url:

        def order(label: str, count: int, times: int) -> ReplayOrder:
            folder = Path(name) / label
            folder.mkdir()
            return ReplayOrder(run.bid_stores, url, label, folder, decisions, count, times)

        run.progress(0, len(senders) + 1, what)
        wanted = numbers_known(told_once(order("once", 1, 1)))
        for done, count in enumerate(senders, start=1):
            run.progress(done, len(senders) + 1, f"{what}: {count}")
            found = numbers_known(told_with_kills(order(f"times{count}", count, TIMES)))
            worst = max(worst, float(relative_difference(found, wanted).max()))
            whole = slice(0, len(WHOLE) * CREATIVES)
            miscounted += int(np.abs(found[whole] - wanted[whole]).sum())
            compared += len(found)
        run.progress(len(senders) + 1, len(senders) + 1, what)
    told = (
        f"{events:,} events {TIMES} times, shuffled, by {' / '.join(map(str, senders))} processes; "
        "one of them and the worker killed in the middle"
    )
    return [
        Figure(
            figure_id="bandit.5.replay.posterior",
            what=f"largest relative difference of statistics, delays and propensities from being told once: {told}",
            value=worst,
            unit="",
            op="<=",
            target=TOLERANCE,
            n=compared,
        ),
        Figure(
            figure_id="bandit.5.replay.miscounted",
            what="impressions, clicks, conversions, value and spend lost or counted twice in that",
            value=float(miscounted),
            unit="",
            op="<=",
            target=0.0,
            n=events * TIMES * len(senders),
        ),
    ]


def relative_difference(found: Float64, wanted: Float64) -> Float64:
    """Number by number; of two zeros none."""
    if found.shape != wanted.shape:
        raise InternalFault(f"{found.shape} numbers in place of {wanted.shape}", hint="a creative is missing")
    scale = np.maximum(np.abs(found), np.abs(wanted))
    difference: Float64 = np.abs(found - wanted) / np.where(scale > 0.0, scale, 1.0)
    return difference


def story(decisions: int) -> list[tuple[Decision, list[Event]]]:
    """Decisions over twenty days, each with its showing and what came of it; conversions come days later."""
    rng = np.random.default_rng(11)
    told = []
    for number in range(decisions):
        at = BEGIN + timedelta(days=DAYS * float(rng.random()))
        creative, p_ctr = int(rng.integers(CREATIVES)), float(rng.beta(3, 40))
        decision = _decision(number, at, creative, p_ctr, float(rng.beta(3, 30)))
        billed = Event(f"d{number}:billing", EventKind.BILLING, f"d{number}", at, price_micros=1000 + number)
        events = [_event(decision, EventKind.IMPRESSION, 1.0), billed]
        if rng.random() < 0.4:
            events.append(_event(decision, EventKind.CLICK, 4.0))
            if rng.random() < 0.5:
                delay_s = 4.0 + 3600.0 * float(rng.lognormal(3.0, 1.0))
                events.append(_event(decision, EventKind.CONVERSION, delay_s, int(rng.integers(1, 10**9))))
        told.append((decision, events))
    return told


def events_of(told: Sequence[tuple[Decision, list[Event]]]) -> list[Event]:
    """In order of time."""
    return sorted((event for _, events in told for event in events), key=lambda event: event.ts)


def told_once(order: ReplayOrder) -> Knowledge:
    """One process, in order, nobody killed."""
    told = story(order.decisions)
    asyncio.run(_place(order, [decision for decision, _ in told]))
    asyncio.run(_send(order, events_of(told)))
    return _fold_to_the_end(order)


def told_with_kills(order: ReplayOrder) -> Knowledge:
    """Senders and a worker at the same time; when a tenth has been folded one sender and the worker are killed."""
    told = story(order.decisions)
    asyncio.run(_place(order, [decision for decision, _ in told]))
    worker = _started(fold_on, order)
    senders = [_started(send_share, order, number, _TO_BE_KILLED_S * (number == 0)) for number in range(order.senders)]
    try:
        with closing(order.stores.open_stream(order.url, order.namespace)) as stream:
            _wait_until(lambda: _shown(stream.read_arms()) > order.decisions / 10)
            for victim in (senders[0], worker):
                _kill(victim)
            worker, senders[0] = _started(fold_on, order), _started(send_share, order, 0, 0.0)
            for sender in senders:
                sender.join(_PATIENCE_S)
                if sender.exitcode != 0:
                    raise InternalFault(f"a sender ended with {sender.exitcode}", where="replay", hint="see its output")
    finally:
        for process in (worker, *senders):
            if process.is_alive():
                _kill(process)
    return _fold_to_the_end(order)


def send_share(order: ReplayOrder, number: int, lasting_s: float) -> None:
    """One sender: its share of all events ``times`` over, shuffled, in ``lasting_s`` at least."""
    every = events_of(story(order.decisions)) * order.times
    turned = np.random.default_rng([5, order.senders]).permutation(len(every))
    asyncio.run(_send(order, [every[place] for place in turned[number :: order.senders]], lasting_s))


def fold_on(order: ReplayOrder) -> None:
    """The worker, until it is killed."""
    _fold(order, lambda _: False)


def _fold_to_the_end(order: ReplayOrder) -> Knowledge:
    _fold(order, lambda entries: entries == 0, later_s=10 * GRACE_S)
    with closing(order.stores.open_stream(order.url, order.namespace)) as stream:
        return Knowledge.of(stream.read_arms(), BEGIN + timedelta(days=DAYS), stream.read_sums())


def _fold(order: ReplayOrder, is_done: Callable[[int], bool], later_s: float = 0.0) -> None:
    stores, lake, encoding = order.stores, Lake(order.folder / "lake"), _encoding(order.folder)
    with (
        closing(stores.open_stream(order.url, order.namespace)) as stream,
        closing(stores.open_conversions(order.url, order.namespace)) as conversions,
        stores.open_ledger(order.folder) as ledger,
    ):
        drop_unfinished_parts(ledger, lake)
        done = False
        while not done:
            progress = fold_events(stream, ledger, lake, encoding, datetime.now(UTC), limit=_A_FOLD, wait_ms=50)
            now = datetime.now(UTC) + timedelta(seconds=later_s)
            settled = attribute_conversions(conversions, folded_ms(progress, now), GRACE_S).settled
            done = is_done(progress.entries + settled)


async def _place(order: ReplayOrder, decisions: Sequence[Decision]) -> None:
    bids = order.stores.open_bids(order.url, order.namespace)
    try:
        for start in range(0, len(decisions), _A_CALL):
            placed = [
                ClosedRequest(one.request_id, "", (PlacedDecision(one, 0, (), datetime.now(UTC) + timedelta(days=1)),))
                for one in decisions[start : start + _A_CALL]
            ]
            if not all(await bids.close_requests(placed)):
                raise InternalFault("a decision was not taken down", where="replay", hint="look at the server's log")
    finally:
        await bids.close()


async def _send(order: ReplayOrder, events: Sequence[Event], lasting_s: float = 0.0) -> None:
    bids = order.stores.open_bids(order.url, order.namespace)
    starts = range(0, len(events), _A_CALL)
    try:
        for start in starts:
            await bids.record_notices(events[start : start + _A_CALL], datetime.now(UTC))
            await asyncio.sleep(lasting_s / len(starts))
    finally:
        await bids.close()


def numbers_known(known: Knowledge) -> Float64:
    """Counts of all arms first; then all their statistics, the delays, and the default policy's propensities."""
    names = sorted(known.row_of)
    rows = known.rows_of(names)
    whole = known.counts[WHOLE][:, rows]
    policy = ThompsonWithPrior().update(known)
    choice = policy.choose(Context(np.full(len(names), 0.07)), names, np.random.default_rng(0))
    curve = learn_delays(known, 10.0)
    parts = (
        whole,
        known.counts[:, rows],
        known.fading[:, :, rows],
        *(np.array(known.sums[name]) for name in sorted(known.sums)),
        matured(known, curve)[rows],
        choice.propensities,
    )
    return np.concatenate([part.ravel() for part in parts])


def _shown(arms: Mapping[str, ArmStatistics]) -> int:
    return sum(arm.impressions for arm in arms.values())


def _started(work: Callable[..., None], *told: object) -> SpawnProcess:
    process = multiprocessing.get_context("spawn").Process(target=work, args=told, daemon=True)
    process.start()
    return process


def _kill(process: SpawnProcess) -> None:
    if process.pid is None or not process.is_alive():
        raise InternalFault("a process ended before it could be killed", where="replay", hint="send more events")
    os.kill(process.pid, signal.SIGKILL)
    process.join()


def _wait_until(is_so: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + _PATIENCE_S
    while not is_so():
        if time.monotonic() > give_up_at:
            raise InternalFault("the worker does not move", where="replay", hint="look at the server's log")
        time.sleep(0.02)


def _encoding(folder: Path) -> FeatureEncoding:
    """The smallest there is: nobody here has a history."""
    schema = FeatureSchema("replay", (Feature("creative", FeatureKind.CATEGORICAL),), (Outcome("click", "click"),))
    rows = pl.DataFrame({"creative": [str(number) for number in range(4)], "click": [0, 1, 0, 1]})
    return FeatureEncoding.fit(schema, rows, {}, folder, EncoderConfig())


def _decision(number: int, at: datetime, creative: int, p_ctr: float, p_cvr: float) -> Decision:
    name = f"c{creative:02d}"
    return Decision(
        decision_id=f"d{number}",
        request_id=f"r{number}",
        ts=at,
        user_key="",
        placement="feed_300x250",
        advertiser_id="a1",
        campaign_id="k1",
        creative_id=name,
        propensity=1.0,
        policy="uniform",
        bundle_id="none",
        candidates=(name,),
        p_ctr=(p_ctr,),
        p_cvr=(p_cvr,),
        first_slot_propensities=(1.0,),
    )


def _event(decision: Decision, kind: EventKind, after_s: float, value_micros: int = 0) -> Event:
    ts = decision.ts + timedelta(seconds=after_s)
    return Event(f"{decision.decision_id}:{kind}", kind, decision.decision_id, ts, value_micros)
