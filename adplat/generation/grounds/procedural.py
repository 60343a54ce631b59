"""The embedded painter: grounds computed from a style, a palette and a seed; no weights, no wait, no letters."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from adplat.artwork import oklch, rgb_of, shade
from adplat.domain import ConfigRejected
from adplat.domain.drafts import Making, PaintOrder
from adplat.generation.grounds.canvas import Canvas
from adplat.generation.grounds.scenes import SCENES

_GRAIN_PX = 192


class ProceduralPainter:
    """Paints what :mod:`.scenes` knows. The same order gives the same bytes."""

    @property
    def styles(self) -> tuple[str, ...]:
        return tuple(SCENES)

    def paint(self, order: PaintOrder) -> tuple[bytes, Making]:
        """A PNG (uncompressed: it is read again at once). Raises ConfigRejected for an unknown style or colour."""
        if order.style not in SCENES:
            raise ConfigRejected(
                f"the procedural painter knows no style {order.style!r}",
                where="style",
                hint=f"take one of {', '.join(SCENES)}",
            )
        rng = np.random.default_rng(order.seed)
        pixels = np.empty((3, order.height_px, order.width_px), dtype=np.float32)
        SCENES[order.style](Canvas(pixels, order.keep, _three(order.palette), rng))
        # Half a step of grain, the same in all channels: without it eight bits show bands in soft light.
        grain = rng.random((_GRAIN_PX, _GRAIN_PX), dtype=np.float32) * 1.6 - 0.3
        rows, columns = -(-order.height_px // _GRAIN_PX), -(-order.width_px // _GRAIN_PX)
        pixels += np.tile(grain, (rows, columns))[: order.height_px, : order.width_px]
        np.clip(pixels, 0, 255, out=pixels)
        file = io.BytesIO()
        picture = Image.merge("RGB", [Image.fromarray(plane) for plane in pixels.astype(np.uint8)])
        picture.save(file, "PNG", compress_level=0)
        return file.getvalue(), Making(by="procedural", seed=order.seed, prompt=order.style)


def _three(palette: tuple[str, ...]) -> tuple[str, str, str]:
    """Ground, second shade and accent; what a palette lacks follows from its first colour."""
    ground = palette[0] if palette else "#e9eef2"
    light = oklch(rgb_of(ground))[0]
    step = -0.07 if light > 0.5 else 0.10
    second = palette[1] if len(palette) > 1 else shade(ground, light + step)
    accent = palette[2] if len(palette) > 2 else shade(ground, light + 2 * step)
    return ground, second, accent
