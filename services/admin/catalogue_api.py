"""``/v1/advertisers``, ``/v1/campaigns``, ``/v1/ads``."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from adplat.domain import Ad, Advertiser, Campaign, Right
from adplat.flows.copy_campaign import change_statuses, copy_campaign
from adplat.flows.describe_catalogue import ad_document, advertiser_document, campaign_document
from adplat.flows.edit_campaigns import change_campaign, create_ad, create_advertiser, create_campaign
from services.admin.asking import Asking
from services.admin.campaign_bodies import campaign_of, changed
from services.admin.catalogue_schemas import (
    AdIn,
    AdOut,
    AdvertiserIn,
    AdvertiserOut,
    CampaignChanges,
    CampaignIn,
    CampaignOut,
)
from services.admin.etags import IdempotencyKey, IfMatch, require_match, tagged
from services.admin.lists import Listed, page_document
from services.admin.problems import responses
from services.admin.schemas import PageOut
from services.admin.step_bodies import CopyIn, StepsIn, StepsOut

router = APIRouter(prefix="/v1", tags=["catalogue"])


@router.get("/advertisers", responses=responses(), response_model=PageOut[AdvertiserOut])
def list_advertisers(asker: Asking, wanted: Listed) -> dict[str, Any]:
    """Who pays."""
    return page_document(asker.may(Right.SEE_CATALOGUE).edits.advertiser_page(wanted), advertiser_document)


@router.post("/advertisers", status_code=201, responses=responses(), response_model=AdvertiserOut)
def add_advertiser(body: AdvertiserIn, asker: Asking, response: Response, key: IdempotencyKey = "") -> dict[str, Any]:
    """Somebody else who pays."""
    parts = asker.may(Right.EDIT_ADVERTISERS)
    made = create_advertiser(parts, Advertiser("", body.name, body.currency, body.domain), key)
    return tagged(response, advertiser_document(made))


@router.get("/advertisers/{advertiser_id}", responses=responses(404), response_model=AdvertiserOut)
def read_advertiser(advertiser_id: str, asker: Asking, response: Response) -> dict[str, Any]:
    """One of them."""
    return tagged(response, advertiser_document(asker.may(Right.SEE_CATALOGUE).edits.advertiser(advertiser_id)))


@router.get("/campaigns", responses=responses(), response_model=PageOut[CampaignOut])
def list_campaigns(asker: Asking, wanted: Listed) -> dict[str, Any]:
    """What advertisers buy."""
    return page_document(asker.may(Right.SEE_CATALOGUE).catalogue.campaign_page(wanted), campaign_document)


@router.post("/campaigns", status_code=201, responses=responses(404), response_model=CampaignOut)
def add_campaign(body: CampaignIn, asker: Asking, response: Response, key: IdempotencyKey = "") -> dict[str, Any]:
    """A draft; its status is changed afterwards."""
    parts = asker.may(Right.EDIT_CAMPAIGNS)
    wanted = campaign_of(body, parts.edits.advertiser(body.advertiser_id).currency)
    return tagged(response, campaign_document(create_campaign(parts, wanted, key)))


@router.get("/campaigns/{campaign_id}", responses=responses(404), response_model=CampaignOut)
def read_campaign(campaign_id: str, asker: Asking, response: Response) -> dict[str, Any]:
    """One of them."""
    return tagged(response, campaign_document(asker.may(Right.SEE_CATALOGUE).edits.campaign(campaign_id)))


@router.patch("/campaigns/{campaign_id}", responses=responses(404, 412, 428), response_model=CampaignOut)
def edit_campaign(
    campaign_id: str, body: CampaignChanges, asker: Asking, response: Response, match: IfMatch = ""
) -> dict[str, Any]:
    """Status, budget, flight, targeting, bid strategy, caps; only what is named, and only as it was seen."""
    parts = asker.may(Right.EDIT_CAMPAIGNS)
    currency = parts.edits.advertiser(parts.edits.campaign(campaign_id).advertiser_id).currency

    def step(before: Campaign) -> Campaign:
        require_match(match, campaign_document(before))
        return changed(before, body, currency)

    return tagged(response, campaign_document(change_campaign(parts, campaign_id, step)))


@router.post("/campaigns/status", responses=responses(404), response_model=StepsOut)
def change_many(body: StepsIn, asker: Asking) -> dict[str, Any]:
    """One step for many: one that may not take it stays as it was, and ``problem`` says why."""
    parts = asker.may(Right.EDIT_CAMPAIGNS)
    steps = change_statuses(parts, body.campaign_ids, body.status)
    return {"items": [{"campaign_id": one.campaign_id, "problem": one.why and one.why.what} for one in steps]}


@router.post("/campaigns/{campaign_id}/copy", status_code=201, responses=responses(404), response_model=CampaignOut)
def copy(campaign_id: str, body: CopyIn, asker: Asking, response: Response, key: IdempotencyKey = "") -> dict[str, Any]:
    """A draft with the same terms and ads, without their creatives."""
    parts = asker.may(Right.EDIT_CAMPAIGNS)
    return tagged(response, campaign_document(copy_campaign(parts, campaign_id, body.name, key)))


@router.get("/ads", responses=responses(), response_model=PageOut[AdOut])
def list_ads(asker: Asking, wanted: Listed) -> dict[str, Any]:
    """What is advertised inside campaigns."""
    return page_document(asker.may(Right.SEE_CATALOGUE).edits.ad_page(wanted), ad_document)


@router.post("/ads", status_code=201, responses=responses(404), response_model=AdOut)
def add_ad(body: AdIn, asker: Asking, response: Response, key: IdempotencyKey = "") -> dict[str, Any]:
    """One thing more, and where a click leads."""
    parts = asker.may(Right.EDIT_CAMPAIGNS)
    return tagged(response, ad_document(create_ad(parts, Ad("", body.campaign_id, body.name, body.landing_url), key)))


@router.get("/ads/{ad_id}", responses=responses(404), response_model=AdOut)
def read_ad(ad_id: str, asker: Asking, response: Response) -> dict[str, Any]:
    """One of them."""
    return tagged(response, ad_document(asker.may(Right.SEE_CATALOGUE).edits.ad(ad_id)))
