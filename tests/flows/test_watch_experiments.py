"""Running experiments are analysed again and again, and what follows from a result is done once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adplat.domain import ExperimentState, JobState
from adplat.experiments import parse_spec
from adplat.flows.analyze_kept_experiment import analyze_kept_experiment
from adplat.flows.analyze_rows import analyze_rows
from adplat.flows.describe_experiments import experiment_story
from adplat.flows.manage_experiments import decide_experiment, pause_arm, start_experiment, stop_experiment
from adplat.flows.watch_experiments import ANALYZE, watch_experiments
from tests.flows.experiment_rig import HOURLY, Rig, a_rig, a_setup

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
ALIKE = {"plain": 0.10, "bright": 0.10, "dark": 0.10}
DARK_LOSES = {"plain": 0.10, "bright": 0.10, "dark": 0.06}


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with a_rig(tmp_path) as made:
        yield made


def looked(rig: Rig, rates: dict[str, float], wait_s: float = DAY_S, **facts: Any) -> dict[str, Any]:
    """A day later, with so many more showings: the result of the analysis that is due then."""
    rig.clock.advance(wait_s)
    rig.show(rates, **facts)
    job = rig.look()
    assert job is not None and job.state is JobState.DONE, job
    assert job.result is not None
    return dict(job.result)


def test_the_first_analysis_is_due_after_an_hour_and_where_nobody_came_says_so(rig: Rig) -> None:
    rig.create()
    assert rig.look() is None, "a draft is not analysed"
    start_experiment(rig.parts, "spring")
    assert rig.look() is None
    rig.clock.advance(HOUR_S)
    job = rig.look()
    assert job is not None and job.state is JobState.DONE
    assert job.result is not None and "skipped" in job.result
    assert rig.parts.experiments.results("spring") == []


def test_where_the_lake_is_older_than_the_experiment_the_analysis_waits_for_its_first_showing(rig: Rig) -> None:
    rig.show(ALIKE, users=5)
    rig.clock.advance(2 * HOUR_S)
    rig.running()
    rig.clock.advance(HOUR_S)
    job = rig.look()
    assert job is not None and (job.state, job.error) == (JobState.DONE, ""), job
    assert job.result is not None and job.result["skipped"] == "nothing was shown in the time asked for"
    looked(rig, ALIKE)


def test_the_next_analysis_waits_in_the_queue_and_is_done_in_its_time(rig: Rig) -> None:
    rig.running()
    looked(rig, ALIKE, wait_s=HOUR_S)
    assert rig.look() is None
    waiting = rig.parts.jobs.latest(ANALYZE, "spring")
    assert waiting is not None and waiting.state is JobState.QUEUED
    assert (waiting.order.run_after - rig.clock.now()).total_seconds() == HOUR_S
    rig.clock.advance(HOUR_S - 1)
    assert rig.look() is None
    rig.clock.advance(1)
    assert rig.look() is not None
    assert [result.result_id for result in rig.parts.experiments.results("spring")] == [1, 2]


def test_a_result_is_what_an_analysis_of_the_same_rows_says_and_can_be_asked_again(rig: Rig) -> None:
    rig.running()
    looked(rig, ALIKE)
    [result] = rig.parts.experiments.results("spring")
    spec = parse_spec(dict(result.document["question"]), where="kept")
    again = analyze_rows(spec, lake=rig.lake)
    assert result.document["analysis"] == again
    assert again["data"]["units"] == 12_000
    assert (result.data_since, result.data_until) == (
        rig.parts.experiments.find("spring").experiment.started_at,
        rig.clock.now(),
    )
    assert {arm["name"]: arm["n"] for arm in again["arms"]} == {"plain": 4000, "bright": 4000, "dark": 4000}


def test_a_loser_is_paused_where_the_set_up_says_so_and_replicas_are_told(rig: Rig) -> None:
    rig.running(a_setup(pause_losers=True))
    said = looked(rig, DARK_LOSES)
    assert said["paused"] == ["dark"] and rig.paused() == ["dark"]
    assert [arm.name for arm in rig.told()[0].arms if arm.paused] == ["dark"]
    entry = rig.parts.audit.about("spring")[-1]
    assert (entry.actor, entry.action) == ("job 1", "experiment pause-arm")
    assert "worse than plain" in entry.detail["reason"] and "result 1" in entry.detail["reason"]
    rest = {"plain": 0.1, "bright": 0.1}
    assert looked(rig, rest)["paused"] == []
    analysis = rig.parts.experiments.results("spring")[-1].document["analysis"]
    assert [arm["name"] for arm in analysis["arms"]] == ["plain", "bright"]
    assert not analysis["srm"]["flagged"]


def test_a_loser_goes_on_where_the_set_up_does_not_say_so(rig: Rig) -> None:
    rig.running()
    assert looked(rig, DARK_LOSES)["paused"] == []
    assert rig.parts.experiments.results("spring")[-1].document["losing"] == ["dark"]
    assert rig.paused() == []


def test_no_arm_is_paused_before_the_gates_or_when_units_do_not_come_as_planned(rig: Rig) -> None:
    rig.running(a_setup(pause_losers=True, analysis={"gates": {"minimum_age_days": 3}}))
    assert looked(rig, DARK_LOSES)["verdict"] == "wait"
    assert rig.paused() == []
    rig.clock.advance(2 * DAY_S)
    rig.show({"plain": 0.1}, users=1500)
    job = rig.look()
    assert job is not None and job.result is not None and job.result["verdict"] == "invalid"
    assert rig.paused() == []


def test_when_every_treatment_lost_the_control_is_left_and_nothing_more_is_asked(rig: Rig) -> None:
    rig.running(a_setup(pause_losers=True))
    assert sorted(looked(rig, {"plain": 0.10, "bright": 0.06, "dark": 0.06})["paused"]) == ["bright", "dark"]
    assert rig.state() is ExperimentState.RUNNING
    rig.clock.advance(DAY_S)
    job = rig.look()
    assert job is not None and job.result is not None and "every arm but the control" in job.result["skipped"]
    rig.clock.advance(DAY_S)
    assert rig.look() is None
    assert not rig.told()[0].arms[0].paused


def test_one_that_was_stopped_as_soon_as_it_started_has_nothing_to_analyse(rig: Rig) -> None:
    rig.running()
    stop_experiment(rig.parts, "spring")
    rig.clock.advance(60)
    job = rig.look()
    assert job is not None and job.result is not None and "just started" in job.result["skipped"]
    rig.clock.advance(DAY_S)
    assert rig.look() is None


GUARDED = {
    "guardrails": [
        {"metric": {"name": "clicks a user", "kind": "mean"}, "data": {"measure": "clicks"}, "margin": 0.15},
        {"metric": {"name": "showings", "kind": "mean"}, "data": {"measure": "impressions"}},
    ]
}


def test_a_breached_guardrail_stops_the_experiment_before_its_own_gates(rig: Rig) -> None:
    rig.running(a_setup(analysis={"gates": {"minimum_age_days": 30}}, **GUARDED))
    said = looked(rig, DARK_LOSES)
    assert said["verdict"] == "wait" and said["stopped"]
    assert (rig.state(), rig.told()) == (ExperimentState.STOPPED, ())
    entry = rig.parts.audit.about("spring")[-1]
    assert (entry.actor, entry.action) == ("job 1", "experiment stop")
    assert entry.detail["reason"] == "dark breaches clicks a user (result 1)"


def test_a_guardrail_within_its_margin_holds(rig: Rig) -> None:
    rig.running(a_setup(**GUARDED))
    assert not looked(rig, {"plain": 0.10, "bright": 0.10, "dark": 0.095})["stopped"]
    [first, second] = rig.parts.experiments.results("spring")[-1].document["guardrails"]
    assert (first["breached_by"], second["breached_by"]) == ([], [])
    assert rig.state() is ExperimentState.RUNNING


def test_a_job_that_begins_again_after_its_worker_was_lost_keeps_one_result_and_does_nothing_twice(rig: Rig) -> None:
    rig.running(a_setup(pause_losers=True))
    rig.clock.advance(DAY_S)
    rig.show(DARK_LOSES)
    watch_experiments(rig.parts, HOURLY)
    lost = rig.parts.jobs.take([ANALYZE], "lost", rig.clock.now(), 30.0)
    assert lost is not None
    first = analyze_kept_experiment(rig.parts, rig.lake, lost, lambda _: None)
    rig.clock.advance(31)
    rig.show(ALIKE)
    again = rig.look()
    assert again is not None and (again.job_id, again.attempts, again.state) == (lost.job_id, 2, JobState.DONE)
    assert again.result == first
    assert len(rig.parts.experiments.results("spring")) == 1
    assert [action for _, action in rig.actions()].count("experiment pause-arm") == 1


def test_a_killed_stop_is_finished_and_not_refused_when_the_job_begins_again(rig: Rig) -> None:
    rig.running(a_setup(**GUARDED))
    rig.clock.advance(DAY_S)
    rig.show(DARK_LOSES)
    watch_experiments(rig.parts, HOURLY)
    lost = rig.parts.jobs.take([ANALYZE], "lost", rig.clock.now(), 30.0)
    assert lost is not None
    analyze_kept_experiment(rig.parts, rig.lake, lost, lambda _: None)
    rig.clock.advance(31)
    jobs = [rig.look(), rig.look()]  # the lost one, and the one that the stop asks for
    assert {job.state for job in jobs if job is not None} == {JobState.DONE}
    assert [action for _, action in rig.actions()].count("experiment stop") == 1


def test_after_the_stop_it_is_analysed_at_once_and_while_outcomes_come_in_and_no_longer(rig: Rig) -> None:
    rig.running()
    looked(rig, ALIKE)
    watch_experiments(rig.parts, HOURLY)
    stop_experiment(rig.parts, "spring")
    stopped_at = rig.clock.now()
    rig.clock.advance(60)
    rig.show(ALIKE)  # nobody is assigned any more: such rows are not of the experiment's time
    job = rig.look()
    assert job is not None and job.order.run_after <= rig.clock.now()
    last = rig.parts.experiments.results("spring")[-1]
    assert (last.data_until, last.at) == (stopped_at, rig.clock.now())
    assert last.document["analysis"]["data"]["units"] == 12_000
    for _ in range(2):  # what the running time had queued, and then the next
        rig.clock.advance(2 * HOUR_S)
        assert rig.look() is not None
    rig.clock.advance(7 * DAY_S)
    assert rig.look() is not None
    rig.clock.advance(DAY_S)
    assert rig.look() is None
    decide_experiment(rig.parts, "spring", "none", "alike")
    decided = rig.parts.audit.about("spring")[-1].detail
    assert decided["result"] == str(rig.parts.experiments.results("spring")[-1].result_id)
    assert decided["verdict"] == "undecided"


def test_a_decided_experiment_is_not_analysed_by_a_job_that_still_waited(rig: Rig) -> None:
    rig.running()
    looked(rig, ALIKE)
    watch_experiments(rig.parts, HOURLY)
    stop_experiment(rig.parts, "spring")
    decide_experiment(rig.parts, "spring", "none", "a mistake")
    rig.clock.advance(DAY_S)
    job = rig.look()
    assert job is not None and job.result == {"skipped": "the experiment is decided"}
    assert len(rig.parts.experiments.results("spring")) == 1


def test_a_fixed_test_is_looked_at_once(rig: Rig) -> None:
    fixed = {"method": "fixed", "gates": {}}
    rig.running(a_setup(analysis=fixed, plan={"effect": 0.5}))
    planned = rig.parts.experiments.find("spring").setup["planned"]["units_per_arm"][0]
    assert looked(rig, ALIKE, users=planned // 2)["verdict"] == "wait"
    said = looked(rig, ALIKE, users=planned)
    assert said["is_final"] and said["verdict"] != "wait"
    rig.clock.advance(DAY_S)
    assert rig.look() is None


def test_a_failed_analysis_does_not_end_the_watch(rig: Rig) -> None:
    rig.running()
    rig.clock.advance(DAY_S)
    rig.show(ALIKE)
    damaged = next((rig.folder / "lake" / "impressions").rglob("*.parquet"))
    content = damaged.read_bytes()
    damaged.write_bytes(content[:100])
    for _ in range(5):
        job = rig.look()
        assert job is not None and "impressions/hour=" in job.error, "the damaged part is named"
        assert str(rig.folder) not in job.error and "SELECT" not in job.error
        rig.clock.advance(1000)
    assert job.state is JobState.FAILED
    damaged.write_bytes(content)
    rig.clock.advance(HOUR_S)
    job = rig.look()
    assert job is not None and job.job_id == 2 and job.state is JobState.DONE


def test_many_watchers_queue_one_analysis(rig: Rig) -> None:
    rig.running()
    for _ in range(3):
        watch_experiments(replace(rig.parts, by="another"), HOURLY)
    assert len(rig.parts.jobs.jobs()) == 1


def test_the_story_tells_results_changes_and_the_next_analysis(rig: Rig) -> None:
    rig.running()
    looked(rig, ALIKE)
    pause_arm(rig.parts, "spring", "dark", "ugly")
    watch_experiments(rig.parts, HOURLY)
    told = experiment_story(rig.parts, "spring", history=True)
    assert told["results"] == 1 and told["latest"]["verdict"] == "undecided"
    assert told["history"] == [told["latest"]]
    assert told["next_analysis"]["job_id"] == 2
    assert told["changes"][-1]["action"] == "experiment pause-arm" and told["changes"][-1]["reason"] == "ugly"
    assert "history" not in experiment_story(rig.parts, "spring", history=False)
