"""What may become an experiment, what it may become, and what replicas are told of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adplat.domain import (
    ConfigRejected,
    CreativeStatus,
    ExperimentBook,
    ExperimentState,
    MissingInput,
    TrafficRaise,
    UnknownReference,
    WorkspaceBusy,
)
from adplat.flows.experiment_parts import publish_experiments
from adplat.flows.manage_experiments import (
    create_experiment,
    decide_experiment,
    pause_arm,
    raise_traffic,
    start_experiment,
    stop_experiment,
)
from tests.flows.experiment_rig import Rig, a_rig, a_setup
from tests.storage.builders import a_creative


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with a_rig(tmp_path) as made:
        yield made


def arms(*creatives: str) -> dict[str, Any]:
    return {"arms": [{"name": f"a{number}", "creative_ids": [one]} for number, one in enumerate(creatives)]}


def test_a_draft_is_planned_and_assigns_nobody(rig: Rig) -> None:
    name = rig.create()
    kept = rig.parts.experiments.find(name)
    assert kept.setup["planned"]["units"] > 1000 and kept.setup["planned"]["duration_days"] > 0
    assert kept.setup["analysis"]["sequential_tuning"] == kept.setup["planned"]["sequential_tuning"]
    assert (rig.state(), rig.told()) == (ExperimentState.DRAFT, ())


def test_a_life_is_told_to_replicas_and_to_the_audit_trail(rig: Rig) -> None:
    rig.running()
    [running] = rig.told()
    assert (running.experiment_id, running.state, running.started_at) == (
        "spring",
        ExperimentState.RUNNING,
        rig.clock.now(),
    )
    pause_arm(rig.parts, "spring", "dark", "ugly")
    assert [arm.paused for arm in rig.told()[0].arms] == [False, False, True]
    stop_experiment(rig.parts, "spring", "long enough")
    assert rig.told() == ()
    decide_experiment(rig.parts, "spring", "bright", "clicks rose")
    kept = rig.parts.experiments.find("spring")
    assert (kept.winner, kept.reason, rig.state()) == ("bright", "clicks rose", ExperimentState.DECIDED)
    details = [dict(entry.detail) for entry in rig.parts.audit.about("spring")]
    assert rig.actions() == [
        ("mei", f"experiment {what}") for what in ("create", "start", "pause-arm", "stop", "decide")
    ]
    assert details[2:] == [
        {"arm": "dark", "reason": "ugly"},
        {"reason": "long enough"},
        {"winner": "bright", "reason": "clicks rose"},
    ]


def test_none_may_win_and_a_reason_must_be_given(rig: Rig) -> None:
    rig.running()
    stop_experiment(rig.parts, "spring")
    with pytest.raises(ConfigRejected, match="gives no reason"):
        decide_experiment(rig.parts, "spring", "none", "  ")
    with pytest.raises(UnknownReference, match="no arm 'loud'"):
        decide_experiment(rig.parts, "spring", "loud", "it shouts")
    assert rig.state() is ExperimentState.STOPPED
    assert decide_experiment(rig.parts, "spring", "none", "all alike").winner is None


def test_a_raise_is_told_to_replicas_and_kept_with_who_when_and_why(rig: Rig) -> None:
    rig.running(a_setup(experiment={"traffic": 0.1}))
    rig.clock.advance(3600.0)
    raise_traffic(rig.parts, "spring", 0.4, "all is well")
    [told] = rig.told()
    assert told.traffic == 0.4
    assert rig.parts.experiments.find("spring").raises == (TrafficRaise(rig.clock.now(), 0.4, "mei", "all is well"),)
    assert dict(rig.parts.audit.about("spring")[-1].detail) == {"traffic": "0.4", "reason": "all is well"}
    raise_traffic(rig.parts, "spring", 0.4, "once more")
    assert rig.actions() == [("mei", f"experiment {what}") for what in ("create", "start", "raise-traffic")]
    for share, reason, what in ((0.3, "less", "would be fewer"), (0.9, " ", "without a reason")):
        with pytest.raises(ConfigRejected, match=what):
            raise_traffic(rig.parts, "spring", share, reason)
    assert rig.told()[0].traffic == 0.4


def test_while_its_result_is_unhealthy_it_is_raised_only_by_who_says_so(rig: Rig) -> None:
    rig.running(a_setup(experiment={"traffic": 0.1}))
    rig.clock.advance(86_400.0)
    rig.show({"plain": 0.1, "bright": 0.1})
    rig.show({"dark": 0.1}, users=3000)
    assert rig.look() is not None
    with pytest.raises(ConfigRejected, match="its latest result is unhealthy") as refused:
        raise_traffic(rig.parts, "spring", 0.4, "it looks well")
    assert "sample_ratio" in refused.value.what and "despite" in refused.value.hint
    assert rig.told()[0].traffic == 0.1
    raise_traffic(rig.parts, "spring", 0.4, "the cause is known", despite_alarms=True)
    assert rig.told()[0].traffic == 0.4
    assert "sample_ratio" in rig.parts.audit.about("spring")[-1].detail["despite"]
    raise_traffic(rig.parts, "spring", 0.4, "nothing is changed, nothing refused")


@pytest.mark.parametrize(
    ("experiment", "what"),
    [
        ({"campaign_ids": ["k9"]}, "there is no campaign k9"),
        (arms("c1", "c99"), "there is no creative c99"),
        (arms("c1", "c5"), "creative c5 is of campaign k2"),
        (arms("c1", "c4"), "creative c4 is paused, not live"),
        ({"arms": [{"name": "a"}, {"name": "b", "policy": "luck"}]}, "no policy 'luck'"),
    ],
)
def test_arms_name_live_creatives_of_the_campaign_and_policies_that_there_are(
    rig: Rig, experiment: dict[str, Any], what: str
) -> None:
    with pytest.raises(ConfigRejected, match=what):
        rig.create(a_setup(experiment=experiment))
    assert rig.parts.experiments.experiments() == []


def test_what_a_running_experiment_owns_is_refused_to_the_next_one_at_once_and_at_its_start(rig: Rig) -> None:
    half = {"layer_ranges": [{"first": 0, "end": 5000}]}
    rest = {"layer_ranges": [{"first": 5000, "end": 10000}]}
    rig.create(a_setup("early", experiment=half))
    rig.create(a_setup("late", experiment=half))
    start_experiment(rig.parts, "early")
    with pytest.raises(ConfigRejected, match="both own some bucket"):
        start_experiment(rig.parts, "late")
    with pytest.raises(ConfigRejected, match="both own some bucket"):
        rig.create(a_setup("later", experiment=half))
    rig.running(a_setup("beside", experiment=rest))
    assert [one.experiment_id for one in rig.told()] == ["beside", "early"]
    assert rig.state("late") is ExperimentState.DRAFT
    stop_experiment(rig.parts, "early")
    assert start_experiment(rig.parts, "late").experiment.state is ExperimentState.RUNNING


def test_a_name_is_used_once(rig: Rig) -> None:
    rig.create()
    with pytest.raises(ConfigRejected, match="there is an experiment of this name"):
        rig.create()


def test_a_creative_that_was_paused_meanwhile_keeps_the_draft_from_starting(rig: Rig) -> None:
    rig.create()
    rig.parts.catalogue.save([], [], [], [a_creative("c2", status=CreativeStatus.PAUSED)])
    with pytest.raises(ConfigRejected, match="creative c2 is paused"):
        start_experiment(rig.parts, "spring")
    assert rig.state() is ExperimentState.DRAFT


def test_a_set_up_that_is_not_there_is_told(rig: Rig) -> None:
    with pytest.raises(MissingInput):
        create_experiment(rig.parts, rig.folder / "nothing.yaml")


def test_two_cannot_change_what_runs_at_once(rig: Rig) -> None:
    rig.create()
    with rig.parts.alone(), pytest.raises(WorkspaceBusy):
        start_experiment(rig.parts, "spring")
    assert rig.state() is ExperimentState.DRAFT


def test_what_was_not_told_before_a_kill_is_told_by_whoever_looks_next(rig: Rig) -> None:
    rig.running()
    file = rig.folder / "experiments.json"
    for damage in (lambda: rig.parts.publish(ExperimentBook()), lambda: file.write_text("{"), file.unlink):
        damage()
        assert publish_experiments(rig.parts)
        assert [one.experiment_id for one in rig.told()] == ["spring"]
        assert not publish_experiments(rig.parts)
