"""Quantiles are never fewer than their levels, and never cross."""

from __future__ import annotations

import pytest

from adplat.domain import TOLD_LEVELS, Quantiles, rising_quantiles


def test_quantiles_are_told_by_their_levels() -> None:
    found = rising_quantiles([float(number) for number in range(len(TOLD_LEVELS))])

    assert found.at(0.5) == 4.0
    assert found.as_document() == {
        "p2.5": 0.0, "p5": 1.0, "p10": 2.0, "p25": 3.0, "p50": 4.0, "p75": 5.0, "p90": 6.0, "p95": 7.0, "p97.5": 8.0
    }  # fmt: skip


def test_crossing_or_missing_quantiles_are_refused() -> None:
    with pytest.raises(ValueError, match="cross"):
        Quantiles((1.0, 0.0, *[2.0] * (len(TOLD_LEVELS) - 2)))
    with pytest.raises(ValueError, match="levels"):
        Quantiles((1.0,))
    assert rising_quantiles([2.0, 1.0, *[3.0] * (len(TOLD_LEVELS) - 2)]).values[:2] == (1.0, 2.0)
