"""``adplat experiment create … show`` and ``adplat job …`` for people and for machines."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from adplat.bootstrap import opened_workers, read_settings
from adplat.domain import ExperimentBook, JobInHand, JobOrder, Worker
from adplat.snapshots import ExperimentsFile
from tests.cli.answers import said, told
from tests.flows.experiment_rig import NOON, Rig, a_rig, a_setup

ALIKE = {"plain": 0.10, "bright": 0.10, "dark": 0.10}


@pytest.fixture
def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    folder = tmp_path / "ws"
    folder.mkdir()
    monkeypatch.setenv("ADPLAT_WORKSPACE", str(folder))
    monkeypatch.setenv("ADPLAT_ACTOR", "mei")
    (tmp_path / "setup.yaml").write_text(yaml.safe_dump(a_setup()))
    monkeypatch.chdir(tmp_path)
    with a_rig(folder) as made:
        yield made


def analysed(rig: Rig) -> None:
    """As if a worker had looked a day after the start."""
    rig.clock.advance((rig.parts.experiments.find("spring").experiment.started_at - NOON).total_seconds() + 86_400)  # type: ignore[operator]
    rig.show(ALIKE, users=500)
    job = rig.look()
    assert job is not None and job.result is not None and "result_id" in job.result, job


def test_a_life_as_documents(capsys: pytest.CaptureFixture[str], rig: Rig) -> None:
    made = told(capsys, "experiment", "create", "setup.yaml")
    assert (made["experiment_id"], made["state"], made["created_by"]) == ("spring", "draft", "mei")
    assert made["planned"]["units"] > 0
    assert told(capsys, "experiment", "start", "spring")["state"] == "running"
    assert [one.experiment_id for one in (ExperimentsFile(rig.folder).read() or ExperimentBook()).experiments] == [
        "spring"
    ]
    analysed(rig)
    paused = told(capsys, "experiment", "pause-arm", "spring", "dark", "--reason", "ugly")
    assert [arm["paused"] for arm in paused["arms"]] == [False, False, True]
    shown = told(capsys, "experiment", "show", "spring", "--history")
    assert shown["latest"]["verdict"] in {"wait", "undecided"} and len(shown["history"]) == 1
    assert [change["action"] for change in shown["changes"]] == [
        "experiment create",
        "experiment start",
        "experiment pause-arm",
    ]
    assert told(capsys, "experiment", "stop", "spring")["state"] == "stopped"
    decided = told(capsys, "experiment", "decide", "spring", "none", "--reason", "alike")
    assert (decided["state"], decided["winner"], decided["reason"]) == ("decided", None, "alike")
    [listed] = told(capsys, "experiment", "list")["experiments"]
    assert listed == decided


def test_traffic_is_raised_and_the_end_is_told_anew(capsys: pytest.CaptureFixture[str], rig: Rig) -> None:
    rig.create(a_setup(experiment={"traffic": 0.1}))
    told(capsys, "experiment", "start", "spring")
    before = told(capsys, "experiment", "show", "spring")
    assert (before["traffic"], before["raises"]) == (0.1, [])
    assert before["expected"]["at"] == before["expected"]["first_at"]
    assert before["expected"]["power"] == before["planned"]["power"]
    raised = told(capsys, "experiment", "raise-traffic", "spring", "0.5", "--reason", "all is well")
    assert (raised["traffic"], [(one["share"], one["by"], one["why"]) for one in raised["raises"]]) == (
        0.5,
        [(0.5, "mei", "all is well")],
    )
    after = told(capsys, "experiment", "show", "spring")["expected"]
    assert after["at"] < after["first_at"] == before["expected"]["first_at"]
    assert after["power"] > before["expected"]["power"] and after["units"] > before["planned"]["units"]
    out, _ = said(capsys, "experiment", "show", "spring")
    assert "traffic raised to 50 % by mei: all is well" in out and "the planned units will have come on" in out
    _, err = said(capsys, "experiment", "raise-traffic", "spring", "0.2", "--reason", "less", code=2)
    assert "50 % of the units take part, and 20 % would be fewer" in err and "stop it and start a new one" in err
    assert "experiment spring is running; 80 % of its units" in said(
        capsys, "experiment", "raise-traffic", "spring", "0.8", "--reason", "more"
    )[1]  # fmt: skip
    analysed(rig)
    for name, words in (("spring.html", "Traffic was raised to 50 % on"), ("spring.svg", "traffic 80 %")):
        said(capsys, "experiment", "show", "spring", "--picture", name)
        assert words in Path(name).read_text(), name


def test_a_life_in_words(capsys: pytest.CaptureFixture[str], rig: Rig) -> None:
    assert "experiment spring is draft; planned are" in said(capsys, "experiment", "create", "setup.yaml")[1]
    said(capsys, "experiment", "start", "spring")
    assert "no analysis yet" in said(capsys, "experiment", "show", "spring")[0]
    analysed(rig)
    out, _ = said(capsys, "experiment", "show", "spring", "--history", "--picture", "spring.png")
    assert "1,500 showings of 1,500 units" in out and "mei: experiment start" in out and "verdict:" in out
    assert Path("spring.png").read_bytes().startswith(b"\x89PNG")
    said(capsys, "experiment", "show", "spring", "--picture", "spring.html")
    page = Path("spring.html").read_text()
    assert (
        "Experiment spring" in page
        and "ctr" in page
        and "experiment start" in page
        and "http" not in page.replace("http://www.w3.org", "").split("<body")[1].replace("http-equiv", "")
    )
    assert "spring" in said(capsys, "experiment", "list")[0]


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["experiment", "create", "nothing.yaml"], "nothing.yaml"),
        (["experiment", "start", "autumn"], "no experiment has this name (experiment autumn)"),
        (["experiment", "stop", "spring"], "it is draft and cannot become stopped"),
        (["experiment", "decide", "spring", "none", "--reason", "x"], "next comes: adplat experiment start"),
        (["experiment", "pause-arm", "spring", "dark"], "only a running one has arms to pause"),
        (["experiment", "create", "setup.yaml"], "there is an experiment of this name"),
        (["experiment", "show", "spring", "--picture", "spring.gif"], "cannot end in '.gif'"),
        (["experiment", "show", "spring", "--picture", "spring.png"], "no analysis to draw yet"),
        (["job", "show", "7"], "no job has this id"),
        (["job", "cancel", "7"], "no job has this id"),
    ],
)
def test_what_is_wrong_is_one_line_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], rig: Rig, words: list[str], what: str
) -> None:
    rig.create()
    _, err = said(capsys, *words, code=2)
    assert what in err and len(err.strip().splitlines()) == 1


def test_a_misspelt_field_is_told_with_its_place(capsys: pytest.CaptureFixture[str], rig: Rig) -> None:
    Path("bad.yaml").write_text(yaml.safe_dump(a_setup() | {"pauze_losers": True}))
    _, err = said(capsys, "experiment", "create", "bad.yaml", code=2)
    assert "pauze_losers" in err and "bad.yaml" in err and "experiment-setup" in err
    assert told(capsys, "schema", "experiment-setup")["$defs"]["ExperimentSetup"]["required"] == [
        "experiment",
        "analysis",
        "plan",
    ]


def test_jobs_are_listed_shown_and_cancelled(capsys: pytest.CaptureFixture[str], rig: Rig) -> None:
    for subject in ("spring", "autumn"):
        rig.parts.jobs.add(JobOrder("analyze-experiment", subject, NOON + timedelta(days=36_500), "worker"), NOON)
    assert [job["subject"] for job in told(capsys, "job", "list")["jobs"]] == ["autumn", "spring"]
    assert told(capsys, "job", "cancel", "1")["state"] == "cancelled"
    shown = told(capsys, "job", "show", "1")
    assert (shown["state"], shown["attempts"], shown["result"]) == ("cancelled", 0, None)
    assert [job["job_id"] for job in told(capsys, "job", "list", "--state", "queued")["jobs"]] == [2]
    assert "the job is cancelled" in said(capsys, "job", "cancel", "1", code=2)[1]
    assert [entry.actor for entry in rig.parts.audit.about("job 1")] == ["worker", "mei"]
    assert "autumn" in said(capsys, "job", "list")[0]
    assert os.linesep in said(capsys, "job", "show", "2")[0]


def test_workers_that_live_are_listed_with_what_they_do(capsys: pytest.CaptureFixture[str], rig: Rig) -> None:
    now = datetime.now(UTC)
    assert told(capsys, "job", "workers") == {"workers": []}
    with opened_workers(read_settings()) as workers:
        doing = JobInHand(7, "analyze-experiment", now)
        lease = timedelta(minutes=5)
        workers.tell(Worker("host:1:ab", ("analyze-experiment",), "0.1.0", now, now, now + lease, doing))
        workers.tell(Worker("host:2:cd", ("send-report",), "0.1.0", now - lease, now - lease, now - lease))
    [listed] = told(capsys, "job", "workers")["workers"]
    assert (listed["worker_id"], listed["kinds"]) == ("host:1:ab", ["analyze-experiment"])
    assert listed["doing"] == {"job_id": 7, "kind": "analyze-experiment", "since": now.isoformat()}
    assert "host:1:ab" in said(capsys, "job", "workers")[0]
