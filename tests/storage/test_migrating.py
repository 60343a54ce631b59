"""Databases are brought to head, and said to be there only when they are."""

from __future__ import annotations

import json
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from adplat.domain import (
    Attribution,
    BundleDeployment,
    BundleState,
    ConfigRejected,
    InputError,
    StoreUnreachable,
    Targeting,
)
from adplat.storage import (
    SqlBundleRegistry,
    SqlCatalogue,
    check_database,
    downgrade_database,
    open_database,
    upgrade_database,
)
from adplat.storage.database_urls import database_url
from adplat.storage.many_metrics import fill_metrics
from adplat.storage.migrating import migrations_folder
from adplat.storage.transactions import Database

from .builders import NOON, a_campaign, an_advertiser

TABLES = {
    "ads",
    "advertisers",
    "api_keys",
    "audit",
    "audit_head",
    "bundles",
    "callers",
    "campaign_days",
    "campaign_hours",
    "campaign_totals",
    "campaigns",
    "creatives",
    "daily_metrics",
    "deployments",
    "draft_makings",
    "draft_parents",
    "draft_reviews",
    "drafts",
    "experiment_results",
    "experiments",
    "forecast_scores",
    "hourly_metrics",
    "jobs",
    "kept_forecasts",
    "password_tries",
    "placement_days",
    "released_breakdowns",
    "report_schedules",
    "report_sends",
    "report_zones",
    "saved_reports",
    "stream_coverage",
    "user_advertisers",
    "user_keys",
    "user_sessions",
    "users",
    "workers",
}


def test_an_empty_database_is_brought_to_head_and_then_passes(empty_url: str) -> None:
    found = upgrade_database(empty_url)

    assert found.passes
    assert found.revision == found.head == "0017"
    database = open_database(empty_url)
    assert set(database.row_counts()) == TABLES
    database.close()


def test_upgrading_twice_changes_nothing(empty_url: str) -> None:
    upgrade_database(empty_url)

    assert upgrade_database(empty_url).passes


def test_two_processes_may_upgrade_at_once(empty_url: str) -> None:
    failures: list[BaseException] = []

    def upgrade() -> None:
        try:
            upgrade_database(empty_url)
        except BaseException as error:  # noqa: BLE001  # a thread's error has to be carried to the test
            failures.append(error)

    threads = [threading.Thread(target=upgrade) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert check_database(empty_url).passes


def test_downgrade_leaves_an_empty_database_that_can_be_upgraded_again(empty_url: str) -> None:
    upgrade_database(empty_url)

    downgrade_database(empty_url, "base")

    assert check_database(empty_url).revision == ""
    assert not check_database(empty_url).passes
    assert upgrade_database(empty_url).passes


def test_bundles_and_deployments_of_the_first_version_are_kept(empty_url: str) -> None:
    upgrade_database(empty_url)
    downgrade_database(empty_url, "0001")
    database = Database(database_url(empty_url))
    with database.write() as connection:
        connection.execute(text("INSERT INTO bundles VALUES ('b1', '/b1', 'd', '2026-03-01 12:00:00+00', '{}')"))
        connection.execute(text("INSERT INTO deployments (bundle_id, at) VALUES ('b1', '2026-03-01 12:00:00+00')"))

    assert upgrade_database(empty_url).passes

    [kept] = SqlBundleRegistry(database).registered()
    database.close()
    assert (kept.bundle.bundle_id, kept.state, kept.registered) == ("b1", BundleState.LIVE, NOON)
    assert kept.latest == BundleDeployment("b1", NOON)


def test_campaigns_and_creatives_of_the_second_version_are_kept_with_what_was_meant(empty_url: str) -> None:
    upgrade_database(empty_url)
    downgrade_database(empty_url, "0002")
    database = Database(database_url(empty_url))
    with database.write() as connection:
        connection.execute(text("INSERT INTO advertisers VALUES ('a1', 'Tea House', 'CNY', 'tea.example')"))
        connection.execute(
            text(
                "INSERT INTO campaigns VALUES ('k1', 'a1', 'Spring', 'live', '', NULL, NULL, '2026-03-01 12:00:00+00',"
                """ NULL, 'cpm', 1, 0, '{"countries": ["CN"], "devices": [], "languages": [], "segments": []}')"""
            )
        )
        connection.execute(text("INSERT INTO ads VALUES ('ad1', 'k1', 'Green tea', '')"))
        connection.execute(
            text(
                "INSERT INTO creatives VALUES ('c1', 'ad1', 'k1', 'a1', 'live', '', '', '', '', NULL, NULL, NULL, NULL,"
                " '', 'human', '')"
            )
        )

    assert upgrade_database(empty_url).passes

    live = SqlCatalogue(database).live_catalogue()
    database.close()
    [campaign], [creative] = live.campaigns, live.creatives
    assert campaign.targeting == Targeting(countries=("CN",))
    assert (campaign.time_zone, campaign.frequency_caps, campaign.attribution) == ("UTC", (), Attribution())
    assert (creative.content_categories, creative.attributes, creative.elements) == ((), (), {})


def test_a_downgrade_takes_from_a_targeting_what_the_version_before_cannot_read(own_url: str) -> None:
    database = Database(database_url(own_url))
    targeting = Targeting(countries=("CN",), regions=("CN-BJ",), hours_of_week=(9, 10), excluded_content=("IAB7",))
    SqlCatalogue(database).save([an_advertiser()], [a_campaign(targeting=targeting)], [], [])

    downgrade_database(own_url, "0002")

    with database.read() as session:
        kept = session.execute(text("SELECT targeting FROM campaigns")).scalar_one()
    database.close()
    kept = json.loads(kept) if isinstance(kept, str) else kept
    assert kept == {"countries": ["CN"], "devices": [], "languages": [], "segments": [], "placements": []}


def test_a_database_that_is_not_at_head_is_refused_with_the_way_out(own_url: str) -> None:
    downgrade_database(own_url, "base")

    with pytest.raises(InputError, match="adplat db upgrade"):
        open_database(own_url)


def test_a_missing_sqlite_file_is_refused_and_not_made(tmp_path: Path) -> None:
    file = tmp_path / "none.db"

    with pytest.raises(InputError, match="adplat db upgrade"):
        open_database(f"sqlite:///{file}")
    with pytest.raises(InputError, match="adplat db upgrade"):
        check_database(f"sqlite:///{file}")

    assert not file.exists()


def test_upgrade_makes_the_folder_of_an_sqlite_file(tmp_path: Path) -> None:
    assert upgrade_database(f"sqlite:///{tmp_path / 'a' / 'b' / 'adplat.db'}").passes


def test_a_column_changed_by_hand_is_named_as_drift(own_url: str) -> None:
    database = Database(database_url(own_url))
    with database.write() as connection:
        connection.execute(text("ALTER TABLE creatives ADD COLUMN colour TEXT"))
        connection.execute(text("DROP INDEX ix_creatives_status"))
    database.close()

    found = check_database(own_url)

    assert not found.passes
    assert any("colour" in line for line in found.drift)
    assert any("ix_creatives_status" in line for line in found.drift)


def test_a_database_from_a_newer_version_is_refused(own_url: str) -> None:
    database = Database(database_url(own_url))
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()

    with pytest.raises(InputError, match="newer"):
        upgrade_database(own_url)
    with pytest.raises(InputError, match="9999"):
        open_database(own_url)


def test_a_failing_migration_leaves_nothing_half_made(empty_url: str) -> None:
    database = Database(database_url(empty_url))
    with database.write() as connection:
        connection.execute(text("CREATE TABLE audit (x INTEGER)"))

    with pytest.raises(StoreUnreachable):
        upgrade_database(empty_url)

    with database.read() as session, pytest.raises(Exception, match="advertisers"):
        session.execute(text("SELECT * FROM advertisers"))
    database.close()


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://me:secret@127.0.0.1:1/adplat",
        "postgresql://127.0.0.1:1/adplat?user=me&password=secret",
        "postgresql+psycopg://me:secret@127.0.0.1:1/adplat",
    ],
)
def test_a_database_that_does_not_answer_is_told_in_one_line_without_its_password(address: str) -> None:
    with pytest.raises(StoreUnreachable) as caught:
        open_database(address)

    assert "127.0.0.1:1" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("address", ["mysql://me:secret@host/x", "secret", "sqlite://", "sqlite:///:memory:", ""])
def test_a_url_of_another_kind_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(ConfigRejected) as caught:
        upgrade_database(address)

    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "letter.db"
    file.write_text("Dear reader, this is not a database. " * 40)

    with pytest.raises(StoreUnreachable, match="not a database"):
        open_database(f"sqlite:///{file}")


def test_the_migrations_lie_beside_the_package_whatever_the_current_folder_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoy = tmp_path / "migrations"
    decoy.mkdir()
    (decoy / "env.py").write_text("raise SystemExit('the wrong folder')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))

    assert migrations_folder() != decoy
    assert upgrade_database(f"sqlite:///{tmp_path / 'adplat.db'}").passes


def test_a_percent_sign_in_a_path_is_no_trouble(tmp_path: Path) -> None:
    assert upgrade_database(f"sqlite:///{tmp_path / '100% sure.db'}").passes


def test_days_of_metrics_are_made_from_the_hours_that_are_there(empty_url: str) -> None:
    upgrade_database(empty_url)
    downgrade_database(empty_url, "0009")
    database = Database(database_url(empty_url))
    with database.write() as connection:
        for hour in ("2026-03-01 00:00:00", "2026-03-01 23:00:00", "2026-03-02 00:00:00"):
            is_sqlite = connection.dialect.name == "sqlite"
            moment = f"{hour}.000000" if is_sqlite else f"{hour}+00"
            insert = "INSERT INTO hourly_metrics VALUES ('{}', 'a1', 'k1', 'c1', 'feed', 10, 1, 0, 0.5, 7, 3)"
            connection.execute(text(insert.format(moment)))
    upgrade_database(empty_url)
    downgrade_database(empty_url, "0009")

    assert upgrade_database(empty_url).passes

    with database.read() as session:
        days = session.execute(text("SELECT zone, day, impressions, spend_micros FROM daily_metrics ORDER BY day"))
        assert days.all() == [("UTC", "2026-03-01", 20, 14), ("UTC", "2026-03-02", 10, 7)]
        of_campaigns = text("SELECT day, campaign_id, impressions FROM campaign_days ORDER BY day")
        assert session.execute(of_campaigns).all() == [("2026-03-01", "k1", 20), ("2026-03-02", "k1", 10)]
        of_placements = text("SELECT day, placement, impressions FROM placement_days ORDER BY day")
        assert session.execute(of_placements).all() == [("2026-03-01", "feed", 20), ("2026-03-02", "feed", 10)]
        assert session.execute(text("SELECT count(*), sum(spend_micros) FROM campaign_hours")).one() == (3, 21)
        assert session.execute(text("SELECT campaign_id, spend_micros FROM campaign_totals")).one() == ("k1", 21)
    database.close()


def test_sqlite_learns_at_each_start_that_a_campaign_has_few_of_the_days(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'adplat.db'}"
    upgrade_database(url)
    with closing(open_database(url)) as database:
        fill_metrics(database, 1000, 20_000, NOON, ("UTC",), lambda done, total, what: None)
        with database.write() as connection:
            connection.execute(text("DROP TABLE sqlite_stat1"))  # as it was before anybody looked

    def plan() -> str:
        asked = """EXPLAIN QUERY PLAN SELECT creative_id, advertiser_id, sum(clicks) FROM daily_metrics
            WHERE zone = :zone AND day >= :since AND day < :until AND campaign_id IN (:campaign)
            GROUP BY creative_id, advertiser_id"""
        with closing(open_database(url)) as database, database.read() as session:
            told = {"zone": "UTC", "since": "2000-01-01", "until": "2100-01-01", "campaign": "campaign00042"}
            return " ".join(row[3] for row in session.execute(text(asked), told))

    assert "ix_daily_metrics_campaign_id" not in plan(), "or else nobody need look"
    upgrade_database(url)
    assert "ix_daily_metrics_campaign_id" in plan()


@pytest.mark.parametrize("empty_url", ["postgresql"], indirect=True)
def test_postgresql_knows_how_many_rows_a_report_has_and_need_not_sort_for_it(own_url: str) -> None:
    with closing(open_database(own_url)) as database:
        fill_metrics(database, 400, 20_000, NOON, (), lambda done, total, what: None)
        asked = """SELECT creative_id, placement, advertiser_id, sum(clicks) FROM hourly_metrics
            WHERE hour < :until GROUP BY creative_id, placement, advertiser_id"""
        with database.read() as session:
            rows = len(session.execute(text(asked), {"until": NOON}).all())
            told = session.execute(text(f"EXPLAIN (FORMAT JSON) {asked}"), {"until": NOON}).scalar_one()
    plan = told[0]["Plan"]

    assert plan["Plan Rows"] == pytest.approx(rows, rel=0.1)
    assert plan["Strategy"] == "Hashed"
