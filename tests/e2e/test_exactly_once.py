"""Every event answered 2xx is counted exactly once, while worker, replica and Valkey are killed mid-stream.

Everything here is real: Ray Serve behind HAProxy, the trained bundle, Valkey, SQLite, the worker process.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import psutil
import pytest

from adplat import bootstrap
from adplat.client import BiddingClient, event
from adplat.data import Lake
from adplat.domain import ArmStatistics, Event, EventKind, EventOutcome, LoggedRequests, StoreUnreachable
from adplat.features import FeatureEncoding, item_hash, unpack_user
from adplat.simulator import PlayRequest
from tests.e2e.real_workspace import RealWorkspace, a_real_workspace
from tests.e2e.running_service import descendant, free_port, serving, wait_for

REQUESTS = 2400
CLIENTS = 4


@dataclass
class Kept:
    """What the service promised to count: every event it answered, with the creative and user of its decision."""

    events: list[tuple[Event, str, str, datetime, float]] = field(default_factory=list)
    outcomes: Counter[EventOutcome] = field(default_factory=Counter)
    refused_ranks: int = 0
    done: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def play(url: str, requests: list[PlayRequest], kept: Kept, seed: int) -> None:
    """One client: rank, report, and send again whatever was not answered 2xx."""
    rng = np.random.default_rng(seed)
    with BiddingClient(url, patience_s=60) as bidding:
        for request in requests:
            while True:
                try:
                    result = bidding.rank(
                        placement=str(request.context["placement"]),
                        candidates=request.candidates,
                        user_key=request.user_key,
                        context=request.context,
                        request_id=request.request_id,
                        ts=request.ts,
                    )
                    break
                except StoreUnreachable:
                    with kept.lock:
                        kept.refused_ranks += 1
                    time.sleep(0.2)
            first, now = result.creatives[0], datetime.now(UTC)
            events = [event(result.decision_id, EventKind.IMPRESSION, now)]
            if rng.random() < 0.3:
                events.append(event(result.decision_id, EventKind.CLICK, now))
                if rng.random() < 0.3:
                    events.append(event(result.decision_id, EventKind.CONVERSION, now, value_micros=70))
            outcomes = bidding.send_events(events)
            with kept.lock:
                kept.outcomes.update(outcomes)
                kept.done += 1
                kept.events += [(e, first.creative_id, request.user_key, request.ts, first.p_ctr) for e in events]


def kill_one_after_another(service: psutil.Process, kept: Kept) -> None:
    """Worker, replica, Valkey, worker again: each in the middle of the traffic."""
    marks = ("services.bidding.worker", "ray::ServeReplica", "valkey-server", "services.bidding.worker")
    for place, mark in enumerate(marks, start=1):
        wait_for(lambda due=REQUESTS * place // 5: kept.done >= due, 120)  # type: ignore[misc]
        wait_for(lambda wanted=mark: descendant(service, wanted) is not None, 30)  # type: ignore[misc]
        victim = descendant(service, mark)
        assert victim is not None
        os.kill(victim, signal.SIGKILL)
        # Whoever was killed is there again, as another process.
        wait_for(lambda dead=victim, wanted=mark: descendant(service, wanted) not in (None, dead), 60)  # type: ignore[misc]


def arms_of(kept: Kept) -> dict[str, ArmStatistics]:
    sums: dict[str, ArmStatistics] = {}
    for reported, creative_id, _, _, p_ctr in kept.events:
        add = {
            EventKind.IMPRESSION: ArmStatistics(impressions=1, expected_clicks=p_ctr),
            EventKind.CLICK: ArmStatistics(clicks=1),
            EventKind.CONVERSION: ArmStatistics(conversions=1, value_micros=reported.value_micros),
        }[reported.kind]
        sums[creative_id] = sums.get(creative_id, ArmStatistics()) + add
    return sums


def assert_same_arms(found: dict[str, ArmStatistics], wanted: dict[str, ArmStatistics]) -> None:
    def counts(arms: dict[str, ArmStatistics]) -> dict[str, tuple[int, int, int, int]]:
        return {name: (a.impressions, a.clicks, a.conversions, a.value_micros) for name, a in arms.items()}

    assert counts(found) == counts(wanted)
    for name, arm in wanted.items():
        assert found[name].expected_clicks == pytest.approx(arm.expected_clicks, rel=1e-9)


def test_events_answered_2xx_are_counted_exactly_once_whatever_dies(tmp_path: Path) -> None:
    # Of its own: everything that was ever counted there is counted again here.
    deployed = a_real_workspace(tmp_path, http_port=free_port(), grpc_port=free_port())
    settings, kept, log = deployed.settings, Kept(), tmp_path / "serve.log"
    requests = deployed.world.public(seed=5).next_requests(REQUESTS)
    url = f"http://{settings.http_host}:{settings.http_port}"
    with serving(settings, log) as service:
        everybody = {process.pid: process for process in service.children(recursive=True)}
        with ThreadPoolExecutor(CLIENTS + 1) as pool:
            killer = pool.submit(kill_one_after_another, service, kept)
            players = [pool.submit(play, url, requests[n::CLIENTS], kept, n) for n in range(CLIENTS)]
            for work in (*players, killer):
                work.result(timeout=150)
        database = bootstrap.open_database(settings)
        ledger = bootstrap.open_ledger(database)
        wanted = arms_of(kept)

        def all_counted() -> bool:
            counts = [total.statistics for total in ledger.totals_by_creative().values()]
            bought = sum(arm.conversions for arm in wanted.values())
            return sum(c.impressions for c in counts) >= REQUESTS and sum(c.conversions for c in counts) >= bought

        wait_for(all_counted, 60)
        with BiddingClient(url) as bidding:
            wait_for(lambda: bidding.health().redis, 30)
        everybody |= {process.pid: process for process in service.children(recursive=True)}
    words = log.read_text()
    assert "the embedded Valkey had ended and was started again" in words
    assert words.count("the worker had ended") == 2

    # Nothing was refused for good, nothing forgotten, and nothing is left running.
    assert kept.outcomes[EventOutcome.UNKNOWN_DECISION] == 0
    assert sum(kept.outcomes.values()) == len(kept.events)
    assert not [process for process in everybody.values() if process.is_running()]
    assert sum(e.kind is EventKind.IMPRESSION for e, *_ in kept.events) == REQUESTS

    # SQL.
    assert_same_arms({n: t.statistics for n, t in ledger.totals_by_creative().items()}, wanted)
    database.close()
    # The lake.
    lake = Lake(settings.lake_folder)
    for table, kind in (
        ("impressions", EventKind.IMPRESSION),
        ("clicks", EventKind.CLICK),
        ("conversions", EventKind.CONVERSION),
    ):
        found = sorted(lake.scan(table).collect()["decision_id"])
        assert found == sorted(e.decision_id for e, *_ in kept.events if e.kind is kind)
    # Of a tenth of the users: what the killed replica had in hand is not there, and nothing is there twice.
    logged = lake.scan("requests").collect()["request_id"]
    assert 0 < len(logged) == logged.n_unique()
    # Redis: bandit statistics, histories, and a stream that is folded and forgotten.
    with (
        bootstrap.embedded_valkey(settings) as valkey,
        closing(bootstrap.open_stream(settings, valkey.url)) as stream,
    ):
        assert_same_arms(stream.read_arms(), wanted)
        assert_histories_hold_the_clicks(deployed, stream.read_users, kept)
        # But for what the last replica logged of opportunities when it ended, which counts nowhere.
        left = stream.read_entries(stream.folded_to(), 10, 0)
        assert [entry for entry in left if not isinstance(entry, LoggedRequests)] == []


def assert_histories_hold_the_clicks(
    deployed: RealWorkspace, read_users: Callable[[list[str]], dict[str, bytes]], kept: Kept
) -> None:
    """Each clicking user's history is the newest of what was clicked online and in the training log."""
    from adplat.features import Histories

    encoding = FeatureEncoding.load(deployed.bundle_dir)
    length = encoding.layout.history_length
    clicks: dict[str, set[tuple[int, int]]] = {}
    for reported, creative_id, user_key, decided, _ in kept.events:
        if reported.kind is EventKind.CLICK and user_key:
            entry = (int(decided.timestamp()), item_hash(creative_id))
            clicks.setdefault(user_key, set()).add(entry)
    users = sorted(clicks)
    trained = Histories.load(deployed.bundle_dir / "history.parquet", encoding.schema)
    hashes, times = trained.all_of(users, length)
    blobs = read_users(users)
    assert sorted(blobs) == users
    for place, user_key in enumerate(users):
        before = {(int(t), int(h)) for t, h in zip(times[place, 0], hashes[place, 0], strict=True) if h}
        wanted = sorted(before | clicks[user_key], reverse=True)[:length]
        vector = unpack_user(blobs[user_key], encoding.digest)
        found = [(int(t), int(h)) for t, h in zip(vector.history_time_s[0], vector.history[0], strict=True) if h]
        assert found == wanted
