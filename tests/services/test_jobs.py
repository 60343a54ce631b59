"""Jobs beside the fold: done by a process of their own, which may be killed."""

from __future__ import annotations

import io
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import msgspec
import psutil  # type: ignore[import-untyped]  # it ships no types
import pytest

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.data import Lake
from adplat.domain import JobOrder, JobState, KeptExperiment, LiveBundles, Rollout, RolloutDeed, StoreUnreachable
from adplat.experiments import parse_setup
from services.hosting import jobs
from services.hosting.jobs import do_due_jobs, jobs_beside
from tests.flows.experiment_rig import a_setup, shown


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return bootstrap.read_settings(
        workspace=tmp_path / "ws", job_lease_s=0.9, analysis_every_minutes=0.001, actor="mei"
    )


def a_running_experiment(settings: Settings) -> None:
    """Of no catalogue, started an hour ago, with rows in the lake that are a minute old."""
    experiment = {"arms": [{"name": "plain"}, {"name": "bright"}], "campaign_ids": []}
    setup, planned = parse_setup(a_setup(experiment=experiment), where="setup")
    document = json.loads(msgspec.json.encode(setup)) | {"planned": planned}
    now = datetime.now(UTC)
    with bootstrap.opened_experiments(settings) as parts:
        parts.experiments.create(KeptExperiment(setup.experiment, document, now, "mei"))
        hour_ago = now - timedelta(hours=1)
        parts.experiments.change("spring", lambda one, _: one.started(hour_ago), now, "mei", "experiment start", {})
    shown(Lake(settings.lake_folder), "spring", {"plain": 0.1, "bright": 0.12}, 500, now, part="p")


def results(settings: Settings) -> int:
    with bootstrap.opened_experiments(settings) as parts:
        return len(parts.experiments.results("spring"))


def wait_for(condition: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until, f"waited too long for {what}"
        time.sleep(0.1)


def children_doing_jobs() -> list[psutil.Process]:
    return [child for child in psutil.Process().children(recursive=True) if "services.hosting.jobs" in words_of(child)]


def words_of(process: psutil.Process) -> list[str]:
    """Its command line; none of one that has ended, which other tests of this process may have left behind."""
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


def test_what_is_due_is_done_and_told(settings: Settings) -> None:
    settings = settings.model_copy(update={"analysis_every_minutes": 30.0})
    a_running_experiment(settings)
    told: list[str] = []
    assert do_due_jobs(settings, told.append) == 1
    assert told == ["job 1 (analyze-experiment spring) is done"]
    assert results(settings) == 1
    assert do_due_jobs(settings) == 0


def test_a_child_process_analyses_while_the_block_runs_and_ends_with_it(settings: Settings) -> None:
    a_running_experiment(settings)
    with jobs_beside(settings):
        wait_for(lambda: results(settings) >= 2, "two analyses")
        assert len(children_doing_jobs()) == 1
    assert children_doing_jobs() == []


def test_the_child_writes_the_log_of_the_service_where_what_a_job_died_of_is_whole(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, rollouts: bool) -> None:
        logging.getLogger("adplat.flows.run_jobs").error("a job failed: %s", "job-1-1", extra={"reason": "INSERT INTO"})

    for name in ("stop_on_signals", "stop_with_parent"):
        monkeypatch.setattr(jobs, name, lambda *_: None)
    monkeypatch.setattr(os, "nice", lambda _: 0)
    monkeypatch.setattr(jobs, "do_jobs_until", fails)
    order = msgspec.json.encode(jobs.JobsOrder(settings.model_dump(mode="json"), os.getpid()))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(order)))
    jobs.main()

    [line] = (settings.workspace / "logs" / "adplat.jsonl").read_text().splitlines()
    told = json.loads(line)
    assert (told["event"], told["process"], told["reason"]) == ("a job failed: job-1-1", "jobs", "INSERT INTO")


def test_a_child_that_is_killed_is_started_again_and_what_it_held_is_done(settings: Settings) -> None:
    a_running_experiment(settings)
    kind, now = "analyze-experiment", datetime.now(UTC)
    with bootstrap.opened_jobs(settings) as queue:
        queue.add(JobOrder(kind, "spring", now, "mei", {"stopped": False}), now)
        held = queue.take([kind], "killed", now, settings.job_lease_s)
        assert held is not None
        told: list[str] = []
        with jobs_beside(settings, told.append):
            wait_for(lambda: len(children_doing_jobs()) == 1, "the child")
            [child] = children_doing_jobs()
            child.kill()
            wait_for(lambda: queue.find(held.job_id).state is JobState.DONE, "the job that was held")
            assert children_doing_jobs() and children_doing_jobs()[0].pid != child.pid
        done = queue.find(held.job_id)
        assert (done.attempts, done.worker_id != "killed") == (2, True)
        assert any("is started again" in line for line in told)


PARENT = """
import os, sys, threading
from adplat.bootstrap import Settings
from services.hosting import jobs
from services.hosting.jobs import jobs_beside
with jobs_beside(Settings(workspace=sys.argv[1])):
    print("up", flush=True)
    threading.Event().wait()
"""


def test_a_child_does_not_outlive_a_worker_that_was_killed(settings: Settings) -> None:
    settings.workspace.mkdir()
    bootstrap.upgrade_database(settings)
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(settings.workspace)], stdout=subprocess.PIPE)
    assert parent.stdout is not None and parent.stdout.readline() == b"up\n"
    found: list[psutil.Process] = []

    def has_a_child() -> bool:
        found[:] = psutil.Process(parent.pid).children()
        return bool(found)

    wait_for(has_a_child, "the child")
    time.sleep(1.0)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    wait_for(lambda: not found[0].is_running() or found[0].status() == psutil.STATUS_ZOMBIE, "the child's end")


def test_a_database_that_is_away_is_waited_for(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_AWAY_S", 0.01)
    away = settings.model_copy(update={"database_url": "postgresql://nobody@127.0.0.1:9/none"})
    stop, said = threading.Event(), []

    def told(line: str) -> None:
        said.append(line)
        if len(said) == 2:
            stop.set()

    jobs.do_jobs_until(away, stop, told)
    assert len(said) == 2 and "does not answer" in said[0]
    with pytest.raises(StoreUnreachable), closing(bootstrap.open_database(away)):
        pass


def test_rollouts_are_done_by_a_process_of_their_own_that_does_nothing_else(settings: Settings) -> None:
    a_running_experiment(settings)
    now = datetime.now(UTC)
    seen = LiveBundles("", 0).version
    payload = {"deed": "rollback", "reason": "clicks fell", "seen": seen}
    with bootstrap.opened_jobs(settings) as queue:
        other = queue.add(JobOrder("look", "k1", now, "mei"), now)
        job = queue.add(JobOrder(RolloutDeed.ROLLBACK.kind, "", now, "olga", payload, most_attempts=1), now)
        with jobs_beside(settings, rollouts=True):
            wait_for(lambda: queue.find(job.job_id).state is JobState.DONE, "the rollout")
        assert queue.find(other.job_id).state is JobState.QUEUED
        assert results(settings) == 0
        told = Rollout(queue.find(job.job_id))
    assert (told.outcome, told.refusal["what"]) == ("refused", "there is no earlier live bundle to go back to")
