"""How busy a picture is, and which of its letters stand out least: what draws the eye away from a message."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PIL import Image

from adplat.artwork.colour import rgb_of
from adplat.artwork.contrast import contrast_over, luminances
from adplat.artwork.drawing import glyph_mask, ground_under
from adplat.domain.artwork import Artwork

_LOOKED_AT_PX = 256
_EDGE = 0.06  # of luminance, from one pixel to the next


def clutter(picture: Image.Image) -> float:
    """Share of the picture (at most 256 px on its longer side) where its brightness steps: 0 plain, above 0.2 busy."""
    small = picture.convert("RGB")
    small.thumbnail((_LOOKED_AT_PX, _LOOKED_AT_PX), Image.Resampling.BOX)
    light = luminances(np.asarray(small))
    steps = np.zeros(light.shape, dtype=bool)
    steps[:, 1:] |= np.abs(np.diff(light, axis=1)) > _EDGE
    steps[1:] |= np.abs(np.diff(light, axis=0)) > _EDGE
    return float(steps.mean())


def faintest_letters(artwork: Artwork, assets: Mapping[str, Image.Image]) -> tuple[str, float] | None:
    """Kind of the text that stands out least, and by how much (WCAG's ratio, as the review takes it)."""
    found = []
    for element in artwork.elements:
        mask = glyph_mask(artwork, element) if element.text and element.font_px else np.zeros(0, dtype=bool)
        if mask.any():
            under = np.asarray(ground_under(artwork, element, assets))[mask]
            found.append((contrast_over(rgb_of(element.colour), under), element.kind.value))
    return (min(found)[1], min(found)[0]) if found else None
