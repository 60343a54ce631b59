"""Units, days, power, smallest effect."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtri

from adplat.domain import ConfigRejected
from adplat.experiments import parse_plan, plan, power_curve
from adplat.experiments.effects import Effects
from adplat.experiments.proportion_tests import score_p_value
from adplat.experiments.sequential import confidence_sequence

RATE = {"metric": {"name": "ctr", "kind": "proportion"}, "baseline": {"mean": 0.1}, "difference": "absolute"}
MEAN = {"metric": {"name": "revenue", "kind": "mean"}, "baseline": {"mean": 5.0, "std": 10.0}, "difference": "absolute"}


def planned(spec: dict[str, Any], **more: Any) -> dict[str, Any]:
    return plan(parse_plan({**spec, **more}, where="plan"))


def test_the_units_of_two_rates_are_the_textbooks() -> None:
    # Fleiss, Levin & Paik, "Statistical Methods for Rates and Proportions", 2003, formula 4.14, without a correction.
    a, b = 0.1, 0.11
    pooled = (a + b) / 2.0
    root = -ndtri(0.025) * math.sqrt(2 * pooled * (1 - pooled)) - ndtri(0.2) * math.sqrt(a * (1 - a) + b * (1 - b))
    found = planned(RATE, effect=0.01)
    assert found["units"] == math.ceil(2 * (root / 0.01) ** 2)
    assert found["power"] == pytest.approx(0.8, abs=1e-6)
    assert planned(RATE, effect=0.1, difference="relative")["units"] == found["units"]


def test_the_units_of_two_means_are_the_textbooks() -> None:
    per_arm = 2.0 * ((-ndtri(0.025) - ndtri(0.2)) * 10.0 / 0.5) ** 2
    assert planned(MEAN, effect=0.5)["units_per_arm"] == [math.ceil(per_arm)] * 2


@pytest.mark.parametrize("method", ["fixed", "sequential", "group-sequential"])
@pytest.mark.parametrize("spec", [RATE, MEAN], ids=["rate", "mean"])
def test_units_and_effect_are_each_others_inverse(spec: dict[str, Any], method: str) -> None:
    effect = 0.02 if spec is RATE else 0.7
    units = planned(spec, effect=effect, method=method, sequential_tuning=5000)["units"]
    back = planned(spec, units=units, method=method, sequential_tuning=5000)
    assert back["minimum_detectable_effect"] == pytest.approx(effect, rel=1e-3)


def test_a_planned_fixed_test_has_its_power() -> None:
    found = planned(RATE, effect=0.03)
    n = found["units_per_arm"][0]
    rng = np.random.default_rng(1)
    one, two = rng.binomial(n, 0.1, 20_000).astype(float), rng.binomial(n, 0.13, 20_000).astype(float)
    p_values = score_p_value(one, float(n), two, np.full(20_000, float(n)), "two-sided")
    assert (p_values <= 0.05).mean() == pytest.approx(0.8, abs=0.01)


def test_a_planned_sequential_test_has_its_power_and_ends_when_it_should() -> None:
    looks = 10
    found = planned(MEAN, effect=1.0, method="sequential", looks=looks)
    n = found["units_per_arm"][0]
    tests, rng = 20_000, np.random.default_rng(2)
    batch = n / looks
    units = batch * np.arange(1, looks + 1)[:, None]
    sums = rng.normal(batch * 1.0, 10.0 * math.sqrt(2 * batch), (looks, tests)).cumsum(axis=0)
    error = np.broadcast_to(10.0 * np.sqrt(2.0 / units), sums.shape)
    effects = Effects(sums / units, error, np.ones_like(error), np.broadcast_to(2 * units, sums.shape))
    ended = confidence_sequence(effects, 0.05, found["sequential_tuning"], "two-sided").p_value <= 0.05
    assert ended.any(axis=0).mean() == pytest.approx(0.8, abs=0.01)
    at = np.where(ended.any(axis=0), ended.argmax(axis=0), looks - 1) + 1
    assert at.mean() / looks * found["units"] == pytest.approx(found["expected_units"], rel=0.01)


@pytest.mark.parametrize("effect", [0.1, -0.1])
def test_a_planned_relative_test_has_its_power(effect: float) -> None:
    found = planned(MEAN, effect=effect, difference="relative")
    n, tests, rng = found["units_per_arm"][0], 400_000, np.random.default_rng(5)
    a, b = (rng.normal(5.0 * growth, 10.0 / math.sqrt(n), tests) for growth in (1.0, 1.0 + effect))
    z = (b - a) / a / np.sqrt((100.0 + 100.0 * (b / a) ** 2) / n / a**2)
    assert (np.abs(z) > 1.96).mean() == pytest.approx(0.8, abs=0.006)


def test_looks_cost_units_and_save_time() -> None:
    fixed = planned(MEAN, effect=0.5)
    grouped = planned(MEAN, effect=0.5, method="group-sequential", looks=5)
    always = planned(MEAN, effect=0.5, method="sequential", looks=5)
    assert fixed["units"] < grouped["units"] < always["units"]
    assert grouped["expected_units"] < fixed["units"]
    # Five classical O'Brien–Fleming looks cost 2.8 % (Jennison & Turnbull, 2000, table 2.4); these are close to them.
    assert grouped["units"] / fixed["units"] == pytest.approx(1.028, abs=0.005)


def test_a_covariate_saves_its_share() -> None:
    half = planned({**MEAN, "baseline": {"mean": 5.0, "std": 10.0, "explained": 0.5}}, effect=0.5)
    assert half["units"] == pytest.approx(planned(MEAN, effect=0.5)["units"] / 2.0, rel=1e-4)


def test_history_stands_for_a_baseline() -> None:
    rng = np.random.default_rng(3)
    before = rng.normal(5.0, 8.0, 4000)
    after = before + rng.normal(0.0, 6.0, 4000)
    history = {
        "name": "last month",
        "n": 4000,
        "sum": float(after.sum()),
        "sum_squares": float((after**2).sum()),
        "covariate": {
            "sum": float(before.sum()),
            "sum_squares": float((before**2).sum()),
            "sum_products": float((before * after).sum()),
        },
    }
    found = planned({"metric": MEAN["metric"], "history": history}, effect=0.05)
    assert found["baseline"]["mean"] == pytest.approx(after.mean(), rel=1e-12)
    assert found["baseline"]["std"] == pytest.approx(after.std(ddof=1), rel=1e-9)
    assert found["baseline"]["explained"] == pytest.approx(np.corrcoef(before, after)[0, 1] ** 2, rel=1e-3)


def test_several_arms_share_alpha_and_days_follow_from_traffic() -> None:
    found = planned(RATE, effect=0.02, allocation=[2, 1, 1], correction="holm", daily_units=1000)
    assert found["alpha_per_comparison"] == 0.025
    assert found["units_per_arm"][0] == pytest.approx(2 * found["units_per_arm"][1], abs=1)
    assert found["duration_days"] == pytest.approx(found["units"] / 1000, rel=1e-3)


def test_a_fall_is_planned_like_a_rise() -> None:
    up, down = planned(MEAN, effect=0.5, alternative="greater"), planned(MEAN, effect=-0.5, alternative="less")
    assert up["units"] == down["units"] < planned(MEAN, effect=0.5)["units"]
    assert down["minimum_detectable_effect"] == pytest.approx(-0.5, rel=1e-3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({}, "neither effect nor units"),
        ({"effect": 0.0}, "effect is 0.0"),
        ({"effect": 0.95}, "makes the rate"),
        ({"effect": 0.01, "alternative": "less"}, "lies against"),
        ({"effect": 0.01, "power": 0.01}, "power 0.01"),
        ({"effect": 0.01, "allocation": [1.0]}, "share"),
        ({"effect": 0.01, "baseline": {"mean": 0.0}}, "mean is 0.0"),
        ({"effect": 0.01, "metric": {"name": "x", "kind": "mean"}}, "std is None"),
        ({"effect": 0.01, "history": {"name": "a", "n": 1}}, "neither or both"),
        ({"effect": 1e-9}, "no number of units shows an effect of 0.000000001 "),
        ({"units": 4}, "show no effect"),
    ],
)
def test_refusals(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigRejected, match=message):
        planned(RATE, **change)


@pytest.mark.parametrize("method", ["fixed", "sequential"])
@pytest.mark.parametrize("kind", ["ratio", "proportion"])
@pytest.mark.parametrize("size", [1e-300, 1e-14, 0.5, 1.0, 1e14, 1e300])
@pytest.mark.parametrize("effect", [-0.5, 1e-14, 3.0, 1e300])
def test_numbers_of_any_size_are_planned_or_refused(method: str, kind: str, size: float, effect: float) -> None:
    for units in (None, size, 5.0):
        asked = {"metric": {"name": "m", "kind": kind}, "baseline": {"mean": size, "std": size}, "method": method}
        try:
            told = plan(parse_plan({**asked, "effect": effect, "units": units, "daily_units": size}, where="test"))
        except ConfigRejected:
            continue
        assert all(math.isfinite(one) for one in told.values() if isinstance(one, float))


def test_a_rate_may_be_halved() -> None:
    asked = {"metric": {"name": "m", "kind": "proportion"}, "baseline": {"mean": 0.5}, "method": "sequential"}
    assert 50 < plan(parse_plan({**asked, "effect": -0.5}, where="test"))["units"] < 1000


def test_power_grows_with_the_units_and_is_the_plan_s_at_its_size() -> None:
    asked = {"metric": {"name": "m", "kind": "proportion"}, "baseline": {"mean": 0.02}, "method": "sequential"}
    spec = parse_plan({**asked, "effect": 0.2}, where="test")
    curve = power_curve(spec, plan(spec)["units"], points=10)
    powers = [power for _, power in curve]
    assert powers == sorted(powers)
    assert curve[4][0] == plan(spec)["units"] and powers[4] == pytest.approx(0.8, abs=1e-3)
