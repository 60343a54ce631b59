"""An experiment's life goes one way, and each refusal says what is allowed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.domain import (
    ConfigRejected,
    Experiment,
    ExperimentArm,
    ExperimentState,
    KeptExperiment,
    TrafficRaise,
    UnknownReference,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)
DRAFT = KeptExperiment(
    Experiment("spring", (ExperimentArm("plain"), ExperimentArm("bright"), ExperimentArm("dark"))), {}, NOON, "mei"
)
STEPS: dict[str, Callable[[KeptExperiment], KeptExperiment]] = {
    "start": lambda kept: kept.started(NOON),
    "stop": lambda kept: kept.stopped(LATER),
    "decide": lambda kept: kept.decided("bright", "it won", LATER),
}


@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=8))
def test_whatever_is_asked_for_only_the_next_step_of_the_life_is_done(asked: list[str]) -> None:
    order = ["start", "stop", "decide"]
    kept, done = DRAFT, 0
    for name in asked:
        if done < len(order) and name == order[done]:
            kept, done = STEPS[name](kept), done + 1
        else:
            with pytest.raises(ConfigRejected):
                STEPS[name](kept)
    assert kept.experiment.state is list(ExperimentState)[done]
    assert (kept.experiment.started_at is not None) == (done > 0)
    assert (kept.experiment.stopped_at is not None) == (done > 1)


@pytest.mark.parametrize(
    ("kept", "step", "hint"),
    [
        (DRAFT, "stop", "next comes: adplat experiment start"),
        (DRAFT, "decide", "next comes: adplat experiment start"),
        (DRAFT.started(NOON), "start", "next comes: adplat experiment stop"),
        (DRAFT.started(NOON).stopped(LATER), "start", "next comes: adplat experiment decide"),
        (DRAFT.started(NOON).stopped(LATER).decided(None, "open", LATER), "stop", "it is over"),
    ],
)
def test_a_refusal_says_what_is_allowed(kept: KeptExperiment, step: str, hint: str) -> None:
    with pytest.raises(ConfigRejected) as refused:
        STEPS[step](kept)
    assert hint in refused.value.hint
    assert kept.experiment.state.value in refused.value.what


def test_a_running_experiment_pauses_treatments_and_never_its_control() -> None:
    running = DRAFT.started(NOON)
    paused = running.with_arm_paused("dark")
    assert [arm.paused for arm in paused.experiment.arms] == [False, False, True]
    assert paused.with_arm_paused("dark") == paused
    with pytest.raises(ConfigRejected, match="is the control"):
        running.with_arm_paused("plain")
    with pytest.raises(UnknownReference, match="its arms: plain, bright, dark"):
        running.with_arm_paused("loud")
    for kept in (DRAFT, running.stopped(LATER)):
        with pytest.raises(ConfigRejected, match="only a running one"):
            kept.with_arm_paused("dark")


def test_a_running_experiment_s_traffic_is_raised_and_every_raise_is_kept() -> None:
    first, second, third = (TrafficRaise(LATER, share, "mei", "it looks well") for share in (0.1, 0.3, 1.0))
    running = replace(DRAFT, experiment=replace(DRAFT.experiment, traffic=0.1)).started(NOON)
    assert running.with_traffic(first) == running, "that much takes part already"
    raised = running.with_traffic(second).with_traffic(third)
    assert (raised.experiment.traffic, raised.raises) == (1.0, (second, third))
    assert raised.experiment.arms == running.experiment.arms


@pytest.mark.parametrize("share", [0.05, 0.0, 1.1, -1.0, math.nan])
def test_traffic_is_neither_lowered_nor_more_than_all(share: float) -> None:
    running = replace(DRAFT, experiment=replace(DRAFT.experiment, traffic=0.1)).started(NOON)
    with pytest.raises(ConfigRejected) as refused:
        running.with_traffic(TrafficRaise(LATER, share, "mei", "why not"))
    is_less = 0.0 <= share < 0.1
    assert ("stop it and start a new one" in refused.value.hint) is is_less
    assert ("10 % of the units take part" in refused.value.what) is is_less


def test_only_a_running_one_s_traffic_is_raised() -> None:
    low = replace(DRAFT, experiment=replace(DRAFT.experiment, traffic=0.1))
    for kept in (low, low.started(NOON).stopped(LATER)):
        with pytest.raises(ConfigRejected, match="only a running one's traffic"):
            kept.with_traffic(TrafficRaise(LATER, 0.5, "mei", "why not"))


def test_a_decision_names_an_arm_of_the_experiment_or_none() -> None:
    stopped = DRAFT.started(NOON).stopped(LATER)
    assert stopped.decided(None, "no difference", LATER).winner is None
    with pytest.raises(UnknownReference):
        stopped.decided("loud", "it won", LATER)
