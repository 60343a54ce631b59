"""What a brand's palette becomes on a canvas: Scheme, one for each palette id.

The leading colour gives the hue; how light the ground is, what writes on it and what the button looks like follow from
the id, so that a test can change the palette and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adplat.artwork import contrast_ratio, darkened_until, luminance, oklch, rgb_of, shade
from adplat.domain import ConfigRejected
from adplat.generation.cutout import Cutout

PALETTES = ("light", "deep", "paper", "vivid")
_WHITE, _BLACK = "#ffffff", "#16181d"


@dataclass(frozen=True, slots=True)
class Scheme:
    """Colours (``#rrggbb``) by what they do.

    Args:
        grounds: for the painter: the ground, a second shade of it, and an accent.
        ink, soft_ink: of headlines and of what is read after them.
        button, button_ink: of the call to action.
        panel, panel_ink, panel_soft_ink: of an area below words, and of the words there.
    """

    palette: str
    grounds: tuple[str, str, str]
    ink: str
    soft_ink: str
    accent: str
    button: str
    button_ink: str
    panel: str
    panel_ink: str
    panel_soft_ink: str


def scheme_for(palette: str, colours: tuple[str, ...]) -> Scheme:
    """The scheme of a palette id and a brand's colours. Raises ConfigRejected for an unknown id or colour."""
    lead = colours[0] if colours else "#2f5d8c"
    second = _second(colours, lead)
    for colour in (lead, second):
        rgb_of(colour)
    if palette == "light":
        ground = shade(lead, 0.955, 0.028)
        return _scheme(palette, (ground, shade(lead, 0.885, 0.065), shade(second, 0.80, 0.10)), lead, shade(lead, 0.25))
    if palette == "paper":
        warm = oklch(rgb_of(lead))[2]
        ground = "#f7f4ee" if not 200 < warm < 300 else "#f3f5f7"
        tone = "#e9e2d6" if ground == "#f7f4ee" else "#e1e6ea"
        return _scheme(palette, (ground, tone, shade(lead, 0.84, 0.09)), lead, "#201d1a")
    if palette == "deep":
        ground = shade(lead, 0.28, 0.085)
        return _scheme(palette, (ground, shade(lead, 0.40, 0.11), shade(second, 0.58, 0.13)), second, _WHITE)
    if palette == "vivid":
        light = oklch(rgb_of(lead))[0]
        ground = shade(lead, min(max(light, 0.46), 0.86))
        ink = max((_WHITE, _BLACK), key=lambda ink: contrast_ratio(rgb_of(ink), rgb_of(ground)))
        ground = darkened_until(ground, ink, 5.8)
        own = oklch(rgb_of(ground))[0]
        away = -0.07 if ink == _WHITE else 0.06  # from the ink, so that words can be read on both shades
        return _scheme(palette, (ground, shade(ground, own + away), shade(second, min(own + 0.2, 0.9))), ink, ink)
    raise ConfigRejected(
        f"no palette is called {palette!r}", where="palette", hint=f"take one of {', '.join(PALETTES)}"
    )


def palettes_by_fit(product: Cutout, colours: tuple[str, ...]) -> tuple[str, ...]:
    """All palette ids; last come those on whose ground the product would drown (contrast under 1.5 to 1), and, where
    some of its own light ground may still be seen (``is_doubtful``), those with a dark one."""
    small = product.picture.copy()
    small.thumbnail((96, 96))
    pixels = np.asarray(small.convert("RGBA"))
    seen = pixels[..., 3] > 200
    if not seen.any():
        return PALETTES
    red, green, blue = (int(channel) for channel in np.median(pixels[seen][:, :3], axis=0))

    def unfit(palette: str) -> int:
        ground = rgb_of(scheme_for(palette, colours).grounds[0])
        return 2 * ground_may_show(product, palette, colours) + (contrast_ratio(ground, (red, green, blue)) < 1.5)

    return tuple(sorted(PALETTES, key=unfit))


def ground_may_show(product: Cutout, palette: str, colours: tuple[str, ...]) -> bool:
    """Whether what is left of the ground that a product was photographed on would be seen on that of a palette.

    Raises ConfigRejected for an unknown palette or colour.
    """
    return product.is_doubtful and luminance(rgb_of(scheme_for(palette, colours).grounds[0])) < 0.6


def _scheme(palette: str, grounds: tuple[str, str, str], button: str, ink: str) -> Scheme:
    ground = grounds[0]
    dark_ground = luminance(rgb_of(ground)) < 0.18
    button = darkened_until(button, ground, 3.0)
    if max(contrast_ratio(rgb_of(button), rgb_of(ink)) for ink in (_WHITE, _BLACK)) < 5.2:
        button = darkened_until(button, _WHITE, 5.2)
    light_ink = contrast_ratio(rgb_of(button), rgb_of(_WHITE)) >= 4.8
    button_ink = _WHITE if light_ink else _BLACK
    accent = darkened_until(darkened_until(button, ground, 5.0), grounds[1], 5.0)
    soft = shade(ground, 0.90, 0.02) if dark_ground else shade(ink, 0.40, 0.04)
    if palette == "vivid":
        soft = ink
    panel = _WHITE if not dark_ground else shade(ground, 0.20, 0.06)
    panel_ink = ink if contrast_ratio(rgb_of(ink), rgb_of(panel)) >= 7 else _BLACK
    panel_soft = darkened_until(soft if soft != ink else shade(panel_ink, 0.42, 0.03), panel, 5.0)
    return Scheme(palette, grounds, ink, soft, accent, button, button_ink, panel, panel_ink, panel_soft)


def _second(colours: tuple[str, ...], lead: str) -> str:
    """The second colour of a brand; a brand with one gets a lighter, slightly turned one."""
    if len(colours) > 1:
        return colours[1]
    return shade(lead, 0.80, 0.13, turned_degrees=40)
