"""The worker: folds the event stream for as long as it lives, one at a time per workspace.

A second worker waits as a stand-by and takes over within a second when the first one dies; the kernel
lets go of the lock however it died. Jobs are done by a process beside it (``jobs.py``).
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.domain import AdplatError, BidUpkeep, StoreUnreachable, WorkspaceBusy
from adplat.flows.attribute_conversions import AttributionProgress, attribute_conversions, folded_ms
from adplat.flows.fold_events import FoldProgress, drop_unfinished_parts, fold_events
from adplat.flows.learn_prices import PriceLearner
from adplat.flows.pace_campaigns import CampaignPacer
from services.bidding.coverage_alerts import CoverageAlerts
from services.bidding.metrics import WorkerState
from services.bidding.worker_counts import WorkerCounts
from services.hosting.asked_to_stop import stop_on_signals, stop_with_parent
from services.hosting.jobs import do_due_jobs, jobs_beside
from services.hosting.logs import writing_logs
from services.hosting.own_processes import end_leftovers
from services.hosting.run_folder import run_folder

if TYPE_CHECKING:
    from adplat.flows.shadow_decisions import ShadowModel
    from adplat.snapshots import ShadowPointer

log = logging.getLogger(__name__)
_RELEASED_A_STEP = 500
_PACE_EVERY_S = 5.0
# Behind the bidders of the same machine: who waits for a bid comes before what is counted a moment later.
_STEPS_BACK = 10
_NOTHING_CREDITED = AttributionProgress()
_CREDITS = ("attributed", "out_of_window", "unattributed")
Told = Callable[[FoldProgress, int, AttributionProgress], None]
"""What one round did: the fold, how many reservations it gave back, which conversions got their credit."""
Said = Callable[[str], None]


class WorkerOrder(msgspec.Struct):
    """What the supervisor tells its child; ``supervisor`` is its process id."""

    settings: dict[str, Any]
    redis_url: str
    supervisor: int


def run_worker(settings: Settings, *, once: bool = False, told: Said = lambda _: None) -> dict[str, int]:
    """``adplat worker``: fold and do jobs until SIGINT or SIGTERM, or with ``once`` until nothing waits; says how much.

    To be called in the main thread. Raises MissingInput (nothing published), and with ``once`` WorkspaceBusy and
    StoreUnreachable.
    """
    settings = settings.model_copy(update={"workspace": settings.workspace.resolve()})
    stop = threading.Event()
    stop_on_signals(stop)
    sums = dict.fromkeys(("entries", "events", "auctions", "malformed", "released", *_CREDITS, "jobs"), 0)

    def count(progress: FoldProgress, released: int, credited: AttributionProgress) -> None:
        for name in ("entries", "events", "auctions", "malformed"):
            sums[name] += getattr(progress, name)
        for name in _CREDITS:
            sums[name] += getattr(credited, name)
        sums["released"] += released
        if progress.entries or released or credited.settled:
            told(words_of(progress, released, credited))
        elif once and not progress.lost_race:
            stop.set()

    with writing_logs(settings, "worker"), bootstrap.running_redis(settings) as redis_url:
        if once:
            with bootstrap.lock_workspace(settings, "worker"):
                _fold_while_holding(settings, redis_url, stop, count, WorkerCounts(), linger_s=0.0)
            sums["jobs"] = do_due_jobs(settings, told)
        else:
            with jobs_beside(settings, told):
                fold_until(settings, redis_url, stop, count, told)
    return sums


def fold_until(
    settings: Settings,
    redis_url: str,
    stop: threading.Event,
    told: Told = lambda *_: None,
    failed: Said = lambda _: None,
    *,
    linger_s: float = 0.5,
    limit: int = 5000,
) -> None:
    """Fold until ``stop`` is set; the batch that has begun is finished.

    Waits for its turn while another worker holds the workspace, and outlasts stores that are away: ``failed`` is
    told (of another worker once), then everything is opened anew. ``linger_s`` is waited before each batch, so that
    the lake gets few large parts instead of many small ones. Raises MissingInput when nothing is published.
    """
    stands_by, counts = False, WorkerCounts()
    while not stop.is_set():
        try:
            with bootstrap.lock_workspace(settings, "worker"):
                stands_by = False
                _fold_while_holding(settings, redis_url, stop, told, counts, linger_s=linger_s, limit=limit)
        except WorkspaceBusy as reason:
            if not stands_by:
                failed(f"another worker folds here ({reason.what}): standing by to take over")
            stands_by = True
            stop.wait(1.0)
        except StoreUnreachable as reason:
            log.warning("folding waits for a store", extra={"reason": reason.what})
            failed(str(reason))
            stop.wait(0.5)


def _fold_while_holding(
    settings: Settings,
    redis_url: str,
    stop: threading.Event,
    told: Told,
    counts: WorkerCounts,
    *,
    linger_s: float,
    limit: int = 5000,
) -> None:
    from adplat.data import Lake
    from adplat.features import FeatureEncoding, ItemBlock
    from adplat.flows.linear_learning import with_bundle
    from adplat.snapshots import DeploymentPointer, ShadingFile, ShadowPointer, load_snapshot

    pointer = DeploymentPointer(settings.workspace)
    lake, clock = Lake(settings.lake_folder), bootstrap.clock()
    with (
        closing(bootstrap.open_database(settings)) as database,
        closing(bootstrap.open_stream(settings, redis_url)) as stream,
        closing(bootstrap.open_bid_upkeep(settings, redis_url)) as upkeep,
        closing(bootstrap.open_conversions(settings, redis_url)) as conversions,
        closing(bootstrap.open_worker_counts(settings, redis_url)) as shared,
    ):
        ledger = bootstrap.open_ledger(database)
        encoding: FeatureEncoding | None = None
        items_of: dict[str, ItemBlock] = {}
        watch, shadow = ShadowPointer(settings.workspace), None
        pacer, paced_at_s = CampaignPacer(), 0.0
        alerts = CoverageAlerts(bootstrap.open_jobs(database))
        learner = PriceLearner(
            lake,
            ShadingFile(settings.workspace),
            every_s=60.0 * settings.shading_every_minutes,
            window_days=settings.shading_window_days,
        )
        drop_unfinished_parts(ledger, lake)
        more = False
        while not stop.wait(0.0 if more else linger_s):
            if encoding is None or pointer.has_moved():
                snapshot = load_snapshot(pointer.folder_of(pointer.read()))
                encoding = FeatureEncoding.load(snapshot.bundle_path)
                items_of = with_bundle(items_of, snapshot)
            if watch.has_moved():
                shadow = _shadow_model(watch)
            if clock.now().timestamp() - paced_at_s >= _PACE_EVERY_S:
                paced_at_s = clock.now().timestamp()
                pacer.look(upkeep, snapshot.catalogue, clock.now())
            now = clock.now()
            progress = fold_events(
                stream, ledger, lake, encoding, now, limit=limit, wait_ms=500, shadow=shadow, items_of=items_of
            )
            credited = attribute_conversions(conversions, folded_ms(progress, now), settings.attribution_grace_s)
            released = release_all_expired(upkeep, clock.now(), stop)
            learner.look(clock.now())
            told(progress, released, credited)
            if progress.entries or released or credited.settled:
                log.info("a round", extra=about_round(progress, released, credited))
            counts.count(progress, released, credited)
            now_s = clock.now().timestamp()
            state = WorkerState(now_s, progress.lag_s, pacer.largest_budget_share(), alerts.standing(now_s))
            counts.tell(shared, state)
            # A full batch means that more is waiting.
            more = progress.entries >= limit or credited.left
        counts.tell(shared, WorkerState(clock.now().timestamp(), 0.0), is_last=True)


def release_all_expired(upkeep: BidUpkeep, now: datetime, stop: threading.Event) -> int:
    """Give back every reservation whose time has passed by ``now``, in steps that keep no bidder waiting."""
    released = 0
    while not stop.is_set():
        step = upkeep.release_expired(now, _RELEASED_A_STEP)
        released += step
        if step < _RELEASED_A_STEP:
            break
    return released


def _shadow_model(pointer: ShadowPointer) -> ShadowModel | None:
    """The bundle that looks on, loaded; one that cannot be is left out, since folding must go on."""
    from adplat.ctr import Scorer
    from adplat.flows.shadow_decisions import ShadowModel
    from adplat.snapshots import load_snapshot

    try:
        found = pointer.read()
        if found is None:
            return None
        snapshot = load_snapshot(pointer.folder_of(found))
        scorer = Scorer.load(snapshot.bundle_path)
        scorer.prepare_items(snapshot.items)
    except (AdplatError, OSError):
        log.exception("folding without the shadow")
        return None
    return ShadowModel(snapshot, scorer)


def words_of(progress: FoldProgress, released: int = 0, credited: AttributionProgress = _NOTHING_CREDITED) -> str:
    """One line for a log or a terminal."""
    line = f"folded {progress.entries} entries to {progress.folded_to}, {progress.lag_s:.1f} s behind"
    for count, what in (
        (progress.auctions, "auctions ended"),
        (released, "reservations ran out"),
        (credited.attributed, "conversions attributed"),
        (credited.out_of_window, "out of their window"),
        (credited.unattributed, "unattributed"),
        (progress.malformed, "entries could not be read and were put aside"),
    ):
        line += f", {count} {what}" if count else ""
    return line


def about_round(progress: FoldProgress, released: int, credited: AttributionProgress) -> dict[str, object]:
    """The same for a log that machines read."""
    names = ("entries", "events", "auctions", "malformed", "lag_s")
    told: dict[str, object] = {name: getattr(progress, name) for name in names}
    return (
        told
        | {"released": released, "folded_to": str(progress.folded_to)}
        | {c: getattr(credited, c) for c in _CREDITS}
    )


def main() -> None:
    """The worker as a child of ``serve_bidding``: a ``WorkerOrder`` as JSON on stdin, progress on stdout."""
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=WorkerOrder)
    os.nice(_STEPS_BACK)
    stop = threading.Event()
    stop_on_signals(stop)
    stop_with_parent(stop, order.supervisor)

    def say(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    def told(progress: FoldProgress, released: int, credited: AttributionProgress) -> None:
        if progress.entries or released or credited.settled:
            say(words_of(progress, released, credited))

    settings = Settings.model_validate(order.settings)
    with writing_logs(settings, "worker"), jobs_beside(settings, say):
        fold_until(settings, order.redis_url, stop, told, say)
    if os.getppid() != order.supervisor:
        _end_what_the_supervisor_left(settings)


def _end_what_the_supervisor_left(settings: Settings) -> None:
    """Ray ends itself when its driver is killed, HAProxy does not: it would answer errors on the service's port."""
    try:
        with bootstrap.lock_workspace(settings, "serve"):
            end_leftovers(run_folder(settings.workspace))
    except WorkspaceBusy:
        return  # somebody serves again, and has done it


if __name__ == "__main__":
    main()
