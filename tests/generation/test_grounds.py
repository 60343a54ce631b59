"""The procedural painter, and what both painters promise."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from adplat.domain import ConfigRejected
from adplat.domain.artwork import Box
from adplat.domain.drafts import PaintOrder
from adplat.generation import SIZES, ProceduralPainter

PAINTER = ProceduralPainter()
PALETTE = ("#f6e7ee", "#e9bfd2", "#b23a6f")


def an_order(style: str, size: tuple[int, int] = (300, 250), seed: int = 1) -> PaintOrder:
    width, height = size
    keep = Box(round(0.6 * width), round(0.1 * height), round(0.3 * width), round(0.8 * height))
    return PaintOrder(width, height, style, PALETTE, keep, seed)


def pixels_of(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


@pytest.mark.parametrize("style", PAINTER.styles)
def test_the_same_order_gives_the_same_bytes(style: str) -> None:
    one, again = (PAINTER.paint(an_order(style))[0] for _ in range(2))
    assert one == again


@pytest.mark.parametrize("style", PAINTER.styles)
@pytest.mark.parametrize("size", [*SIZES, (64, 64), (1, 300)])
def test_every_style_paints_every_size_whole(style: str, size: tuple[int, int]) -> None:
    png, making = PAINTER.paint(an_order(style, size))
    picture = Image.open(io.BytesIO(png))
    assert picture.size == size
    assert picture.mode == "RGB"
    assert (making.by, making.model) == ("procedural", "")


def test_styles_are_told_apart() -> None:
    grounds = {style: pixels_of(PAINTER.paint(an_order(style))[0]) for style in PAINTER.styles}
    for one, first in grounds.items():
        for other, second in grounds.items():
            assert one == other or np.abs(first - second).mean() > 1.0, (one, other)


@pytest.mark.parametrize("style", PAINTER.styles)
def test_where_words_stand_the_ground_is_quiet(style: str) -> None:
    """The left 40 %: no edge there is as strong as that of a letter, so a ground never looks like writing."""
    light = pixels_of(PAINTER.paint(an_order(style, (600, 500)))[0])[:, :240].mean(axis=-1)
    steps = np.abs(np.diff(light, axis=1))
    assert (steps > 25).mean() < 0.004


@pytest.mark.parametrize("style", PAINTER.styles)
def test_the_palette_is_seen(style: str) -> None:
    pink = pixels_of(PAINTER.paint(an_order(style))[0])
    order = an_order(style)
    green = PaintOrder(300, 250, style, ("#e5f4ea", "#bfe3cd", "#1f6f54"), order.keep, 1)
    other = pixels_of(PAINTER.paint(green)[0])
    assert (pink[..., 0] - pink[..., 1]).mean() > 5 > -2 > (other[..., 0] - other[..., 1]).mean()


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(ConfigRejected, match="studio"):
        PAINTER.paint(an_order("nosuch"))
