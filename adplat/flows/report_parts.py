"""What reports stand on, opened together for one viewer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from adplat.domain import Campaign
from adplat.flows.report_auctions import Auctions
from adplat.flows.report_breakdown import BreakdownParts


@dataclass(frozen=True, slots=True)
class ReportParts:
    """``breakdown.report`` answers plain reports too; ``by`` is who asks, ``bundle_id`` what is live.

    ``attributes`` names what may be asked of users.
    ``auctions`` reads the lake, which has no viewers: it is asked for campaigns that ``campaigns`` gave.
    """

    breakdown: BreakdownParts
    campaigns: Callable[[], Sequence[Campaign]]
    auctions: Auctions
    by: str
    bundle_id: str
    attributes: Callable[[], Sequence[str]] = list
