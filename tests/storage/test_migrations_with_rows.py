"""Every migration goes down and up again over rows in every table, on both databases, and nothing but what a version
does not know is lost."""

from __future__ import annotations

from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import func, insert, inspect, select, text

from adplat import bootstrap
from adplat.domain import AuditChain
from adplat.flows.bench_admin_market import MarketSize, make_market
from adplat.storage import SqlAuditTrail, SqlCatalogue, check_database, downgrade_database, upgrade_database
from adplat.storage.database_urls import database_url
from adplat.storage.migrating import _config
from adplat.storage.tables import Base
from adplat.storage.transactions import Database

from .test_tenancy import values_of

REVISIONS = [one.revision for one in ScriptDirectory.from_config(_config()).walk_revisions()]
"""The newest first."""
SIZE = MarketSize(20, 500, held=2, drafts=2, experiments=2, forecasts=2, jobs=2, audit=30)
# Made anew from the hours, of UTC alone, where a version before them was gone back to.
MADE_ANEW = {"daily_metrics", "campaign_days", "campaign_hours", "placement_days", "report_zones"}


def quiet(done: int, total: int, what: str) -> None:
    """Nobody listens."""


def fill(url: str, folder: Path) -> Database:
    """A small market, and a row in each table that it leaves empty."""
    with bootstrap.admin_benchmark_stores().opened(folder / "ws", url) as stores:
        make_market(stores, SIZE, bootstrap.clock().now(), quiet)
    database = Database(database_url(url))
    lists = {"permissions": ["score"], "placements": None, "rights": [], "shown": []}
    for table in Base.metadata.sorted_tables:
        with database.write() as connection:
            if connection.execute(select(func.count()).select_from(table)).scalar_one():
                continue
            told = values_of(table.name, 0) | {"day": "2026-03-01", "status": "live", "kind": "person"} | lists
            row = {
                # A row that another table already has is pointed at.
                column.name: connection.execute(select(foreign.column).limit(1)).scalar_one()
                if (foreign := next(iter(column.foreign_keys), None))
                else told[column.name]
                for column in table.columns
            }
            connection.execute(insert(table).values(row))
    assert all(database.row_counts().values()), database.row_counts()
    return database


def tables_of(database: Database) -> set[str]:
    with database.read() as session:
        return set(inspect(session.connection()).get_table_names())


def test_down_to_every_version_and_up_again_with_rows_in_every_table(own_url: str, tmp_path: Path) -> None:
    database = fill(own_url, tmp_path)
    campaigns = [one.campaign_id for one in SqlCatalogue(database).campaigns()]
    for revision in [*REVISIONS[1:], "base"]:
        before = database.row_counts()

        downgrade_database(own_url, revision)

        assert check_database(own_url).revision == ("" if revision == "base" else revision)
        kept = sorted((tables_of(database) & before.keys()) - MADE_ANEW)
        with database.read() as session:
            counts = {name: session.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in kept}  # noqa: S608
        assert counts == {name: before[name] for name in kept}, f"down to {revision}"

        found = upgrade_database(own_url)

        assert found.passes, (revision, found.drift)
        after = database.row_counts()
        assert {name: after[name] for name in kept} == counts, f"up from {revision}"
        if revision != "base":
            assert [one.campaign_id for one in SqlCatalogue(database).campaigns()] == campaigns, revision
            for table in ("campaign_hours", "campaign_totals"):
                assert after[table] == before[table], revision
            assert min(after[name] for name in ("campaign_days", "daily_metrics", "placement_days")) > 0, revision
    database.close()


def test_the_audit_trail_still_holds_after_the_newest_version_was_taken_back(own_url: str, tmp_path: Path) -> None:
    database = fill(own_url, tmp_path)

    downgrade_database(own_url, REVISIONS[1])
    upgrade_database(own_url)

    chain = AuditChain()
    SqlAuditTrail(database).check(chain)
    database.close()
    assert chain.faults == []
