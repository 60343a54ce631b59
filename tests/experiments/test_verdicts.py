"""What to do, and why."""

from __future__ import annotations

from typing import Any

import pytest

from tests.experiments.builders import analysed


def rates(*clicks: int, n: int = 10_000) -> list[dict[str, Any]]:
    names = ["control", *(f"t{number}" for number in range(1, len(clicks)))]
    return [{"name": name, "n": n, "sum": k} for name, k in zip(names, clicks, strict=True)]


def verdict(*clicks: int, **settings: Any) -> tuple[str, str | None]:
    decision = analysed("proportion", rates(*clicks), **settings)["decision"]
    assert decision["why"], "a verdict says why"
    return decision["verdict"], decision["winner"]


@pytest.mark.parametrize("method", ["fixed", "sequential", "group-sequential", "bayesian"])
def test_the_best_of_several_better_ones_wins(method: str) -> None:
    assert verdict(400, 560, 640, 410, method=method) == ("winner", "t2")


@pytest.mark.parametrize("method", ["fixed", "sequential", "group-sequential", "bayesian"])
def test_where_less_is_better_the_lowest_wins(method: str) -> None:
    arms = rates(640, 400, 560)
    decision = analysed("proportion", arms, direction="lower", method=method)["decision"]
    assert (decision["verdict"], decision["winner"]) == ("winner", "t1")


def test_the_control_stays_when_all_others_are_worse() -> None:
    assert verdict(640, 400, 420) == ("keep_control", "control")
    assert verdict(640, 400, 635) == ("undecided", None)


def test_an_open_verdict_says_what_is_known_and_what_is_not() -> None:
    arms = [*rates(640, 400, 635), {"name": "empty", "n": 0, "sum": 0}]
    why = analysed("proportion", arms, allocation=[1, 1, 1, 0])["decision"]["why"]
    assert why[0].startswith("t1 is worse than control")
    assert why[1:] == ["empty cannot be compared: see its warnings", "chance alone could have made what differs in t2"]


def test_a_bayesian_control_stays_when_its_chance_is_high() -> None:
    assert verdict(640, 400, method="bayesian") == ("keep_control", "control")
    assert verdict(640, 630, method="bayesian") == ("undecided", None)


def test_corrections_can_take_a_win_away() -> None:
    clicks = (400, 457, 401, 402, 403, 404)
    assert verdict(*clicks)[0] == "winner"
    assert verdict(*clicks, correction="holm")[0] == "undecided"


def test_a_one_sided_test_against_the_good_side_never_wins() -> None:
    assert verdict(640, 400, alternative="greater") == ("undecided", None)
    assert verdict(640, 400, alternative="less") == ("keep_control", "control")


def test_nothing_is_decided_when_units_went_missing() -> None:
    arms = rates(400, 640)
    arms[1]["n"] = 9_000
    assert analysed("proportion", arms)["decision"]["verdict"] == "invalid"
    assert analysed("proportion", arms, allocation=[10, 9])["decision"]["verdict"] == "winner"


@pytest.mark.parametrize(
    ("gates", "age", "closed"),
    [
        ({"minimum_age_days": 7.0}, 3.0, True),
        ({"minimum_age_days": 7.0}, 7.0, False),
        ({"minimum_age_days": 7.0}, None, True),
        ({"minimum_units": 20_000}, None, True),
        ({"minimum_units": 10_000}, None, False),
        ({"minimum_events": 401}, None, True),
        ({"minimum_events": 400}, None, False),
    ],
)
def test_nobody_wins_before_age_and_sample(gates: dict[str, float], age: float | None, closed: bool) -> None:
    found = verdict(400, 640, gates=gates, age_days=age)
    assert found == (("wait", None) if closed else ("winner", "t1"))


def test_not_worse_than_a_margin() -> None:
    decision = analysed("proportion", rates(4000, 3990), non_inferiority_margin=0.05)["decision"]
    assert (decision["verdict"], decision["non_inferior"]) == ("non_inferior", ["t1"])
    strict = analysed("proportion", rates(4000, 3990), non_inferiority_margin=0.001)["decision"]
    assert (strict["verdict"], strict["non_inferior"]) == ("undecided", [])


def test_not_worse_where_less_is_better() -> None:
    found = analysed("proportion", rates(4000, 4010), direction="lower", non_inferiority_margin=0.05)["decision"]
    assert found["non_inferior"] == ["t1"]


def test_an_arm_without_variance_cannot_win() -> None:
    arms = [
        {"name": "control", "n": 100, "sum": 100, "sum_squares": 100},
        {"name": "t1", "n": 100, "sum": 200, "sum_squares": 500},
    ]
    found = analysed("mean", arms)
    assert found["comparisons"][0]["warnings"] == ["control: zero_variance"]
    assert found["decision"]["verdict"] == "undecided"
