"""What we read of an offered impression (OpenRTB 2.6, sections 3.2.4 to 3.2.12 and 3.2.31)."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import msgspec

from adplat.openrtb.parts import Part


class Format(Part):
    """3.2.10: a size, or a ratio from ``wmin`` on (flex)."""

    w: int | None = None
    h: int | None = None
    wratio: int | None = None
    hratio: int | None = None
    wmin: int | None = None


class Banner(Part):
    """3.2.6. ``btype`` names kinds of markup that are not taken; 2, a picture with a link, is what we make."""

    binding: ClassVar[frozenset[str]] = frozenset({"format", "w", "h", "battr", "btype"})

    format: tuple[Format, ...] | None = None
    w: int | None = None
    h: int | None = None
    pos: int | None = None
    battr: tuple[int, ...] | None = None
    btype: tuple[int, ...] | None = None


class Native(Part):
    """3.2.9. ``request`` is a JSON object, written as a string by the book and as an object by some."""

    binding: ClassVar[frozenset[str]] = frozenset({"battr"})

    request: msgspec.Raw = msgspec.Raw()
    battr: tuple[int, ...] | None = None


class DealTerms(Part):
    """3.2.12."""

    binding: ClassVar[frozenset[str]] = frozenset({"id", "bidfloor", "bidfloorcur", "at", "wseat", "wadomain"})

    id: str
    bidfloor: Decimal | None = None
    bidfloorcur: str | None = None
    at: int | None = None
    wseat: tuple[str, ...] | None = None
    wadomain: tuple[str, ...] | None = None


class Pmp(Part):
    """3.2.11."""

    binding: ClassVar[frozenset[str]] = frozenset({"private_auction", "deals"})

    private_auction: int | None = None
    deals: tuple[DealTerms, ...] | None = None


class Quantity(Part):
    """3.2.31: one showing counted, and charged, as several impressions."""

    binding: ClassVar[frozenset[str]] = frozenset({"multiplier"})

    multiplier: Decimal | None = None


class ImpExtension(Part):
    """``gpid`` is the seller's global name of the placement (a community extension)."""

    gpid: str | None = None


class Imp(Part):
    """3.2.4."""

    binding: ClassVar[frozenset[str]] = frozenset({"id", "bidfloor", "bidfloorcur", "secure", "pmp", "qty"})

    id: str
    banner: Banner | None = None
    native: Native | None = None
    pmp: Pmp | None = None
    tagid: str | None = None
    bidfloor: Decimal | None = None
    bidfloorcur: str | None = None
    secure: int | None = None
    exp: int | None = None
    qty: Quantity | None = None
    ext: ImpExtension | None = None
