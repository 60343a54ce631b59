"""Contrast as WCAG 2.2 defines it, and shades of a palette."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.artwork import (
    contrast_over,
    contrast_ratio,
    darkened_until,
    enough_for,
    hex_of,
    luminances,
    oklch,
    rgb_of,
    rgb_of_oklch,
    shade,
)
from adplat.domain import ConfigRejected

COLOURS = st.tuples(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#ff0000", "#ffffff", 4.00),
        ("#0000ff", "#ffffff", 8.59),
    ],
)
def test_known_ratios(one: str, other: str, ratio: float) -> None:
    assert contrast_ratio(rgb_of(one), rgb_of(other)) == pytest.approx(ratio, abs=0.005)


@given(COLOURS, COLOURS)
def test_a_ratio_has_no_direction_and_is_at_least_one(one: tuple[int, int, int], other: tuple[int, int, int]) -> None:
    assert contrast_ratio(one, other) == contrast_ratio(other, one) >= 1.0


def test_over_pixels_the_worst_twentieth_counts() -> None:
    pixels = np.array([[255, 255, 255]] * 90 + [[40, 40, 40]] * 10, dtype=np.uint8)
    assert contrast_over((0, 0, 0), pixels) < 2
    few = np.array([[255, 255, 255]] * 99 + [[40, 40, 40]], dtype=np.uint8)
    assert contrast_over((0, 0, 0), few) == pytest.approx(21, abs=0.01)


def test_large_letters_need_less() -> None:
    assert (enough_for(24, False), enough_for(19, True), enough_for(18, True), enough_for(20, False)) == (
        3,
        3,
        4.5,
        4.5,
    )


@given(COLOURS, COLOURS, st.sampled_from([3.0, 4.5]))
def test_a_colour_can_be_moved_until_it_stands_out(
    colour: tuple[int, int, int], ground: tuple[int, int, int], least: float
) -> None:
    moved = darkened_until(hex_of(colour), hex_of(ground), least)
    assert contrast_ratio(rgb_of(moved), ground) >= least


@given(COLOURS)
def test_shades_come_back_to_the_same_colour(colour: tuple[int, int, int]) -> None:
    again = rgb_of_oklch(*oklch(colour))
    assert max(abs(a - b) for a, b in zip(colour, again, strict=True)) <= 2


@given(COLOURS, st.floats(0.15, 0.95))
def test_a_shade_has_the_lightness_that_was_asked_for(colour: tuple[int, int, int], light: float) -> None:
    assert oklch(rgb_of(shade(hex_of(colour), light)))[0] == pytest.approx(light, abs=0.03)


def test_luminance_of_pixels_is_that_of_colours() -> None:
    pixels = np.array([[[255, 255, 255], [0, 0, 0]], [[255, 0, 0], [0, 255, 0]]], dtype=np.uint8)
    assert luminances(pixels) == pytest.approx(np.array([[1, 0], [0.2126, 0.7152]]), abs=1e-4)


def test_what_is_no_colour_is_refused() -> None:
    for wrong in ("red", "#12345", "#12345g", "123456", ""):
        with pytest.raises(ConfigRejected, match="#rrggbb"):
            rgb_of(wrong)
