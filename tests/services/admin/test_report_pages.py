"""Pages of reports: figures lead on to what they are made of, days before stand beside them, and few people nowhere."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from contextlib import closing
from datetime import date, timedelta
from html import unescape
from typing import Any
from urllib.parse import unquote

import pytest

from adplat import bootstrap
from adplat.domain import (
    Comparison,
    Condition,
    Dimension,
    MetricSums,
    Report,
    ReportQuestion,
    ReportRow,
)
from services.admin.report_rows import page_of_rows
from services.admin.report_view import days_of, made_of
from services.admin.reports_api import USUAL_ROWS
from tests.services.admin.admins import Admin
from tests.services.admin.test_admin_reports import DAYS, shown_to_120_people, told

CAMPAIGN = Condition("campaign", Comparison.IS, ("k1|x",))


def asked(*dimensions: Dimension, **facts: Any) -> ReportQuestion:
    return ReportQuestion(date(2026, 3, 1), date(2026, 3, 8), dimensions, "Asia/Shanghai", **facts)


@pytest.mark.parametrize(
    ("dimensions", "keys", "leads_to"),
    [
        ([Dimension.ADVERTISER], ["a1"], "since=2026-03-01&until=2026-03-08&by=campaign&filter=advertiser=a1"),
        ([Dimension.CAMPAIGN], ["k1|x"], r"since=2026-03-01&until=2026-03-08&by=day&filter=campaign=k1\|x"),
        (
            [Dimension.DAY, Dimension.CAMPAIGN],
            ["2026-03-04", "k2"],
            "since=2026-03-04&until=2026-03-05&by=hour&filter=campaign=k2",
        ),
        ([Dimension.DAY], ["2026-03-07"], "since=2026-03-07&until=2026-03-08&by=hour"),
        ([Dimension.HOUR], ["2026-03-07T01:00+08:00"], ""),
    ],
)
def test_a_row_leads_to_what_it_is_made_of(dimensions: list[Dimension], keys: list[str], leads_to: str) -> None:
    href = unquote(made_of(asked(*dimensions), keys)).replace("time_zone=Asia/Shanghai&", "")
    assert href.removesuffix("&time_zone=Asia/Shanghai") == (f"/reports?{leads_to}" if leads_to else "")


def test_what_the_question_was_cut_by_stays_where_a_row_leads() -> None:
    story = Condition("placement", Comparison.IS_NOT, ("story",))
    href = made_of(asked(Dimension.CAMPAIGN, conditions=(CAMPAIGN, story)), ["k1|x"])
    assert href.count("filter=") == 2 and "placement%21%3Dstory" in href


def test_links_of_rows_are_followed_down_to_hours_and_add_up(admin: Admin) -> None:
    mei = admin.as_("mei")
    path, seen = f"/reports?since={DAYS['since']}&until={DAYS['until']}&by=campaign", []
    while path:
        html = mei.get(path).text
        table = html.split('id="rows"')[1]
        row = re.search(r"<tbody>.*?<tr>(.*?)</tr>", table, re.DOTALL)
        assert row is not None
        seen.append(re.findall(r'class="n">([^<]*)<', row[1])[0])
        found = re.search(r'<a href="([^"]+)"', row[1])
        path = unescape(found[1]) if found else ""
        total = re.search(r"<tfoot>.*?<b>([\d,]+)</b>", table, re.DOTALL)
        assert total is not None and (len(seen) == 1 or total[1] == seen[-2])
    assert len(seen) == 3, "campaign, day, hour"


def test_totals_stand_beside_those_of_the_days_before() -> None:
    march = {date(2026, 2, 22) + timedelta(days=day): 10 * day for day in range(14)}

    def report(question: ReportQuestion) -> Report:
        rows = tuple(
            ReportRow((day.isoformat(),), "CNY", MetricSums(impressions=count))
            for day, count in march.items()
            if question.since <= day < question.until
        )
        return Report(question, rows, {"CNY": MetricSums(impressions=1)}, None)

    days = days_of(report, report(asked(Dimension.CAMPAIGN)))
    assert days is not None and days.before is not None
    assert days.before["CNY"].impressions == sum(10 * day for day in range(7))
    assert sum(sums.impressions for sums in days.now.values()) == sum(10 * day for day in range(7, 14))


def test_rows_are_put_in_the_order_of_a_column_and_of_no_other_thing(admin: Admin) -> None:
    root = admin.as_("root")
    for order, falls in (("-impressions", True), ("impressions", False)):
        html = root.get("/reports", params=DAYS | {"by": "day", "order": order}).text
        rows = re.findall(r'<tr><td.*?class="n">([\d,]+)<', html.split('id="rows"')[1].split("<tfoot>")[0])
        counts = [int(row.replace(",", "")) for row in rows]
        assert len(counts) > 3 and counts == sorted(counts, reverse=falls)
        assert f'aria-sort="{"descending" if falls else "ascending"}"' in html
    for order in ("1; DROP TABLE jobs", "-campaign"):  # what the rows are not told apart by is no column either
        html = root.get("/reports", params=DAYS | {"by": "day", "order": order}).text
        assert f"“{order}” is not understood" in html and 'id="rows"' in html


def test_the_page_draws_days_and_tells_where_figures_come_from(admin: Admin) -> None:
    html = admin.as_("anna").get("/reports", params=DAYS | {"by": "campaign", "chart": "ctr"}).text
    assert 'role="img" aria-label="CTR, by day"' in html and "Figures" in html
    for fact in ("hourly metrics", "anna", "units of CNY", "Live model"):
        assert fact in html
    assert "“&lt;em&gt;” is not understood" in admin.as_("anna").get("/reports", params=DAYS | {"chart": "<em>"}).text


def test_delivery_shows_ones_own_campaigns_and_leads_to_their_days(admin: Admin) -> None:
    mei = admin.as_("mei")
    html = mei.get("/reports/delivery").text
    assert "Spring 1" in html and "Spring 2" not in html and "<meter" in html
    assert ">Projected<" in html and ">Projected end (UTC)<" in html
    for path in ("/", "/campaigns", "/campaigns/k1"):  # where only money is told
        told = mei.get(path).text
        assert ">Projected<" in told and "Projected end" not in told, path
    found = re.search(r'<a href="(/reports\?[^"]+)">Spring 1', html)
    assert found is not None
    assert mei.get(unescape(found[1])).status_code == 200
    assert "Spring" not in mei.get("/reports/delivery", params={"name": "Autumn"}).text
    told = mei.get("/v1/reports/delivery", params={"limit": 1}).json()
    assert [one["campaign"] for one in told["campaigns"]] == ["k1"] and told["next"] is None
    first = admin.as_("root").get("/v1/reports/delivery", params={"limit": 1}).json()
    second = admin.as_("root").get("/v1/reports/delivery", params={"limit": 1, "cursor": first["next"]}).json()
    assert [first["campaigns"][0]["campaign"], second["campaigns"][0]["campaign"]] == ["k1", "k2"]


BREAKDOWN = {"since": "2026-03-01", "until": "2026-03-02", "attribute": "device"}


def test_a_breakdown_tells_why_rows_are_missing_and_adds_up(admin: Admin) -> None:
    shown_to_120_people(admin)
    html = admin.as_("mei").get("/reports/breakdown", params=BREAKDOWN).text
    assert "fewer than 50 people" in html and "(all others)" in html and "phone" in html
    assert "tablet" not in html.replace('<option value="tablet"', "") and "desktop" not in html
    rows = [int(one.replace(",", "")) for one in re.findall(r'</th><td>CNY</td><td class="n">([\d,]+)<', html)]
    assert sorted(rows) == [50, 70]
    assert re.search(r"<tfoot>.*?<b>120</b>", html, re.DOTALL)
    assert "phone" not in admin.as_("li").get("/reports/breakdown", params=BREAKDOWN).text


def test_a_link_of_another_site_asks_nothing_of_users(admin: Admin) -> None:
    shown_to_120_people(admin)
    mei = admin.as_("mei")
    with closing(bootstrap.open_database(admin.settings)) as database:
        for site in ("cross-site", "same-site"):
            led = {"sec-fetch-site": site}
            html = mei.get("/reports/breakdown", params=BREAKDOWN, headers=led)
            assert html.status_code == 200 and 'value="device"' in html.text and "phone" not in html.text
            for path in ("/v1/reports/breakdown", "/v1/reports/files/csv"):
                assert mei.get(path, params=BREAKDOWN, headers=led).status_code == 403
            assert mei.get("/v1/reports/files/csv", params=DAYS, headers=led).status_code == 200
        assert database.row_counts()["released_breakdowns"] == 0
        assert (
            "phone" in mei.get("/reports/breakdown", params=BREAKDOWN, headers={"sec-fetch-site": "same-origin"}).text
        )
        assert database.row_counts()["released_breakdowns"] > 0
    key = admin.as_("root").post("/v1/keys", json={"name": "k", "rights": ["see reports"], "days": 1}).json()["secret"]
    headers = {"authorization": f"Bearer {key}", "sec-fetch-site": "cross-site"}
    assert admin.nobody().get("/v1/reports/breakdown", params=BREAKDOWN, headers=headers).status_code == 200


def test_what_is_taken_away_stands_in_the_audit_with_the_hash_of_its_bytes(admin: Admin) -> None:
    mei = admin.as_("mei")
    content = told(mei, "/files/csv", by="campaign", filter="campaign=k1").content
    [entry] = mei.get("/v1/audit", params={"filter": "action=report export"}).json()["items"]
    detail = entry["detail"]
    assert (entry["actor"], entry["advertiser_id"], detail["row_count"]) == ("mei", "a1", "1")
    assert detail["sha256"] == hashlib.sha256(content).hexdigest() and detail["filters"] == "campaign=k1"
    assert told(admin.as_("anna"), "/files/xlsx").status_code == 200
    assert len(mei.get("/v1/audit", params={"filter": "action=report export"}).json()["items"]) == 1
    assert len(admin.as_("root").get("/v1/audit", params={"filter": "action=report export"}).json()["items"]) == 2


def test_rows_come_page_by_page_and_each_once(admin: Admin) -> None:
    root = admin.as_("root")
    whole = told(root, by=["day", "campaign"]).json()
    assert whole["next"] is None and len(whole["rows"]) < USUAL_ROWS
    rows, cursor, pages = [], "", 0
    while cursor is not None:
        found = told(root, by=["day", "campaign"], limit=3, **({"cursor": cursor} if cursor else {})).json()
        assert found["totals"] == whole["totals"] and len(found["rows"]) <= 3
        rows, cursor, pages = rows + found["rows"], found["next"], pages + 1
    assert rows == whole["rows"] and pages == -(-len(rows) // 3)
    first = told(root, by=["day", "campaign"], limit=3).json()["next"]
    for other in ({"by": "day"}, {"by": ["day", "campaign"], "filter": "campaign=k1"}, {"by": ["campaign", "day"]}):
        assert told(root, cursor=first, **other).status_code == 422
    for wrong in ("x", "e30", "AAAA" * 5000, first[:-2]):
        assert told(root, by=["day", "campaign"], cursor=wrong).status_code == 422
    assert told(root, limit=0).status_code == told(root, limit=5001).status_code == 422


def test_no_row_is_lost_at_the_hour_that_comes_twice() -> None:
    hours = ("2026-10-25T01:00+02:00", "2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00", "2026-10-25T03:00+01:00")
    question = ReportQuestion(date(2026, 10, 25), date(2026, 10, 26), (Dimension.HOUR,), "Europe/Berlin")
    report = Report(question, tuple(ReportRow((hour,), "CNY", MetricSums()) for hour in hours), {}, None)
    seen, cursor = [], ""
    while cursor is not None:
        shown, cursor = page_of_rows(report, 1, cursor)
        seen += [row.keys[0] for row in shown.rows]
    assert sorted(seen) == sorted(hours)


def test_breakdowns_come_page_by_page_with_the_line_of_all_others(admin: Admin) -> None:
    shown_to_120_people(admin)
    root = admin.as_("root")
    first = root.get("/v1/reports/breakdown", params=BREAKDOWN | {"limit": 1}).json()
    second = root.get("/v1/reports/breakdown", params=BREAKDOWN | {"limit": 1, "cursor": first["next"]}).json()
    assert [one["rows"][0]["device"] for one in (first, second)] == ["phone", None] and second["next"] is None


@pytest.mark.parametrize("path", ["/reports", "/reports/breakdown"])
@pytest.mark.parametrize(
    "wrong",
    [
        {"since": "0001-01-01", "until": "9999-12-31"},
        {"filter": "campaign=1' OR '1'='1"},
        {"filter": "1=1; DROP TABLE jobs--"},
        {"filter": "campaign~k"},
        {"by": "'; DROP TABLE jobs--"},
        {"time_zone": "../../etc/passwd"},
        {"metric": "spend); DROP TABLE jobs--"},
    ],
)
def test_what_is_wrong_or_too_much_on_a_page_is_told_and_harms_nothing(
    admin: Admin, path: str, wrong: dict[str, str]
) -> None:
    root = admin.as_("root")
    answer = root.get(path, params=DAYS | {"attribute": "device"} | wrong)
    assert answer.status_code in {200, 422} and "Traceback" not in answer.text
    if answer.status_code == 200:
        assert "Spring" not in answer.text
    assert root.get("/v1/jobs").json()["items"]


def test_a_cursor_holds_no_more_than_a_place(admin: Admin) -> None:
    cursor = told(admin.as_("root"), by="campaign", limit=1).json()["next"]
    digest, key = json.loads(base64.urlsafe_b64decode(cursor + "=="))
    assert len(digest) == 16 and key == ["k1", "CNY", "0", ""]
