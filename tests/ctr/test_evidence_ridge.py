from __future__ import annotations

import numpy as np
import pytest

from adplat.ctr.evidence_ridge import choose_penalties, fit_ridge


def items(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two groups of ten columns; only the first explains anything."""
    rng = np.random.default_rng(seed)
    columns = rng.normal(0, 1, (count, 20)) / np.sqrt(10)
    return columns, columns[:, :10] @ rng.normal(0, 0.7, 10) + rng.normal(0, 0.3, count)


def test_a_group_that_explains_nothing_gets_little_or_no_weight() -> None:
    columns, response = items(400)
    noise = np.full(400, 0.05)
    penalties = choose_penalties(columns, (10, 10), response, noise)
    assert penalties.scales[0] >= 0.2
    assert penalties.scales[10] <= 0.02
    assert penalties.own == pytest.approx(0.1, abs=0.06)


def test_the_weights_predict_items_that_were_not_there() -> None:
    columns, response = items(400)
    noise = np.full(300, 0.05)
    penalties = choose_penalties(columns[:300], (10, 10), response[:300], noise)
    told = fit_ridge(columns[:300], response[:300], noise, penalties)(columns[300:])
    assert np.corrcoef(told, response[300:])[0, 1] > 0.6


def test_noisy_items_count_for_less() -> None:
    columns, response = np.ones((2, 0)), np.array([0.0, 1.0])
    penalties = choose_penalties(columns, (0, 0), response, np.array([0.01, 100.0]))
    assert fit_ridge(columns, response, np.array([0.01, 100.0]), penalties).centre < 0.05
