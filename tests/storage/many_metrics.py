"""A database with many rows of hourly metrics, and how long reports over it take.

``python -m tests.storage.many_metrics URL [ROWS]``: 50 advertisers with 20 campaigns each, 10 creatives a campaign; a
creative stands in one placement, every third in two; each is shown in every hour. What the rows hold is arithmetic.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import text

from adplat.domain import Advertiser, Dimension, ReportQuestion, Role, Viewer, condition_from
from adplat.storage import (
    Database,
    SqlCatalogue,
    SqlReports,
    keep_zone,
    kept_zones,
    open_database,
    seen_by,
    upgrade_database,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
ADVERTISERS, CAMPAIGNS, CREATIVES = 50, 1000, 10_000
ROWS_AN_HOUR = CREATIVES + CREATIVES // 3
ZONES = ("UTC", "Asia/Shanghai")
# Made anew at the end: an index that grows at random places is filled ten times slower than it is made.
INDEXES = {
    "ix_hourly_metrics_creative_id": "creative_id",
    "ix_hourly_metrics_campaign_id": "campaign_id, hour",
    "ix_hourly_metrics_advertiser_id": "advertiser_id, hour",
}


# Creative i is of campaign i / 10, that of advertiser i / 200; the last of the rows are second placements.
_INSERT = f"""
{{series}}, c(i, second) AS (
    SELECT CASE WHEN i < {CREATIVES} THEN i ELSE (i - {CREATIVES}) * 3 END, CASE WHEN i < {CREATIVES} THEN 0 ELSE 1 END
    FROM n
), ids(i, second, advertiser, campaign, creative) AS (
    SELECT i, second, {{pad_advertiser}}, {{pad_campaign}}, {{pad_creative}} FROM c
)
INSERT INTO hourly_metrics (hour, advertiser_id, campaign_id, creative_id, placement, impressions, clicks, conversions,
    expected_clicks, spend_micros, value_micros)
SELECT '{{moment}}', 'adv' || advertiser, 'campaign' || campaign, 'creative' || creative,
    'placement' || ((i + second) % 4), 20 + (i * 7 + {{hour}} * 13) % 180, (i + {{hour}}) % 5, (i + {{hour}}) % 37 / 36,
    2.0, 1000 * ((i * 11 + {{hour}}) % 900), 5000
FROM ids
"""  # noqa: S608 - numbers of ours
_SQLITE = {
    "series": f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {ROWS_AN_HOUR})",  # noqa: S608
    "pad_advertiser": "printf('%03d', i / 200)",
    "pad_campaign": "printf('%05d', i / 10)",
    "pad_creative": "printf('%05d', i)",
}
_POSTGRES = {
    "series": f"WITH n(i) AS (SELECT generate_series(0, {ROWS_AN_HOUR - 1}))",
    "pad_advertiser": "lpad((i / 200)::text, 3, '0')",
    "pad_campaign": "lpad((i / 10)::text, 5, '0')",
    "pad_creative": "lpad(i::text, 5, '0')",
}


def fill(url: str, rows: int) -> None:
    """At least so many rows, and the days of ZONES."""
    upgrade_database(url)
    database = open_database(url)
    owners = [Advertiser(f"adv{one:03d}", f"Advertiser {one}", "CNY") for one in range(ADVERTISERS)]
    SqlCatalogue(database).save(owners, [], [], [])
    hours = -(-rows // ROWS_AN_HOUR)
    is_sqlite = url.startswith("sqlite")
    with database.write() as connection:
        connection.execute(text("DELETE FROM report_zones"))
        connection.execute(text("DELETE FROM daily_metrics"))
        for index in INDEXES:
            connection.execute(text(f"DROP INDEX {index}"))
    dialect = _SQLITE if is_sqlite else _POSTGRES
    for hour in range(hours):
        moment = START + timedelta(hours=hour)
        told = f"{moment:%Y-%m-%d %H:%M:%S}.000000" if is_sqlite else f"{moment:%Y-%m-%d %H:%M:%S}+00"
        with database.write() as connection:
            connection.execute(text(_INSERT.format(moment=told, hour=hour, **dialect)))
        if hour % 100 == 99:
            sys.stderr.write(f"{hour + 1} of {hours} hours\n")
    with database.write() as connection:
        for index, columns in INDEXES.items():
            connection.execute(text(f"CREATE INDEX {index} ON hourly_metrics ({columns})"))
    for zone in ZONES:
        keep_zone(database, zone)
    with database.write() as connection:
        connection.execute(text("ANALYZE"))
    assert kept_zones(database) == sorted(ZONES)


def questions(database: Database, days: int) -> dict[str, Callable[[], object]]:
    """What people ask, by name: of staff for all, of an advertiser (2 % of the rows), of one campaign."""
    since = START.date() + timedelta(days=1)
    until = since + timedelta(days=days)
    day, hour, campaign = Dimension.DAY, Dimension.HOUR, Dimension.CAMPAIGN
    creative, placement, advertiser = Dimension.CREATIVE, Dimension.PLACEMENT, Dimension.ADVERTISER
    staff = SqlReports(database)
    own = SqlReports(seen_by(database, Viewer("li", Role.ADVERTISER, frozenset({"adv007"}))))

    def ask(
        store: SqlReports, by: tuple[Dimension, ...], zone: str = "Asia/Shanghai", end: date = until, where: str = ""
    ) -> Callable[[], object]:
        conditions = (condition_from(where),) if where else ()
        return lambda: store.report(ReportQuestion(since, end, by, zone, conditions))

    one, few = "campaign=campaign00140", since + timedelta(days=3)
    return {
        "staff: day": ask(staff, (day,)),
        "staff: advertiser": ask(staff, (advertiser,)),
        "staff: day x campaign": ask(staff, (day, campaign)),
        "staff: campaign x placement": ask(staff, (campaign, placement)),
        "staff: creative": ask(staff, (creative,)),
        "staff: 7 days, day x campaign": ask(staff, (day, campaign), end=since + timedelta(days=7)),
        "staff: 3 days, hour x advertiser": ask(staff, (hour, advertiser), end=few),
        "staff: 3 days, day x campaign, zone not kept": ask(staff, (day, campaign), "America/New_York", few),
        "advertiser: day": ask(own, (day,)),
        "advertiser: day x campaign x creative x placement": ask(own, (day, campaign, creative, placement)),
        "advertiser: 7 days, hour x campaign": ask(own, (hour, campaign), end=since + timedelta(days=7)),
        "campaign: day x creative x placement": ask(own, (day, creative, placement), where=one),
        "campaign: hour x creative": ask(own, (hour, creative), where=one),
        "campaign: day x creative, zone not kept": ask(own, (day, creative), "America/New_York", where=one),
    }


def measure(url: str, days: int, tries: int = 5) -> None:
    """Print the median and the longest of some tries, and what this process computed in them (SQLite: all of it)."""
    database = open_database(url)
    for name, ask in questions(database, days).items():
        took = []
        computing = time.process_time()
        for _ in range(tries):
            begun = time.perf_counter()
            report = ask()
            took.append((time.perf_counter() - begun) * 1000)
        computed_ms = (time.process_time() - computing) * 1000 / tries
        rows = len(report.rows)  # type: ignore[attr-defined]
        told = f"{name:52} {rows:6} rows  computing {computed_ms:6.0f} ms"
        sys.stdout.write(f"{told}  median {statistics.median(took):6.0f} ms  max {max(took):6.0f} ms\n")
        sys.stdout.flush()


if __name__ == "__main__":
    where, rows = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0
    if rows:
        fill(where, rows)
    measure(where, 28)
