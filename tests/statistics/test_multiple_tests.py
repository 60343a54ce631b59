"""Corrections for many tests."""

from __future__ import annotations

import numpy as np
import pytest

from adplat.domain import TableRejected
from adplat.statistics import benjamini_hochberg, holm


def test_by_hand_in_the_given_order() -> None:
    # Sorted .01 .02 .03 .04 times 4 3 2 1, never falling.
    assert holm([0.03, 0.01, 0.04, 0.02]).tolist() == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm([0.9, 0.6]).tolist() == pytest.approx([1.0, 1.0])
    assert holm([]).tolist() == []


def test_chance_alone_rarely_rejects_anything() -> None:
    rng = np.random.default_rng(3)
    rejected = sum(bool((holm(rng.random(25)) <= 0.05).any()) for _ in range(2000))
    assert 0.03 < rejected / 2000 < 0.065


def test_what_is_no_p_value_is_refused() -> None:
    with pytest.raises(TableRejected, match="between 0 and 1"):
        holm([0.5, np.nan])


def test_benjamini_and_hochberg_by_hand_in_the_given_order() -> None:
    # Sorted .01 .02 .03 .04 times 4/1 4/2 4/3 4/4, never falling from the right.
    assert benjamini_hochberg([0.03, 0.01, 0.04, 0.02]).tolist() == pytest.approx([0.04] * 4)
    assert benjamini_hochberg([0.001, 0.9, 0.6]).tolist() == pytest.approx([0.003, 0.9, 0.9])
    assert benjamini_hochberg([]).tolist() == []


def test_of_what_benjamini_and_hochberg_reject_few_are_false() -> None:
    rng = np.random.default_rng(4)
    shares = []
    for _ in range(2000):
        p_values = rng.random(40)
        p_values[:10] *= 1e-4
        rejected = benjamini_hochberg(p_values) <= 0.1
        shares.append(rejected[10:].sum() / max(rejected.sum(), 1))
    assert np.mean(shares) == pytest.approx(0.1 * 30 / 40, abs=0.01)
