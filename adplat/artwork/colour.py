"""Colours of a palette: ``#rrggbb`` to bytes and back, lighter, darker, duller and turned ones.

Shades are made in OKLCH (Björn Ottosson, https://bottosson.github.io/posts/oklab/), where equal steps look equal.
"""

from __future__ import annotations

import math
import re

from adplat.domain import ConfigRejected

Rgb = tuple[int, int, int]
_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def rgb_of(colour: str) -> Rgb:
    """The bytes of ``#rrggbb``. Raises ConfigRejected."""
    if not _HEX.fullmatch(colour):
        raise ConfigRejected(f"no colour: {colour[:40]!r}", where="palette", hint="write colours as #rrggbb")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def hex_of(rgb: Rgb) -> str:
    """``#rrggbb`` of three bytes."""
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def mixed(one: Rgb, other: Rgb, share: float) -> Rgb:
    """``share`` of ``other`` in ``one``, in sRGB."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def oklch(rgb: Rgb) -> tuple[float, float, float]:
    """Lightness in [0, 1], chroma (0 grey, about 0.3 vivid) and hue in degrees."""
    red, green, blue = (_linear(channel / 255) for channel in rgb)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    light = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return light, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def rgb_of_oklch(light: float, chroma: float, hue_degrees: float) -> Rgb:
    """The nearest colour that a screen can show, by giving up chroma."""
    for share in range(20, -1, -1):
        channels = _unclipped(light, chroma * share / 20, hue_degrees)
        if all(-0.002 <= channel <= 1.002 for channel in channels):
            break
    red, green, blue = (round(255 * _encoded(min(max(channel, 0.0), 1.0))) for channel in channels)
    return red, green, blue


def shade(colour: str, light: float, chroma: float | None = None, turned_degrees: float = 0.0) -> str:
    """``colour`` at another lightness in [0, 1]; ``chroma`` caps how vivid it stays, the hue may be turned."""
    _, own, hue = oklch(rgb_of(colour))
    return hex_of(rgb_of_oklch(light, own if chroma is None else min(own, chroma), hue + turned_degrees))


def _unclipped(light: float, chroma: float, hue_degrees: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(math.radians(hue_degrees)), chroma * math.sin(math.radians(hue_degrees))
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _encoded(linear: float) -> float:
    return linear * 12.92 if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055
