"""One creative at one size: ground painted, product put on it, words laid out and coloured, all of it as a tree.

The same parts give the same tree and the same pixels. Parts that a test may credit (template, background, palette,
headline, button) have ids in ``Artwork.made_of``; variants differ in one of them.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace

from PIL import Image

from adplat.artwork import draw, picture_hash
from adplat.domain import ConfigRejected
from adplat.domain.artwork import Artwork, Box, Element, ElementKind
from adplat.domain.drafts import BackgroundPainter, Making, PaintOrder
from adplat.domain.placement_rules import ImageLimit
from adplat.generation.composite import at_size, box_of, contact_shadow, size_within
from adplat.generation.cutout import Cutout
from adplat.generation.dressing import dressed
from adplat.generation.grounds import FOOT_ROOM
from adplat.generation.layouts import Laid, Words, lay_out
from adplat.generation.schemes import Scheme, scheme_for


@dataclass(frozen=True, slots=True)
class Parts:
    """What one creative is made of, whatever its size.

    Args:
        template, style, palette: ids (``TEMPLATES``, the painter's ``styles``, ``PALETTES``).
        colours: the brand's, ``#rrggbb``, the leading one first.
        seed: of the painter.
        prompt: for a painter that reads one.
    """

    words: Words
    template: str
    style: str
    palette: str
    colours: tuple[str, ...]
    seed: int = 0
    prompt: str = ""

    @property
    def made_of(self) -> dict[str, str]:
        """Ids of the parts that a test can credit."""
        return {
            "template": self.template,
            "background": f"{self.style}:{self.seed}",
            "headline": _id_of(self.words.headline),
            "cta": _id_of(self.words.cta),
            "palette": self.palette,
        }

    def with_elements(self, elements: Mapping[str, str]) -> Parts:
        """These parts with other elements, by kind as in ``made_of``: words are given as words, a background as its
        style (the seed stays). Raises ConfigRejected for an unknown kind."""
        unknown = elements.keys() - self.made_of.keys()
        if unknown:
            hint = f"take {', '.join(self.made_of)}"
            raise ConfigRejected(f"no element is called {min(unknown)!r}", where="elements", hint=hint)
        words = replace(
            self.words,
            headline=elements.get("headline", self.words.headline),
            cta=elements.get("cta", self.words.cta),
        )
        return replace(
            self,
            words=words,
            template=elements.get("template", self.template),
            style=elements.get("background", self.style),
            palette=elements.get("palette", self.palette),
        )


@dataclass(frozen=True, slots=True)
class Composed:
    """A creative as tree and pixels.

    Args:
        assets: the pictures that the tree names, by hash; with them ``draw`` makes ``picture`` again.
        making: how the ground came to be.
        left_out: parts that did not fit this size.
    """

    artwork: Artwork
    assets: Mapping[str, Image.Image]
    picture: Image.Image
    making: Making
    left_out: tuple[str, ...]


def compose(
    parts: Parts, product: Cutout, limit: ImageLimit, painter: BackgroundPainter, logo: Image.Image | None = None
) -> Composed:
    """One creative of the limit's size. Raises ConfigRejected (words that do not fit, unknown ids), MissingInput."""
    size = (limit.width_px, limit.height_px)
    scheme = scheme_for(parts.palette, parts.colours)
    logo_ratio = logo.width / logo.height if logo is not None else None
    laid = lay_out(parts.template, parts.words, size, limit.safe_margin_px, product.ratio, logo_ratio)
    below, assets, making = _ground(parts, product, laid, scheme, size, painter)
    over = _with_logo(dressed(laid, scheme, below, assets, size), logo, assets)
    artwork = Artwork(*size, (*below, *over), parts.made_of)
    return Composed(artwork, assets, draw(artwork, assets), making, laid.left_out)


def _ground(
    parts: Parts, product: Cutout, laid: Laid, scheme: Scheme, size: tuple[int, int], painter: BackgroundPainter
) -> tuple[tuple[Element, ...], dict[str, Image.Image], Making]:
    """Ground, shadow and product as elements over one another, with their pictures."""
    stands = parts.style in FOOT_ROOM
    room = laid.arrangement.product
    if stands:
        room = replace(room, height=round(room.height / (1 + FOOT_ROOM[parts.style])))
    scaled = at_size(product.picture, size_within(product.ratio, product.picture.size, room))
    place = box_of(scaled.size, room, stands)
    order = PaintOrder(*size, parts.style, scheme.grounds, place, parts.seed, parts.prompt, _png(scaled))
    png, making = painter.paint(order)
    ground = _opened(png, size)
    shadow, (right, down) = contact_shadow(scaled, stands)
    shade = _inside(shadow, Box(place.left + right, place.top + down, *shadow.size), size)
    assets: dict[str, Image.Image] = {}
    elements = [Element("background", ElementKind.BACKGROUND, Box(0, 0, *size), asset=_kept(ground, assets))]
    if shade is not None:
        elements.append(Element("shadow", ElementKind.SHADOW, shade[1], asset=_kept(shade[0], assets)))
    elements.append(Element("product", ElementKind.PRODUCT, place, asset=_kept(scaled, assets)))
    return tuple(elements), assets, making


def _inside(picture: Image.Image, box: Box, size: tuple[int, int]) -> tuple[Image.Image, Box] | None:
    """The part of a picture that is on the canvas."""
    left, top = max(box.left, 0), max(box.top, 0)
    right, bottom = min(box.right, size[0]), min(box.bottom, size[1])
    if left >= right or top >= bottom:
        return None
    part = picture.crop((left - box.left, top - box.top, right - box.left, bottom - box.top))
    return part, Box(left, top, right - left, bottom - top)


def _with_logo(
    elements: tuple[Element, ...], logo: Image.Image | None, assets: dict[str, Image.Image]
) -> tuple[Element, ...]:
    if logo is None:
        return elements

    def filled(element: Element) -> Element:
        if element.kind is not ElementKind.LOGO or element.text:
            return element
        picture = at_size(logo.convert("RGBA"), (element.box.width, element.box.height))
        return replace(element, asset=_kept(picture, assets))

    return tuple(filled(element) for element in elements)


def _kept(picture: Image.Image, assets: dict[str, Image.Image]) -> str:
    name = picture_hash(picture)
    assets[name] = picture
    return name


def _opened(png: bytes, size: tuple[int, int]) -> Image.Image:
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    if picture.size != size:
        raise ConfigRejected(
            f"a painter gave {picture.width} x {picture.height} for {size[0]} x {size[1]}",
            where="painter",
            hint="a painter gives the ordered size",
        )
    return picture


def _png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=0)
    return file.getvalue()


def _id_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
