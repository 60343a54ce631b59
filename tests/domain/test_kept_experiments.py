"""An experiment's life goes one way, and each refusal says what is allowed."""

from __future__ import annotations

from collections.abc import Callable
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


def test_a_decision_names_an_arm_of_the_experiment_or_none() -> None:
    stopped = DRAFT.started(NOON).stopped(LATER)
    assert stopped.decided(None, "no difference", LATER).winner is None
    with pytest.raises(UnknownReference):
        stopped.decided("loud", "it won", LATER)
