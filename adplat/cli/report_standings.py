"""Delivery of campaigns and standings of creatives as a person reads them: money in units, rates in per cent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from adplat.cli.output import print_table

if TYPE_CHECKING:
    from adplat.domain import Campaign
    from adplat.flows.report_delivery import CampaignDelivery, CreativeStanding

_NO_MONEY = "no budget"
_PER_CENT = "\u00a0%"


def show_delivery(found: Sequence[CampaignDelivery]) -> None:
    """A line for each campaign; its id stands behind its name, since other commands ask for it."""
    from adplat.domain import MetricUnit
    from adplat.reporting import cell_for_people

    def money(micros: int | None) -> str:
        return cell_for_people(micros, MetricUnit.MICROS)

    currencies = {_currency(one.campaign) for one in found} - {_NO_MONEY}
    columns = (
        *("Campaign", "Status", "Booked", "Spent", "Of booked", "Expected by now", "Ahead"),
        *("Projected", "Projected end"),
    )
    rows = []
    for one in found:
        told = one.delivery
        rows.append(
            (
                f"{one.campaign.name or 'no name'} ({one.campaign.campaign_id})",
                one.campaign.status.value,
                money(told.booked_micros),
                money(told.spent_micros),
                cell_for_people(told.spent_share, MetricUnit.SHARE),
                *map(money, (told.expected_micros, told.ahead_micros, told.projected_micros)),
                None if told.projected_end is None else told.projected_end.date().isoformat(),
                *([_currency(one.campaign)] if len(currencies) > 1 else []),
            )
        )
    names = (*columns, "Money") if len(currencies) > 1 else columns
    title = f"Delivery, money in {currencies.pop()}" if len(currencies) == 1 else "Delivery"
    print_table(title, names, rows, spare=("Projected end", "Expected by now", "Of booked", "Status", "Ahead"))


def show_standings(campaign_id: str, found: Sequence[CreativeStanding]) -> None:
    """A line for each creative, the most likely best first; intervals are of 95 %, that of the latest days of 99 %."""
    from adplat.domain import Interval, MetricUnit
    from adplat.reporting import cell_for_people

    def share(told: float | None) -> str:
        return cell_for_people(told, MetricUnit.SHARE)

    def span(told: Interval | None) -> str | None:
        return None if told is None else f"{share(told.low).rstrip(_PER_CENT)} to {share(told.high)}"

    columns = (
        *("Creative", "Shown", "Of all", "Clicks", "CTR", "CTR, 95 %", "Best with"),
        *("Expected loss", "CTR lately, change", "Tired", "Promised CTR"),
    )
    rows = [
        (
            one.creative_id,
            one.sums.impressions,
            share(one.traffic_share),
            one.sums.clicks,
            share(None if one.ctr is None else one.ctr.value),
            span(one.ctr),
            share(one.probability_of_best),
            share(one.expected_loss),
            span(one.fatigue),
            one.is_tired,
            share(one.expected_ctr),
        )
        for one in found
    ]
    spare = ("Promised CTR", "CTR lately, change", "Expected loss", "Of all", "Clicks")
    print_table(f"Creatives of {campaign_id}", columns, rows, spare=spare)


def _currency(campaign: Campaign) -> str:
    money = campaign.budget.total or campaign.budget.daily
    return _NO_MONEY if money is None else money.currency
