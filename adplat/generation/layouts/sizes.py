"""The sizes that a brief is laid out for, and which class of arrangement each belongs to."""

from __future__ import annotations

from enum import StrEnum

SIZES: tuple[tuple[int, int], ...] = (
    (970, 250),
    (728, 90),
    (300, 250),
    (336, 280),
    (160, 600),
    (300, 600),
    (320, 50),
    (320, 100),
    (300, 1050),
    (970, 90),
    (1200, 628),
    (1080, 1080),
    (1080, 1920),
)
"""Width and height in pixels: ten of display, and the three of feeds and stories."""


class Aspect(StrEnum):
    """How things are arranged: in one row, side by side, close together, or one above the other."""

    STRIP = "strip"
    WIDE = "wide"
    SQUARE = "square"
    TALL = "tall"


def aspect_of(width_px: int, height_px: int) -> Aspect:
    """A strip is flat and low; a billboard (970 x 250) is as flat but has room for lines, so it is wide."""
    ratio = width_px / height_px
    if ratio > 2.4 and height_px < 96:
        return Aspect.STRIP
    if ratio > 1.4:
        return Aspect.WIDE
    return Aspect.SQUARE if ratio > 0.78 else Aspect.TALL


def unit_px(width_px: int, height_px: int) -> float:
    """The size that words to be read have on a canvas of that size; all others are multiples of it."""
    return 3.4 + 0.0285 * float((width_px * height_px) ** 0.5)


def least_gap_px(width_px: int, height_px: int) -> int:
    """Between letters and the product: 3 % of a square canvas of that area, and a little more."""
    return round(2 + 0.031 * float((width_px * height_px) ** 0.5))
