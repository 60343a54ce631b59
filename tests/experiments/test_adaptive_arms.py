"""Arms whose shares a bandit moved: what rows say of them, and what they do not."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.domain import TableRejected
from adplat.experiments import (
    ANOTHER,
    AdaptiveRows,
    analyze_adaptive,
    mean_moments,
    parse_adaptive_spec,
    proportion_moments,
    sample_ratio,
    stabilising_weights,
)
from adplat.experiments.adaptive_arms import own_arms, pair_of_arms, weighted_arm
from adplat.experiments.adaptive_inference import errors_to_no_difference
from adplat.experiments.adaptive_sample_ratio import adaptive_sample_ratio
from adplat.experiments.mover import difference_limits, growth_limits, wilson_limits
from adplat.statistics import newcombe_difference, relative_lift_interval
from tests.experiments.builders import analysed

NAMES = ("control", "bright", "calm")


def drawn(told: np.ndarray, rates: np.ndarray, seed: int, names: tuple[str, ...] = NAMES) -> AdaptiveRows:
    """Choices drawn from the propensities ``told`` (N, k), clicks from ``rates`` of each row and arm."""
    rng = np.random.default_rng(seed)
    chosen = np.minimum((told.cumsum(axis=1) < rng.random((len(told), 1))).sum(axis=1), told.shape[1] - 1)
    rates = np.broadcast_to(rates, told.shape)
    clicks = (rng.random(len(told)) < rates[np.arange(len(told)), chosen]).astype(np.float64)
    return AdaptiveRows(names, chosen, clicks, told)


def even(rows: int, shares: tuple[float, ...] = (0.5, 0.3, 0.2)) -> np.ndarray:
    return np.tile(np.asarray(shares), (rows, 1))


def document(rows: AdaptiveRows, kind: str = "proportion", **more: Any) -> dict[str, Any]:
    content = {"metric": {"name": "ctr", "kind": kind}, "allocation": "adaptive", "rows": "log.parquet", **more}
    spec = parse_adaptive_spec({**content, "arms": [{"name": name} for name in rows.names]}, where="spec")
    found = analyze_adaptive(spec, rows, where="log")
    json.dumps(found, allow_nan=False)
    return found


def two_places(rows: int, seed: int) -> AdaptiveRows:
    """Two placements, the second clicks three times as often and is shown the second arm almost always."""
    second = np.random.default_rng(seed).random(rows) < 0.5
    told = np.where(second[:, None], [0.05, 0.90, 0.05], [0.45, 0.10, 0.45])
    return drawn(told, np.where(second, 0.3, 0.1)[:, None], seed + 1)


@pytest.mark.parametrize("difference", ["relative", "absolute"])
@pytest.mark.parametrize("vary", ["by_row", "by_moment"])
@pytest.mark.parametrize("kind", ["proportion", "mean"])
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000), rate=st.floats(0.02, 0.9))
def test_with_shares_that_never_move_it_is_the_plain_analysis(
    kind: str, vary: str, difference: str, seed: int, rate: float
) -> None:
    rows = drawn(even(1500), np.asarray([rate, rate, 0.5 * rate]), seed)
    if kind == "mean":
        spent = np.random.default_rng(seed).gamma(2.0, 3.0, len(rows)) * (0.1 + rows.rewards)
        rows = AdaptiveRows(rows.names, rows.chosen, spent, rows.propensities)
    arms = [
        {"name": name, "n": int(told.sum()), "sum": float(rows.rewards[told].sum())}
        | ({} if kind == "proportion" else {"sum_squares": float((rows.rewards[told] ** 2).sum())})
        for name, told in ((name, rows.chosen == arm) for arm, name in enumerate(NAMES))
    ]
    plain = analysed(kind, arms, difference=difference, correction="holm", allocation=[0.5, 0.3, 0.2])
    found = document(rows, kind, difference=difference, correction="holm", propensities=vary)
    assert found["srm"]["statistic"] == pytest.approx(plain["srm"]["statistic"], rel=1e-8, abs=1e-8)
    assert found["srm"]["df"] == plain["srm"]["df"]
    for ours, theirs in zip(found["arms"], plain["arms"], strict=True):
        assert ours["effective_n"] == pytest.approx(ours["n"], rel=1e-9)
        assert ours["plain_estimate"] == pytest.approx(theirs["estimate"], rel=1e-9, abs=1e-12)
        for name in ("n", "estimate", "ci"):
            assert ours[name] == pytest.approx(theirs[name], rel=1e-8, abs=1e-10)
    for ours, theirs in zip(found["comparisons"], plain["comparisons"], strict=True):
        for name in ("estimate", "ci", "std_error", "p_value", "p_value_adjusted"):
            assert ours[name] == pytest.approx(theirs[name], rel=1e-6, abs=1e-9)
    if not any("variance_hardly_known" in said for one in found["comparisons"] for said in one["warnings"]):
        assert found["decision"]["verdict"] == plain["decision"]["verdict"]


def test_an_arm_that_was_shown_where_people_click_is_not_taken_for_the_better_one() -> None:
    missed = plain_missed = 0
    for seed in range(40):
        found = document(two_places(4000, 100 * seed), difference="absolute")
        one = found["arms"][1]
        missed += not one["ci"][0] <= 0.2 <= one["ci"][1]
        plain_missed += abs(one["plain_estimate"] - 0.2) > 0.05
        assert "plain_mean_is_biased" in found["comparisons"][0]["warnings"]
    assert missed <= 6
    assert plain_missed == 40


def test_fair_plain_means_are_not_called_biased() -> None:
    rng = np.random.default_rng(5)
    called = 0
    for seed in range(60):
        told = rng.dirichlet((4.0, 4.0, 4.0), 1500)
        found = document(drawn(told, np.asarray([0.1, 0.1, 0.1]), seed))
        called += sum("plain_mean_is_biased" in one["warnings"] for one in found["comparisons"])
    assert called <= 4


def test_what_moves_both_arms_at_once_moves_no_difference_between_them() -> None:
    gaps = []
    for seed in range(60):
        told = np.concatenate([even(1500, (0.45, 0.45, 0.1)), even(1500, (0.05, 0.85, 0.1))])
        season = np.repeat([0.3, 0.1], 1500)[:, None]
        rows = drawn(told, season * np.asarray([1.0, 1.0, 1.0]), seed)
        pair = pair_of_arms(rows, 0, 1, "by_moment", rates=True)
        gaps.append((pair.treatment.value - pair.control.value, own_gap(rows)))
    common, own = np.asarray(gaps).T
    assert abs(common.mean()) < 3.0 * common.std() / np.sqrt(len(common))
    assert own.mean() < -0.02


def own_gap(rows: AdaptiveRows) -> float:
    control, treatment, _ = own_arms(rows, "by_moment", rates=True)
    return treatment.value - control.value


def test_a_row_does_not_weigh_its_own_context() -> None:
    growth = np.random.default_rng(1).gamma(2.0, 3.0, 900) + 1.0
    other = growth.copy()
    other[500] *= 50.0
    before, after = stabilising_weights(growth, "by_row"), stabilising_weights(other, "by_row")
    assert (before[:501] == after[:501]).all()
    assert after[501] < before[501]
    assert after[701:] == pytest.approx(before[701:], rel=1e-12)
    assert stabilising_weights(growth, "by_moment") == pytest.approx(growth**-0.5)


def test_a_weighted_sum_has_the_same_variance_whatever_the_shares() -> None:
    rng = np.random.default_rng(2)
    told = np.repeat(rng.uniform(0.02, 0.9, 50), 100)
    weights = stabilising_weights(1.0 / told, "by_moment")
    assert weights**2 / told == pytest.approx(1.0)


def test_rows_without_a_chance_and_other_choices_say_nothing_of_an_arm() -> None:
    rows = drawn(even(3000, (0.3, 0.3, 0.4)), np.asarray([0.1, 0.2, 0.3]), 3)
    kept = rows.chosen != 2
    third = AdaptiveRows(NAMES[:2], np.where(kept, rows.chosen, ANOTHER), rows.rewards, rows.propensities[:, :2])
    strangers = np.full((500, 2), np.nan)
    longer = AdaptiveRows(
        third.names,
        np.concatenate([third.chosen, np.full(500, ANOTHER)]),
        np.concatenate([third.rewards, np.ones(500)]),
        np.concatenate([third.propensities, strangers]),
    )
    one, other = document(third), document(longer)
    assert one["arms"] == other["arms"]
    assert one["comparisons"] == other["comparisons"]
    assert one["srm"]["df"] == 2  # two arms and everything beside them
    assert one["arms"][0]["estimate"] == pytest.approx(document(rows)["arms"][0]["estimate"])


@pytest.mark.parametrize(("wrong", "flagged"), [(0.0, False), (0.05, True)])
def test_choices_that_do_not_follow_their_propensities_are_noticed(wrong: float, flagged: bool) -> None:
    rng = np.random.default_rng(4)
    told = rng.dirichlet((2.0, 3.0, 4.0), 6000)
    real = told + wrong * np.asarray([1.0, 0.0, -1.0]) * told[:, [2]]
    rows = drawn(real / real.sum(axis=1, keepdims=True), np.asarray([0.1, 0.1, 0.1]), 5)
    found = document(AdaptiveRows(NAMES, rows.chosen, rows.rewards, told))
    assert found["srm"]["flagged"] is flagged
    assert (found["decision"]["verdict"] == "invalid") is flagged
    assert found["srm"]["expected"] == pytest.approx(told.sum(axis=0).tolist())


def test_the_check_of_choices_alarms_as_often_as_it_says() -> None:
    rng = np.random.default_rng(6)
    told = rng.dirichlet((0.5, 1.0, 2.0), 800)
    p_values = [adaptive_sample_ratio(drawn(told, np.asarray([0.1] * 3), seed)).p_value for seed in range(1000)]
    share = np.mean([value is not None and value < 0.05 for value in p_values])
    assert share == pytest.approx(0.05, abs=0.022)


def test_the_check_of_choices_is_pearsons_where_shares_stand_still() -> None:
    rows = drawn(even(2000), np.asarray([0.1, 0.1, 0.1]), 7)
    found = adaptive_sample_ratio(rows)
    expected = sample_ratio(np.bincount(rows.chosen).tolist(), [0.5, 0.3, 0.2])
    assert (found.freedom, found.statistic) == (2, pytest.approx(expected.statistic, rel=1e-9))


def test_an_arm_that_the_bandit_gave_up_early_decides_nothing() -> None:
    told = np.concatenate([even(120, (0.4, 0.3, 0.3)), even(8000, (0.0005, 0.6, 0.3995))])
    found = document(drawn(told, np.asarray([0.0, 0.5, 0.5]), 8), propensities="by_moment", non_inferiority_margin=0.9)
    one = found["comparisons"][0]
    assert "control: effective_sample_too_small" in one["warnings"]
    assert one["p_value"] < 0.05
    assert found["decision"]["verdict"] == "undecided"
    assert found["decision"]["why"] == [
        "bright cannot be compared: see its warnings",
        "calm cannot be compared: see its warnings",
    ]


def test_one_row_that_holds_the_weight_is_named() -> None:
    told = np.concatenate([even(300, (0.3, 0.3, 0.4)), [[1e-6, 0.5, 0.499999]]])
    rows = drawn(told, np.asarray([0.2, 0.2, 0.2]), 9)
    rows.chosen[-1] = 0
    found = document(rows, propensities="by_moment")
    assert "control: propensity_too_small" in found["comparisons"][0]["warnings"]
    assert found["decision"]["verdict"] in {"undecided", "invalid"}


def test_an_arm_that_had_no_chance_in_many_rows_is_named() -> None:
    told = np.concatenate([even(900, (0.5, 0.3, 0.2)), even(300, (0.0, 0.6, 0.4))])
    found = document(drawn(told, np.asarray([0.2, 0.2, 0.2]), 10))
    assert "control: no_chance_in_some_rows" in found["comparisons"][0]["warnings"]


def test_chosen_arms_propensities_alone_need_shares_that_no_context_moves() -> None:
    rows = drawn(even(2000), np.asarray([0.1, 0.1, 0.2]), 11)
    own = np.where(np.arange(3) == rows.chosen[:, None], rows.propensities, np.nan)
    bare = AdaptiveRows(NAMES, rows.chosen, rows.rewards, own, complete=False)
    with pytest.raises(TableRejected, match="only the chosen arms' propensities"):
        document(bare)
    found, full = document(bare, propensities="by_moment"), document(rows, propensities="by_moment")
    assert found["srm"]["p_value"] is None
    assert found["arms"][0]["estimate"] == pytest.approx(full["arms"][0]["estimate"])
    assert "propensities_of_chosen_arms_only" in found["comparisons"][0]["warnings"]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda rows: rows.rewards.__setitem__(6, 0.5), "row 7 has a reward other than 0 and 1"),
        (lambda rows: rows.rewards.__setitem__(6, np.nan), "row 7 has a reward that is no number"),
        (lambda rows: rows.propensities.__setitem__(6, -0.1), "row 7 has a propensity outside 0 and 1"),
        (lambda rows: rows.propensities.__setitem__(6, np.nan), "row 7 chose an arm that had no propensity"),
        (lambda rows: rows.propensities.__setitem__(6, 0.6), "row 7 has propensities that add up to more than 1"),
    ],
)
def test_rows_that_cannot_be_are_refused_by_number(spoil: Any, said: str) -> None:
    rows = drawn(even(50), np.asarray([0.5, 0.5, 0.5]), 12)
    spoil(rows)
    with pytest.raises(TableRejected, match=said):
        document(rows)


def test_a_bandit_that_left_one_click_says_little_and_never_nonsense() -> None:
    told = np.concatenate([even(30, (1 / 3, 1 / 3, 1 / 3)), even(3000, (0.01, 0.98, 0.01))])
    for method in ("fixed", "sequential", "bayesian"):
        for seed in range(5):
            found = document(drawn(told, np.asarray([0.005, 0.02, 0.005]), seed), method=method)
            for arm in found["arms"]:
                low, high = arm["ci"]
                assert 0.0 <= low <= arm["estimate"] <= high <= 1.0


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
def test_with_looks_the_p_value_and_the_interval_say_the_same(alternative: str) -> None:
    agreed = 0
    for seed in range(30):
        rows = drawn(even(3000, (0.2, 0.4, 0.4)), np.asarray([0.05, 0.05 + 0.004 * seed, 0.05]), seed)
        found = document(rows, method="sequential", alternative=alternative, difference="absolute")
        one = found["comparisons"][0]
        low, high = (end if end is not None else sign * np.inf for end, sign in zip(one["ci"], (-1, 1), strict=True))
        assert (one["p_value"] <= 0.05) == (low > 0.0 or high < 0.0)
        agreed += one["p_value"] <= 0.05
    assert (agreed == 0) if alternative == "less" else (5 < agreed < 30)


@settings(max_examples=60, deadline=None)
@given(n=st.integers(2, 3000), m=st.integers(2, 3000), first=st.floats(0, 1), second=st.floats(0, 1))
def test_limits_are_those_of_counts(n: int, m: int, first: float, second: float) -> None:
    k, j = round(first * n), round(second * m)
    z = 1.959963984540054
    limits = [
        wilson_limits(np.asarray([hits / units]), np.asarray([float(units)]), np.asarray([z]))
        for hits, units in ((k, n), (j, m))
    ]
    for ours, theirs in ((difference_limits, newcombe_difference), (growth_limits, relative_lift_interval)):
        found, expected = ours(*limits), theirs(k, n, j, m)
        assert float(found.low[0]) == pytest.approx(expected.low, rel=1e-7, abs=1e-7)
        assert float(found.high[0]) == pytest.approx(expected.high, rel=1e-7, abs=1e-7)


@settings(max_examples=60, deadline=None)
@given(n=st.floats(5, 1e5), m=st.floats(5, 1e5), p=st.floats(0.001, 0.999), q=st.floats(0.001, 0.999))
def test_limits_that_wide_end_at_no_difference(n: float, m: float, p: float, q: float) -> None:
    control, treatment = (
        proportion_moments(np.asarray([units]), np.asarray([units * rate])) for units, rate in ((n, p), (m, q))
    )
    errors = errors_to_no_difference(control, treatment)
    if abs(errors[0]) > 39.0 or p == q:
        return
    width = np.abs(errors)
    found = difference_limits(
        wilson_limits(treatment.mean, treatment.n, width), wilson_limits(control.mean, control.n, width)
    )
    assert np.sign(errors[0]) == np.sign(q - p)
    assert float(found.low[0] if q > p else found.high[0]) == pytest.approx(0.0, abs=1e-9)


def test_weights_of_an_arm_may_be_given_on_any_scale() -> None:
    rng = np.random.default_rng(13)
    rewards, weights = rng.gamma(2.0, 1.0, 400), rng.gamma(2.0, 1.0, 400)
    one, other = (weighted_arm(rewards, scale * weights, rates=False) for scale in (1.0, 37.0))
    assert one.value == pytest.approx(other.value)
    assert (one.units, one.variance, one.largest_share) == pytest.approx(
        (other.units, other.variance, other.largest_share)
    )
    equal = weighted_arm(rewards, np.full(400, 2.5), rates=False)
    plain = mean_moments(np.asarray([400.0]), np.asarray([rewards.sum()]), np.asarray([(rewards**2).sum()]))
    assert (equal.units, equal.variance) == pytest.approx((400.0, float(plain.variance[0])))


def test_a_rate_that_heavy_rows_spread_is_worth_fewer_units() -> None:
    weights = np.repeat([10.0, 1.0], [100, 4000])
    rewards = np.concatenate([np.tile([1.0, 0.0], 50), np.zeros(4000)])
    one = weighted_arm(rewards, weights, rates=True)
    sandwich = (weights**2 * (rewards - one.value) ** 2).sum() / weights.sum() ** 2
    assert one.variance / one.units == pytest.approx(sandwich)
    assert one.units < 0.6 * weights.sum() ** 2 / (weights**2).sum()


def test_a_watched_mean_says_nothing_before_its_variance_is_known() -> None:
    rows = drawn(even(20_000), np.asarray([0.05, 0.05, 0.05]), 14)
    spent = rows.rewards * np.random.default_rng(14).gamma(2.0, 1.5, len(rows))
    told = []
    for count in (500, 20_000):
        part = AdaptiveRows(NAMES, rows.chosen[:count], spent[:count], rows.propensities[:count])
        found = document(part, "mean", method="sequential")
        told.append((found["arms"][0]["ci"], found["comparisons"][0]))
    (first_ci, first), (last_ci, last) = told
    assert first_ci == first["ci"] == [None, None]
    assert first["p_value"] is None
    assert "control: variance_hardly_known" in first["warnings"]
    assert None not in last_ci
    assert "control: variance_hardly_known" not in last["warnings"]
