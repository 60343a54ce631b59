"""What was told three times, shuffled, with kills, is known as if told once; what is missing is noticed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from adplat.bootstrap import benchmark_stores
from adplat.domain import InternalFault
from adplat.flows.bench_bandit_replay import (
    TOLERANCE,
    ReplayOrder,
    numbers_known,
    relative_difference,
    told_once,
    told_with_kills,
)


def test_kills_and_repetition_leave_no_trace(tmp_path: Path) -> None:
    stores = benchmark_stores()
    with stores.running(tmp_path) as url:

        def order(label: str, decisions: int, senders: int, times: int) -> ReplayOrder:
            (tmp_path / label).mkdir()
            return ReplayOrder(stores, url, label, tmp_path / label, decisions, senders, times)

        wanted = numbers_known(told_once(order("once", 300, 1, 1)))
        found = numbers_known(told_with_kills(order("thrice", 300, 2, 3)))
        fewer = numbers_known(told_once(order("fewer", 299, 1, 1)))

    assert relative_difference(found, wanted).max() <= TOLERANCE
    assert relative_difference(fewer, wanted).max() > 1e-3


def test_a_missing_creative_is_no_small_difference() -> None:
    with pytest.raises(InternalFault):
        relative_difference(np.ones(3), np.ones(4))
    assert relative_difference(np.array([0.0, 2.0]), np.array([0.0, 1.0])).tolist() == [0.0, 0.5]
