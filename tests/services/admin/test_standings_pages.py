"""A campaign's creatives side by side, what their elements are worth, and one creative with its own story."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import pytest

from adplat import bootstrap
from adplat.domain import ArmStatistics, Copy, CreativeStatus, StreamPosition
from adplat.storage import SqlCatalogue, SqlMetricsLedger
from tests.services.admin.admins import Admin
from tests.storage.builders import a_creative


@pytest.fixture
def delivered(admin: Admin) -> Admin:
    """Four more creatives of k1 over 20 days: ``good`` leads, ``plain`` does not, ``tires`` falls off."""
    made, cells = [], {}
    with closing(bootstrap.open_database(admin.settings)) as database:
        for name, background in (("good", "beach"), ("fair", "beach"), ("plain", "studio"), ("tires", "studio")):
            told = {"ad_id": "ad1", "campaign_id": "k1", "advertiser_id": "a1"}
            words = Copy(f"The {name} one")
            made.append(
                a_creative(name, status=CreativeStatus.LIVE, copy=words, elements={"background": background}, **told)
            )
        SqlCatalogue(database).save([], [], [], made)
        now = bootstrap.clock().now().replace(minute=0, second=0, microsecond=0)
        for day in range(1, 21):
            for name, clicks in (("good", 60), ("fair", 50), ("plain", 30), ("tires", 15 if day <= 6 else 40)):
                for placement, share in (("feed", 2), ("story", 1)):
                    cell = (now - timedelta(days=day), "a1", "k1", name, placement)
                    cells[cell] = ArmStatistics(1000 * share, clicks * share // 2, 1, 20.0 * share, 0)
        assert SqlMetricsLedger(database).add(StreamPosition(1, 0), StreamPosition(2, 0), cells, {})
    return admin


def test_who_leads_who_tires_and_what_is_lost_stand_side_by_side(delivered: Admin) -> None:
    mei = delivered.as_("mei")
    html = mei.get("/campaigns/k1/creatives").text
    assert 'class="chart"' in html and "The good one" in html
    assert html.index("The good one") < html.index("The tires one") < html.index("The plain one")
    rows = {one.partition('href="/creatives/')[2].partition('"')[0]: one for one in html.split("<tr>")[2:]}
    assert 'class="chip hold">tired' in rows["tires"] and "tired<" not in rows["plain"]
    today = bootstrap.clock().now().date()
    days = {"since": str(today - timedelta(days=28)), "until": str(today + timedelta(days=1))}
    told = mei.get("/v1/reports/creatives/k1", params=days).json()
    by_name = {one["creative"]: one for one in told["creatives"]}
    assert told["too_little"] is None and sum(one["traffic_share"] for one in told["creatives"]) == pytest.approx(1.0)
    assert by_name["good"]["probability_of_best"] > 0.99 and by_name["good"]["expected_loss"] < 1e-4
    assert by_name["plain"]["expected_loss"] == pytest.approx(0.015, abs=0.002)
    assert by_name["plain"]["expected_ctr"] == pytest.approx(0.02)


def test_it_does_not_say_who_leads_where_too_little_was_counted(delivered: Admin) -> None:
    olga = delivered.as_("olga")
    html = olga.get("/campaigns/k2/creatives").text
    assert "Who leads is not told" in html and 'class="chart"' not in html and "100.00%" in html
    nothing = olga.get("/campaigns/k1/creatives?since=2020-01-01&until=2020-01-08").text
    assert "0 creatives were shown" in nothing and "Nothing here." in nothing
    wrong = olga.get("/campaigns/k1/creatives?since=2026-13-01")
    assert wrong.status_code == 200 and "“2026-13-01” is not understood" in wrong.text
    for since, until in (("2026-03-01", "2026-02-01"), ("0001-01-01", "9999-12-31"), ("2020-01-01", "2026-01-01")):
        told = olga.get("/campaigns/k1/creatives", params={"since": since, "until": until, "elements": "1"})
        assert told.status_code == 422 and 'class="trouble"' in told.text


def test_elements_are_told_with_intervals_and_evidence(delivered: Admin) -> None:
    mei = delivered.as_("mei")
    today = bootstrap.clock().now().date()
    days = {"since": str(today - timedelta(days=28)), "until": str(today + timedelta(days=1))}
    told = mei.get("/v1/reports/elements/k1", params=days).json()
    background = {one["value"]: one for one in told["elements"] if one["kind"] == "background"}
    assert background["beach"]["factor"] > 1 > background["studio"]["factor"]
    assert background["studio"]["evidence"]["creatives"] == 2
    assert background["studio"]["factor_low"] < background["studio"]["factor"] < background["studio"]["factor_high"]
    html = mei.get("/campaigns/k1/creatives?elements=1").text
    assert "What elements are worth" in html and "studio" in html
    assert "studio" not in mei.get("/campaigns/k1/creatives").text
    for path in ("/v1/reports/elements/k2", "/v1/reports/elements/k9"):
        assert mei.get(path, params=days).status_code == 404


def test_one_creative_tells_its_days_its_places_and_its_rank(delivered: Admin) -> None:
    mei = delivered.as_("mei")
    html = mei.get("/creatives/tires").text
    assert 'class="chart"' in html and 'class="chip hold">tired' in html
    assert "feed" in html and "story" in html and "2\n" not in html.partition("Place in its campaign")[2][:20]
    assert "of" in html.partition("Place in its campaign")[2][:60]
    quiet = mei.get("/creatives/c1").text
    assert "Place in its campaign" in quiet
    assert mei.get("/creatives/c2").status_code == 404
