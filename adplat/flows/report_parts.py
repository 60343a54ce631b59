"""What reports stand on, opened together for one viewer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from adplat.domain import Campaign, Dimension, MetricSums
from adplat.flows.report_auctions import Auctions
from adplat.flows.report_breakdown import BreakdownParts


@dataclass(frozen=True, slots=True)
class ReportParts:
    """``breakdown.report`` answers plain reports too; ``by`` is who asks, ``bundle_id`` what is live.

    ``attributes`` names what may be asked of users.
    ``campaign_totals``: all that ever was counted of these campaigns, by id.
    ``names``: what those of these ids are called that there are; of advertisers, campaigns or creatives.
    ``last_counted``: the last day before one with anything counted, of one advertiser or (empty) of all.
    ``auctions`` reads the lake, which has no viewers: it is asked for campaigns that ``campaigns`` gave.
    """

    breakdown: BreakdownParts
    campaigns: Callable[[], Sequence[Campaign]]
    campaign_totals: Callable[[Collection[str]], Mapping[str, MetricSums]]
    names: Callable[[Dimension, set[str]], Mapping[str, str]]
    last_counted: Callable[[date, str], date | None]
    auctions: Auctions
    by: str
    bundle_id: str
    attributes: Callable[[], Sequence[str]] = list
