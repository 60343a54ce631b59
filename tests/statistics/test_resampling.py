"""Bootstrap intervals: reproducible, of the right width, wider when rows belong together."""

from __future__ import annotations

import numpy as np
import pytest

from adplat.domain import ConfigRejected, TableRejected
from adplat.statistics import auc, bootstrap_interval, paired_difference


def mean(values: np.ndarray) -> float:
    return float(values.mean())


def test_width_of_a_mean_is_that_of_the_normal_theory() -> None:
    values = np.random.default_rng(9).normal(5.0, 2.0, 400)
    found = bootstrap_interval(mean, [values], np.random.default_rng(1), 2000)
    half = 1.96 * values.std() / np.sqrt(400)
    assert found.value == pytest.approx(values.mean())
    assert found.high - found.low == pytest.approx(2 * half, rel=0.08)
    assert not found.excludes(5.0)


def test_same_generator_state_gives_the_same_interval() -> None:
    values = np.arange(50.0)
    first = bootstrap_interval(mean, [values], np.random.default_rng(2), 100)
    assert first == bootstrap_interval(mean, [values], np.random.default_rng(2), 100)


def test_groups_stay_together() -> None:
    users = np.repeat(np.arange(40), 25)
    values = np.random.default_rng(10).normal(size=40)[users]
    single = bootstrap_interval(mean, [values], np.random.default_rng(3), 500)
    whole = bootstrap_interval(mean, [values], np.random.default_rng(3), 500, groups=users)
    assert (whole.high - whole.low) / (single.high - single.low) == pytest.approx(5.0, rel=0.2)


def test_groups_in_any_row_order_draw_the_same_rows() -> None:
    users = np.array(["b", "a", "b", "c", "a", "a"])
    seen: set[tuple[float, ...]] = set()

    def remember(rows: np.ndarray) -> float:
        seen.add(tuple(sorted(rows)))
        return float(rows.sum())

    bootstrap_interval(remember, [np.arange(6.0)], np.random.default_rng(4), 60, groups=users)
    whole = {"a": [1.0, 4.0, 5.0], "b": [0.0, 2.0], "c": [3.0]}
    allowed = {tuple(sorted(whole[x] + whole[y] + whole[z])) for x in "abc" for y in "abc" for z in "abc"}
    assert seen <= allowed and len(seen) > 5


def test_a_measure_that_is_rarely_undefined_leaves_those_replicates_out() -> None:
    labels = np.array([1.0] * 4 + [0.0] * 40)
    scores = np.random.default_rng(5).random(44)
    found = bootstrap_interval(auc, [labels, scores], np.random.default_rng(5), 200)
    assert 0.0 <= found.low < found.high <= 1.0


def test_refusals() -> None:
    with pytest.raises(TableRejected, match="undefined on"):
        bootstrap_interval(auc, [np.array([1.0, 0, 0, 0]), np.arange(4.0)], np.random.default_rng(0), 200)
    with pytest.raises(TableRejected, match="one length"):
        bootstrap_interval(mean, [np.arange(3.0), np.arange(4.0)], np.random.default_rng(0))
    with pytest.raises(ConfigRejected, match="no interval"):
        bootstrap_interval(mean, [np.arange(3.0)], np.random.default_rng(0), 1)


def test_a_paired_difference_sees_what_two_separate_intervals_hide() -> None:
    rng = np.random.default_rng(11)
    users = np.repeat(np.arange(150), 20)
    signal = rng.normal(size=3000)
    labels = (rng.random(3000) < 1.0 / (1.0 + np.exp(-signal - rng.normal(size=150)[users]))).astype(float)
    better, worse = signal, signal + 0.7 * rng.normal(size=3000)
    found = paired_difference(auc, [labels], better, worse, np.random.default_rng(1), 300, groups=users)
    alone = bootstrap_interval(auc, [labels, better], np.random.default_rng(1), 300, groups=users)
    assert found.value == pytest.approx(auc(labels, better) - auc(labels, worse))
    assert found.low > 0.0
    assert found.high - found.low < 0.8 * (alone.high - alone.low)
    same = paired_difference(auc, [labels], better, better, np.random.default_rng(1), 50)
    assert (same.low, same.value, same.high) == (0.0, 0.0, 0.0)
