from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.features.values import bag_of, canonical, canonical_column, number_of, numbers_of, positions

texts = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["3", "3.0", "3.00", "-0", "-0.0", "007", "007.0", " TRUE ", "False", "1.50", "", "  ", "nan"]),
)
integers = st.integers(-(2**62), 2**62)
floats = st.floats(allow_nan=True, allow_infinity=True)


@pytest.mark.parametrize("value", [3, 3.0, "3", "3.0", " 3 ", np.int32(3), np.float32(3.0), np.float64(3.0)])
def test_three_is_three_however_it_is_written(value: object) -> None:
    assert canonical(value) == "3"


@pytest.mark.parametrize("value", [None, math.nan, "", "  \n"])
def test_nothing_is_missing(value: object) -> None:
    assert canonical(value) is None


def test_truth_is_one_value_and_codes_keep_their_zeros() -> None:
    assert canonical(True) == canonical("True") == canonical("TRUE") == "true"
    assert canonical(False) == canonical("false") == "false"
    assert canonical("007") == "007" != canonical("7")


@given(st.lists(st.none() | texts, min_size=1))
def test_a_text_column_agrees_with_its_cells(cells: list[str | None]) -> None:
    column = pl.Series(cells, dtype=pl.String)
    assert canonical_column(column).to_list() == [canonical(cell) for cell in cells]


@given(st.lists(st.none() | integers, min_size=1), st.lists(st.none() | floats, min_size=1))
def test_a_number_column_agrees_with_its_cells(whole: list[int | None], real: list[float | None]) -> None:
    assert canonical_column(pl.Series(whole, dtype=pl.Int64)).to_list() == [canonical(cell) for cell in whole]
    assert canonical_column(pl.Series(real, dtype=pl.Float64)).to_list() == [canonical(cell) for cell in real]
    scalars = [number_of(cell) for cell in real]
    np.testing.assert_array_equal(numbers_of(pl.Series(real, dtype=pl.Float64)), scalars)


def test_columns_of_other_types_agree_with_json() -> None:
    assert canonical_column(pl.Series([True, None, False])).to_list() == ["true", None, "false"]
    assert canonical_column(pl.Series([0.1, 2.0, None], dtype=pl.Float32)).to_list() == ["0.1", "2", None]
    assert canonical_column(pl.Series([None, None])).to_list() == [None, None]
    assert canonical_column(pl.Series(["a", None], dtype=pl.Categorical)).to_list() == ["a", None]
    assert canonical_column(pl.Series([], dtype=pl.String)).to_list() == []


@pytest.mark.parametrize(("cell", "number"), [("2.5", 2.5), (True, 1.0), (7, 7.0), (" 3 ", 3.0)])
def test_numbers_come_out_of_text_and_truth(cell: object, number: float) -> None:
    assert number_of(cell) == number
    assert numbers_of(pl.Series([cell, None]))[0] == number


@pytest.mark.parametrize("cell", ["x", "", None, math.inf, -math.inf, "inf", "nan", [1]])
def test_what_is_no_number_is_missing(cell: object) -> None:
    assert math.isnan(number_of(cell))


def test_a_bag_holds_distinct_values_in_order() -> None:
    assert bag_of("b| a |b||3.0", "|") == ["b", "a", "3"]
    assert bag_of(["x", None, 3.0, "x"], "|") == ["x", "3"]
    assert bag_of(None, "|") == bag_of("|", "|") == []
    assert len(bag_of("|".join(str(i) for i in range(100)), "|")) == 32


def test_positions_count_from_one() -> None:
    assert positions(pl.Series(["b", None, "z", "a"]), ["a", "b"]).tolist() == [2, 0, 0, 1]
    assert positions(pl.Series(["b"]), []).tolist() == [0]
