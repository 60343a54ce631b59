"""What is laid out: the words of one creative, and what a layout says about where they go."""

from __future__ import annotations

from dataclasses import dataclass

from adplat.domain.artwork import Box
from adplat.domain.drafts import DraftCopy


@dataclass(frozen=True, slots=True)
class Words:
    """All that is written on a creative; empty for what it does not say.

    Args:
        brand: its name, drawn where there is no logo.
        price: as it is to stand there, with its currency.
        disclosure: what the law or the network wants said; never left out.
    """

    headline: str
    cta: str
    brand: str = ""
    body: str = ""
    price: str = ""
    disclosure: str = ""


def words_of(copy: DraftCopy, brand: str = "", price: str = "", disclosure: str = "") -> Words:
    """The words of a drafted copy (its parts ``headline``, ``body``, ``cta``) with what stands beside them."""
    return Words(copy.part("headline"), copy.part("cta"), brand, copy.part("body"), price, disclosure)


@dataclass(frozen=True, slots=True)
class Column:
    """A box that parts are stacked in, from above: ``logo headline body price cta``, and ``offer`` (price and button
    in one row, where they fit).

    Args:
        align: ``left`` or ``centre``, of each part.
        settle: ``top``, ``middle`` or ``bottom``: where the stack stands in the box.
    """

    box: Box
    parts: tuple[str, ...]
    align: str = "left"
    settle: str = "middle"


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where a template puts things on one canvas.

    Args:
        columns: the one with the headline first: it sets the sizes.
        panel: an area below the words; ``None`` without one.
        panel_is_bold: the area has the colour of the button rather than that of paper.
    """

    product: Box
    columns: tuple[Column, ...]
    panel: Box | None = None
    panel_radius_px: int = 0
    panel_is_bold: bool = False
    radius_px: int | None = None  # of the button; None: half its height
