"""The narrow shadow right below a product on a photo, column by column: what shades into the ground further out is
already ground (``plain_ground``)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]

_SHADOW, _EDGE = 140.0, 32.0  # how much darker than the ground a shadow gets, and from one pixel to the next


def without_foot_shadow(seen: Mask, colours: Floats, ground: Floats) -> Mask:
    """``seen`` without the narrow dark shadow that a product throws where it touches its ground.

    Upwards from the lowest seen pixel of each column a shadow gets darker, has the ground's tint and no edge; the
    product begins where one of these ends. A column in which none ends is no shadow, but a product that is like one.
    """
    rows = np.flatnonzero(seen.any(axis=1))
    if not len(rows):
        return seen
    deepest = max(round(0.2 * (rows[-1] - rows[0])), 3)
    lowest_start = rows[0] + 0.55 * (rows[-1] - rows[0])
    light = colours.mean(axis=-1)
    neutral = np.abs((colours - light[..., None]) - (ground - ground.mean())).max(axis=-1) < 12
    fades = neutral & (ground.mean() - light < _SHADOW)
    columns = np.flatnonzero(seen.any(axis=0))
    starts = np.array([np.flatnonzero(seen[:, column])[-1] for column in columns])
    runs = np.array(
        [_run(light[:, c], fades[:, c], seen[:, c], int(s), deepest) for c, s in zip(columns, starts, strict=True)]
    )
    depths = np.where((runs < deepest) & (starts >= lowest_start), runs, 0)
    # Neighbours have shadows of like depth: single columns that differ are read wrongly.
    width = max(round(0.08 * len(columns)), 5) | 1
    depths = np.minimum(ndimage.median_filter(depths, size=width, mode="constant"), runs)
    kept = seen.copy()
    for column, start, depth in zip(columns, starts, depths, strict=True):
        kept[start + 1 - depth : start + 1, column] = False
    return kept


def _run(light: Floats, fades: Mask, seen: Mask, start: int, most: int) -> int:
    """How many pixels upwards from ``start`` are shadow: all up to the ground again (beside the product), or as long
    as they get darker without an edge (below it)."""
    alone = 0
    while alone < most and seen[start - alone] and fades[start - alone]:
        alone += 1
    if (
        alone < most
        and not seen[start - alone]
        and np.abs(np.diff(light[start - alone : start])).max(initial=0) < _EDGE
    ):
        return alone
    length, before = 0, 256.0
    while length < most and fades[start - length] and -3 <= before - light[start - length] < _EDGE + (length == 0) * 64:
        before = float(light[start - length])
        length += 1
    return length
