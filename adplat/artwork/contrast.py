"""How well one colour stands out from another: relative luminance and contrast as WCAG 2.2 defines them.

Source: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance and #dfn-contrast-ratio, success criterion 1.4.3.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from adplat.artwork.colour import Rgb, hex_of, mixed, rgb_of

ENOUGH = 4.5
ENOUGH_LARGE = 3.0
_CHANNELS = np.arange(256) / 255.0
_LINEAR = np.where(_CHANNELS <= 0.04045, _CHANNELS / 12.92, ((_CHANNELS + 0.055) / 1.055) ** 2.4)
_LUMINANCE_OF_CHANNEL = (np.outer(_LINEAR, [0.2126, 0.7152, 0.0722])).astype(np.float32)


def luminance(rgb: Rgb) -> float:
    """Relative luminance of an sRGB colour: 0 black, 1 white."""
    return float(sum(_LUMINANCE_OF_CHANNEL[channel, index] for index, channel in enumerate(rgb)))


def luminances(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """(…, 3) sRGB bytes to (…) relative luminances."""
    red, green, blue = (_LUMINANCE_OF_CHANNEL[pixels[..., index], index] for index in range(3))
    total: npt.NDArray[np.float32] = red + green + blue
    return total


def contrast_ratio(one: Rgb, other: Rgb) -> float:
    """(L₁ + 0.05) / (L₂ + 0.05), the lighter above: 1 for equal colours, 21 for black on white."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def contrast_over(rgb: Rgb, pixels: npt.NDArray[np.uint8], percentile: float = 5.0) -> float:
    """The contrast of a colour to the ``percentile`` of (N, 3) ``pixels`` that it is least told apart from."""
    if len(pixels) == 0:
        return contrast_ratio(rgb, rgb)
    below = luminances(pixels) + np.float32(0.05)
    own = np.float32(luminance(rgb) + 0.05)
    return float(np.percentile(np.maximum(below, own) / np.minimum(below, own), percentile))


def enough_for(size_px: int, bold: bool) -> float:
    """The least contrast of letters of that size: 3 from 24 px, or bold from 18.66 px, otherwise 4.5."""
    return ENOUGH_LARGE if size_px >= 24 or (bold and size_px >= 18.66) else ENOUGH


def readable(wanted: Sequence[str], pixels: npt.NDArray[np.uint8], least: float) -> str | None:
    """The first of the ``wanted`` colours (``#rrggbb``) that reaches ``least`` over (N, 3) ``pixels``, if one does."""
    return next((colour for colour in wanted if contrast_over(rgb_of(colour), pixels) >= least), None)


def darkened_until(colour: str, against: str, least: float) -> str:
    """``colour`` mixed with as little black (or white, where ``against`` is dark) as makes it stand out ``least``."""
    ground = rgb_of(against)
    towards = (0, 0, 0) if luminance(ground) > 0.18 else (255, 255, 255)
    for step in range(21):
        tried = mixed(rgb_of(colour), towards, step / 20)
        if contrast_ratio(tried, ground) >= least:
            return hex_of(tried)
    return hex_of(towards)
