"""Boundaries that spend α, kept between looks."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from adplat.domain import ConfigRejected
from adplat.experiments import first_boundary_state, next_look
from tests.experiments.builders import analysed

FIVE_LOOKS = (0.2, 0.4, 0.6, 0.8, 1.0)
# Two-sided, α = 0.05, five equal looks, as the R package ldbounds prints them (Reboussin, DeMets, Kim & Lan,
# Control. Clin. Trials 21, 2000).
PUBLISHED = {
    "obrien-fleming": (4.8769, 3.3569, 2.6803, 2.2898, 2.0310),
    "pocock": (2.4380, 2.4268, 2.4101, 2.3966, 2.3859),
}


@pytest.mark.parametrize("spending", list(PUBLISHED))
def test_published_boundaries(spending: str) -> None:
    state = first_boundary_state(np.array([0.05]), two_sided=True, spending=spending)
    for fraction in FIVE_LOOKS:
        state = next_look(state, fraction)
    assert [float(look.bound[0]) for look in state.looks] == pytest.approx(PUBLISHED[spending], abs=2e-4)


@pytest.mark.parametrize("two_sided", [True, False])
def test_no_difference_crosses_with_probability_alpha(two_sided: bool) -> None:
    fractions = np.array([0.1, 0.15, 0.5, 0.52, 0.9, 1.0])
    state = first_boundary_state(np.array([0.05]), two_sided=two_sided, spending="pocock")
    for fraction in fractions:
        state = next_look(state, float(fraction))
    steps = np.diff(fractions, prepend=0.0)
    walks = np.cumsum(np.random.default_rng(1).normal(size=(200_000, len(steps))) * np.sqrt(steps), axis=1)
    z = walks / np.sqrt(fractions)
    bounds = np.array([look.bound[0] for look in state.looks])
    crossed = ((np.abs(z) if two_sided else z) > bounds).any(axis=1).mean()
    assert crossed == pytest.approx(0.05, abs=0.0015)  # three standard errors


def test_all_of_alpha_at_one_look_is_a_fixed_test() -> None:
    state = next_look(first_boundary_state(np.array([0.05]), two_sided=True, spending="pocock"), 1.0)
    assert float(state.looks[0].bound[0]) == pytest.approx(-ndtri(0.025), rel=1e-12)


def arms(units: int, rates: tuple[float, float] = (0.1, 0.115)) -> list[dict[str, object]]:
    return [{"name": name, "n": units, "sum": round(units * rate)} for name, rate in zip("ab", rates, strict=True)]


def look(units: int, **plan: object) -> dict[str, object]:
    return analysed(
        "proportion",
        arms(units),
        method="group-sequential",
        difference="absolute",
        group_sequential={"maximum_units": 20_000, **plan},
    )


def test_a_test_resumed_from_its_state_says_what_one_told_all_looks_says() -> None:
    first = look(2500)
    kept = json.loads(json.dumps(first["decision"]["group_sequential"]["state"]))
    second = look(5000, state=kept)
    again = look(5000, looks=[5000])
    assert second["comparisons"] == again["comparisons"]
    assert second["decision"] == again["decision"]
    assert [one["fraction"] for one in second["decision"]["group_sequential"]["looks"]] == [0.25, 0.5]


def test_looking_twice_at_the_same_units_spends_nothing() -> None:
    first = look(2500)
    assert look(2500, state=first["decision"]["group_sequential"]["state"]) == first


def test_the_interval_is_that_of_the_bound_and_the_p_value_agrees_with_it() -> None:
    for units in (2500, 5000, 10_000):
        found = look(units)
        (one,) = found["comparisons"]
        bound = found["decision"]["group_sequential"]["looks"][-1]["bound"]
        assert one["ci"][1] - one["estimate"] == pytest.approx(bound * one["std_error"], rel=1e-9)
        assert (one["p_value"] <= 0.05) == (one["ci"][0] > 0.0)


def test_the_repeated_p_value_is_the_alpha_whose_bound_is_touched() -> None:
    (one,) = look(5000, looks=[5000])["comparisons"]
    state = first_boundary_state(np.array([one["p_value"]]), two_sided=True, spending="obrien-fleming")
    for fraction in (0.25, 0.5):
        state = next_look(state, fraction)
    assert float(state.looks[-1].bound[0]) == pytest.approx(one["estimate"] / one["std_error"], rel=1e-3)


def test_beyond_the_plan_it_is_the_last_look() -> None:
    found = look(15_000)
    assert found["decision"]["group_sequential"]["looks"][-1]["fraction"] == 1.0
    assert found["decision"]["group_sequential"]["looks"][-1]["alpha_spent"] == pytest.approx(0.05)


def test_without_a_plan_the_look_is_the_only_one_and_says_so() -> None:
    found = analysed("proportion", arms(2500), method="group-sequential", difference="absolute")
    (one,) = found["comparisons"]
    assert one["warnings"] == ["no_plan_of_looks"]
    assert one["p_value"] == pytest.approx(2.0 * ndtr(-one["estimate"] / one["std_error"]), rel=1e-12)


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ({"looks": [4000, 3000]}, "in order"),
        ({"looks": [6000]}, "in order"),
        ({"state": {"format": 1}}, "not one that an analysis gave back"),
        ({"maximum_units": 0.0}, "maximum_units"),
    ],
)
def test_refusals(plan: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigRejected, match=message):
        look(2500, **plan)


def test_a_state_of_another_alpha_is_refused() -> None:
    kept = look(2500)["decision"]["group_sequential"]["state"]
    with pytest.raises(ConfigRejected, match="another alpha"):
        look(5000, state=kept | {"alpha": [0.005, *kept["alpha"][1:]]})


def test_a_later_look_costs_milliseconds() -> None:
    state = first_boundary_state(np.array([0.05]), two_sided=True, spending="obrien-fleming")
    for fraction in np.linspace(0.1, 0.9, 9):
        state = next_look(state, float(fraction))
    seconds = []
    for _ in range(5):
        before = time.process_time()
        next_look(state, 1.0)
        seconds.append(time.process_time() - before)
    assert min(seconds) <= 0.01
