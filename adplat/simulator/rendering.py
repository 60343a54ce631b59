"""One picture of a creative: background, decoration, product, words, button, badge.

300 x 250 pixels, drawn in a few milliseconds. The text stands in a box of its own; product, badge and
decoration stay out of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw

from adplat.artwork import font
from adplat.simulator.backgrounds import Colour, paint_background
from adplat.simulator.colour import lightness
from adplat.simulator.fonts import fitting_size
from adplat.simulator.shapes import MASK_PX, silhouette

SIZE = (300, 250)
INK: Colour = (26, 28, 34)
PAPER: Colour = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that is painted; ``badge_text`` is empty without a badge."""

    drawing: str
    background: str
    layout: str
    background_rgb: Colour
    second_rgb: Colour
    brand_rgb: Colour
    scale: float
    tilt_degrees: float
    decorations: int
    brand: str
    product: str
    cta: str
    badge: str
    badge_text: str


@dataclass(frozen=True, slots=True)
class _Layout:
    """Boxes (left, top, right, bottom) in pixels, and the middle of the product and of the badge."""

    text: tuple[int, int, int, int]
    product: tuple[int, int]
    product_px: int
    badge: tuple[int, int]
    centred: bool


_LAYOUTS = {
    "product_right": _Layout((14, 40, 146, 214), (222, 132), 134, (264, 40), False),
    "product_left": _Layout((156, 40, 288, 214), (78, 132), 134, (36, 40), False),
    "product_above": _Layout((14, 160, 286, 240), (150, 84), 128, (248, 44), True),
    "product_below": _Layout((14, 10, 286, 90), (150, 166), 128, (248, 132), True),
}
_BADGE_COLOURS: dict[str, Colour] = {
    "price": (28, 30, 36),
    "discount": (214, 32, 40),
    "new": (18, 140, 84),
    "limited": (245, 166, 12),
    "shipping": (24, 104, 200),
}


def render(picture: Picture, rng: np.random.Generator) -> Image.Image:
    """Draw one picture as RGB. ``rng`` places confetti, stripes and grain. Raises MissingInput without a font."""
    layout = _LAYOUTS[picture.layout]
    image = paint_background(picture.background, SIZE, picture.background_rgb, picture.second_rgb, rng)
    _confetti(image, picture, layout, rng)
    _product(image, picture, layout)
    _words(image, picture, layout)
    if picture.badge_text:
        _badge(image, picture, layout)
    return image


def _confetti(image: Image.Image, picture: Picture, layout: _Layout, rng: np.random.Generator) -> None:
    pen = ImageDraw.Draw(image)
    left, top, right, bottom = layout.text
    colours = ((250, 208, 60), (238, 92, 120), (80, 190, 220), (120, 200, 110), (255, 255, 255), picture.brand_rgb)
    placed = 0
    while placed < picture.decorations:
        x, y = int(rng.integers(8, SIZE[0] - 8)), int(rng.integers(8, SIZE[1] - 8))
        if left - 14 < x < right + 14 and top - 14 < y < bottom + 14:
            continue
        placed += 1
        size = int(rng.integers(7, 15))
        colour = colours[int(rng.integers(len(colours)))]
        kind = int(rng.integers(4))
        if kind == 0:
            pen.ellipse((x - size // 2, y - size // 2, x + size // 2, y + size // 2), fill=colour)
        elif kind == 1:
            pen.polygon([(x, y - size), (x + size, y + size // 2), (x - size, y + size // 2)], fill=colour)
        elif kind == 2:
            pen.line((x - size, y, x + size, y + size // 2), fill=colour, width=4)
        else:
            star = [
                (x + r * np.cos(a), y + r * np.sin(a))
                for a, r in zip(np.arange(8) * np.pi / 4, [size, size * 0.35] * 4, strict=True)
            ]
            pen.polygon(star, fill=colour)


def _product(image: Image.Image, picture: Picture, layout: _Layout) -> None:
    edge = round(layout.product_px * picture.scale)
    left, top = layout.product[0] - edge // 2, layout.product[1] - edge // 2
    foot = Image.new("L", (edge, max(8, edge // 8)))
    ImageDraw.Draw(foot).ellipse((edge * 0.1, 0, edge * 0.9, foot.height - 1), fill=70)
    image.paste((0, 0, 0), (left, top + edge - round(foot.height * 0.75)), foot)
    angle = np.deg2rad(picture.tilt_degrees)
    ratio, middle, half = MASK_PX / edge, MASK_PX / 2, edge / 2
    a, b = np.cos(angle) * ratio, np.sin(angle) * ratio
    matrix = (a, b, middle - a * half - b * half, -b, a, middle + b * half - a * half)
    product = _coloured(picture.drawing, picture.brand_rgb)
    turned = product.transform((edge, edge), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
    image.paste(turned, (left, top), turned)


@lru_cache(maxsize=256)
def _coloured(drawing: str, brand_rgb: Colour) -> Image.Image:
    """A brand's product on nothing, as RGBA; its pictures differ in size and tilt only."""
    brand = np.array(brand_rgb, np.float64)
    colours: dict[str, Colour] = {
        "body": brand_rgb,
        "shade": _as_colour(brand * 0.62),
        "light": _as_colour(255 - (255 - brand) * 0.22),
        "ink": INK,
    }
    product = Image.new("RGBA", (MASK_PX, MASK_PX))
    for role, mask in silhouette(drawing):
        part = Image.new("RGBA", product.size, (*colours[role], 255))
        part.putalpha(mask)
        product.alpha_composite(part)
    return product


def _words(image: Image.Image, picture: Picture, layout: _Layout) -> None:
    left, top, right, bottom = layout.text
    width = right - left
    busy = picture.background in ("stripes", "bubbles", "grain", "scene")
    paper = picture.background_rgb
    if busy:
        paper = PAPER if lightness(picture.background_rgb) > 45 else INK
        veil = Image.new("L", (width + 12, bottom - top + 8), 205)
        image.paste(paper, (left - 6, top - 4), veil)
    ink = INK if lightness(paper) > 55 else PAPER
    pen = ImageDraw.Draw(image)
    middle = (left + right) // 2
    x, anchor = (middle, "m") if layout.centred else (left + 2, "l")
    lines = _wrapped(picture.product, width - 4)
    product_px = min(fitting_size(line, width - 4, 25 if len(lines) == 1 else 22, 13) for line in lines)
    brand_font = font(13)
    if layout.centred:
        pen.text((x, top + 1), picture.brand, font=brand_font, fill=ink, anchor=anchor + "a")
        y = top + 20
    else:
        pen.rectangle((x, top + 5, x + 10, top + 15), fill=picture.brand_rgb, outline=ink)
        pen.text((x + 16, top + 1), picture.brand, font=brand_font, fill=ink, anchor="la")
        y = top + 38
    if layout.centred:
        lines, product_px = [picture.product], fitting_size(picture.product, width - 4, 22, 13)
    for line in lines:
        pen.text((x, y), line, font=font(product_px), fill=ink, anchor=anchor + "a")
        y += round(product_px * 1.3)
    button = _as_colour(np.array(picture.brand_rgb) * 0.8)
    words_px = fitting_size(picture.cta, width - 34, 14, 11)
    words_width = round(font(words_px).getlength(picture.cta))
    button_left = middle - words_width // 2 - 13 if layout.centred else x
    button_top = bottom - 27
    box = (button_left, button_top, button_left + words_width + 26, button_top + 25)
    pen.rounded_rectangle(box, radius=12, fill=button, outline=PAPER)
    label = PAPER if lightness(button) < 70 else INK
    pen.text(((box[0] + box[2]) // 2, button_top + 12), picture.cta, font=font(words_px), fill=label, anchor="mm")


def _badge(image: Image.Image, picture: Picture, layout: _Layout) -> None:
    x, y = layout.badge
    colour = _BADGE_COLOURS[picture.badge]
    pen = ImageDraw.Draw(image)
    ink = INK if picture.badge == "limited" else PAPER
    if picture.badge in ("discount", "new"):
        radius = 29
        corners = 24 if picture.badge == "discount" else 40
        angle = np.arange(corners) * 2 * np.pi / corners
        reach = np.where(np.arange(corners) % 2 == 0, radius, radius * (0.86 if corners == 24 else 1.0))
        pen.polygon(list(zip(x + reach * np.cos(angle), y + reach * np.sin(angle), strict=True)), fill=colour)
        size = fitting_size(picture.badge_text, 2 * radius - 10, 22, 11)
        pen.text((x, y), picture.badge_text, font=font(size), fill=ink, anchor="mm")
        return
    size = fitting_size(picture.badge_text, 66, 18, 11)
    half = round(font(size).getlength(picture.badge_text) / 2) + 7
    x = min(max(x, half + 4), SIZE[0] - half - 4)
    pen.rounded_rectangle((x - half, y - 14, x + half, y + 14), radius=4, fill=colour, outline=PAPER)
    pen.text((x, y), picture.badge_text, font=font(size), fill=ink, anchor="mm")


def _wrapped(text: str, width_px: int) -> list[str]:
    """One line, or two where one would be too small to read."""
    if " " not in text or font(20).getlength(text) <= width_px:
        return [text]
    words = text.split()
    return [words[0], " ".join(words[1:])]


def _as_colour(rgb: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Colour:
    red, green, blue = (int(channel) for channel in np.clip(np.round(rgb), 0, 255))
    return red, green, blue
