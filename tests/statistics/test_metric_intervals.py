"""Intervals stand where a metric is a proportion, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from adplat.domain import REPORT_METRICS, MetricSums
from adplat.statistics import metric_interval, pcoc_interval, wilson_interval

SUMS = MetricSums(1_000, 40, 4, 50.0, 9_000_000, 1_000_000, 5_000, 1_000)


def test_proportions_have_wilsons_interval_and_money_has_none() -> None:
    assert metric_interval(REPORT_METRICS["ctr"], SUMS) == wilson_interval(40, 1_000)
    assert metric_interval(REPORT_METRICS["win_rate"], SUMS) == wilson_interval(1_000, 5_000)
    for name in ("spend", "clicks", "cpa", "ecpm", "roas"):
        assert metric_interval(REPORT_METRICS[name], SUMS) is None


def test_pcoc_has_the_interval_that_its_rows_would_have() -> None:
    labels, predictions = np.r_[np.ones(40), np.zeros(960)], np.full(1_000, 0.05)
    by_rows = pcoc_interval(labels, predictions)

    told = metric_interval(REPORT_METRICS["pcoc"], SUMS)

    assert told is not None
    assert (told.value, told.low, told.high) == pytest.approx((by_rows.value, by_rows.low, by_rows.high))


def test_more_clicks_than_impressions_have_a_rate_and_no_interval() -> None:
    late = MetricSums(impressions=2, clicks=3)

    assert REPORT_METRICS["ctr"].of(late) == 1.5
    assert metric_interval(REPORT_METRICS["ctr"], late) is None
    assert metric_interval(REPORT_METRICS["pcoc"], late) is None
    assert metric_interval(REPORT_METRICS["ctr"], MetricSums()) is None
