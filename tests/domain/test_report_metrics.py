"""Metrics are ratios of sums; what is divided by nothing is not told."""

from __future__ import annotations

import pytest

from adplat.domain import REPORT_METRICS, ConfigRejected, MetricSums, metrics_named, summed

SUMS = MetricSums(10_000, 200, 10, 180.0, 50_000_000, 150_000_000, 40_000, 10_000)


def test_each_metric_is_what_its_name_says() -> None:
    told = {name: metric.of(SUMS) for name, metric in REPORT_METRICS.items()}

    assert told == {
        "impressions": 10_000,
        "clicks": 200,
        "conversions": 10,
        "spend": 50_000_000,
        "value": 150_000_000,
        "ctr": 0.02,
        "cvr": 0.05,
        "cpc": 250_000.0,
        "cpa": 5_000_000.0,
        "ecpm": 5_000_000.0,
        "roas": 3.0,
        "win_rate": 0.25,
        "pcoc": 0.9,
    }


def test_what_is_divided_by_nothing_is_none_and_nothing_counted_is_zero() -> None:
    told = {name: metric.of(MetricSums()) for name, metric in REPORT_METRICS.items()}

    assert {name for name, value in told.items() if value == 0} == {
        "impressions",
        "clicks",
        "conversions",
        "spend",
        "value",
    }
    assert all(told[name] is None for name in ("ctr", "cvr", "cpc", "cpa", "ecpm", "roas", "win_rate", "pcoc"))


def test_a_total_is_of_sums_and_never_a_mean_of_ratios() -> None:
    small = MetricSums(impressions=10, clicks=5)

    assert REPORT_METRICS["ctr"].of(SUMS + small) == 205 / 10_010
    assert (SUMS + small).bids is None
    assert summed([SUMS, SUMS]).bids == 80_000
    assert summed([]) == MetricSums()
    assert (SUMS + small).less(small) == MetricSums(10_000, 200, 10, 180.0, 50_000_000, 150_000_000)


def test_a_name_that_is_no_metric_is_refused() -> None:
    assert [metric.name for metric in metrics_named(["ctr", "clicks", "ctr"])] == ["ctr", "clicks"]
    with pytest.raises(ConfigRejected, match="'viewability' is no metric"):
        metrics_named(["viewability"])


def test_a_ratio_of_sums_that_stand_elsewhere_is_the_same_metric() -> None:
    assert REPORT_METRICS["pcoc"].ratio(180.0, 200.0) == REPORT_METRICS["pcoc"].of(SUMS)
    assert REPORT_METRICS["ecpm"].ratio(SUMS.spend_micros, SUMS.impressions) == REPORT_METRICS["ecpm"].of(SUMS)
    assert REPORT_METRICS["pcoc"].ratio(1.0, 0.0) is None
