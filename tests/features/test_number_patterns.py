from __future__ import annotations

import math

import polars as pl
import pytest

from adplat.domain import ConfigRejected, Feature, FeatureKind
from adplat.features.values import number_in, numbers_in, numbers_of

YEAR = r"\((\d{4})\)"


def test_a_pattern_finds_the_number_in_a_text() -> None:
    titles = ["Heat (1995)", "2001: A Space Odyssey (1968)", "Untitled", None, "影 (2018)"]
    found = numbers_of(pl.Series(titles), YEAR)
    assert found[[0, 1, 4]].tolist() == [1995.0, 1968.0, 2018.0]
    assert math.isnan(found[2]) and math.isnan(found[3])
    year, plain = Feature("year", FeatureKind.NUMERIC, pattern=YEAR), Feature("year", FeatureKind.NUMERIC)
    assert number_in("Heat (1995)", year) == 1995.0
    assert math.isnan(number_in(7, year)) and number_in(7, plain) == 7.0


def test_digits_are_read_in_the_base_of_the_feature_in_cells_and_columns_alike() -> None:
    feature = Feature("filed", FeatureKind.NUMERIC, pattern="^([0-9a-z]{2})", base=16)
    cells = ["ffx", "10", "zz", None, "0"]
    told = [number_in(cell, feature) for cell in cells]
    assert told[:2] == [255.0, 16.0]
    assert all(math.isnan(number) for number in told[2:])
    assert numbers_in(pl.Series(cells), feature) == pytest.approx(told, nan_ok=True)


@pytest.mark.parametrize(("pattern", "kind"), [("(", "numeric"), (r"\d+", "numeric"), (YEAR, "categorical")])
def test_a_pattern_that_finds_no_number_is_refused(pattern: str, kind: str) -> None:
    with pytest.raises(ConfigRejected, match="year"):
        Feature("year", FeatureKind(kind), columns=("title",), pattern=pattern)
