"""Colour statistics: the image stand-in without weights. Knows palette and layout, not content."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from adplat.features.arrays import Float32

if TYPE_CHECKING:
    from PIL.Image import Image

_GRID = 8
_LEVELS = 4
_WORKING = 64


class ColourStatistics:
    """An 8 × 8 thumbnail (192), a 4 × 4 × 4 colour histogram (64) and edge strength per cell (64)."""

    name = "hashing"
    fingerprint = "colour-statistics-1"
    size = 3 * _GRID**2 + _LEVELS**3 + _GRID**2
    batch = 32

    def encode(self, images: Sequence[Image]) -> Float32:
        """(n, 320)"""
        return np.stack([self._encode_one(image) for image in images])

    def _encode_one(self, image: Image) -> Float32:
        from PIL.Image import Resampling

        pixels = np.asarray(image.resize((_WORKING, _WORKING), Resampling.BOX), dtype=np.float32) / 255.0
        side = _WORKING // _GRID
        thumbnail = pixels.reshape(_GRID, side, _GRID, side, 3).mean(axis=(1, 3))
        levels = np.minimum((pixels * _LEVELS).astype(np.int64), _LEVELS - 1)
        bins = levels @ np.array([_LEVELS**2, _LEVELS, 1])
        histogram = np.bincount(bins.ravel(), minlength=_LEVELS**3) / bins.size
        down, across = np.gradient(pixels.mean(axis=2))
        edges = np.hypot(down, across).reshape(_GRID, side, _GRID, side).mean(axis=(1, 3))
        return np.concatenate([thumbnail.ravel(), histogram, edges.ravel()]).astype(np.float32)
