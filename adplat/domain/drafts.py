"""What generation brings: Draft, its words and how it was made; and the two sockets for models.

A draft is born ``held``. Generation cannot release it: only a person's word (or a policy that a person wrote) does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from adplat.domain.artwork import Artwork, Box
from adplat.domain.briefs import Brief
from adplat.domain.placement_rules import TextLimit


@dataclass(frozen=True, slots=True)
class Making:
    """How a part came to be, enough to make it again.

    Args:
        by: which copywriter or painter, such as ``template``, ``procedural``, ``diffusers``.
        model: id or folder of the weights, with their hash; empty where none took part.
        licence: of the weights; empty where none took part.
        wholly_generated: no pixel or word of it was given by a person.
    """

    by: str
    seed: int
    model: str = ""
    licence: str = ""
    prompt: str = ""
    wholly_generated: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words of a draft, and the facts that they rest on; none where they claim nothing (``Shop now``)."""

    part: str
    text: str
    language: str
    fact_ids: tuple[str, ...]
    making: Making


@dataclass(frozen=True, slots=True)
class DraftCopy:
    """The words of one draft, by part (``headline``, ``body``, ``cta``)."""

    language: str
    sentences: tuple[Sentence, ...]

    def part(self, name: str) -> str:
        """The words of a part; empty where it has none."""
        return next((sentence.text for sentence in self.sentences if sentence.part == name), "")


@dataclass(frozen=True, slots=True)
class Draft:
    """One held creative at one placement.

    Args:
        draft_id: follows from what it is made of, so that the same brief, seed and models make the same id.
        file_sha256: of the delivered bytes, signed; empty before.
        pixels_sha256: of the bytes before signing, which are the same for the same brief, seed and models.
        parents: drafts or creatives that it was made from.
        p_click: what the bundle expects for the brief's segment: low, middle, high of its 80 % interval; ``None``
            without a bundle.
        nearest: creatives already known that are most like it, the nearest first.
        lowered_by: what, as far as can be said, lowers it (contrast, clutter), as sentences.
    """

    draft_id: str
    brief_id: str
    placement_id: str
    copy: DraftCopy
    artwork: Artwork | None
    makings: tuple[Making, ...]
    file_sha256: str = ""
    pixels_sha256: str = ""
    media_type: str = ""
    parents: tuple[str, ...] = ()
    bundle_id: str = ""
    p_click: tuple[float, float, float] | None = None
    nearest: tuple[str, ...] = ()
    lowered_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaintOrder:
    """A background to paint.

    Args:
        style: one of the painter's words, such as ``studio`` or ``gradient``; it is the element id that tests credit.
        palette: colours as ``#rrggbb``, the leading one first.
        keep: where the product will stand; it is painted round it.
        product_png: the product with alpha, already at its size; painters that see it make the ground fit it.
    """

    width_px: int
    height_px: int
    style: str
    palette: tuple[str, ...]
    keep: Box
    seed: int
    prompt: str = ""
    product_png: bytes = b""


class BackgroundPainter(Protocol):
    """Paints grounds; never letters, logos or the product. The same order gives the same pixels."""

    @property
    def styles(self) -> tuple[str, ...]:
        """The words it knows for ``PaintOrder.style``."""
        ...

    def paint(self, order: PaintOrder) -> tuple[bytes, Making]:
        """A PNG without alpha of the ordered size, and how it was made. Raises ConfigRejected, MissingInput."""
        ...


class Copywriter(Protocol):
    """Drafts sentences for one part of the copy in one language; each rests on facts of the brief."""

    def write(self, brief: Brief, limit: TextLimit, language: str, wanted: int, seed: int) -> tuple[Sentence, ...]:
        """Up to ``wanted`` sentences, the best first, perhaps none; each has passed the copywriter's own checks."""
        ...
