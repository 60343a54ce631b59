"""Which arms a result says are worse, and which ones break a guardrail."""

from __future__ import annotations

from typing import Any

import pytest

from adplat.experiments import analyze, harmed_arms, losing_arms, parse_spec

ARMS = [
    {"name": "plain", "n": 20000, "sum": 2000},
    {"name": "worse", "n": 20000, "sum": 1500},
    {"name": "better", "n": 20000, "sum": 2600},
    {"name": "same", "n": 20000, "sum": 1990},
]


def asked(**changes: Any) -> tuple[Any, dict[str, Any]]:
    told = {"metric": {"name": "ctr", "kind": "proportion"}, "method": "sequential", "arms": ARMS, **changes}
    spec = parse_spec(told, where="spec")
    return spec, analyze(spec)


def test_an_arm_loses_when_it_is_worse_beyond_doubt() -> None:
    assert losing_arms(*asked()) == ["worse"]


def test_where_lower_is_better_the_other_arm_loses() -> None:
    assert losing_arms(*asked(metric={"name": "cpa", "kind": "proportion", "direction": "lower"})) == ["better"]


@pytest.mark.parametrize(
    "changes",
    [
        {"gates": {"minimum_units": 30000}},
        {"allocation": [0.4, 0.2, 0.2, 0.2]},
        {"method": "fixed"},
        {"method": "bayesian"},
    ],
    ids=["before the gates", "units do not come as planned", "looked at once", "no error is promised"],
)
def test_nobody_loses(changes: dict[str, Any]) -> None:
    assert losing_arms(*asked(**changes)) == []


def test_a_margin_is_broken_by_an_interval_wholly_beyond_it() -> None:
    spec, document = asked()
    [low, high] = document["comparisons"][0]["ci"]
    assert -0.5 < low < high < -0.1
    assert harmed_arms(spec, document, 0.0) == ["worse"]
    assert harmed_arms(spec, document, -high - 0.001) == ["worse"]
    assert harmed_arms(spec, document, -high + 0.001) == []


def test_a_margin_of_what_should_be_low_is_broken_from_above() -> None:
    assert harmed_arms(*asked(metric={"name": "cpa", "kind": "proportion", "direction": "lower"}), 0.1) == ["better"]


def test_no_margin_is_broken_before_the_gates() -> None:
    assert harmed_arms(*asked(gates={"minimum_events": 5000}), 0.0) == []
