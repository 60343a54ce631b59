"""Bids as a bid response; whoever does not bid answers HTTP 204 and sends nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adplat.domain import AdFormat, ConfigRejected, Copy, NativeForm, Size
from adplat.openrtb.markup import banner_markup, native_markup, web_address
from adplat.openrtb.prices import cpm_of_micros
from adplat.openrtb.responses import Bid, BidResponse, SeatBid, encode_response

_MARKUP_TYPES = {AdFormat.BANNER: 1, AdFormat.NATIVE: 4}  # 4.2.3, mtype

# Rules of thumb of section 7.2 for how long an ad may wait to be shown.
_WEB_S, _APP_BANNER_S, _APP_NATIVE_S, _LONGEST_S = 60, 300, 600, 1800


@dataclass(frozen=True, slots=True)
class PlacedBid:
    """One bid of ours, with all that the seller must know of the ad.

    Args:
        price_micros: for one impression.
        size: of the picture, in device-independent pixels.
        language: ISO 639-1; empty is not told.
        click_url: leads to ``landing_url`` by way of us; empty leads there directly.
        native: what the slot asked for; needed when ``format`` is native.
    """

    slot_id: str
    decision_id: str
    price_micros: int
    currency: str
    creative_id: str
    campaign_id: str
    ad_id: str
    advertiser_domain: str
    size: Size
    image_url: str
    landing_url: str
    headline: str
    expires_s: int
    format: AdFormat = AdFormat.BANNER
    native: NativeForm | None = None
    body: str = ""
    cta: str = ""
    language: str = ""
    seat: str = ""
    deal_id: str = ""
    content_categories: tuple[str, ...] = ()
    taxonomy: int = 1
    attributes: tuple[int, ...] = ()
    win_url: str = ""
    billing_url: str = ""
    loss_url: str = ""
    impression_url: str = ""
    click_url: str = ""


def patience_s(ad_format: AdFormat, *, in_app: bool, seller_expires_s: int | None) -> int:
    """How long we wait for the showing: the rule of thumb, or what the seller announced up to half an hour."""
    usual_s = _WEB_S if not in_app else _APP_NATIVE_S if ad_format is AdFormat.NATIVE else _APP_BANNER_S
    return min(max(usual_s, seller_expires_s or 0), _LONGEST_S)


def answer(request_id: str, bids: Sequence[PlacedBid], *, response_id: str = "", click_macro: str = "") -> bytes:
    """``bids`` as JSON, grouped by seat in the order they came.

    Args:
        response_id: comes back as ``${AUCTION_BID_ID}``.
        click_macro: the exchange's own macro before the address of a click, if it has one.

    Raises:
        ConfigRejected: no bids, or several currencies; a price of nothing, an advertiser without domain, an address
            that is none, a native ad that lacks what the slot requires.
    """
    currencies = {bid.currency for bid in bids}
    if len(currencies) != 1:
        raise ConfigRejected(
            f"a response of {len(bids)} bids in {len(currencies)} currencies",
            where=request_id,
            hint="bid in one currency, and answer 204 where there is no bid",
        )
    by_seat: dict[str, list[Bid]] = {}
    for bid in bids:
        by_seat.setdefault(bid.seat, []).append(_bid(bid, click_macro))
    return encode_response(
        BidResponse(
            id=request_id,
            bidid=response_id or None,
            cur=currencies.pop(),
            seatbid=tuple(SeatBid(bid=tuple(placed), seat=seat or None) for seat, placed in by_seat.items()),
        )
    )


def _bid(bid: PlacedBid, click_macro: str) -> Bid:
    if bid.price_micros <= 0:
        raise ConfigRejected("a bid of nothing", where=bid.decision_id, hint="bid more than 0, or not at all")
    if not bid.advertiser_domain:
        raise ConfigRejected(
            "an advertiser has no domain",
            where=bid.decision_id,
            hint="sellers block by domain: give the advertiser one",
        )
    return Bid(
        id=bid.decision_id,
        impid=bid.slot_id,
        price=cpm_of_micros(bid.price_micros),
        adid=bid.ad_id,
        adm=_markup(bid, click_macro),
        adomain=(bid.advertiser_domain,),
        iurl=web_address(bid.image_url, f"{bid.decision_id}.image_url"),
        cid=bid.campaign_id,
        crid=bid.creative_id,
        cat=bid.content_categories,
        cattax=bid.taxonomy,
        attr=bid.attributes,
        language=bid.language or None,
        w=bid.size.width_px,
        h=bid.size.height_px,
        exp=bid.expires_s,
        mtype=_MARKUP_TYPES[bid.format],
        dealid=bid.deal_id or None,
        nurl=bid.win_url or None,
        burl=bid.billing_url or None,
        lurl=bid.loss_url or None,
    )


def _markup(bid: PlacedBid, click_macro: str) -> str:
    image_url = web_address(bid.image_url, f"{bid.decision_id}.image_url")
    click_url = bid.click_url or web_address(bid.landing_url, f"{bid.decision_id}.landing_url")
    if bid.format is AdFormat.BANNER:
        return banner_markup(
            image_url=image_url,
            size=bid.size,
            headline=bid.headline,
            click_url=click_url,
            impression_url=bid.impression_url,
            click_macro=click_macro,
        )
    if bid.native is None:
        raise ConfigRejected(
            "a native bid without what the slot asked for", where=bid.decision_id, hint="pass its form"
        )
    return native_markup(
        bid.native,
        Copy(bid.headline, bid.body, bid.cta),
        image_url=image_url,
        image_size=bid.size,
        advertiser_domain=bid.advertiser_domain,
        click_url=click_url,
        impression_url=bid.impression_url,
    )
