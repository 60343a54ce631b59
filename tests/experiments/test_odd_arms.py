"""Arms that cannot be used: a named warning or one clear error, never a crash and never a made-up number."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.domain import ConfigRejected
from adplat.experiments import parse_spec
from tests.experiments.builders import analysed, compared

GOOD = {"name": "b", "n": 100, "sum": 200, "sum_squares": 500}
NULLS = ("estimate", "std_error", "p_value", "p_value_adjusted", "chance_to_beat", "expected_loss")
METHODS = ("fixed", "sequential", "group-sequential", "bayesian")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("control", "warning"),
    [
        ({"n": 0, "sum": 0, "sum_squares": 0}, "control: too_few_units"),
        ({"n": 1, "sum": 1, "sum_squares": 1}, "control: too_few_units"),
        ({"n": 2, "sum": 1396.87, "sum_squares": 5237}, "control: impossible_sum_squares"),
        ({"n": 100, "sum": -100, "sum_squares": 300}, "negative_baseline"),
        ({"n": 100, "sum": 0, "sum_squares": 300}, "zero_baseline"),
    ],
)
def test_a_control_nothing_can_be_compared_with(method: str, control: dict[str, Any], warning: str) -> None:
    found = compared("mean", [{"name": "a", **control}, GOOD], method=method)
    assert warning in found["warnings"]
    assert found["ci"] == [None, None]
    assert all(found[field] is None for field in NULLS)


def test_a_negative_baseline_has_an_absolute_difference() -> None:
    found = compared("mean", [{"name": "a", "n": 100, "sum": -100, "sum_squares": 300}, GOOD], difference="absolute")
    assert found["warnings"] == []
    assert found["estimate"] == 3.0


@pytest.mark.parametrize("method", METHODS)
def test_a_ratio_over_nothing(method: str) -> None:
    below = {"sum": 0, "sum_squares": 0, "sum_products": 0}
    found = compared(
        "ratio",
        [{**GOOD, "name": "a", "denominator": below}, {**GOOD, "denominator": {**below, "sum": 9}}],
        method=method,
    )
    assert "control: zero_denominator" in found["warnings"]
    assert all(found[field] is None for field in NULLS)


@pytest.mark.parametrize("method", METHODS)
def test_two_constant_arms_are_no_certainty(method: str) -> None:
    arms = [
        {"name": name, "n": 100, "sum": 100 * value, "sum_squares": 100 * value**2}
        for name, value in (("a", 1), ("b", 2))
    ]
    found = compared("mean", arms, method=method)
    assert {"control: zero_variance", "zero_variance"} <= set(found["warnings"])
    assert found["estimate"] == 1.0
    assert found["ci"] == [None, None]
    assert found["p_value"] is None


def test_clicks_over_a_control_without_any() -> None:
    found = compared("proportion", [{"name": "a", "n": 100, "sum": 0}, {"name": "b", "n": 100, "sum": 5}])
    assert {"zero_baseline", "control: no_events"} <= set(found["warnings"])
    assert found["estimate"] is None
    assert found["ci"][0] > 0.0
    assert found["ci"][1] is None
    assert found["p_value"] == pytest.approx(0.02354, abs=1e-5)


def test_no_clicks_anywhere() -> None:
    arms = [{"name": "a", "n": 100, "sum": 0}, {"name": "b", "n": 100, "sum": 0}]
    found = compared("proportion", arms, difference="absolute")
    assert found["estimate"] == 0.0
    assert found["ci"][0] < 0.0 < found["ci"][1]
    assert found["p_value"] == 1.0


def test_one_bad_arm_leaves_the_others_their_numbers() -> None:
    arms = [{**GOOD, "name": "a"}, {**GOOD, "name": "bad", "n": 1}, GOOD]
    bad, good = analysed("mean", arms)["comparisons"]
    assert bad["estimate"] is None
    assert good["estimate"] == 0.0


def test_a_covariate_that_never_varies_is_said_and_not_used() -> None:
    constant = {"covariate": {"sum": 100, "sum_squares": 100, "sum_products": 200}}
    found = compared("mean", [{**GOOD, "name": "a", **constant}, {**GOOD, **constant}])
    assert found["warnings"] == ["covariate_explains_nothing"]
    assert found["std_error"] == compared("mean", [{**GOOD, "name": "a"}, GOOD])["std_error"]


def test_a_ratio_whose_covariate_lacks_its_products_is_not_adjusted() -> None:
    more = {
        "denominator": {"sum": 300, "sum_squares": 1100, "sum_products": 620},
        "covariate": {"sum": 90, "sum_squares": 200, "sum_products": 190},
    }
    found = compared("ratio", [{**GOOD, "name": "a", **more}, {**GOOD, **more}])
    assert "covariate_unused_without_denominator_products" in found["warnings"]
    assert found["std_error"] > 0.0


number = st.one_of(st.integers(0, 3), st.floats(-1e6, 1e6), st.sampled_from([0.0, 1e-300, 1e200, -1e200, 1e308]))


@st.composite
def arm(draw: st.DrawFn, name: str) -> dict[str, Any]:
    sums = {"sum": draw(number), "sum_squares": draw(number)}
    products = {**sums, "sum_products": draw(number)}
    return {"name": name, "n": draw(st.integers(0, 10**6)), **sums, "denominator": products, "covariate": products}


@settings(max_examples=300)
@given(
    st.tuples(arm("a"), arm("b"), arm("c")),
    st.sampled_from(["mean", "ratio"]),
    st.sampled_from(METHODS),
    st.sampled_from(["relative", "absolute"]),
    st.sampled_from(["two-sided", "greater", "less"]),
    st.sampled_from(["none", "holm", "bh"]),
)
def test_no_sums_break_it(
    arms: tuple[dict[str, Any], ...], kind: str, method: str, difference: str, alternative: str, correction: str
) -> None:
    found = analysed(kind, arms, method=method, difference=difference, alternative=alternative, correction=correction)
    for one in found["comparisons"]:
        assert one["p_value"] is None or 0.0 <= one["p_value"] <= 1.0
        if one["estimate"] is None and one["p_value"] is None and one["chance_to_beat"] is None:
            assert one["warnings"], "what is missing is explained"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"metric": {"name": "x", "kind": "median"}}, "Invalid enum value"),
        ({"metrics": 1}, "unknown field `metrics`"),
        ({"alpha": 0.0}, "alpha is 0.0"),
        ({"alpha": 0.5}, "alpha is 0.5"),
        ({"allocation": [1.0]}, "1 shares for 2 arms"),
        ({"allocation": [0.0, 0.0]}, "none is positive"),
        ({"allocation": [-1.0, 2.0]}, "negative"),
        ({"sequential_tuning": 0.0}, "sequential_tuning"),
        ({"prior": {"mean": 0.0, "std": 0.0}}, "std is 0.0"),
        ({"arms": [GOOD]}, "1 arms"),
        ({"arms": [GOOD, GOOD]}, "given twice"),
        ({"arms": [{**GOOD, "name": "a", "n": 1.5}, GOOD]}, "n is 1.5"),
        ({"arms": [{**GOOD, "name": "a", "n": -1}, GOOD]}, "n is -1"),
        ({"arms": [{**GOOD, "name": "a", "sum": float("nan")}, GOOD]}, "sum is nan"),
        ({"arms": [{"name": "a", "n": 9, "sum": 1}, GOOD]}, "sum_squares is missing"),
        ({"arms": [{"name": "a", "n": 9}, GOOD]}, "sum is missing"),
        ({"metric": {"name": "x", "kind": "ratio"}}, "denominator is missing"),
        ({"metric": {"name": "x", "kind": "quantile"}}, "no quantile"),
        ({"metric": {"name": "x", "kind": "quantile", "quantile": 0.9}}, "neither quantile nor values"),
        ({"metric": {"name": "x", "kind": "proportion"}}, "successes"),
        ({"arms": [{**GOOD, "name": "a", "strata": []}, GOOD]}, "has no strata|share a name"),
        ({"looks": [[1]]}, "counts 1 arms"),
        ({"looks": [[101, 1]]}, "fewer units"),
        ({"non_inferiority_margin": -0.1}, "non_inferiority_margin"),
        ({"age_days": -1}, "age_days"),
        ({"gates": {"minimum_units": -1}}, "minimum_units"),
    ],
)
def test_a_specification_that_means_nothing_is_refused(change: dict[str, Any], message: str) -> None:
    spec = {"metric": {"name": "x", "kind": "mean"}, "arms": [{**GOOD, "name": "a"}, GOOD], **change}
    with pytest.raises(ConfigRejected, match=message) as refused:
        parse_spec(spec, where="spec.json")
    assert refused.value.where.startswith("spec.json")
    assert refused.value.hint
