"""A creative as a tree of elements, before it is pixels: Artwork, Element, Box.

One drawer (room ``artwork``) turns it into a picture, always the same one. What stands where is therefore *known*:
areas, overlaps and contrast of a drafted creative are computed, not guessed from its pixels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ElementKind(StrEnum):
    """What an element is. Letters and logos are drawn; only a ``background`` is ever painted by a model."""

    BACKGROUND = "background"
    SHADOW = "shadow"
    PRODUCT = "product"
    PANEL = "panel"  # a plain area below words, so that they can be read
    HEADLINE = "headline"
    BODY = "body"
    CTA = "cta"
    LOGO = "logo"
    PRICE = "price"
    DISCLOSURE = "disclosure"

    @property
    def is_text(self) -> bool:
        """Whether it is drawn from letters (a logo may be a picture)."""
        return self in {
            ElementKind.HEADLINE,
            ElementKind.BODY,
            ElementKind.CTA,
            ElementKind.PRICE,
            ElementKind.DISCLOSURE,
        }


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the canvas; the right and lower edges are outside."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def bottom(self) -> int:
        return self.top + self.height

    @property
    def area(self) -> int:
        return max(self.width, 0) * max(self.height, 0)

    def overlap(self, other: Box) -> int:
        """The area that both cover, in square pixels."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(width, 0) * max(height, 0)

    def within(self, other: Box) -> bool:
        """Whether no pixel of it is outside ``other``."""
        return (
            self.left >= other.left
            and self.top >= other.top
            and self.right <= other.right
            and self.bottom <= other.bottom
        )


@dataclass(frozen=True, slots=True)
class Element:
    """One thing that is drawn.

    Args:
        element_id: unique in its tree.
        text: its words; every line is a line of the drawing (wrapping was decided by the layout).
        font_px: the size of its letters; 0 where it has none.
        bold, colour, fill: how letters and areas look; colours are ``#rrggbb``, ``fill`` is empty for none.
        radius_px: of the corners of its area.
        align: of its lines: ``left``, ``centre`` or ``right``.
        asset: SHA-256 of the picture that fills its box (background, product, logo); empty for none.
    """

    element_id: str
    kind: ElementKind
    box: Box
    text: str = ""
    font_px: int = 0
    bold: bool = True
    colour: str = "#000000"
    fill: str = ""
    radius_px: int = 0
    align: str = "left"
    asset: str = ""


@dataclass(frozen=True, slots=True)
class Artwork:
    """A canvas and what stands on it, the lowest first.

    ``made_of`` names its parts by kind (template, background, headline, cta, palette): what a test can credit.
    """

    width_px: int
    height_px: int
    elements: tuple[Element, ...]
    made_of: Mapping[str, str] = field(default_factory=dict)

    @property
    def canvas(self) -> Box:
        return Box(0, 0, self.width_px, self.height_px)

    def of_kind(self, kind: ElementKind) -> tuple[Element, ...]:
        """Its elements of one kind, the lowest first."""
        return tuple(element for element in self.elements if element.kind is kind)
