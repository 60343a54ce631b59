"""Hourly metrics by the million, made inside the database: what benchmarks ask reports over.

Creative ``i`` (``creative00042``) is of campaign ``i / 10`` (``campaign00004``), that of advertiser ``i / 200``
(``adv000``). It stands in one of four placements, every third one in a second, and is shown in every hour. What the
rows hold is arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Index, text

from adplat.domain import Progress
from adplat.storage.daily_metrics import add_up_anew, keep_zone
from adplat.storage.tables import HourlyMetricRow
from adplat.storage.transactions import Database

PLACEMENTS = 4
_AT_ONCE = 24

_CELLS = """
CREATE TEMPORARY TABLE many_cells AS {series}, c(i, second) AS (
    SELECT CASE WHEN i < {creatives} THEN i ELSE (i - {creatives}) * 3 END, CASE WHEN i < {creatives} THEN 0 ELSE 1 END
    FROM n
)
SELECT i, 'adv' || {advertiser} AS advertiser_id, 'campaign' || {campaign} AS campaign_id,
    'creative' || {creative} AS creative_id, 'placement' || ((i + second) % {placements}) AS placement FROM c
"""
_INSERT = """
INSERT INTO hourly_metrics (hour, advertiser_id, campaign_id, creative_id, placement, impressions, clicks, conversions,
    expected_clicks, spend_micros, value_micros)
SELECT '{moment}', advertiser_id, campaign_id, creative_id, placement, 20 + (i * 7 + {number} * 13) % 180,
    (i + {number}) % 5, (i + {number}) % 37 / 36, 2.0, 1000 * ((i * 11 + {number}) % 900), 5000
FROM many_cells ORDER BY advertiser_id, campaign_id, creative_id, placement
"""
_SQLITE = {
    "series": "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {rows})",
    "advertiser": "printf('%03d', i / 200)",
    "campaign": "printf('%05d', i / 10)",
    "creative": "printf('%05d', i)",
}
_POSTGRES = {
    "series": "WITH n(i) AS (SELECT generate_series(0, {rows} - 1))",
    "advertiser": "lpad((i / 200)::text, 3, '0')",
    "campaign": "lpad((i / 10)::text, 5, '0')",
    "creative": "lpad(i::text, 5, '0')",
}


def fill_metrics(
    database: Database, creatives: int, rows: int, until: datetime, zones: Sequence[str], progress: Progress
) -> int:
    """At least so many rows of the hours before ``until``, and the days of these zones; how many rows it made.

    Metrics that are there already are not looked for: to be called on a database that has none.
    """
    an_hour = creatives + creatives // 3
    hours = -(-rows // an_hour)
    # Indexes that grow at random places are filled ten times slower than they are made.
    indexes = [one for one in HourlyMetricRow.__table__.indexes if isinstance(one, Index)]  # type: ignore[attr-defined]
    with database.write() as connection:
        for index in indexes:
            index.drop(connection)
    for first in range(0, hours, _AT_ONCE):
        with database.write() as connection:
            _fill_hours(connection, creatives, until, range(first, min(first + _AT_ONCE, hours)), hours)
        progress(min(first + _AT_ONCE, hours), hours, "hours of metrics")
    with database.write() as connection:
        for index in indexes:
            index.create(connection)
        add_up_anew(connection)
    for zone in zones:
        keep_zone(database, zone, progress)
    with database.write() as connection:
        connection.execute(text("ANALYZE"))
    return hours * an_hour


def _fill_hours(connection: Connection, creatives: int, until: datetime, numbers: range, hours: int) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    words = {
        name: told.format(rows=creatives + creatives // 3)
        for name, told in (_SQLITE if is_sqlite else _POSTGRES).items()
    }
    connection.execute(text(_CELLS.format(creatives=creatives, placements=PLACEMENTS, **words)))
    for number in numbers:
        moment = until - timedelta(hours=hours - number)
        told = f"{moment:%Y-%m-%d %H:%M:%S}.000000" if is_sqlite else f"{moment:%Y-%m-%d %H:%M:%S}+00"
        connection.execute(text(_INSERT.format(moment=told, number=number)))
    connection.execute(text("DROP TABLE many_cells"))
