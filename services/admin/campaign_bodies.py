"""Bodies of campaigns to the words of the domain."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from adplat.domain import (
    Attribution,
    BidStrategy,
    Budget,
    Campaign,
    CampaignStatus,
    ConfigRejected,
    Flight,
    FrequencyCap,
    Money,
    Targeting,
)
from services.admin.catalogue_schemas import BidStrategyBody, CampaignChanges, CampaignIn, TargetingBody

_MAY_BE_NULL = {"flight_end", "daily_budget_micros", "total_budget_micros"}


def campaign_of(body: CampaignIn, currency: str) -> Campaign:
    """A draft without an id; ``currency`` is the advertiser's. Raises ConfigRejected."""
    return Campaign(
        campaign_id="",
        advertiser_id=body.advertiser_id,
        name=body.name,
        status=CampaignStatus.DRAFT,
        budget=Budget(_money(body.daily_budget_micros, currency), _money(body.total_budget_micros, currency)),
        flight=Flight(body.flight_start, body.flight_end),
        bid_strategy=_bid(body.bid_strategy),
        targeting=_targeting(body.targeting),
        time_zone=body.time_zone,
        frequency_caps=tuple(FrequencyCap(**cap.model_dump()) for cap in body.frequency_caps),
        attribution=Attribution(**body.attribution.model_dump()),
    )


def changed(before: Campaign, body: CampaignChanges, currency: str) -> Campaign:
    """What is told replaced, the rest as it was. Raises ConfigRejected."""
    told = body.model_fields_set
    for name in sorted(told - _MAY_BE_NULL):
        if getattr(body, name) is None:
            raise ConfigRejected("it cannot be null", where=name, hint="leave it out to keep what is there")
    new: dict[str, Any] = {name: getattr(body, name) for name in ("name", "status", "time_zone") if name in told}
    daily, total = before.budget.daily, before.budget.total
    if "daily_budget_micros" in told:
        daily = _money(body.daily_budget_micros, currency)
    if "total_budget_micros" in told:
        total = _money(body.total_budget_micros, currency)
    flight = before.flight
    start = body.flight_start if body.flight_start is not None else flight.start
    new["flight"] = Flight(start, body.flight_end if "flight_end" in told else flight.end)
    new["budget"] = Budget(daily, total)
    if body.bid_strategy is not None:
        new["bid_strategy"] = _bid(body.bid_strategy)
    if body.targeting is not None:
        new["targeting"] = _targeting(body.targeting)
    if body.frequency_caps is not None:
        new["frequency_caps"] = tuple(FrequencyCap(**cap.model_dump()) for cap in body.frequency_caps)
    if body.attribution is not None:
        new["attribution"] = Attribution(**body.attribution.model_dump())
    return replace(before, **new)


def _money(amount_micros: int | None, currency: str) -> Money | None:
    return None if amount_micros is None else Money(amount_micros, currency)


def _bid(body: BidStrategyBody) -> BidStrategy:
    return BidStrategy(body.kind, body.target_micros, body.target_ratio)


def _targeting(body: TargetingBody) -> Targeting:
    return Targeting(**body.model_dump())
