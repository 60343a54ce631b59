"""What a person says of a held draft: approved, and so into the catalogue; or rejected. Either way with a reason."""

from __future__ import annotations

import hashlib

from adplat.domain import (
    Ad,
    Comparison,
    Condition,
    ConfigRejected,
    Copy,
    Creative,
    CreativeStatus,
    ImageAsset,
    KeptDraft,
    ListRequest,
    Provenance,
    UnknownReference,
)
from adplat.flows.draft_parts import DraftParts

GENERATED = "generated"


def approve_draft(parts: DraftParts, draft_id: str, reason: str, *, ad_id: str = "") -> KeptDraft:
    """Into the catalogue with it, not shown yet: as a creative of ``ad_id``, or of the one that leads where it leads.

    Raises UnknownReference (the draft, its campaign, the ad), ConfigRejected (decided already, a failed review, no
    reason, an ad of another campaign).
    """
    kept = parts.drafts.find(draft_id)
    ad = _ad_of(parts, kept, ad_id)
    return parts.drafts.approve(draft_id, creative_of(kept, ad), ad, parts.clock.now(), parts.by, reason)


def reject_draft(parts: DraftParts, draft_id: str, reason: str) -> KeptDraft:
    """Raises UnknownReference, ConfigRejected (decided already, no reason)."""
    return parts.drafts.reject(draft_id, parts.clock.now(), parts.by, reason)


def creative_of(kept: KeptDraft, ad: Ad) -> Creative:
    """As the catalogue has it: approved, with the elements that tests can credit; its id is that of the draft."""
    draft, artwork = kept.draft, kept.draft.artwork
    image = None
    if artwork is not None and draft.file_sha256:
        image = ImageAsset(draft.file_sha256, "", artwork.width_px, artwork.height_px)
    product = kept.brief.get("product") or {}
    return Creative(
        creative_id=draft.draft_id,
        ad_id=ad.ad_id,
        campaign_id=kept.campaign_id,
        advertiser_id=kept.advertiser_id,
        status=CreativeStatus.APPROVED,
        copy=Copy(draft.copy.part("headline"), draft.copy.part("body"), draft.copy.part("cta"), draft.copy.language),
        image=image,
        category=str(product.get("category") or ""),
        provenance=Provenance(GENERATED, f"draft {draft.draft_id} of brief {draft.brief_id}"),
        elements={} if artwork is None else dict(artwork.made_of),
    )


def _ad_of(parts: DraftParts, kept: KeptDraft, ad_id: str) -> Ad:
    where = f"draft {kept.draft_id}"
    wanted = Condition("campaign_id", Comparison.IS, (kept.campaign_id,))
    campaign = next(iter(parts.catalogue.campaign_page(ListRequest([wanted])).items), None)
    if campaign is None:
        raise UnknownReference(
            f"its campaign {kept.campaign_id!r} is not in the catalogue",
            where=where,
            hint="deploy a catalogue with the campaign first, or mend campaign_id of the brief",
        )
    if campaign.advertiser_id != kept.advertiser_id:
        raise ConfigRejected(
            f"campaign {campaign.campaign_id} is not of advertiser {kept.advertiser_id}",
            where=where,
            hint="mend advertiser_id or campaign_id of the brief, and draft it anew",
        )
    ads = {one.ad_id: one for one in parts.catalogue.ads(campaign.campaign_id)}
    if ad_id:
        if ad_id not in ads:
            raise UnknownReference(
                f"campaign {campaign.campaign_id} has no ad {ad_id!r}", where=where, hint=f"its ads: {', '.join(ads)}"
            )
        return ads[ad_id]
    landing_url = str(kept.brief.get("landing_url") or "")
    alike = [one for one in ads.values() if not landing_url or one.landing_url == landing_url]
    if alike:
        return alike[0]
    # Of one campaign and address the same ad each time; an ad says where a click leads, so a new address is a new ad.
    named = hashlib.sha256(f"{campaign.campaign_id} {landing_url}".encode()).hexdigest()[:16]
    return Ad(f"drafted-{named}", campaign.campaign_id, f"drafts of brief {kept.draft.brief_id}", landing_url)
