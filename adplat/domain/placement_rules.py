"""What the owner of a place accepts there: PlacementRules, read from ``configs/placements``.

Every limit says where it was read and when, because they change. Only limits read at their owner's (``owner_sourced``)
may reject; the others warn.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class OnExcess(StrEnum):
    """What becomes of copy that is too long: it is refused, or cut on display."""

    REJECT = "reject"
    TRUNCATE = "truncate"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a limit was read, and when; ``owner_sourced`` when that page is the owner's own."""

    address: str
    checked_on: date
    owner_sourced: bool


@dataclass(frozen=True, slots=True)
class TextLimit:
    """How much copy of one part fits.

    Args:
        part: ``headline``, ``long_headline``, ``body``, ``description`` (a second, smaller line), ``cta``,
            ``business_name``.
        most_width: in display widths: a Latin letter is one, a full-width character two.
        fewest, most: how many of them are asked for and allowed.
        short_width: one of them at least must be no wider; ``None`` where none need be.
    """

    part: str
    most_width: int
    on_excess: OnExcess
    source: Source
    fewest: int = 0
    most: int | None = None
    short_width: int | None = None


@dataclass(frozen=True, slots=True)
class ImageLimit:
    """What picture fits: just ``width_px`` × ``height_px`` where ``exact``, otherwise that ratio within ``tolerance``.

    Args:
        least_width_px, least_height_px: not smaller, where the size is not exact.
        most_bytes: of the file as delivered, signed; ``None``: no limit is known.
        most_text_share: of the picture's area; ``None``: no limit.
        formats: ``jpeg``, ``png``, ``webp`` …, as Pillow calls them, in lower case.
        safe_margin_px: left, top, right, bottom: bands where nothing that matters may stand.
    """

    width_px: int
    height_px: int
    source: Source
    exact: bool = True
    tolerance: float = 0.0
    least_width_px: int = 0
    least_height_px: int = 0
    most_bytes: int | None = None
    most_text_share: float | None = None
    formats: tuple[str, ...] = ("jpeg", "png")
    safe_margin_px: tuple[int, int, int, int] = (0, 0, 0, 0)
    animation: bool = False


@dataclass(frozen=True, slots=True)
class PlacementRules:
    """One place: what picture (``None``: words alone) and what copy fits there, and what its owner bars.

    ``bars`` names editorial habits it refuses besides, such as ``emoji`` or ``braces``.
    """

    placement_id: str
    network: str
    image: ImageLimit | None
    texts: tuple[TextLimit, ...] = ()
    bars: tuple[str, ...] = ()
