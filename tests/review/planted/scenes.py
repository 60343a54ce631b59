"""Drawn products, grounds and banners of the planted set: real variety without a single photograph."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from io import BytesIO

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

from adplat.artwork import draw, fit_text, font
from adplat.domain import Artwork, Box, Element, ElementKind

PRODUCTS = ("bottle", "mug", "lamp", "jar", "box", "shoe", "headphones", "tin")
GROUNDS = ("gradient", "clouds", "stripes", "studio", "plain", "dots")
_FINER = 3


@dataclass(frozen=True)
class Scene:
    """A tree and its pictures by hash."""

    artwork: Artwork
    assets: dict[str, Image.Image] = field(default_factory=dict)

    def drawn(self) -> Image.Image:
        return draw(self.artwork, self.assets)

    def element(self, element_id: str) -> Element:
        return next(element for element in self.artwork.elements if element.element_id == element_id)

    def changed(self, element_id: str, **values: object) -> Scene:
        """The scene with one element changed."""
        elements = tuple(
            replace(element, **values) if element.element_id == element_id else element  # type: ignore[arg-type]
            for element in self.artwork.elements
        )
        return replace(self, artwork=replace(self.artwork, elements=elements))

    def with_asset(self, element_id: str, picture: Image.Image) -> Scene:
        """The scene with another picture in one element."""
        name = hash_of(picture)
        return replace(self.changed(element_id, asset=name), assets={**self.assets, name: picture})

    def without(self, *element_ids: str) -> Scene:
        elements = tuple(element for element in self.artwork.elements if element.element_id not in element_ids)
        return replace(self, artwork=replace(self.artwork, elements=elements))


def hash_of(picture: Image.Image) -> str:
    kept = BytesIO()
    picture.save(kept, "png")
    return hashlib.sha256(kept.getvalue()).hexdigest()


def product(kind: str, width: int, height: int, colour: tuple[int, int, int]) -> Image.Image:
    """A product with alpha that fills its box, shaded from the left."""
    wide, high = width * _FINER, height * _FINER
    mask = Image.new("L", (wide, high))
    pen = ImageDraw.Draw(mask)

    def at(*shares: float) -> tuple[int, ...]:
        return tuple(round(share * (wide if place % 2 == 0 else high)) for place, share in enumerate(shares))

    if kind == "bottle":
        pen.rounded_rectangle(at(0.15, 0.2, 0.85, 1), radius=wide // 8, fill=255)
        pen.rectangle(at(0.35, 0.0, 0.65, 0.25), fill=255)
    elif kind == "mug":
        pen.rounded_rectangle(at(0.0, 0.1, 0.75, 1), radius=wide // 12, fill=255)
        pen.ellipse(at(0.6, 0.25, 1.0, 0.8), outline=255, width=max(wide // 14, 1))
    elif kind == "lamp":
        pen.polygon([at(0.25, 0), at(0.75, 0), at(1, 0.45), at(0, 0.45)], fill=255)
        pen.rectangle(at(0.46, 0.4, 0.54, 0.95), fill=255)
        pen.ellipse(at(0.2, 0.88, 0.8, 1), fill=255)
    elif kind == "jar":
        pen.rounded_rectangle(at(0, 0.25, 1, 1), radius=wide // 10, fill=255)
        pen.rounded_rectangle(at(0.05, 0, 0.95, 0.22), radius=wide // 20, fill=255)
    elif kind == "box":
        pen.polygon([at(0, 0.25), at(0.5, 0), at(1, 0.25), at(1, 0.8), at(0.5, 1), at(0, 0.8)], fill=255)
    elif kind == "shoe":
        pen.polygon([at(0, 0.3), at(0.3, 0.1), at(0.5, 0.4), at(1, 0.65), at(1, 0.9), at(0, 0.9)], fill=255)
        pen.rectangle(at(0, 0.85, 1, 1), fill=255)
    elif kind == "headphones":
        pen.arc(at(0.1, 0, 0.9, 1.2), 180, 360, fill=255, width=max(wide // 10, 1))
        pen.rounded_rectangle(at(0.0, 0.55, 0.25, 1), radius=wide // 12, fill=255)
        pen.rounded_rectangle(at(0.75, 0.55, 1, 1), radius=wide // 12, fill=255)
    else:
        pen.rectangle(at(0.05, 0.1, 0.95, 1), fill=255)
        pen.ellipse(at(0.05, 0, 0.95, 0.2), fill=255)
    x, y = np.meshgrid(np.linspace(0, 1, wide), np.linspace(0, 1, high))
    light = 0.65 + 0.5 * np.exp(-(((x - 0.35) / 0.25) ** 2)) - 0.2 * y
    shaded = np.clip(np.array(colour)[None, None] * light[..., None], 0, 255).astype(np.uint8)
    picture = Image.fromarray(shaded).convert("RGBA")
    picture.putalpha(mask)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def ground(kind: str, width: int, height: int, colour: tuple[int, int, int], seed: int) -> Image.Image:
    """A painted ground without letters."""
    random = np.random.default_rng(seed)
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    base = np.array(colour, dtype=np.float64)
    light: npt.NDArray[np.float64]
    if kind == "gradient":
        light = 0.9 + 0.25 * (x + y - 1)
    elif kind == "clouds":
        noise = Image.fromarray(random.integers(0, 256, (max(height // 40, 2), max(width // 40, 2)), dtype=np.uint8))
        light = 0.9 + 0.15 * (np.asarray(noise.resize((width, height), Image.Resampling.BICUBIC)) / 255 - 0.5)
    elif kind == "stripes":
        light = 0.95 + 0.05 * (((x * width + y * height) // max(min(width, height) // 6, 4)) % 2)
    elif kind == "studio":
        light = 0.85 + 0.25 * np.exp(-(((x - 0.6) / 0.5) ** 2) - ((y - 0.5) / 0.6) ** 2)
    elif kind == "dots":
        step = max(min(width, height) // 8, 6)
        inside = ((x * width) % step - step / 2) ** 2 + ((y * height) % step - step / 2) ** 2 < (step / 5) ** 2
        light = 0.95 + 0.05 * inside
    else:
        light = np.ones((height, width))
    return Image.fromarray(np.clip(base * light[..., None], 0, 255).astype(np.uint8))


def logo(name: str, height: int, colour: tuple[int, int, int]) -> Image.Image:
    """A disc and the name, with alpha."""
    face = font(max(round(height * 0.7), 8))
    width = round(height * 1.2 + face.getlength(name)) + 2
    picture = Image.new("RGBA", (width, height), (*colour, 0))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((0, 0, height - 1, height - 1), fill=(*colour, 255))
    pen.text((round(height * 1.2), height / 2), name, fill=(*colour, 255), font=face, anchor="lm")
    return picture


def scene(
    size: tuple[int, int],
    headline: str,
    body: str,
    call: str,
    name: str,
    *,
    kind: str,
    style: str,
    dark: bool,
    seed: int,
) -> Scene:
    """A banner that may run: words on the one side, the product on the other, nothing touching."""
    width, height = size
    random = np.random.default_rng(seed)
    hue = random.uniform(0.15, 0.35, 3) if dark else random.uniform(0.86, 0.97, 3)
    base = (int(hue[0] * 255), int(hue[1] * 255), int(hue[2] * 255))
    ink = "#ffffff" if dark else "#141a22"
    ink_rgb = (255, 255, 255) if dark else (20, 26, 34)
    body_colour = (230, 160, 40) if dark else (30, 90, 160)
    wide = width / height > 1.3
    margin = max(round(min(width, height) * 0.07), 4)
    strip = height <= 110
    assets: dict[str, Image.Image] = {}
    painted = ground(style, width, height, base, seed)
    elements = [_element("background", ElementKind.BACKGROUND, Box(0, 0, width, height), painted, assets)]
    if wide:
        text = Box(margin, margin, round(width * 0.58) - margin, height - 2 * margin)
        side = min(round(width * 0.28), height - 2 * margin)
        place = Box(width - margin - side, (height - side) // 2, side, side)
    else:
        side = min(round(width * 0.6), round(height * 0.3))
        place = Box((width - side) // 2, round(height * 0.52), side, side)
        text = Box(margin, margin, width - 2 * margin, round(height * 0.46))
    elements.append(_element("product", ElementKind.PRODUCT, place, product(kind, side, side, body_colour), assets))
    high = text.height
    top = text.top
    if not strip:
        mark = logo(name, max(round(min(high * 0.14, 44)), 12), ink_rgb)
        elements.append(_element("logo", ElementKind.LOGO, Box(text.left, top, mark.width, mark.height), mark, assets))
        top += mark.height + max(round(high * 0.08), 4)
        elements.append(
            _words(
                "headline", ElementKind.HEADLINE, headline, Box(text.left, top, text.width, round(high * 0.34)), ink, 64
            )
        )
        top += round(high * 0.38)
        elements.append(
            _words("body", ElementKind.BODY, body, Box(text.left, top, text.width, round(high * 0.18)), ink, 26)
        )
        top += round(high * 0.22)
    else:
        elements.append(
            _words(
                "headline",
                ElementKind.HEADLINE,
                f"{name}: {headline}",
                Box(text.left, top, round(text.width * 0.66), high),
                ink,
                40,
            )
        )
    fill = "#ffd34d" if dark else "#12365e"
    letters = "#141a22" if dark else "#ffffff"
    button = (
        Box(text.left + round(text.width * 0.7), top + high // 5, round(text.width * 0.3), round(high * 0.6))
        if strip
        else Box(text.left, top, min(text.width, max(round(high * 0.6), 84)), max(round(high * 0.15), 18))
    )
    if not wide and not strip:
        button = Box(
            (width - button.width) // 2,
            height - margin - max(round(height * 0.06), 20),
            button.width,
            max(round(height * 0.06), 20),
        )
    fitted = fit_text(call, round(button.width * 0.86), round(button.height * 0.8), 28, 7, True, 1)
    assert fitted is not None, (call, size)
    elements.append(
        Element("cta", ElementKind.CTA, button, fitted[0], fitted[1], True, letters, fill, button.height // 4, "centre")
    )
    return Scene(Artwork(width, height, tuple(elements)), assets)


def blurred(picture: Image.Image, radius: float) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(radius))


def _element(name: str, kind: ElementKind, box: Box, picture: Image.Image, assets: dict[str, Image.Image]) -> Element:
    key = hash_of(picture)
    assets[key] = picture
    return Element(name, kind, box, asset=key)


def _words(name: str, kind: ElementKind, text: str, box: Box, colour: str, largest: int) -> Element:
    fitted = fit_text(text, box.width, box.height, largest, 7)
    assert fitted is not None, (text, box)
    return Element(name, kind, box, fitted[0], fitted[1], True, colour)
