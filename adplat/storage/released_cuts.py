"""ReleasedCuts in SQL: what was told of users by attribute, kept before it is told, and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select

from adplat.domain import CountedUsers, MetricSums, ReleasedCut
from adplat.storage.tables import ReleasedBreakdownRow
from adplat.storage.transactions import Database
from adplat.storage.upserts import keep_rows

_AT_ONCE = 500
_SUMS = ("impressions", "clicks", "conversions", "value_micros", "expected_clicks")


class SqlReleasedCuts:
    """Takes the plain database: what was told to one is told for all, whoever asks and whatever he may change."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def cuts(self, campaign_ids: Sequence[str], since: date, until: date) -> list[ReleasedCut]:
        """Those of these campaigns and days, in the order in which they were told."""
        row, wanted = ReleasedBreakdownRow, sorted(set(campaign_ids))
        found: list[ReleasedCut] = []
        with self._database.read() as session:
            for start in range(0, len(wanted), _AT_ONCE):
                among = row.campaign_id.in_(wanted[start : start + _AT_ONCE])
                days = (row.day >= since.isoformat(), row.day < until.isoformat())
                chosen = select(row).where(among, *days).order_by(row.campaign_id, row.day, row.number)
                found.extend(_cut(one) for one in session.scalars(chosen))
        return found

    def keep(self, cuts: Sequence[ReleasedCut]) -> None:
        """Keep those whose number nobody else took meanwhile; who asks reads again what holds."""
        told = [
            {
                "campaign_id": cut.campaign_id,
                "day": cut.day.isoformat(),
                "number": cut.number,
                "advertiser_id": cut.advertiser_id,
                "attribute": cut.attribute,
                "counted": cut.counted.value,
                "released": cut.released,
                "fingerprint": cut.fingerprint,
                "shown": [[value, *(getattr(sums, name) for name in _SUMS)] for value, sums in cut.shown.items()],
            }
            for cut in cuts
        ]
        with self._database.write() as connection:
            keep_rows(connection, ReleasedBreakdownRow, told)


def _cut(row: ReleasedBreakdownRow) -> ReleasedCut:
    return ReleasedCut(
        row.campaign_id,
        row.advertiser_id,
        date.fromisoformat(row.day),
        row.number,
        row.attribute,
        CountedUsers(row.counted),
        row.released,
        row.fingerprint,
        {told[0]: _sums(told[1:]) for told in row.shown},
    )


def _sums(told: Sequence[Any]) -> MetricSums:
    """Cuts of old counted an impression without a prediction as one that promised nothing."""
    sums = MetricSums(**dict(zip(_SUMS, told, strict=True)))
    return replace(sums, expected_clicks=None) if sums.impressions and not sums.expected_clicks else sums
