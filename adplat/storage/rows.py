"""Domain objects to rows and back. Encoding refuses what a row could not give back unchanged."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row

from adplat.domain import (
    Ad,
    Advertiser,
    ApiKey,
    ArmStatistics,
    Attribution,
    BidStrategy,
    BidStrategyKind,
    Budget,
    BundleDeployment,
    Caller,
    Campaign,
    CampaignStatus,
    ConfigRejected,
    Copy,
    Creative,
    CreativeStatus,
    DataSpan,
    DeploymentKind,
    Flight,
    FrequencyCap,
    ImageAsset,
    Job,
    JobOrder,
    JobState,
    ModelBundle,
    Money,
    Permission,
    Provenance,
    Targeting,
)
from adplat.storage.tables import (
    AdRow,
    AdvertiserRow,
    ApiKeyRow,
    BundleRow,
    CallerRow,
    CampaignRow,
    CreativeRow,
    DeploymentRow,
    HourlyMetricRow,
    JobRow,
)

Values = dict[str, Any]


def advertiser_values(advertiser: Advertiser) -> Values:
    return asdict(advertiser)


def advertiser_of(row: AdvertiserRow) -> Advertiser:
    return Advertiser(row.advertiser_id, row.name, row.currency, row.domain)


def campaign_values(campaign: Campaign) -> Values:
    """Raises ConfigRejected when the daily and the total budget are in two currencies."""
    budget = campaign.budget
    currencies = {money.currency for money in (budget.daily, budget.total) if money is not None}
    if len(currencies) > 1:
        raise ConfigRejected(
            f"a budget in two currencies ({' and '.join(sorted(currencies))})",
            where=f"campaign {campaign.campaign_id}",
            hint="give the daily and the total budget in one currency",
        )
    return {
        "campaign_id": campaign.campaign_id,
        "advertiser_id": campaign.advertiser_id,
        "name": campaign.name,
        "status": campaign.status.value,
        "budget_currency": next(iter(currencies), ""),
        "daily_budget_micros": None if budget.daily is None else budget.daily.amount_micros,
        "total_budget_micros": None if budget.total is None else budget.total.amount_micros,
        "flight_start": campaign.flight.start,
        "flight_end": campaign.flight.end,
        "bid_kind": campaign.bid_strategy.kind.value,
        "target_micros": campaign.bid_strategy.target_micros,
        "target_ratio": campaign.bid_strategy.target_ratio,
        "targeting": {field: list(values) for field, values in asdict(campaign.targeting).items()},
        "time_zone": campaign.time_zone,
        "frequency_caps": [asdict(cap) for cap in campaign.frequency_caps],
        "attribution_click_s": campaign.attribution.click_s,
        "attribution_view_s": campaign.attribution.view_s,
    }


def campaign_of(row: CampaignRow) -> Campaign:
    def money(amount_micros: int | None) -> Money | None:
        return None if amount_micros is None else Money(amount_micros, row.budget_currency)

    return Campaign(
        campaign_id=row.campaign_id,
        advertiser_id=row.advertiser_id,
        name=row.name,
        status=CampaignStatus(row.status),
        budget=Budget(daily=money(row.daily_budget_micros), total=money(row.total_budget_micros)),
        flight=Flight(row.flight_start, row.flight_end),
        bid_strategy=BidStrategy(BidStrategyKind(row.bid_kind), row.target_micros, row.target_ratio),
        targeting=Targeting(**{field: tuple(values) for field, values in row.targeting.items()}),
        time_zone=row.time_zone,
        frequency_caps=tuple(FrequencyCap(**cap) for cap in row.frequency_caps),
        attribution=Attribution(row.attribution_click_s, row.attribution_view_s),
    )


def ad_values(ad: Ad) -> Values:
    return asdict(ad)


def ad_of(row: AdRow) -> Ad:
    return Ad(row.ad_id, row.campaign_id, row.name, row.landing_url)


def creative_values(creative: Creative) -> Values:
    image = creative.image
    return {
        "creative_id": creative.creative_id,
        "ad_id": creative.ad_id,
        "campaign_id": creative.campaign_id,
        "advertiser_id": creative.advertiser_id,
        "status": creative.status.value,
        **asdict(creative.copy),
        "image_sha256": image.sha256 if image else None,
        "image_path": image.path if image else None,
        "image_width_px": image.width_px if image else None,
        "image_height_px": image.height_px if image else None,
        "category": creative.category,
        **asdict(creative.provenance),
        "content_categories": list(creative.content_categories),
        "attributes": list(creative.attributes),
        "elements": dict(creative.elements),
    }


def creative_of(row: CreativeRow) -> Creative:
    image = None
    if row.image_sha256 is not None:
        image = ImageAsset(row.image_sha256, row.image_path or "", row.image_width_px or 0, row.image_height_px or 0)
    return Creative(
        creative_id=row.creative_id,
        ad_id=row.ad_id,
        campaign_id=row.campaign_id,
        advertiser_id=row.advertiser_id,
        status=CreativeStatus(row.status),
        copy=Copy(row.headline, row.body, row.cta, row.language),
        image=image,
        category=row.category,
        provenance=Provenance(row.origin, row.source),
        content_categories=tuple(row.content_categories),
        attributes=tuple(row.attributes),
        elements=dict(row.elements),
    )


def bundle_values(bundle: ModelBundle) -> Values:
    # JSON knows no NaN (PostgreSQL refuses it), and a measure may be one: an AUC of a single class.
    metrics = {name: value if math.isfinite(value) else str(float(value)) for name, value in bundle.metrics.items()}
    data = bundle.data
    return {
        "bundle_id": bundle.bundle_id,
        "path": bundle.path,
        "schema_digest": bundle.schema_digest,
        "created": bundle.created,
        "metrics": metrics,
        "rows": data.rows,
        "later_rows": data.later_rows,
        "data_since": data.since,
        "data_until": data.until,
        "fingerprint": data.fingerprint,
        "config": dict(bundle.config),
    }


def bundle_of(row: BundleRow) -> ModelBundle:
    return ModelBundle(
        bundle_id=row.bundle_id,
        path=row.path,
        schema_digest=row.schema_digest,
        created=row.created,
        metrics={name: float(value) for name, value in row.metrics.items()},
        data=DataSpan(row.rows, row.later_rows, row.data_since, row.data_until, row.fingerprint),
        config=row.config,
    )


def deployment_values(deployment: BundleDeployment) -> Values:
    return asdict(deployment) | {"kind": deployment.kind.value}


def deployment_of(row: DeploymentRow) -> BundleDeployment:
    return BundleDeployment(
        bundle_id=row.bundle_id,
        at=row.at,
        kind=DeploymentKind(row.kind),
        by=row.by,
        reason=row.reason,
        snapshot_id=row.snapshot_id,
        gates=row.gates,
    )


def statistics_of(row: HourlyMetricRow) -> ArmStatistics:
    return ArmStatistics(
        impressions=row.impressions,
        clicks=row.clicks,
        conversions=row.conversions,
        expected_clicks=row.expected_clicks,
        value_micros=row.value_micros,
    )


def caller_values(caller: Caller) -> Values:
    def listed(names: frozenset[str] | None) -> list[str] | None:
        return None if names is None else sorted(names)

    return {
        "caller_id": caller.caller_id,
        "name": caller.name,
        "permissions": sorted(caller.permissions),
        "advertisers": listed(caller.advertisers),
        "placements": listed(caller.placements),
    }


def caller_of(row: CallerRow) -> Caller:
    return Caller(
        caller_id=row.caller_id,
        name=row.name,
        permissions=frozenset(Permission(one) for one in row.permissions),
        advertisers=None if row.advertisers is None else frozenset(row.advertisers),
        placements=None if row.placements is None else frozenset(row.placements),
    )


def key_values(key: ApiKey) -> Values:
    return asdict(key)


def key_of(row: ApiKeyRow) -> ApiKey:
    return ApiKey(row.key_id, row.caller_id, row.sha256, row.created, row.created_by, row.expires, row.revoked)


def job_values(order: JobOrder) -> Values:
    return {
        "advertiser_id": order.advertiser_id,
        "kind": order.kind,
        "subject": order.subject,
        "payload": dict(order.payload),
        "idempotency_key": order.idempotency_key,
        "run_after": order.run_after,
        "most_attempts": order.most_attempts,
        "created_by": order.by,
    }


def job_of(row: JobRow | Row[Any]) -> Job:
    return Job(
        job_id=row.job_id,
        order=JobOrder(
            kind=row.kind,
            subject=row.subject,
            run_after=row.run_after,
            by=row.created_by,
            payload=row.payload,
            idempotency_key=row.idempotency_key,
            most_attempts=row.most_attempts,
            advertiser_id=row.advertiser_id,
        ),
        created_at=row.created_at,
        state=JobState(row.state),
        attempts=row.attempts,
        progress=row.progress,
        result=row.result,
        error=row.error,
        worker_id=row.worker_id,
        lease_until=row.lease_until,
        heartbeat_at=row.heartbeat_at,
        ended_at=row.ended_at,
    )
