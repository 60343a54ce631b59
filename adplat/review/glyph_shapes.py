"""Two drawn shapes that pretend to be buttons, found without reading letters: a closing cross, a play triangle."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from adplat.domain import Box

if TYPE_CHECKING:
    from PIL.Image import Image

Mask = npt.NDArray[np.bool_]
_GRID = 24
_WORKING_SIDE_PX = 480
_TRIANGLE_ALIKE = 0.86
_STROKE = 0.17  # half the width of a stroke of a cross, as a share of its side
_CORNER = 0.30  # of the shorter side: where closing buttons stand
_LEAST_CROSS_PX, _LEAST_TRIANGLE_PX = 6, 12


def closing_cross(picture: Image) -> Box | None:
    """A diagonal cross that stands alone in an upper corner."""
    grey, scale = _grey(picture)
    height, width = grey.shape
    side = max(round(min(height, width) * _CORNER), 24)
    for left in (0, max(width - side, 0)):
        patch = grey[: min(side, height), left : left + side]
        for mask in _two_tones(patch):
            for box, part, alone in _parts(mask):
                small = min(box.width, box.height) >= _LEAST_CROSS_PX and max(box.width, box.height) <= 0.7 * side
                inside = box.left > 0 and box.top > 0 and box.right < patch.shape[1] and box.bottom < patch.shape[0]
                if small and inside and alone and _squarish(box, 0.8) and _is_cross(part):
                    return _scaled(Box(box.left + left, box.top, box.width, box.height), scale)
    return None


def play_triangle(picture: Image) -> Box | None:
    """A full triangle that points right, about the middle of the picture, on an even ground."""
    grey, scale = _grey(picture)
    height, width = grey.shape
    short = min(height, width)
    for mask in _two_tones(grey):
        for box, part, _alone in _parts(mask):
            size = max(box.width, box.height)
            middle_x, middle_y = (box.left + box.right) / 2 / width, (box.top + box.bottom) / 2 / height
            if not (max(_LEAST_TRIANGLE_PX, 0.05 * short) <= size <= 0.5 * short):
                continue
            if not (0.2 <= middle_x <= 0.8 and 0.2 <= middle_y <= 0.8) or not 0.65 <= box.width / box.height <= 1.25:
                continue
            if _alike(part, _triangles()) >= _TRIANGLE_ALIKE and _even_around(grey, box, part):
                return _scaled(box, scale)
    return None


def _grey(picture: Image) -> tuple[npt.NDArray[np.uint8], float]:
    scale = min(1.0, _WORKING_SIDE_PX / max(picture.size))
    size = (max(round(picture.width * scale), 1), max(round(picture.height * scale), 1))
    return np.asarray(picture.convert("L").resize(size) if scale < 1 else picture.convert("L")), scale


def _two_tones(grey: npt.NDArray[np.uint8]) -> Iterator[Mask]:
    """What is bright and what is dark by Otsu's threshold, and by that of each half."""
    whole = _otsu(grey)
    yield grey > whole
    yield grey <= whole
    upper, lower = grey[grey > whole], grey[grey <= whole]
    if len(upper):
        yield grey > _otsu(upper)
    if len(lower):
        yield grey <= _otsu(lower)


def _otsu(grey: npt.NDArray[np.uint8]) -> int:
    counts = np.bincount(grey.ravel(), minlength=256).astype(np.float64)
    below, sums = np.cumsum(counts), np.cumsum(counts * np.arange(256))
    above = below[-1] - below
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    return int(np.nanargmax(between)) if np.isfinite(between).any() else 127


def _parts(mask: Mask) -> Iterator[tuple[Box, Mask, bool]]:
    """Connected parts: box, own mask, and whether no other part of like height stands beside (as in a word)."""
    from scipy import ndimage

    names, count = ndimage.label(mask, structure=np.ones((3, 3)))
    if count > 400:  # texture
        return
    places = ndimage.find_objects(names)
    boxes = [
        Box(columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start) for rows, columns in places
    ]
    for number, (place, box) in enumerate(zip(places, boxes, strict=True), start=1):
        if min(box.width, box.height) < _LEAST_CROSS_PX:
            continue
        alone = not any(
            other is not box
            and 0.45 <= other.height / box.height <= 2.2
            and min(other.bottom, box.bottom) - max(other.top, box.top) > 0.4 * box.height
            and -1 < max(other.left - box.right, box.left - other.right) < 0.9 * box.width
            for other in boxes
        )
        yield box, names[place] == number, alone


def _alike(part: Mask, templates: tuple[Mask, ...]) -> float:
    """The best intersection over union with a template, both on one grid."""
    rows = (np.arange(_GRID) + 0.5) * part.shape[0] / _GRID
    columns = (np.arange(_GRID) + 0.5) * part.shape[1] / _GRID
    shrunk = part[rows.astype(int)[:, None], columns.astype(int)]
    return max(float((shrunk & template).sum() / (shrunk | template).sum()) for template in templates)


def _is_cross(part: Mask) -> bool:
    """Whether nearly all of it lies on the two diagonals, and it covers both from end to end."""
    rows, columns = part.nonzero()
    y, x = (rows + 0.5) / part.shape[0], (columns + 0.5) / part.shape[1]
    falls, rises = np.abs(x - y) < _STROKE, np.abs(x + y - 1) < _STROKE
    steps = min(max(part.shape) - 1, 10)
    along_fall = np.unique((((x + y) / 2)[falls] * steps).astype(int))
    along_rise = np.unique((((x - y + 1) / 2)[rises] * steps).astype(int))
    on_strokes = float((falls | rises).mean())
    return on_strokes >= 0.93 and min(len(along_fall), len(along_rise)) >= steps - 1 and part.mean() <= 0.66


@cache
def _triangles() -> tuple[Mask, ...]:
    y, x = (np.mgrid[:_GRID, :_GRID] + 0.5) / _GRID
    return (np.abs(y - 0.5) <= (1 - x) / 2,)


def _even_around(grey: npt.NDArray[np.uint8], box: Box, part: Mask) -> bool:
    margin = max(round(0.15 * max(box.width, box.height)), 2)
    top, left = max(box.top - margin, 0), max(box.left - margin, 0)
    around = grey[top : box.bottom + margin, left : box.right + margin].astype(np.float32)
    outside = np.ones(around.shape, dtype=bool)
    grown = np.pad(part, 1)
    grown = grown | np.roll(grown, 1, 0) | np.roll(grown, -1, 0) | np.roll(grown, 1, 1) | np.roll(grown, -1, 1)
    row, column = box.top - top, box.left - left
    cut = grown[1:-1, 1:-1]
    outside[row : row + cut.shape[0], column : column + cut.shape[1]] &= ~cut
    return bool(np.percentile(around[outside], 90) - np.percentile(around[outside], 10) < 40)


def _squarish(box: Box, least: float) -> bool:
    return min(box.width, box.height) / max(box.width, box.height) >= least


def _scaled(box: Box, scale: float) -> Box:
    return Box(
        round(box.left / scale),
        round(box.top / scale),
        max(round(box.width / scale), 1),
        max(round(box.height / scale), 1),
    )
