"""One ``imp`` as a slot, or nothing where it offers no place that we could fill.

Left out are: video and audio, a showing sold as several impressions (``qty``; our prices are for one), a banner that
takes no picture with a link (``btype`` 2), a size of which half is told, a native ad that needs parts we never have.
"""

from __future__ import annotations

from decimal import Decimal

from adplat.domain import AdFormat, AuctionKind, Deal, Money, Size, Slot
from adplat.openrtb.imps import Banner, DealTerms, Format, Imp
from adplat.openrtb.native_requests import native_form_of
from adplat.openrtb.prices import floor_of

_PICTURE_WITH_LINK = 2  # 3.2.6: XHTML banner ad
_FIRST_PRICE, _SECOND_PRICE, _AGREED_PRICE = 1, 2, 3
_ONE = Decimal(1)


def slot_of(imp: Imp, path: str, placement: str) -> Slot | None:
    """The slot at ``path``; ``placement`` is its name where the seller gave it none.

    Raises:
        TableRejected: a price or currency that is none, or a native request that is no JSON.
    """
    floor = floor_of(imp.bidfloor, imp.bidfloorcur, path)
    deals = _deals_of(imp, floor, path)
    if imp.qty is not None and imp.qty.multiplier not in (None, _ONE):
        return None
    sizes = None if imp.banner is None else _sizes_of(imp.banner)
    native = None if imp.native is None else native_form_of(imp.native, f"{path}.native")
    formats = {AdFormat.BANNER} if sizes is not None else set()
    if native is not None:
        formats.add(AdFormat.NATIVE)
    if not formats:
        return None
    banner, pmp = imp.banner or Banner(), imp.pmp
    return Slot(
        slot_id=imp.id,
        placement=imp.tagid or (imp.ext and imp.ext.gpid) or placement,
        formats=frozenset(formats),
        sizes=sizes or (),
        floor=floor,
        blocked_attributes=frozenset(banner.battr or ()) | frozenset((imp.native and imp.native.battr) or ()),
        deals=deals,
        is_private=pmp is not None and pmp.private_auction == 1,
        is_secure=flag(imp.secure),
        position=banner.pos or 0,
        expires_s=imp.exp if imp.exp is not None and imp.exp > 0 else None,
        native=native,
    )


def flag(told: int | None) -> bool | None:
    """0 and 1 as the book has them; any other number says nothing."""
    return {0: False, 1: True}.get(told) if told is not None else None


def auction_kind(at: int | None) -> AuctionKind:
    """How the winner pays. Absent is second price (the book's default).

    An exchange's own kind (500 and above) is taken for first price: who is wrong there overpays nothing.
    """
    return AuctionKind.SECOND_PRICE if at in (None, _SECOND_PRICE) else AuctionKind.FIRST_PRICE


def _sizes_of(banner: Banner) -> tuple[Size, ...] | None:
    """Sizes that may stand there, ``()`` for any, ``None`` where no picture with a link may."""
    if _PICTURE_WITH_LINK in (banner.btype or ()):
        return None
    if banner.format:
        # Formats of which none can be used must not open the slot to every size.
        return tuple(dict.fromkeys(size for size in map(_size_of, banner.format) if size is not None)) or None
    width_px, height_px = banner.w or 0, banner.h or 0
    if width_px > 0 and height_px > 0:
        return (Size(width_px, height_px),)
    return None if width_px > 0 or height_px > 0 else ()


def _size_of(told: Format) -> Size | None:
    """The size, or the smallest one of a ratio: where a flexible ad may stand, that one may."""
    if told.w and told.h and told.w > 0 and told.h > 0:
        return Size(told.w, told.h)
    width, height, least = told.wratio or 0, told.hratio or 0, told.wmin or 0
    if width > 0 and height > 0 and least > 0 and (least * height) % width == 0:
        return Size(least, least * height // width)
    return None


def _deals_of(imp: Imp, floor: Money | None, path: str) -> tuple[Deal, ...]:
    told = enumerate((imp.pmp and imp.pmp.deals) or ())
    deals = [_deal_of(terms, floor, f"{path}.pmp.deals[{place}]") for place, terms in told]
    return tuple(deal for deal in deals if deal is not None)


def _deal_of(terms: DealTerms, floor: Money | None, path: str) -> Deal | None:
    """The deal, with the slot's floor where it tells none (7.11); an agreed price that is not told is no deal."""
    # 3.2.12 says that the currency is not inherited from the slot.
    own_floor = floor_of(terms.bidfloor, terms.bidfloorcur, path)
    has_fixed_price = terms.at == _AGREED_PRICE
    if has_fixed_price and own_floor is None:
        return None
    return Deal(
        deal_id=terms.id,
        floor=floor if own_floor is None else own_floor,
        auction=None if terms.at is None or has_fixed_price else auction_kind(terms.at),
        has_fixed_price=has_fixed_price,
        seats=frozenset(terms.wseat or ()),
        advertiser_domains=frozenset(map(domain_of, terms.wadomain or ())),
    )


def domain_of(told: str) -> str:
    """A domain as all of ours are written: lower case, no ``www.`` before it and no dot behind."""
    return told.strip().lower().removeprefix("www.").rstrip(".")
