"""Reports over the API and on their page: one's own rows alone, files to take away, ranges that are refused."""

from __future__ import annotations

import io
import re
from contextlib import closing
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest

from adplat import bootstrap
from adplat.data import Lake
from adplat.domain import ArmStatistics, StreamPosition
from services.admin import asking, report_pages
from services.admin.reports_api import MEDIA_TYPES
from tests.services.admin.admins import Admin, Somebody

TODAY = datetime.now(UTC).date()
DAYS = {"since": str(TODAY - timedelta(days=8)), "until": str(TODAY + timedelta(days=2))}


def told(somebody: Somebody, path: str = "", **query: Any) -> Any:
    return somebody.get(f"/v1/reports{path}", params=DAYS | query)


def test_rows_add_up_to_the_totals_in_the_document_of_the_command_line(admin: Admin) -> None:
    found = told(admin.as_("root"), by=["day", "campaign"], metric=["impressions", "spend"]).json()
    assert found["by"] == ["day", "campaign"] and list(found["metrics"]) == ["impressions", "spend"]
    assert {row["campaign"] for row in found["rows"]} == {"k1", "k2"}
    [total] = found["totals"]
    for name in ("impressions", "spend"):
        assert total[name] == sum(row[name] for row in found["rows"]) > 0
    assert found["labels"]["campaign"] == {"k1": "Spring 1", "k2": "Spring 2"}


def test_another_s_rows_are_in_no_row_no_total_and_no_file(admin: Admin) -> None:
    mei, li, root = (admin.as_(who) for who in ("mei", "li", "root"))
    everybody, mine, hers = (told(one, metric="impressions").json()["totals"][0] for one in (root, mei, li))
    assert mine["impressions"] > 0 and mine["impressions"] + hers["impressions"] == everybody["impressions"]
    for condition in ("advertiser=a2", "campaign=k2", "creative=c2", "advertiser!=a1"):
        found = told(mei, filter=condition, by="campaign").json()
        assert (found["rows"], found["totals"], found["labels"]) == ([], [], {"campaign": {}}), condition
    for path in ("", "/files/csv"):
        text = told(mei, path, by=["advertiser", "campaign", "creative"]).text
        assert re.search(r"\bk1\b", text) and not re.search(r"\b(a2|k2|c2)\b", text)
    assert told(mei, "/creatives/k2").status_code == 404
    assert [one["campaign"] for one in mei.get("/v1/reports/delivery").json()["campaigns"]] == ["k1"]


@pytest.mark.parametrize(
    ("field", "hers", "mine"), [("advertiser", "a2", "a1"), ("campaign", "k2", "k1"), ("creative", "c2", "c1")]
)
def test_an_id_that_nobody_has_and_another_s_are_told_alike(admin: Admin, field: str, hers: str, mine: str) -> None:
    mei, root = admin.as_("mei"), admin.as_("root")
    latest = max(row["day"] for row in told(mei, by="day").json()["rows"])
    for absent in (hers, "nope"):
        found = told(mei, filter=f"{field}={absent}").json()
        assert found["unknown_ids"] == {field: [absent]} and found["last_counted_day"] == latest
        html = mei.get("/reports", params=DAYS | {"filter": f"{field}={absent}"}).text
        assert f"No {field} that you see has the id {absent}. Something was last counted on {latest} (UTC)." in html
    assert told(root, filter=f"{field}={hers}").json()["unknown_ids"] == {}
    assert told(mei, filter=f"{field}={mine}|nope").json()["unknown_ids"] == {}


def test_a_report_of_other_days_leads_to_those_in_which_something_was_counted(admin: Admin) -> None:
    mei, days = admin.as_("mei"), {"since": "2020-01-01", "until": "2020-01-04"}
    html = mei.get("/reports", params=days | {"by": "campaign", "filter": "campaign=k1"}).text
    found = re.search(r'<a href="([^"]+)">Report of ([\d-]+) to ([\d-]+)</a>', html)
    assert found is not None and found[3] in html.split("last counted on ")[1][:10]
    assert datetime.fromisoformat(found[3]) - datetime.fromisoformat(found[2]) == timedelta(days=2)
    assert "Spring 1" in mei.get(unescape(found[1])).text
    cut = mei.get("/reports/breakdown", params=days | {"attribute": "device"}).text
    assert "last counted on" in cut and "Report of" not in cut  # what it asks is remembered


@pytest.mark.parametrize(
    ("kind", "begins"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("pdf", b"%PDF"), ("parquet", b"PAR1")]
)
def test_a_file_comes_down_under_a_name_made_of_days(admin: Admin, kind: str, begins: bytes) -> None:
    answer = told(admin.as_("anna"), f"/files/{kind}", by="campaign", filter='campaign=k1|"\r\nx: y')
    assert answer.status_code == 200 and answer.content.startswith(begins)
    assert answer.headers["content-type"] == MEDIA_TYPES[kind]  # type: ignore[index]
    last = datetime.fromisoformat(DAYS["until"]).date() - timedelta(days=1)
    name = f"adplat-report_{DAYS['since']}_{last}.{kind}"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"' and "x" not in answer.headers
    if kind == "parquet":
        assert pq.read_table(io.BytesIO(answer.content)).column("campaign").to_pylist() == ["k1"]


def test_who_may_only_read_takes_nothing_away(admin: Admin) -> None:
    rob = admin.as_("rob")
    assert told(rob).status_code == 200 and told(rob, "/files/csv").status_code == 403
    assert "/v1/reports/files" not in rob.get("/reports").text


@pytest.mark.parametrize("path", ["", "/files/csv"])
@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"since": "2016-01-01"}, "a report over"),
        ({"since": "0001-01-01", "until": "9999-12-31"}, "no events are of such days"),
        ({"since": "9999-12-30", "until": "9999-12-31"}, "no events are of such days"),
        ({"by": "hour"}, "by the hour"),
        ({"until": "2016-01-01"}, "ends before it begins"),
        ({"time_zone": "../etc/passwd"}, "no time zone"),
        ({"filter": "device=phone"}, "not cut by this"),
        ({"metric": "viewability"}, "no metric"),
    ],
)
def test_what_is_too_much_or_wrong_is_one_clear_line(admin: Admin, path: str, wrong: dict[str, str], what: str) -> None:
    answer = told(admin.as_("root"), path, **wrong)
    problem = answer.json()
    assert answer.status_code == 422 and what in problem["detail"] and "\n" not in problem["detail"]
    assert problem["where"] and problem["hint"]


def test_a_breakdown_tells_what_it_stands_on_and_refuses_what_would_name_few(admin: Admin) -> None:
    mei = admin.as_("mei")
    found = told(mei, "/breakdown", attribute="device", by="campaign").json()
    assert found["least_users"] == 50 and found["attribute"] == "device" and found["days_to_come"] > 0
    assert {(row["campaign"], row["device"]) for row in found["rows"]} == {("k1", None)}
    assert told(mei, "/breakdown", attribute="device", by="creative").status_code == 422
    assert told(mei, "/breakdown", attribute="device", metric="spend").status_code == 422


def test_what_was_told_of_users_to_one_is_remembered_when_another_asks(admin: Admin) -> None:
    shown_to_120_people(admin)
    asked = {"since": "2026-03-01", "until": "2026-03-02", "attribute": "device"}
    rob = told(admin.as_("rob"), "/breakdown", **asked, filter="campaign=k1").json()  # who cannot change anything
    assert [(row["device"], row["impressions"]) for row in rob["rows"]] == [("phone", 70), (None, 50)]
    with closing(bootstrap.open_database(admin.settings)) as database:
        kept = database.row_counts()["released_breakdowns"]
        assert kept > 0
        assert told(admin.as_("mei"), "/breakdown", **asked).json()["rows"] == rob["rows"]
        assert database.row_counts()["released_breakdowns"] == kept
    assert "phone" not in told(admin.as_("li"), "/breakdown", **asked).text
    assert "phone" in told(admin.as_("mei"), "/files/csv", **asked).text


def shown_to_120_people(admin: Admin) -> None:
    """Of k1, long enough ago to be told: 70 on phones, 48 on desktops, two on tablets."""
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    until = StreamPosition(round((noon + timedelta(days=9)).timestamp() * 1000))
    with closing(bootstrap.open_database(admin.settings)) as database:
        cell = (noon, "a1", "k1", "c1", "feed")
        counted = ArmStatistics(120, 12, 3, 15.0, 9_000_000)
        assert bootstrap.open_ledger(database).add(StreamPosition(1, 0), until, {cell: counted}, {cell: 2_500_000})
    device = ["phone"] * 70 + ["desktop"] * 48 + ["tablet"] * 2
    rows = pl.DataFrame({"decision_id": [f"d{one}" for one in range(120)], "device": device}).with_columns(
        ts=pl.lit(noon), user_key=pl.col("decision_id"), campaign_id=pl.lit("k1"), creative_id=pl.lit("c1"),
        placement=pl.lit("feed"), p_ctr=pl.lit(0.125),
    )  # fmt: skip
    Lake(admin.settings.lake_folder).write("impressions", rows, "one")


def test_the_page_shows_rows_totals_and_links_that_give_the_same_as_files(admin: Admin) -> None:
    mei = admin.as_("mei")
    html = mei.get("/reports", params=DAYS | {"by": ["campaign", ""], "filter": ["campaign=k1", ""]}).text
    assert "Spring 1" in html and "Spring 2" not in html and "<tfoot>" in html
    total = told(mei, metric="impressions").json()["totals"][0]["impressions"]
    assert f"<b>{total:,}</b>" in html
    links = [unescape(one) for one in re.findall(r'href="(/v1/reports/files/[^"]+)"', html)]
    assert len(links) == 4 and all(mei.get(one).status_code == 200 for one in links)
    assert f"{total}" in mei.get(links[0]).text


def test_the_page_shows_the_first_rows_and_offers_no_paper_for_more_than_it_holds(
    admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_pages, "MOST_SHOWN", 3)
    monkeypatch.setattr(report_pages, "MOST_ROWS_OF_PDF", 3)
    html = admin.as_("root").get("/reports", params=DAYS | {"by": ["day", "campaign"]}).text
    rows = len(told(admin.as_("root"), by=["day", "campaign"]).json()["rows"])
    table = html.split('id="rows"')[1].split("<tfoot>")[0]
    assert table.count("<tr>") == 1 + 3 and f"only the files tell: {rows - 3}." in html
    assert "/v1/reports/files/csv" in html and "/v1/reports/files/pdf" not in html


def test_more_reports_at_once_than_may_are_asked_to_come_again(admin: Admin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_PATIENCE_S", 0.01)
    root, slots = admin.as_("root"), admin.app.state.door.reporting
    while slots.acquire(blocking=False):
        pass
    for path in ("", "/files/csv"):
        assert told(root, path).status_code == 503, path
    assert root.get("/v1/reports/delivery").status_code == 503
    slots.release()
    assert told(root).status_code == 200


def test_the_page_tells_what_is_wrong_beside_the_form_that_was_sent(admin: Admin) -> None:
    answer = admin.as_("mei").get("/reports", params={"since": "2016-01-01", "until": "2026-01-01", "by": "day"})
    assert answer.status_code == 422 and "at most 400 days" in answer.text and 'value="2016-01-01"' in answer.text
    odd = admin.as_("mei").get("/reports", params={"since": "<em>", "filter": "<em>", "by": "<em>"})
    assert odd.status_code == 422 and "<em>" not in odd.text and "&lt;em&gt;" in odd.text
