"""The oracle's share is that of arithmetic, and it knows no more than it is told."""

from __future__ import annotations

import numpy as np
import pytest

from adplat.flows.words_ceiling import oracle_order


def shares(variance: float, known: str = "all") -> tuple[float, float]:
    """1,000 tests of two headlines and two pictures of each, 4,000 showings at 2 %."""
    groups = np.repeat(np.arange(1_000), 4)
    looks = np.arange(4_000)
    trials = np.full(4_000, 4_000.0)
    told = {"all": looks, "headlines": looks // 2, "nothing": groups}[known]
    return oracle_order(groups, looks, told, np.full(4_000, 80.0), trials, variance, seed=0)


def test_the_oracle_errs_where_counting_does() -> None:
    """Of two normal variables with correlation c signs agree in 1/2 + asin(c)/π (Sheppard 1899)."""
    noise = 1.0 / (4_000 * 0.02 * 0.98)
    for variance in (0.01, 0.05, 0.2):
        expected = 0.5 + np.arcsin(np.sqrt(variance / (variance + noise))) / np.pi
        assert shares(variance)[0] == pytest.approx(expected, abs=0.01)


def test_clear_pairs_are_ordered_better_and_unknown_ones_by_lot() -> None:
    every, clear = shares(0.05)
    assert 0.5 < every < clear < 1.0
    assert shares(0.05, "nothing") == (0.5, 0.5)
    half_known = shares(0.05, "headlines")
    assert 0.5 < half_known[0] < every and 0.5 < half_known[1] < clear
