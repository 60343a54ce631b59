"""What weights say of themselves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.bandit.off_policy.coverage import Coverage
from adplat.bandit.off_policy.gate import reasons_to_refuse
from adplat.bandit.off_policy.weights import WeightReport, report_of

GOOD = WeightReport(ess=5000.0, largest=3.0, largest_share=0.001, mean=1.0, mean_low=0.97, mean_high=1.03)


@settings(deadline=None)
@given(st.lists(st.just(0.0) | st.floats(1e-9, 1e6), min_size=2, max_size=50), st.floats(1e-3, 1e3))
def test_the_effective_size_lies_between_one_and_the_rows_and_knows_no_scale(
    weights: list[float], scale: float
) -> None:
    report, scaled = report_of(np.array(weights)), report_of(np.array(weights) * scale)
    if report.largest > 0.0:
        assert 1.0 - 1e-9 <= report.ess <= len(weights) + 1e-9
        assert report.largest_share >= 1.0 / len(weights) - 1e-9
        assert scaled.ess == pytest.approx(report.ess, rel=1e-6)


def test_equal_weights_are_worth_their_number() -> None:
    report = report_of(np.full(40, 2.0))
    assert (report.ess, report.largest, report.largest_share, report.mean) == pytest.approx((40.0, 2.0, 0.025, 2.0))


def test_kish_counts_unequal_weights_for_less() -> None:
    assert report_of(np.array([1.0, 2.0, 3.0])).ess == pytest.approx(36 / 14)


def test_huge_weights_do_not_leave_the_range_of_floats() -> None:
    assert report_of(np.array([1e200, 1e200])).ess == pytest.approx(2.0)


def test_no_weight_at_all_is_worth_nothing() -> None:
    report = report_of(np.zeros(5))
    assert (report.ess, report.largest_share) == (0.0, 0.0)
    assert reasons_to_refuse(report, Coverage())


def changed(**facts: float) -> tuple[str, ...]:
    kept = {name: getattr(GOOD, name) for name in ("ess", "largest", "largest_share", "mean", "mean_low", "mean_high")}
    return reasons_to_refuse(WeightReport(**{**kept, **facts}), Coverage(0.0, 0.0))


def test_a_good_log_is_let_through() -> None:
    assert changed() == ()
    assert changed(ess=100.0, largest_share=0.1) == ()


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"ess": 99.9}, "at least 100 are needed"),
        ({"largest_share": 0.101}, "one row holds 10.1 % of all weight"),
        ({"mean": 0.5, "mean_low": 0.4, "mean_high": 0.6}, "about 50 % of what the policy would do had no chance"),
        ({"mean": 3.0, "mean_low": 2.9, "mean_high": 3.1}, "propensities are too small"),
    ],
)
def test_each_reason_is_told_alone(facts: dict[str, float], message: str) -> None:
    (reason,) = changed(**facts)
    assert message in reason


def test_candidates_without_a_chance_are_told_from_the_log() -> None:
    (reason,) = reasons_to_refuse(GOOD, Coverage(0.2, 0.2))
    assert "20.0 % of what the policy would do had no chance" in reason
    assert reasons_to_refuse(GOOD, Coverage(0.2, 0.0)) == ()
