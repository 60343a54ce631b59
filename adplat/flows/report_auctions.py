"""Win rates of a report: bids and wins stand in the lake alone, and are laid beside what SQL has counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from adplat.data import AuctionCount
from adplat.domain import ConfigRejected, Dimension, Report

Auctions = Callable[[Sequence[str], date, date], Sequence[AuctionCount]]
_KNOWN = (Dimension.DAY, Dimension.CAMPAIGN, Dimension.PLACEMENT)


def with_auctions(report: Report, auctions: Auctions, campaign_ids: Sequence[str]) -> Report:
    """The report with bids and wins in each row and total; ``campaign_ids`` are those that the viewer sees.

    A row that won nothing, and so has no row in SQL, is not added. Raises ConfigRejected where the lake cannot tell it
    apart: by hour, advertiser or creative, in another zone than UTC, with filters, or over more than one currency.
    """
    question = report.question
    if question.time_zone != "UTC" or question.conditions or not set(question.dimensions) <= set(_KNOWN):
        raise ConfigRejected(
            "win rates are told by day of UTC, campaign and placement, without filters",
            where="metrics",
            hint="leave win_rate out, or ask so",
        )
    if len(report.totals) > 1:
        raise ConfigRejected("win rates over several currencies", where="metrics", hint="ask for one advertiser")
    told: dict[tuple[str, ...], tuple[int, int]] = {}
    for one in auctions(campaign_ids, question.since, question.until):
        of = {
            Dimension.DAY: one.day.isoformat(),
            Dimension.CAMPAIGN: one.campaign_id,
            Dimension.PLACEMENT: one.placement,
        }
        keys = tuple(of[name] for name in question.dimensions)
        bids, wins = told.get(keys, (0, 0))
        told[keys] = (bids + one.bids, wins + one.wins)
    rows = []
    for row in report.rows:
        bids, wins = told.get(row.keys, (0, 0))
        rows.append(replace(row, sums=replace(row.sums, bids=bids, wins=wins)))
    bids, wins = (sum(counted[place] for counted in told.values()) for place in (0, 1))
    totals = {currency: replace(sums, bids=bids, wins=wins) for currency, sums in report.totals.items()}
    return replace(report, rows=tuple(rows), totals=totals)
