"""What a showing is worth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.domain import BidStrategy, BidStrategyKind
from adplat.market import StrategyColumns, values_micros

CPC = BidStrategy(BidStrategyKind.MAX_CPC, target_micros=2_000_000)
CPA = BidStrategy(BidStrategyKind.TARGET_CPA, target_micros=40_000_000)
ROAS = BidStrategy(BidStrategyKind.TARGET_ROAS, target_ratio=4.0)
CPM = BidStrategy(BidStrategyKind.CPM, target_micros=3_500_000)
ALL = StrategyColumns.build([CPC, CPA, ROAS, CPM])
ROWS = np.arange(4)


def test_each_strategy_by_its_formula() -> None:
    p_ctr, p_cvr, worth = np.full(4, 0.02), np.full(4, 0.1), np.full(4, 90_000_000.0)
    found = values_micros(ALL, ROWS, p_ctr, p_cvr, worth)
    assert found.tolist() == [40_000, 80_000, 45_000, 3_500]
    assert found.dtype == np.int64


def test_candidates_are_rows_in_any_order_and_number() -> None:
    found = values_micros(ALL, np.array([3, 0, 3], dtype=np.int32), np.array([0.5, 0.01, 0.1]))
    assert found.tolist() == [3_500, 20_000, 3_500]
    assert values_micros(ALL, np.empty(0, dtype=np.int32), np.empty(0)).tolist() == []


def test_no_value_is_guessed_where_the_chance_of_a_conversion_is_not_told() -> None:
    p_ctr = np.full(4, 0.02)
    assert values_micros(ALL, ROWS, p_ctr).tolist() == [40_000, 0, 0, 3_500]
    some = np.array([math.nan, math.nan, 0.1, math.nan])
    assert values_micros(ALL, ROWS, p_ctr, some, np.full(4, 9e7)).tolist() == [40_000, 0, 45_000, 3_500]
    assert values_micros(ALL, ROWS, p_ctr, np.full(4, 0.1)).tolist() == [40_000, 80_000, 0, 3_500]


@pytest.mark.parametrize("broken", [math.nan, -0.1, math.inf])
def test_a_broken_chance_of_a_click_is_worth_nothing(broken: float) -> None:
    assert values_micros(ALL, ROWS, np.full(4, broken), np.full(4, 0.1), np.full(4, 1e6)).tolist() == [0, 0, 0, 3_500]


@given(chance=st.floats(0, 1), target=st.integers(1, 10**15))
def test_a_value_is_never_above_what_the_formula_says(chance: float, target: int) -> None:
    columns = StrategyColumns.build([BidStrategy(BidStrategyKind.MAX_CPC, target_micros=target)])
    found = int(values_micros(columns, np.array([0]), np.array([chance]))[0])
    assert 0 <= found <= chance * target
    assert found > chance * target - 1


def test_a_value_beyond_all_reason_stays_a_whole_number_that_can_be_held() -> None:
    columns = StrategyColumns.build([BidStrategy(BidStrategyKind.MAX_CPC, target_micros=10**30)])
    assert values_micros(columns, np.array([0]), np.array([1.0])).tolist() == [2**53]


@pytest.mark.parametrize(
    "strategy",
    [
        BidStrategy(BidStrategyKind.MAX_CPC),
        BidStrategy(BidStrategyKind.CPM, target_micros=-1),
        BidStrategy(BidStrategyKind.TARGET_ROAS, target_micros=5),
        BidStrategy(BidStrategyKind.TARGET_ROAS, target_ratio=math.nan),
    ],
)
def test_a_strategy_without_a_target_never_bids(strategy: BidStrategy) -> None:
    columns = StrategyColumns.build([strategy])
    assert values_micros(columns, np.zeros(1, np.int32), np.ones(1), np.ones(1), np.full(1, 1e9)).tolist() == [0]
