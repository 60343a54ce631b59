"""Delivery of campaigns and standings of creatives as documents; money in micros of the advertiser's currency."""

from __future__ import annotations

from typing import Any

from adplat.flows.report_delivery import CampaignDelivery, CreativeStanding

DELIVERY_FIELDS = (
    "booked_micros",
    "spent_micros",
    "spent_share",
    "expected_micros",
    "ahead_micros",
    "projected_micros",
)


def delivery_document(one: CampaignDelivery) -> dict[str, Any]:
    """One campaign: booked, spent, expected by now, projected."""
    told: dict[str, Any] = {"campaign": one.campaign.campaign_id, "status": one.campaign.status.value}
    return told | {name: getattr(one.delivery, name) for name in DELIVERY_FIELDS}


def standing_document(one: CreativeStanding) -> dict[str, Any]:
    """One creative beside the others of its campaign."""
    return {
        "creative": one.creative_id,
        "impressions": one.sums.impressions,
        "clicks": one.sums.clicks,
        "ctr": None if one.ctr is None else one.ctr.value,
        "ctr_interval": None if one.ctr is None else [one.ctr.low, one.ctr.high],
        "probability_of_best": one.probability_of_best,
        "fatigue": None if one.fatigue is None else [one.fatigue.low, one.fatigue.high],
        "is_tired": one.is_tired,
        "expected_loss": one.expected_loss,
        "traffic_share": one.traffic_share,
        "expected_ctr": one.expected_ctr,
    }
