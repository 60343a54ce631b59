"""Colours as people see them: HSV in, sRGB bytes out, and CIE distance between two of them.

Letters used in shapes: ``C`` colours.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Float64 = npt.NDArray[np.float64]
Rgb = npt.NDArray[np.uint8]

_XYZ_OF_SRGB = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE_D65 = np.array([0.95047, 1.0, 1.08883])


def rgb_of_hsv(hue: Float64, saturation: Float64, value: Float64) -> Rgb:
    """(C,) hue, saturation and value in [0, 1] to (C, 3) sRGB bytes; hue wraps around."""
    shift = np.array([5.0, 3.0, 1.0])
    sector = (shift + (hue[:, None] % 1.0) * 6.0) % 6.0
    channel = value[:, None] * (1.0 - saturation[:, None] * np.clip(np.minimum(sector, 4.0 - sector), 0.0, 1.0))
    rgb: Rgb = np.round(channel * 255.0).astype(np.uint8)
    return rgb


def lab_of_rgb(rgb: Rgb) -> Float64:
    """(C, 3) sRGB bytes to (C, 3) CIE 1976 L*a*b* under D65."""
    channel = rgb.astype(np.float64) / 255.0
    linear = np.where(channel <= 0.04045, channel / 12.92, ((channel + 0.055) / 1.055) ** 2.4)
    xyz = linear @ _XYZ_OF_SRGB.T / _WHITE_D65
    root = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.stack([116 * root[:, 1] - 16, 500 * (root[:, 0] - root[:, 1]), 200 * (root[:, 1] - root[:, 2])], axis=1)


def colour_distance(one: Rgb, other: Rgb) -> Float64:
    """(C,) CIE 1976 distances between (C, 3) colours; 2 is barely seen, 100 is black against white."""
    difference = lab_of_rgb(one) - lab_of_rgb(other)
    return np.asarray(np.sqrt((difference**2).sum(axis=1)))


def lightness(rgb: tuple[int, int, int]) -> float:
    """CIE L* of one colour, 0 black to 100 white."""
    return float(lab_of_rgb(np.array([rgb], dtype=np.uint8))[0, 0])
