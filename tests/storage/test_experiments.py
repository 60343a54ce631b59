"""Experiments in SQL, on both databases: states as columns, every change with its line in the audit trail."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from adplat.domain import (
    ConfigRejected,
    Experiment,
    ExperimentArm,
    ExperimentResult,
    ExperimentState,
    ExperimentStore,
    JobOrder,
    KeptExperiment,
    ListRequest,
    TrafficRaise,
    UnknownReference,
    condition_from,
)
from adplat.storage import Database, SqlAuditTrail, SqlExperiments, SqlJobs, open_database

from .builders import NOON


def a_draft(name: str = "spring", **facts: Any) -> KeptExperiment:
    arms = (ExperimentArm("plain", creative_ids=("c1",)), ExperimentArm("hell", 2.0, ("c2",), "uniform"))
    experiment = Experiment(name, arms, campaign_ids=("k1",), **facts)
    return KeptExperiment(
        experiment, {"experiment": msgspec.json.decode(msgspec.json.encode(experiment)), "题": "茶"}, NOON, "mei"
    )


def start(store: ExperimentStore, name: str = "spring") -> KeptExperiment:
    return store.change(name, lambda kept, _: kept.started(NOON), NOON, "li", "experiment start", {"why": "now"})


def actions(database: Database) -> list[tuple[str, str, str]]:
    return [(entry.action, entry.actor, entry.subject) for entry in SqlAuditTrail(database).entries()][::-1]


def test_what_was_created_comes_back_and_its_name_is_taken(database: Database) -> None:
    store: ExperimentStore = SqlExperiments(database)
    store.create(a_draft())
    assert store.find("spring") == a_draft()
    with pytest.raises(ConfigRejected, match="of this name"):
        store.create(a_draft(traffic=0.5))
    assert store.find("spring") == a_draft()
    with pytest.raises(UnknownReference, match="no experiment has this name"):
        store.find("autumn")
    assert actions(database) == [("experiment create", "mei", "spring")]


def test_a_whole_life_is_kept_with_its_times_its_paused_arm_and_its_reason(database: Database) -> None:
    store = SqlExperiments(database)
    store.create(a_draft())
    start(store)
    store.change("spring", lambda kept, _: kept.with_arm_paused("hell"), NOON, "job 7", "experiment pause-arm", {})
    later = NOON + timedelta(days=3)
    store.change("spring", lambda kept, _: kept.stopped(later), later, "li", "experiment stop", {})
    after = store.change(
        "spring", lambda kept, _: kept.decided("plain", "hell 更差", later), later, "li", "experiment decide", {}
    )
    assert store.find("spring") == after
    assert (after.experiment.state, after.winner, after.reason) == (ExperimentState.DECIDED, "plain", "hell 更差")
    assert (after.experiment.started_at, after.experiment.stopped_at, after.decided_at) == (NOON, later, later)
    assert [arm.paused for arm in after.experiment.arms] == [False, True]
    assert [arm.weight for arm in after.experiment.arms] == [1.0, 2.0]
    assert [action for action, *_ in actions(database)][1:] == [
        "experiment start",
        "experiment pause-arm",
        "experiment stop",
        "experiment decide",
    ]


def test_raises_of_traffic_are_kept_in_their_order_and_the_last_one_holds(database: Database) -> None:
    store = SqlExperiments(database)
    store.create(a_draft(traffic=0.1))
    start(store)
    raises = tuple(TrafficRaise(NOON + timedelta(hours=hour), hour / 4, "mei", "健康") for hour in (1, 4))
    for one in raises:
        store.change("spring", lambda kept, _, one=one: kept.with_traffic(one), one.at, "mei", "x", {})  # type: ignore[misc]
    kept = store.find("spring")
    assert (kept.raises, kept.experiment.traffic) == (raises, 1.0)
    assert kept.setup["experiment"]["traffic"] == 0.1, "the set-up never changes"


def test_a_step_that_is_refused_or_changes_nothing_leaves_neither_a_change_nor_a_line(database: Database) -> None:
    store = SqlExperiments(database)
    store.create(a_draft())
    with pytest.raises(ConfigRejected):
        store.change("spring", lambda kept, _: kept.stopped(NOON), NOON, "li", "experiment stop", {})
    store.change("spring", lambda kept, _: kept, NOON, "li", "experiment pause-arm", {})
    with pytest.raises(UnknownReference):
        start(store, "autumn")
    assert store.find("spring") == a_draft()
    assert len(actions(database)) == 1


def test_experiments_are_listed_by_state_oldest_first(database: Database) -> None:
    store = SqlExperiments(database)
    for name in ("b", "a", "c"):
        store.create(a_draft(name, layer=name))
    start(store, "c")
    assert [one.experiment_id for one in store.experiments()] == ["a", "b", "c"]
    assert [one.experiment_id for one in store.experiments([ExperimentState.RUNNING])] == ["c"]


def test_of_two_that_start_at_once_the_second_sees_the_first_one_running(url: str) -> None:
    database = open_database(url)
    store = SqlExperiments(database)
    for name in ("a", "b"):
        store.create(a_draft(name))
    seen: list[tuple[str, list[str]]] = []
    together = threading.Barrier(2)

    def begin(name: str) -> None:
        def step(kept: KeptExperiment, running: Sequence[KeptExperiment]) -> KeptExperiment:
            seen.append((name, [one.experiment_id for one in running]))
            time.sleep(0.3)  # so long that the other one would have read as well, did it not have to wait
            return kept.started(NOON)

        own = open_database(url)
        together.wait()
        SqlExperiments(own).change(name, step, NOON, "li", "experiment start", {})
        own.close()

    threads = [threading.Thread(target=begin, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database.close()
    assert sorted(seen, key=lambda one: len(one[1])) == [(seen[0][0], []), (seen[1][0], [seen[0][0]])]


def test_a_job_leaves_one_result_however_often_it_begins(database: Database) -> None:
    store = SqlExperiments(database)
    store.create(a_draft())
    job = SqlJobs(database).add(JobOrder("analyze", "spring", NOON, "w"), NOON)
    result = ExperimentResult("spring", NOON, NOON, None, {"analysis": {"p": 0.25}}, job.job_id)
    kept = store.add_result(result)
    again = store.add_result(ExperimentResult("spring", NOON + timedelta(hours=1), None, None, {}, job.job_id))
    assert kept == again and kept.result_id == 1
    by_hand = store.add_result(ExperimentResult("spring", NOON, None, None, {}))
    also_by_hand = store.add_result(ExperimentResult("spring", NOON, None, None, {}))
    assert store.results("spring") == [kept, by_hand, also_by_hand]
    with pytest.raises(UnknownReference):
        store.add_result(ExperimentResult("autumn", NOON, None, None, {}))


def test_results_come_in_pages_the_latest_of_many_at_once_and_some_spread_over_time(database: Database) -> None:
    store = SqlExperiments(database)
    for name in ("spring", "summer", "autumn"):
        store.create(a_draft(name, salt=f"{name}-salt"))
    for hour in range(10):
        for name in ("spring", "summer"):
            at = NOON + timedelta(hours=hour)
            store.add_result(ExperimentResult(name, at, NOON, at, {"hour": hour}))
    first = store.result_page("spring", ListRequest(limit=4))
    rest = store.result_page("spring", ListRequest(limit=10, cursor=first.next))
    assert [one.document["hour"] for one in (*first.items, *rest.items)] == list(range(9, -1, -1))
    assert rest.next == ""
    with pytest.raises(ConfigRejected, match="no field"):
        store.result_page("spring", ListRequest([condition_from("document=x")]))
    latest = store.latest_results(["spring", "summer", "autumn", "gone"])
    assert {name: one.document["hour"] for name, one in latest.items()} == {"spring": 9, "summer": 9}
    for most, hours in ((1, [9]), (2, [0, 9]), (4, [0, 3, 6, 9]), (50, list(range(10)))):
        found, count = store.results_over_time("spring", most)
        assert ([one.document["hour"] for one in found], count) == (hours, 10)
    assert store.results_over_time("autumn", 5) == ([], 0)
