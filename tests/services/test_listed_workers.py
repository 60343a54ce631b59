"""Real processes that do jobs stand in the list of workers; one that is killed is gone after its lease."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.domain import ROLLOUT_KINDS, SEND_REPORT, Worker
from services.hosting.jobs import do_due_jobs
from tests.real_postgres import a_postgres

LEASE_S = 3.0


@pytest.fixture(scope="module")
def postgres() -> Iterator[Any]:
    folder = Path(tempfile.mkdtemp(prefix="adp-"))
    with a_postgres(folder / "postgres") as server:
        yield server
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    url = ""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        server.psql("CREATE DATABASE listed")
        url = str(server.get_uri("listed"))
    made = bootstrap.read_settings(workspace=tmp_path / "ws", database_url=url, job_lease_s=LEASE_S, actor="mei")
    made.workspace.mkdir()
    bootstrap.upgrade_database(made)
    return made


# What ``jobs_beside`` starts, without anybody who starts it again.
CHILD = """
import sys, threading
from adplat import bootstrap
from services.hosting.asked_to_stop import stop_on_signals
from services.hosting.jobs import do_jobs_until
settings = bootstrap.Settings.model_validate_json(sys.argv[1])
stop = threading.Event()
stop_on_signals(stop)
do_jobs_until(settings, stop, rollouts=sys.argv[2] == "rollouts")
"""


def a_process(settings: Settings, what: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", CHILD, settings.model_dump_json(), what])


def living(settings: Settings) -> list[Worker]:
    with bootstrap.opened_workers(settings) as workers:
        return workers.living(bootstrap.clock().now())


def wait_for(condition: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until, f"waited too long for {what}"
        time.sleep(0.1)


def test_two_workers_are_told_apart_one_is_killed_and_one_ends_in_order(settings: Settings) -> None:
    both = {what: a_process(settings, what) for what in ("jobs", "rollouts")}
    try:
        wait_for(lambda: len(living(settings)) == 2, "two workers")
        found = {one.worker_id.split(":")[1]: one for one in living(settings)}
        kinds = {what: set(found[str(process.pid)].kinds) for what, process in both.items()}
        assert kinds["rollouts"] == set(ROLLOUT_KINDS) and SEND_REPORT in kinds["jobs"]
        assert kinds["jobs"].isdisjoint(kinds["rollouts"])
        time.sleep(2 * LEASE_S)  # they go on saying that they are there
        assert {one.worker_id for one in living(settings)} == {one.worker_id for one in found.values()}

        both["jobs"].kill()
        both["jobs"].wait()
        killed = found[str(both["jobs"].pid)].worker_id
        wait_for(lambda: killed not in {one.worker_id for one in living(settings)}, "the end of a lease")
        [left] = living(settings)
        assert set(left.kinds) == set(ROLLOUT_KINDS)
        with bootstrap.opened_workers(settings) as workers:
            assert SEND_REPORT not in workers.kinds_taken(bootstrap.clock().now())

        both["rollouts"].terminate()
        assert both["rollouts"].wait(30) == 0
        assert living(settings) == []
        with closing(bootstrap.open_database(settings)) as database:
            # The one that ended took its row along; the killed one's waits for whoever comes next.
            assert database.row_counts()["workers"] == 1
        do_due_jobs(settings)
        with closing(bootstrap.open_database(settings)) as database:
            assert database.row_counts()["workers"] == 0
    finally:
        for process in both.values():
            process.kill()
            process.wait()
