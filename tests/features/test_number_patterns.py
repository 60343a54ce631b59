from __future__ import annotations

import math

import polars as pl
import pytest

from adplat.domain import ConfigRejected, Feature, FeatureKind
from adplat.features.values import number_in, numbers_of

YEAR = r"\((\d{4})\)"


def test_a_pattern_finds_the_number_in_a_text() -> None:
    titles = ["Heat (1995)", "2001: A Space Odyssey (1968)", "Untitled", None, "影 (2018)"]
    found = numbers_of(pl.Series(titles), YEAR)
    assert found[[0, 1, 4]].tolist() == [1995.0, 1968.0, 2018.0]
    assert math.isnan(found[2]) and math.isnan(found[3])
    assert number_in("Heat (1995)", YEAR) == 1995.0
    assert math.isnan(number_in(7, YEAR)) and number_in(7, "") == 7.0


@pytest.mark.parametrize(("pattern", "kind"), [("(", "numeric"), (r"\d+", "numeric"), (YEAR, "categorical")])
def test_a_pattern_that_finds_no_number_is_refused(pattern: str, kind: str) -> None:
    with pytest.raises(ConfigRejected, match="year"):
        Feature("year", FeatureKind(kind), columns=("title",), pattern=pattern)
