"""What is reviewed: Subject. Any part may be absent; a rule that needs it then says that it could not look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from adplat.artwork import OpenedPicture
from adplat.domain import Artwork, BrandKit, Brief, Fact, Making, PlacementRules, Product, SpecialCategory

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True, slots=True)
class Words:
    """Copy of one part (``headline``, ``body``, ``cta`` …) as it was handed in."""

    part: str
    text: str
    language: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """One creative at one placement.

    Args:
        opened: the file as it would be delivered, signed.
        artwork, assets: its tree, and the pictures that its elements name, by hash.
        drawn: its pixels before they were encoded; the product is held against these where they are given.
        words: its copy; ``None`` where nobody gave any, empty where it has none.
        facts: the only source of claims; ``None``: not told, so that claims go to a person.
        special_category: what the campaign declares; ``None``: not told.
        makings: how its parts came to be; ``None``: not told.
        whole: whether this is all that would be shown, so that what it lacks is missing and not merely unseen.
    """

    placement: PlacementRules
    opened: OpenedPicture | None = None
    artwork: Artwork | None = None
    assets: Mapping[str, Image] = field(default_factory=dict)
    drawn: Image | None = None
    words: tuple[Words, ...] | None = None
    facts: tuple[Fact, ...] | None = None
    brand: BrandKit | None = None
    product: Product | None = None
    special_category: SpecialCategory | None = None
    makings: tuple[Making, ...] | None = None
    whole: bool = False

    @property
    def picture(self) -> Image | None:
        """Its pixels: those of the delivered file, else those before encoding."""
        return self.opened.picture if self.opened is not None else self.drawn

    @property
    def own_names(self) -> tuple[str, ...]:
        """What the advertiser calls itself and its product; never taken for another brand or for shouting."""
        brand = (self.brand.name,) if self.brand is not None else ()
        product = tuple(self.product.names.values()) if self.product is not None else ()
        return tuple(name for name in (*brand, *product) if name)


def told_by(brief: Brief) -> dict[str, Any]:
    """What a brief tells of a subject, as its arguments."""
    return {
        "facts": brief.facts,
        "brand": brief.brand,
        "product": brief.product,
        "special_category": brief.special_category,
    }
