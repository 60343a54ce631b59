"""Our offers as an OpenRTB bid response, and how long we wait for what is shown of them."""

from __future__ import annotations

from dataclasses import replace

from adplat.domain import AdFormat, NoBidReason, Opportunity, Size, Slot
from adplat.flows.bid_book import BidBook
from adplat.flows.decide_bid import BidOutcome, Offer
from adplat.openrtb import PlacedBid, answer, patience_s


def openrtb_answer(opportunity: Opportunity, outcome: BidOutcome, book: BidBook, media_url: str) -> bytes | None:
    """The response; ``None`` where there is no bid. Pictures lie below ``media_url`` by the SHA-256 of their bytes."""
    offers = [offer for offer in outcome.answers.values() if not isinstance(offer, NoBidReason)]
    if not offers:
        return None
    return answer(opportunity.request_id, [_placed(offer, book, media_url) for offer in offers])


def with_patience(opportunity: Opportunity) -> Opportunity:
    """Every slot with the time that a bid on it is good for: the rule of thumb of what it may become, or the seller's.

    A seller that announces a day does not hold an advertiser's money for a day.
    """
    in_app = "app" in opportunity.facts
    slots = [replace(slot, expires_s=_longest_patience_s(slot, in_app=in_app)) for slot in opportunity.slots]
    return replace(opportunity, slots=tuple(slots))


def _longest_patience_s(slot: Slot, *, in_app: bool) -> int:
    return max(patience_s(form, in_app=in_app, seller_expires_s=slot.expires_s) for form in slot.formats)


def _format_for(slot: Slot, size: Size) -> AdFormat:
    """A banner where its size may stand there, else the native form that the slot takes as well."""
    fits = AdFormat.BANNER in slot.formats and (not slot.sizes or size in slot.sizes)
    return AdFormat.BANNER if fits else AdFormat.NATIVE


def _placed(offer: Offer, book: BidBook, media_url: str) -> PlacedBid:
    creative, slot = offer.creative, offer.slot
    image = creative.image
    if image is None:
        raise ValueError(f"creative {creative.creative_id} has no picture to show")
    urls = offer.urls
    return PlacedBid(
        slot_id=slot.slot_id,
        decision_id=offer.decision_id,
        price_micros=offer.price.amount_micros,
        currency=offer.price.currency,
        creative_id=creative.creative_id,
        campaign_id=creative.campaign_id,
        ad_id=creative.ad_id,
        advertiser_domain=book.advertiser_of[creative.advertiser_id].domain,
        size=Size(image.width_px, image.height_px),
        image_url=f"{media_url}/{image.sha256}",
        landing_url=book.landing_urls[creative.ad_id],
        headline=creative.copy.headline,
        expires_s=offer.expires_s,
        format=_format_for(slot, Size(image.width_px, image.height_px)),
        native=slot.native,
        body=creative.copy.body,
        cta=creative.copy.cta,
        language=creative.copy.language,
        seat=creative.advertiser_id,
        deal_id=offer.deal_id,
        content_categories=creative.content_categories,
        attributes=creative.attributes,
        win_url=urls["win"],
        billing_url=urls["billing"],
        loss_url=urls["loss"],
        impression_url=urls["impression"],
        click_url=urls.get("click", ""),
    )
