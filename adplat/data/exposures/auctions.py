"""Bids and wins of campaigns by UTC day and placement, from the lake: what a win rate is made of.

A bid stands in the lake once its auction's end was told (won, lost or billed); of others nobody knows.
It counts on the day it was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from adplat.data.exposures.duck import Bound, opened
from adplat.data.lake import Lake

_A_DAY_US = 86_400_000_000
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class AuctionCount:
    """How many auctions a campaign bid in, and how many of them it won."""

    day: date
    campaign_id: str
    placement: str
    bids: int
    wins: int


def auction_counts(lake: Lake, campaign_ids: Sequence[str], since: date, until: date) -> list[AuctionCount]:
    """From the day ``since`` to before ``until``, ordered. Raises TableRejected for a damaged file."""
    first, last = (datetime.combine(day, time(0), UTC) for day in (since, until))
    files = lake.files("bids", since=first, until=last)
    if not files or not campaign_ids:
        return []
    bound = Bound()
    day = f"epoch_us(ts) // {_A_DAY_US}"
    with opened(lake.root) as connection:
        found = connection.execute(
            f"SELECT {day}, campaign_id, coalesce(placement, ''), count(*), count(*) FILTER (won)"
            f" FROM {bound.files(files)} WHERE {bound.among('campaign_id', list(campaign_ids))}"
            f" AND {day} >= {bound((since - _EPOCH).days)} AND {day} < {bound((until - _EPOCH).days)}"
            " GROUP BY ALL ORDER BY ALL",
            bound.values,
        ).fetchall()
    return [
        AuctionCount(_EPOCH + timedelta(days=row[0]), str(row[1]), str(row[2]), int(row[3]), int(row[4]))
        for row in found
    ]
