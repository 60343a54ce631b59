"""AUC and GAUC against scikit-learn and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from adplat.domain import TableRejected
from adplat.statistics import auc, grouped_auc


def test_auc_counts_a_tie_as_one_half() -> None:
    assert auc([0, 1, 1, 0], [0.5, 0.5, 0.9, 0.1]) == pytest.approx(3.5 / 4)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=2, max_size=60))
def test_auc_equals_scikit_learn_with_many_ties(rows: list[tuple[bool, int]]) -> None:
    labels = np.array([label for label, _ in rows], dtype=float)
    scores = np.array([score for _, score in rows], dtype=float)
    if labels.min() == labels.max():
        with pytest.raises(TableRejected, match="both classes"):
            auc(labels, scores)
    else:
        assert auc(labels, scores) == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)


def test_auc_does_not_depend_on_row_order() -> None:
    rng = np.random.default_rng(3)
    labels, scores = rng.integers(0, 2, 500), rng.integers(0, 9, 500)
    shuffled = rng.permutation(500)
    assert auc(labels, scores) == auc(labels[shuffled], scores[shuffled])


def test_grouped_auc_weighs_groups_by_rows_and_skips_groups_of_one_class() -> None:
    labels = [0, 1, 0, 0, 1, 1, 1]
    scores = [0.1, 0.9, 0.2, 0.8, 0.5, 0.9, 0.1]
    groups = ["a", "a", "b", "b", "b", "c", "c"]
    assert grouped_auc(labels, scores, groups) == pytest.approx((2 * 1.0 + 3 * 0.5) / 5)


def test_grouped_auc_equals_scikit_learn_group_by_group() -> None:
    rng = np.random.default_rng(4)
    groups, labels, scores = rng.integers(0, 40, 2000), rng.integers(0, 2, 2000), rng.integers(0, 20, 2000)
    areas, sizes = [], []
    for group in range(40):
        rows = groups == group
        areas.append(roc_auc_score(labels[rows], scores[rows]))
        sizes.append(rows.sum())
    assert grouped_auc(labels, scores, groups) == pytest.approx(np.average(areas, weights=sizes), abs=1e-12)


def test_refusals_name_what_is_wrong() -> None:
    with pytest.raises(TableRejected, match="parallel"):
        auc([0, 1], [0.1])
    with pytest.raises(TableRejected, match="not a number"):
        auc([0, 1], [0.1, float("nan")])
    with pytest.raises(TableRejected, match="not all 0 or 1"):
        auc([0, 2], [0.1, 0.2])
    with pytest.raises(TableRejected, match="no rows"):
        auc([], [])
    with pytest.raises(TableRejected, match="no group"):
        grouped_auc([0, 1], [0.1, 0.2], ["a", "b"])
