"""MetricsLedger in SQL: hourly cells, and the stream position that they cover, moved in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from adplat.domain import STREAM_START, ArmStatistics, InternalFault, StreamPosition
from adplat.storage import rows
from adplat.storage.daily_metrics import add_up
from adplat.storage.tables import HourlyMetricRow, StreamCoverageRow
from adplat.storage.transactions import Database
from adplat.storage.upserts import add_rows

READER = "hourly_metrics"
Cell = tuple[datetime, str, str, str, str]


@dataclass(frozen=True, slots=True)
class HourlyMetrics:
    """What happened in one hour (``[hour, hour + 1 h)``, aware UTC) to one creative in one placement."""

    hour: datetime
    advertiser_id: str
    campaign_id: str
    creative_id: str
    placement: str
    statistics: ArmStatistics
    spend_micros: int


@dataclass(frozen=True, slots=True)
class CreativeTotals:
    """One creative's sums over all hours and placements asked for."""

    creative_id: str
    statistics: ArmStatistics
    spend_micros: int


class SqlMetricsLedger:
    """Adds each stretch of the stream exactly once, however many workers try."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def covered_to(self) -> StreamPosition:
        """How far the metrics cover the stream."""
        with self._database.read() as session:
            row = session.get(StreamCoverageRow, READER)
            return STREAM_START if row is None else StreamPosition(row.milliseconds, row.sequence)

    def add(
        self,
        expected: StreamPosition,
        covered_to: StreamPosition,
        cells: Mapping[Cell, ArmStatistics],
        spend_micros: Mapping[Cell, int],
    ) -> bool:
        """Add to cells and move the position; ``False``, and nothing changed, when it is not ``expected``.

        The conditional UPDATE comes first and locks the position's row, so a second worker waits here and then
        finds it moved. Raises InternalFault on a cell whose hour is naive or not a full hour.
        """
        added = [
            _cell_values(cell, cells.get(cell, ArmStatistics()), spend_micros.get(cell, 0))
            for cell in sorted(cells.keys() | spend_micros.keys())
        ]
        move = (
            update(StreamCoverageRow)
            .where(
                StreamCoverageRow.reader == READER,
                StreamCoverageRow.milliseconds == expected.milliseconds,
                StreamCoverageRow.sequence == expected.sequence,
            )
            .values(milliseconds=covered_to.milliseconds, sequence=covered_to.sequence)
        )
        with self._database.write() as connection:
            if connection.execute(move).rowcount != 1:
                return False
            add_rows(connection, HourlyMetricRow, added)
            add_up(connection, added)
        return True

    def hourly_metrics(
        self, *, since: datetime | None = None, until: datetime | None = None, campaign_id: str | None = None
    ) -> list[HourlyMetrics]:
        """Cells with ``since <= hour < until``, ordered by hour and then by ids."""
        wanted = select(HourlyMetricRow)
        if since is not None:
            wanted = wanted.where(HourlyMetricRow.hour >= since)
        if until is not None:
            wanted = wanted.where(HourlyMetricRow.hour < until)
        if campaign_id is not None:
            wanted = wanted.where(HourlyMetricRow.campaign_id == campaign_id)
        with self._database.read() as session:
            found = [
                HourlyMetrics(
                    row.hour,
                    row.advertiser_id,
                    row.campaign_id,
                    row.creative_id,
                    row.placement,
                    rows.statistics_of(row),
                    row.spend_micros,
                )
                for row in session.scalars(wanted)
            ]
        return sorted(found, key=lambda m: (m.hour, m.advertiser_id, m.campaign_id, m.creative_id, m.placement))

    def totals_by_creative(
        self, *, since: datetime | None = None, until: datetime | None = None
    ) -> dict[str, CreativeTotals]:
        """Sums by creative id over cells with ``since <= hour < until``; the database does the adding."""
        cell = HourlyMetricRow
        wanted = select(
            cell.creative_id,
            func.sum(cell.impressions),
            func.sum(cell.clicks),
            func.sum(cell.conversions),
            func.sum(cell.expected_clicks),
            func.sum(cell.value_micros),
            func.sum(cell.spend_micros),
        ).group_by(cell.creative_id)
        if since is not None:
            wanted = wanted.where(cell.hour >= since)
        if until is not None:
            wanted = wanted.where(cell.hour < until)
        with self._database.read() as session:
            return {
                creative_id: CreativeTotals(
                    creative_id,
                    # PostgreSQL sums integers as decimals.
                    ArmStatistics(int(shown), int(clicks), int(conversions), float(expected_clicks), int(value_micros)),
                    int(spent_micros),
                )
                for (
                    creative_id,
                    shown,
                    clicks,
                    conversions,
                    expected_clicks,
                    value_micros,
                    spent_micros,
                ) in session.execute(wanted)
            }


def _cell_values(cell: Cell, statistics: ArmStatistics, spend_micros: int) -> rows.Values:
    hour, advertiser_id, campaign_id, creative_id, placement = cell
    if hour.tzinfo is None or hour.minute or hour.second or hour.microsecond:
        raise InternalFault(
            "a metrics cell is not at a full hour of aware UTC",
            where=hour.isoformat(),
            hint="cut event times to the hour before adding",
        )
    return {
        "hour": hour,
        "advertiser_id": advertiser_id,
        "campaign_id": campaign_id,
        "creative_id": creative_id,
        "placement": placement,
        "impressions": statistics.impressions,
        "clicks": statistics.clicks,
        "conversions": statistics.conversions,
        "expected_clicks": statistics.expected_clicks,
        "spend_micros": spend_micros,
        "value_micros": statistics.value_micros,
    }
