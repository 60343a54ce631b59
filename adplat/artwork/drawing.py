"""The one drawer: an Artwork and its pictures to pixels, always the same ones.

What has letters is set here and nowhere else, so that what a review measures is what stands in the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from adplat.artwork.colour import rgb_of
from adplat.artwork.fonts import font
from adplat.artwork.lettering import ASCENT, MIDDLE, block_width, line_pitch, shaping, text_height, text_width
from adplat.domain import MissingInput
from adplat.domain.artwork import Artwork, Box, Element, ElementKind

_FINER = 4  # corners are drawn this much larger and made small again, so that they are smooth


def draw(artwork: Artwork, assets: Mapping[str, Image.Image]) -> Image.Image:
    """The whole creative as RGB. ``assets`` by the hash that elements name. Raises MissingInput for an absent one."""
    image = Image.new("RGB", (artwork.width_px, artwork.height_px), "#ffffff")
    for element in artwork.elements:
        _put(image, element, assets)
        _letter(image, element)
    return image


def ground_under(artwork: Artwork, element: Element, assets: Mapping[str, Image.Image]) -> Image.Image:
    """What the letters of ``element`` stand on: all that is drawn before them, its own area too. Raises as draw."""
    image = Image.new("RGB", (artwork.width_px, artwork.height_px), "#ffffff")
    for lower in artwork.elements:
        _put(image, lower, assets)
        if lower.element_id == element.element_id:
            break
        _letter(image, lower)
    return image


def glyph_mask(artwork: Artwork, element: Element) -> npt.NDArray[np.bool_]:
    """(height, width): where letters of ``element`` cover at least half a pixel; all false where it has none."""
    coverage = Image.new("L", (artwork.width_px, artwork.height_px))
    if element.text and element.font_px:
        pen = ImageDraw.Draw(coverage)
        _set_lines(pen, element, 255)
    mask: npt.NDArray[np.bool_] = np.asarray(coverage) >= 128
    return mask


def text_box(element: Element) -> Box:
    """Where the lines of ``element`` stand, from the first ascender to the last descender.

    Accents on capitals stand out above by up to a twelfth of the size of the letters.
    """
    lines = element.text.split("\n")
    height = text_height(element.text, element.font_px, element.bold)
    width = block_width(element.text, element.font_px, element.bold)
    return Box(
        _line_left(element, width), _first_base(element, len(lines)) - round(element.font_px * ASCENT), width, height
    )


def _put(image: Image.Image, element: Element, assets: Mapping[str, Image.Image]) -> None:
    box = element.box
    if element.fill:
        area = _rounded(box.width, box.height, element.radius_px)
        image.paste(rgb_of(element.fill), (box.left, box.top), area)
    if not element.asset:
        return
    if element.asset not in assets:
        raise MissingInput(
            "a picture of the artwork is not at hand",
            where=f"{element.element_id}: {element.asset[:12]}",
            hint="hand over every picture that its elements name, by hash",
        )
    picture = assets[element.asset]
    if picture.size != (box.width, box.height):
        picture = picture.resize((box.width, box.height), Image.Resampling.LANCZOS)
    masked = picture.mode in {"RGBA", "LA"}
    mask = picture.getchannel("A") if masked else None
    if element.radius_px and element.kind is not ElementKind.BACKGROUND and mask is None:
        mask = _rounded(box.width, box.height, element.radius_px)
    image.paste(picture.convert("RGB"), (box.left, box.top), mask)


@lru_cache(maxsize=64)
def _rounded(width: int, height: int, radius: int) -> Image.Image:
    """Coverage of a rectangle with round corners."""
    if radius <= 0:
        return Image.new("L", (width, height), 255)
    radius = min(radius, width // 2, height // 2)
    mask = Image.new("L", (width, height), 255)
    large = Image.new("L", (2 * radius * _FINER, 2 * radius * _FINER))
    ImageDraw.Draw(large).ellipse((0, 0, 2 * radius * _FINER - 1, 2 * radius * _FINER - 1), fill=255)
    disc = large.resize((2 * radius, 2 * radius), Image.Resampling.BOX)
    for left, x in ((0, 0), (radius, width - radius)):
        for top, y in ((0, 0), (radius, height - radius)):
            mask.paste(disc.crop((left, top, left + radius, top + radius)), (x, y))
    return mask


def _letter(image: Image.Image, element: Element) -> None:
    if element.text and element.font_px:
        _set_lines(ImageDraw.Draw(image), element, rgb_of(element.colour))


def _set_lines(pen: ImageDraw.ImageDraw, element: Element, ink: int | tuple[int, int, int]) -> None:
    lines = element.text.split("\n")
    base = _first_base(element, len(lines))
    pitch = line_pitch(element.text, element.font_px, element.bold)
    face = font(element.font_px, element.bold)
    for line in lines:
        left = _line_left(element, text_width(line, element.font_px, element.bold))
        pen.text((left, base), line, fill=ink, font=face, anchor="ls", **shaping(line, face))
        base += pitch


def _first_base(element: Element, lines: int) -> int:
    """Words on an area of their own stand in its middle, others at the top of their box."""
    if not element.fill:
        return element.box.top + round(element.font_px * ASCENT)
    pitch = line_pitch(element.text, element.font_px, element.bold)
    middle = element.box.top + element.box.height / 2
    return round(middle + element.font_px * MIDDLE - pitch * (lines - 1) / 2)


def _line_left(element: Element, width: int) -> int:
    box = element.box
    if element.align == "centre":
        return box.left + (box.width - width) // 2
    return box.right - width if element.align == "right" else box.left
