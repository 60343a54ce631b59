"""What a picture is made of: product drawing, background, colours, badge, decoration, layout.

These are the facts that the pixels show and that no log column, file name or headline states.
Letters used in shapes: ``C`` creatives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adplat.simulator.colour import Float64, Rgb, colour_distance, rgb_of_hsv

Int32 = npt.NDArray[np.int32]

BACKGROUNDS = ("plain", "gradient", "stripes", "bubbles", "grain", "scene")
BADGES = ("none", "price", "discount", "new", "limited", "shipping")
LAYOUTS = ("product_right", "product_left", "product_above", "product_below")
MOST_DECORATIONS = 9


@dataclass(frozen=True)
class Elements:
    """One row a creative.

    ``contrast`` is the CIE distance between background and brand colour over 100; ``warmth`` runs from
    -1 (a strong blue) to 1 (a strong orange); ``scale`` is the product's size in units of its usual one.
    """

    background: Int32  # (C,) into BACKGROUNDS
    badge: Int32  # (C,) into BADGES
    discount_percent: Int32  # (C,) painted when the badge is a discount
    decorations: Int32  # (C,) number of confetti shapes
    layout: Int32  # (C,) into LAYOUTS
    scale: Float64  # (C,)
    tilt_degrees: Float64  # (C,)
    background_rgb: Rgb  # (C, 3)
    second_rgb: Rgb  # (C, 3) the other colour of a patterned background
    contrast: Float64  # (C,)
    warmth: Float64  # (C,)


def draw_elements(brand_hue: Float64, brand_rgb: Rgb, rng: np.random.Generator) -> Elements:
    """Draw the elements of ``C`` creatives, given the (C,) hue and (C, 3) colour of each one's brand."""
    count = len(brand_hue)
    hue, saturation, value = _background_colours(brand_hue, rng)
    background_rgb = rgb_of_hsv(hue, saturation, value)
    lighter = rng.random(count) < 0.5
    second_value = np.clip(np.where(lighter, value * 1.18 + 0.05, value * 0.86), 0.0, 1.0)
    second_saturation = np.where(lighter, saturation * 0.72, saturation)
    return Elements(
        background=rng.integers(len(BACKGROUNDS), size=count).astype(np.int32),
        badge=rng.choice(len(BADGES), size=count, p=[0.25, 0.15, 0.2, 0.15, 0.15, 0.1]).astype(np.int32),
        discount_percent=(rng.integers(1, 11, size=count) * 5).astype(np.int32),
        decorations=rng.choice(MOST_DECORATIONS + 1, size=count, p=_decoration_shares()).astype(np.int32),
        layout=rng.integers(len(LAYOUTS), size=count).astype(np.int32),
        scale=rng.uniform(0.72, 1.12, size=count),
        tilt_degrees=rng.uniform(-10.0, 10.0, size=count),
        background_rgb=background_rgb,
        second_rgb=rgb_of_hsv(hue + rng.uniform(-0.05, 0.05, size=count), second_saturation, second_value),
        contrast=np.clip(colour_distance(background_rgb, brand_rgb) / 100.0, 0.0, 1.2),
        warmth=np.cos(2 * np.pi * (hue - 0.08)) * saturation,
    )


def _decoration_shares() -> list[float]:
    """Half of all pictures are tidy, the rest anything up to crowded."""
    tidy = [0.2, 0.1, 0.1, 0.1]
    return tidy + [0.5 / (MOST_DECORATIONS - 3)] * (MOST_DECORATIONS - 3)


def _background_colours(brand_hue: Float64, rng: np.random.Generator) -> tuple[Float64, Float64, Float64]:
    """One of six habits of designers: near the brand, its opposite, pale, dark, sunny, cool."""
    count = len(brand_hue)
    habit = rng.choice(6, size=count, p=[0.24, 0.14, 0.24, 0.12, 0.13, 0.13])
    a, b, c = rng.random((3, count))
    hue = np.choose(
        habit,
        [brand_hue + 0.06 * (a - 0.5), brand_hue + 0.5 + 0.1 * (a - 0.5), a, a, 0.06 + 0.08 * a, 0.5 + 0.12 * a],
    )
    saturation = np.choose(
        habit,
        [0.5 + 0.25 * b, 0.35 + 0.3 * b, 0.06 + 0.16 * b, 0.4 + 0.3 * b, 0.5 + 0.3 * b, 0.3 + 0.35 * b],
    )
    value = np.choose(
        habit,
        [0.68 + 0.2 * c, 0.75 + 0.2 * c, 0.93 + 0.06 * c, 0.18 + 0.16 * c, 0.9 + 0.1 * c, 0.82 + 0.16 * c],
    )
    return hue % 1.0, saturation, value
