from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from adplat.ctr.field_offsets import fit_field_offsets


def market(seed: int, effects: np.ndarray, rows_of: np.ndarray, base: float = -2.5) -> tuple[np.ndarray, ...]:
    """Rows of one field: logits that know nothing of it, labels of the truth, and each row's value (from 1)."""
    rng = np.random.default_rng(seed)
    value = np.repeat(np.arange(1, len(effects) + 1), rows_of)
    logits = rng.normal(base, 0.7, len(value))
    labels = (rng.random(len(value)) < expit(logits + effects[value - 1])).astype(float)
    return logits, labels, value[:, None]


def test_values_with_many_rows_get_their_effect_and_rare_ones_are_held_back() -> None:
    rng = np.random.default_rng(1)
    effects = rng.normal(0.0, 0.4, 40)
    rows_of = np.where(np.arange(40) < 20, 8000, 40)
    logits, labels, value = market(2, effects, rows_of)
    (found,) = fit_field_offsets(logits, labels, value, [41])
    assert np.abs(found[1:21] - effects[:20]).max() < 0.15
    assert found[21:].std() < 0.6 * effects[20:].std()
    assert np.abs(found[21:] - effects[20:]).mean() < np.abs(effects[20:]).mean()


def test_a_field_that_differs_by_chance_alone_is_left_near_nothing() -> None:
    logits, labels, value = market(3, np.zeros(200), np.full(200, 60))
    (found,) = fit_field_offsets(logits, labels, value, [201])
    # By itself each value would stray by 1/√(60 · 0.08) = 0.46.
    assert np.abs(found).max() < 0.15
    assert found.std() < 0.06


def test_the_unknown_value_and_unseen_values_add_nothing() -> None:
    logits, labels, value = market(4, np.array([0.8, -0.8]), np.array([3000, 3000]))
    value = value - 1  # the first value becomes the unknown
    (found,) = fit_field_offsets(logits, labels, value, [5])
    assert found[0] == 0.0
    assert found[1] < -0.3
    assert (found[2:] == 0.0).all()


def test_two_fields_share_what_both_could_explain() -> None:
    rng = np.random.default_rng(5)
    indices = rng.integers(1, 6, (60_000, 2))
    effect = np.array([0.0, -0.6, -0.2, 0.0, 0.3, 0.5])
    logits = rng.normal(-2.0, 0.5, len(indices))
    labels = (rng.random(len(indices)) < expit(logits + effect[indices[:, 0]])).astype(float)
    first, second = fit_field_offsets(logits, labels, indices, [6, 6])
    assert first[1:] - first[1:].mean() == pytest.approx(effect[1:] - effect[1:].mean(), abs=0.08)
    assert np.abs(second).max() < 0.05


def test_a_weight_counts_a_row_so_many_times() -> None:
    logits, labels, value = market(6, np.array([0.5, -0.5, 0.1]), np.array([500, 700, 300]))
    weights = np.random.default_rng(7).integers(1, 4, len(labels)).astype(float)
    times = weights.astype(int)
    (weighted,) = fit_field_offsets(logits, labels, value, [4], weights)
    (repeated,) = fit_field_offsets(np.repeat(logits, times), np.repeat(labels, times), np.repeat(value, times, 0), [4])
    assert weighted == pytest.approx(repeated, abs=1e-6)
    assert fit_field_offsets(np.zeros(0), np.zeros(0), np.zeros((0, 1), int), [4])[0].tolist() == [0.0] * 4
