"""What a scene is painted on: colours in planes, and the few strokes that all scenes share.

Letters used in shapes: ``H`` rows, ``W`` columns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from adplat.artwork import oklch, rgb_of, shade
from adplat.domain.artwork import Box

Field = npt.NDArray[np.floating[Any]]
_COARSE_PX = 256  # smooth light is computed on a picture this long, then enlarged
_ALL = (slice(None), slice(None))


@dataclass(slots=True)
class Canvas:
    """(3, H, W) colours from 0 to 255 (planes, because that is much faster), and what a scene is made round."""

    pixels: npt.NDArray[np.float32]
    keep: Box
    colours: tuple[str, str, str]
    rng: np.random.Generator

    @property
    def width(self) -> int:
        return int(self.pixels.shape[2])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def middle(self) -> tuple[float, float]:
        """Of the product, x and y."""
        return self.keep.left + self.keep.width / 2, self.keep.top + self.keep.height / 2

    @property
    def is_dark(self) -> bool:
        return oklch(rgb_of(self.colours[0]))[0] < 0.5

    def tone(self, colour: str, step: float = 0.0) -> Field:
        """``colour`` lighter (or darker, below 0) by ``step`` of lightness, as three floats."""
        light = oklch(rgb_of(colour))[0]
        return np.array(rgb_of(shade(colour, min(max(light + step, 0.04), 0.995))), dtype=np.float32)

    def fill(self, tone: Field) -> None:
        """One colour everywhere."""
        self.pixels[:] = tone[:, None, None]

    def lay(self, tone: Field, coverage: Field, window: tuple[slice, slice] = _ALL) -> None:
        """Lays a colour over what is there; ``coverage`` from 0 to 1, broadcast to (H, W) or to the window."""
        share = coverage.astype(np.float32, copy=False)
        for plane, channel in zip(self.pixels, tone, strict=True):
            part = plane[window]
            part += (np.float32(channel) - part) * share

    def lay_ramp(self, start: Field, end: Field, share: Field, coverage: Field) -> None:
        """Lays a colour that runs from ``start`` to ``end`` with ``share``; both are broadcast to (H, W)."""
        share, coverage = share.astype(np.float32, copy=False), coverage.astype(np.float32, copy=False)
        for plane, first, last in zip(self.pixels, start, end, strict=True):
            ramp = np.float32(first) + np.float32(last - first) * share
            plane[:] = plane + (ramp - plane) * coverage

    def lay_disc(
        self, tone: Field, x0: float, y0: float, radius: float, soft: float = 1.0, strength: float = 1.0
    ) -> None:
        """Lays a disc with an edge ``soft`` pixels wide; only the window round it is touched."""
        window = self._window(x0, y0, radius + soft + 1)
        if window is not None:
            self.lay(tone, strength * self.disc(x0, y0, radius, soft, window), window)

    def lay_ring(self, tone: Field, x0: float, y0: float, radius: float, line: float) -> None:
        """Lays a circle ``line`` pixels thick, inside ``radius``."""
        window = self._window(x0, y0, radius + 2)
        if window is not None:
            outer, inner = (self.disc(x0, y0, reach, 1.0, window) for reach in (radius, radius - line))
            self.lay(tone, outer - inner, window)

    def disc(self, x0: float, y0: float, radius: float, soft: float, window: tuple[slice, slice] = _ALL) -> Field:
        """Coverage of a disc inside a window."""
        x, y = self.axes()
        far = np.sqrt((x[:, window[1]] - np.float32(x0)) ** 2 + (y[window[0]] - np.float32(y0)) ** 2)
        coverage: Field = np.clip((np.float32(radius) - far) / np.float32(soft) + np.float32(0.5), 0, 1)
        return coverage

    def axes(self) -> tuple[Field, Field]:
        """x as a row and y as a column, in pixels, at the middle of each."""
        x = np.arange(self.width, dtype=np.float32)[None, :] + np.float32(0.5)
        return x, np.arange(self.height, dtype=np.float32)[:, None] + np.float32(0.5)

    def smooth(self, make: Callable[[Field, Field], Field]) -> Field:
        """A smooth (H, W) field: ``make`` gets coarse x and y in pixels of the canvas."""
        step = max(self.width, self.height) / _COARSE_PX
        columns, rows = (max(round(side / step), 8) for side in (self.width, self.height))
        x = (np.arange(columns, dtype=np.float32) + 0.5) * (self.width / columns)
        y = (np.arange(rows, dtype=np.float32) + 0.5) * (self.height / rows)
        coarse = np.broadcast_to(make(x[None, :], y[:, None]), (rows, columns)).astype(np.float32)
        size = (self.width, self.height)
        enlarged: Field = np.asarray(Image.fromarray(coarse).resize(size, Image.Resampling.BILINEAR))
        return enlarged

    def glow(self, x0: float, y0: float, reach: float, strength: float, colour: str = "") -> None:
        """Light in one spot, fading with distance; ``reach`` is where it is down to 0.6 of its strength."""
        tone = self.tone(colour or self.colours[0], 0.07 if self.is_dark else 0.04)
        self.lay(tone, self.smooth(lambda x, y: strength * np.exp(-((x - x0) ** 2 + (y - y0) ** 2) / (2 * reach**2))))

    def vignette(self, strength: float) -> None:
        """Corners a little darker."""
        width, height = self.width, self.height

        def corners(x: Field, y: Field) -> Field:
            far: Field = strength * np.clip(((x / width - 0.5) ** 2 + (y / height - 0.5) ** 2) * 2 - 0.25, 0, 1)
            return far

        self.lay(self.tone(self.colours[0], -0.14), self.smooth(corners))

    def _window(self, x0: float, y0: float, reach: float) -> tuple[slice, slice] | None:
        left, right = max(int(x0 - reach), 0), min(int(x0 + reach) + 1, self.width)
        top, bottom = max(int(y0 - reach), 0), min(int(y0 + reach) + 1, self.height)
        return (slice(top, bottom), slice(left, right)) if left < right and top < bottom else None
