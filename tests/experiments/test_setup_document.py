"""A set-up is understood whole, or refused with the one thing that is wrong."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from adplat.domain import ConfigRejected
from adplat.experiments import guardrail_question, parse_setup, question, setup_of
from adplat.experiments.setup_document import ExperimentSetup

START = datetime(2026, 3, 1, tzinfo=UTC)
SETUP: dict[str, Any] = {
    "experiment": {
        "experiment_id": "spring",
        "campaign_ids": ["k1"],
        "arms": [
            {"name": "plain", "creative_ids": ["c1"]},
            {"name": "bright", "creative_ids": ["c2"], "weight": 2},
            {"name": "dark", "creative_ids": ["c3"]},
        ],
    },
    "analysis": {
        "metric": {"name": "ctr", "kind": "ratio"},
        "data": {"measure": "clicks", "per": "impressions"},
        "method": "sequential",
        "gates": {"minimum_age_days": 2},
    },
    "plan": {"baseline": {"mean": 0.1, "std": 0.3}, "effect": 0.2},
    "guardrails": [{"metric": {"name": "value", "kind": "mean"}, "data": {"measure": "value_micros"}}],
    "pause_losers": True,
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """``SETUP`` with one field set (or taken away: ``...``)."""
    setup = deepcopy(SETUP)
    *parents, last = path.split(".")
    part: Any = setup
    for name in parents:
        part = part[int(name) if isinstance(part, list) else name]
    if value is ...:
        del part[last]
    else:
        part[int(last) if isinstance(part, list) else last] = value
    return setup


def parsed(setup: dict[str, Any]) -> tuple[ExperimentSetup, dict[str, Any]]:
    return parse_setup(setup, where="setup.yaml")


def test_a_sequential_test_is_sharpest_where_the_plan_says_unless_told_otherwise() -> None:
    setup, planned = parsed(SETUP)
    assert planned["units"] > 100
    assert setup.analysis["sequential_tuning"] == planned["sequential_tuning"]
    told, _ = parsed(changed("analysis.sequential_tuning", 777))
    assert told.analysis["sequential_tuning"] == 777


def test_a_fixed_test_waits_for_the_size_that_was_planned() -> None:
    fixed = changed("pause_losers", False)
    fixed["analysis"] |= {"method": "fixed", "gates": {"minimum_units": 5, "minimum_age_days": 2}}
    setup, planned = parsed(fixed)
    assert setup.analysis["gates"] == {"minimum_units": min(planned["units_per_arm"]), "minimum_age_days": 2}


def test_the_plan_takes_the_shares_of_the_arms() -> None:
    _, planned = parsed(SETUP)
    one, two, three = planned["units_per_arm"]
    assert two == pytest.approx(2 * one, abs=2) and three == one


def test_the_question_is_about_the_arms_that_are_not_paused_and_the_time_of_the_experiment() -> None:
    setup, _ = parsed(SETUP)
    experiment = replace(
        setup.experiment, arms=(*setup.experiment.arms[:2], replace(setup.experiment.arms[2], paused=True))
    )
    asked = question(setup, experiment, since=START, until=START.replace(day=3), as_of=START.replace(day=4), age_days=2)
    assert asked.data is not None
    assert asked.data.arms.values == ["plain", "bright"]
    assert asked.allocation == [1.0, 2.0]
    assert (asked.data.experiment, asked.data.unit) == ("spring", "user_key")
    assert (asked.data.since, asked.data.until, asked.data.as_of) == (START, START.replace(day=3), START.replace(day=4))
    assert asked.age_days == 2
    guarded = guardrail_question(setup.guardrails[0], experiment, since=START)
    assert guarded.method == "sequential" and guarded.data is not None and guarded.data.measure == "value_micros"
    assert guarded.gates is not None and guarded.gates.minimum_events == 20


def test_a_kept_document_gives_the_set_up_back() -> None:
    setup, planned = parsed(SETUP)
    assert setup_of(msgspec.to_builtins(setup) | {"planned": planned}) == setup


@pytest.mark.parametrize(
    ("path", "value", "what"),
    [
        ("experiment.armz", [], "unknown field 'armz'"),
        ("experiment.state", "running", "unknown field 'state'"),
        ("experiment.arms.0.colour", "red", "unknown field 'colour'"),
        ("experiment.arms.1.paused", True, "unknown field 'paused'"),
        ("experiment.arms.0.weight", 0, "its control takes no units"),
        ("experiment.traffic", 2.0, "traffic is 2.0"),
        ("loud", True, "unknown field `loud`"),
        ("analysis.arms", [], "'arms' is not said here"),
        ("analysis.looks", [], "'looks' is not said here"),
        ("analysis.data.since", "2026-03-01T00:00:00Z", "'since' is not said here"),
        ("analysis.data.lake", "/tmp", "'lake' is not said here"),
        ("analysis.data", ..., "no data"),
        ("analysis.data.measure", "smiles", "Invalid enum value 'smiles'"),
        ("analysis.metric", ..., "required field `metric`"),
        ("analysis.alpha", 0.9, "alpha is 0.9"),
        ("analysis.method", "fixed", "pause_losers with the method 'fixed'"),
        ("analysis.method", "bayesian", "pause_losers with the method 'bayesian'"),
        ("analysis.gates", ..., "pause_losers without gates"),
        ("plan", {"baseline": {"mean": 0.1, "std": 0.3}}, "neither effect nor units"),
        ("plan", {"baseline": {"mean": 0.1, "std": 0.3}, "units": 5000}, "the plan names no effect"),
        ("guardrails.0.margin", -1.0, "margin is -1.0"),
        ("guardrails.0.data", {"measure": "value_micros", "unit": "device"}, "'unit' is not said here"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(path: str, value: Any, what: str) -> None:
    with pytest.raises(ConfigRejected) as refused:
        parsed(changed(path, value))
    assert what in str(refused.value)


def test_a_group_sequential_method_is_refused_since_nobody_plans_these_looks() -> None:
    setup = changed("pause_losers", False)
    setup["analysis"]["method"] = "group-sequential"
    with pytest.raises(ConfigRejected, match="a few looks that were planned"):
        parsed(setup)


def test_two_guardrails_of_one_name_are_refused() -> None:
    with pytest.raises(ConfigRejected, match="two guardrails"):
        parsed(SETUP | {"guardrails": [*SETUP["guardrails"], *SETUP["guardrails"]]})
