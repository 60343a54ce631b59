"""Numbers as people read them."""

from __future__ import annotations

import math

import pytest

from adplat.domain import Interval
from adplat.reporting.blocks import Cell
from adplat.reporting.numbers import percent, shown


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, "–"),
        ("as it is", "as it is"),
        (1234567, "1,234,567"),
        (0.0, "0"),
        (0.012345, "0.01235"),
        (3.14159, "3.142"),
        (15322.25, "15,322"),
        (-0.5, "-0.5000"),
        (math.nan, "–"),
        (math.inf, "∞"),
        (1.234e-12, "1.23e-12"),
        (1.5e-5, "0.00001500"),
        (Interval(0.5, 0.25, 0.75), "0.5000 (0.2500 to 0.7500)"),
    ],
)
def test_cells(cell: Cell, text: str) -> None:
    assert shown(cell) == text


def test_percent_keeps_small_shares_visible() -> None:
    assert [percent(0.03456), percent(0.00051), percent(0.0)] == ["3.46\u00a0%", "0.051\u00a0%", "0.00\u00a0%"]
