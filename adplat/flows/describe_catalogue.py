"""Advertisers, campaigns, ads and creatives as plain data, for HTTP."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from adplat.domain import Ad, Advertiser, Campaign, Creative


def advertiser_document(one: Advertiser) -> dict[str, Any]:
    """One advertiser."""
    return asdict(one)


def campaign_document(one: Campaign) -> dict[str, Any]:
    """One campaign; ``currency`` is that of its budgets, null where it has none."""
    daily, total = one.budget.daily, one.budget.total
    money = daily or total
    return {
        "campaign_id": one.campaign_id,
        "advertiser_id": one.advertiser_id,
        "name": one.name,
        "status": one.status.value,
        "currency": None if money is None else money.currency,
        "daily_budget_micros": None if daily is None else daily.amount_micros,
        "total_budget_micros": None if total is None else total.amount_micros,
        "flight_start": _told(one.flight.start),
        "flight_end": None if one.flight.end is None else _told(one.flight.end),
        "bid_strategy": {
            "kind": one.bid_strategy.kind.value,
            "target_micros": one.bid_strategy.target_micros,
            "target_ratio": one.bid_strategy.target_ratio,
        },
        "targeting": {name: list(values) for name, values in asdict(one.targeting).items()},
        "time_zone": one.time_zone,
        "frequency_caps": [asdict(cap) for cap in one.frequency_caps],
        "attribution": asdict(one.attribution),
    }


def ad_document(one: Ad) -> dict[str, Any]:
    """One ad."""
    return asdict(one)


def creative_document(one: Creative) -> dict[str, Any]:
    """One creative; its picture is asked for by its id, never by its hash."""
    image = one.image
    return {
        "creative_id": one.creative_id,
        "ad_id": one.ad_id,
        "campaign_id": one.campaign_id,
        "advertiser_id": one.advertiser_id,
        "status": one.status.value,
        "headline": one.copy.headline,
        "body": one.copy.body,
        "cta": one.copy.cta,
        "language": one.copy.language,
        "width_px": None if image is None else image.width_px,
        "height_px": None if image is None else image.height_px,
        "has_picture": image is not None,
        "category": one.category,
        "origin": one.provenance.origin,
        "source": one.provenance.source,
        "elements": dict(one.elements),
    }


def _told(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
