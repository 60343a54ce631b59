"""A campaign as it stands in the catalogue, or in a form, becomes the plan that a forecast is made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from adplat.domain import Campaign, ConfigRejected
from adplat.forecast import CampaignPlan, NewCreative, check_plan
from adplat.market import time_zone_named

OPEN_FLIGHT_DAYS = 28
MOST_CREATIVES = 50


def plan_of_campaign(
    campaign: Campaign, currency: str, creatives: Sequence[str], now: datetime, *, headline: str = ""
) -> CampaignPlan:
    """Whole days of the campaign's time zone, from today on where it runs already.

    A flight without an end is forecast over OPEN_FLIGHT_DAYS. Without ``creatives`` (ids that the log's catalogue
    knows) one is planned that nobody has seen, with ``headline`` or the campaign's name. Raises ConfigRejected for what
    cannot be forecast: no budget, a flight that is over or too long.
    """
    zone = time_zone_named(campaign.time_zone, "time_zone")
    today = now.astimezone(zone).date()
    start = max(campaign.flight.start.astimezone(zone).date(), today)
    if campaign.flight.end is None:
        end = start + timedelta(days=OPEN_FLIGHT_DAYS - 1)
    else:
        end = (campaign.flight.end - timedelta(microseconds=1)).astimezone(zone).date()
        if campaign.flight.end <= now.astimezone(UTC):
            raise ConfigRejected("its flight is over", where="flight_end", hint="let it end later")
    daily, total = campaign.budget.daily, campaign.budget.total
    plan = CampaignPlan(
        name=campaign.name,
        start=start,
        end=end,
        bid=campaign.bid_strategy,
        daily_budget_micros=None if daily is None else daily.amount_micros,
        total_budget_micros=None if total is None else total.amount_micros,
        currency=currency,
        time_zone=campaign.time_zone,
        targeting=campaign.targeting,
        frequency_caps=list(campaign.frequency_caps),
        advertiser_id=campaign.advertiser_id,
        creatives=list(creatives[:MOST_CREATIVES]),
        new_creatives=[] if creatives else [NewCreative(headline or campaign.name)],
        campaign_id=campaign.campaign_id,
    )
    check_plan(plan, where="campaign")
    return plan
