"""The overview: what a period brought, how campaigns stand, what needs somebody; as a page and over the API."""

from __future__ import annotations

import html
import re
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from adplat import bootstrap
from adplat.domain import (
    AlertKind,
    ArmStatistics,
    Campaign,
    Dimension,
    Flight,
    MetricSums,
    Report,
    ReportQuestion,
    ReportRow,
    Role,
    StreamPosition,
    User,
)
from adplat.flows.manage_people import add_person
from adplat.flows.sum_up_period import PeriodName, PeriodSums, counted_before, period_named, sum_up_period
from adplat.storage import SqlCatalogue, SqlMetricsLedger
from services.admin.wording import LANGUAGES, words_in
from tests.services.admin.admins import CHEAP, WORDS, Admin
from tests.services.admin.test_admin_alerts import make_trouble
from tests.storage.builders import a_campaign, an_advertiser


def test_a_period_is_of_whole_days_and_compared_with_as_many_before() -> None:
    noon = datetime(2027, 6, 10, 12, tzinfo=UTC)
    week, month = period_named(PeriodName.WEEK, noon), period_named(PeriodName.MONTH, noon)
    assert (week.since, week.until, week.before) == (date(2027, 6, 3), date(2027, 6, 10), date(2027, 5, 27))
    assert (month.since, month.until, month.before) == (date(2027, 6, 1), date(2027, 6, 10), date(2027, 5, 23))
    first = period_named(PeriodName.MONTH, datetime(2027, 6, 1, 3, tzinfo=UTC))
    assert first.days == [date(2027, 6, 1)]


def test_sums_of_two_currencies_are_never_added_and_today_is_apart() -> None:
    noon = datetime(2027, 6, 10, 12, tzinfo=UTC)

    def report(question: ReportQuestion) -> Report:
        assert question.dimensions == (Dimension.DAY,)
        days = {"2027-06-10": 7, "2027-06-09": 5, "2027-06-01": 3}
        rows = [ReportRow((day,), "CNY", MetricSums(spend_micros=spent)) for day, spent in days.items()]
        rows.append(ReportRow(("2027-06-05",), "USD", MetricSums(spend_micros=100)))
        return Report(question, tuple(rows), {}, None)

    usd, cny = sum_up_period(report, period_named(PeriodName.WEEK, noon), noon)
    assert (usd.currency, usd.now.spend_micros, usd.before.spend_micros) == ("USD", 100, 0)
    told = (cny.now.spend_micros, cny.before.spend_micros, cny.today.spend_micros)
    assert told == (5, 3, 7) and len(cny.days) == 7


def test_only_of_a_period_in_which_nothing_was_counted_an_earlier_day_is_looked_up() -> None:
    period = period_named(PeriodName.WEEK, datetime(2027, 6, 10, 12, tzinfo=UTC))
    asked: list[tuple[date, str]] = []

    def last_counted(before: date, advertiser_id: str) -> date:
        asked.append((before, advertiser_id))
        return date(2027, 5, 2)

    nothing, shown = MetricSums(), MetricSums(impressions=1)
    earlier_and_today = PeriodSums("CNY", nothing, shown, shown, ())
    assert counted_before(last_counted, period, [], "a1") == date(2027, 5, 2)
    assert counted_before(last_counted, period, [earlier_and_today], "") == date(2027, 5, 2)
    assert asked == [(date(2027, 6, 3), "a1"), (date(2027, 6, 3), "")]
    one_shown = PeriodSums("USD", shown, nothing, nothing, ())
    assert counted_before(last_counted, period, [earlier_and_today, one_shown], "") is None
    assert len(asked) == 2


def test_a_period_without_anything_leads_to_the_days_that_were_counted_last(admin: Admin) -> None:
    last = bootstrap.clock().now().replace(minute=0, second=0, microsecond=0) - timedelta(days=40)
    with closing(bootstrap.open_database(admin.settings)) as database:
        SqlCatalogue(database).save([an_advertiser("a3")], [a_campaign("k3", "a3")], [], [])
        spend = {(hour, "a3", "k3", "c3", "feed"): 7_000_000 for hour in (last, last - timedelta(days=30))}
        assert SqlMetricsLedger(database).add(StreamPosition(1, 0), StreamPosition(2, 0), {}, spend)
    with bootstrap.opened_people(admin.settings) as parts:
        add_person(replace(parts, cost=CHEAP), User("zoe", Role.ADVERTISER, "Zoe", frozenset({"a3"})), WORDS)
    zoe, olga = admin.as_("zoe"), admin.as_("olga")

    told = zoe.get("/v1/overview").json()
    assert (told["last_counted_day"], told["items"]) == (last.date().isoformat(), [])
    assert olga.get("/v1/overview", params={"advertiser_id": "a3"}).json()["last_counted_day"] == str(last.date())
    assert olga.get("/v1/overview").json()["last_counted_day"] is None

    page = zoe.get("/").text
    assert f"The last day before with anything counted is {last.date()}." in page
    assert f"最近有数据的一天是 {last.date()}。" in zoe.get("/", headers={"accept-language": "zh"}).text
    assert "nothing was counted" not in olga.get("/").text.lower()
    href = _report_of(page)
    assert "a3" not in href and "a3" in _report_of(olga.get("/", params={"advertiser": "a3"}).text)
    report = zoe.get(href)
    assert report.status_code == 200 and "7.00" in report.text
    days = report.request.url.params
    assert date.fromisoformat(days["until"]) - date.fromisoformat(days["since"]) == timedelta(days=7)
    four_weeks = zoe.get(_report_of(zoe.get("/", params={"period": "28d"}).text)).request.url.params
    assert (four_weeks["until"], four_weeks["since"]) == (
        str(last.date() + timedelta(days=1)),
        str(last.date() - timedelta(days=27)),
    )


def _report_of(page: str) -> str:
    """Where the line about an earlier day leads."""
    [href] = _leads(page)
    return href


def _leads(page: str) -> list[str]:
    return [html.unescape(href) for href in re.findall(r'class="note">[^<]* <a href="(/[^"]*)">', page)]


def test_a_campaign_and_its_standings_without_anything_lead_to_the_days_that_have_some(admin: Admin) -> None:
    last = bootstrap.clock().now().replace(minute=0, second=0, microsecond=0) - timedelta(days=40)
    with closing(bootstrap.open_database(admin.settings)) as database:
        flight = Flight(last - timedelta(days=90), last + timedelta(days=90))
        campaigns = [replace(a_campaign(name, "a3"), flight=flight) for name in ("k3", "k4", "k5")]
        SqlCatalogue(database).save([an_advertiser("a3")], campaigns, [], [])
        shown = {
            (hour, "a3", campaign, "c3", "feed"): ArmStatistics(10, 1, 0, 1.0, 0)
            for campaign, hour in (("k3", last), ("k4", last - timedelta(days=10)))
        }
        spend = dict.fromkeys(shown, 7_000_000)
        assert SqlMetricsLedger(database).add(StreamPosition(1, 0), StreamPosition(2, 0), shown, spend)
    with bootstrap.opened_people(admin.settings) as parts:
        add_person(replace(parts, cost=CHEAP), User("zoe", Role.ADVERTISER, "Zoe", frozenset({"a3"})), WORDS)
    zoe, day = admin.as_("zoe"), last.date()

    for path, leads, counted in (
        ("/campaigns/k3", 2, day),
        ("/campaigns/k4?by=day", 2, day - timedelta(days=10)),
        ("/campaigns/k3/creatives", 1, day),
        ("/campaigns/k4/creatives", 1, day - timedelta(days=10)),
    ):
        page = zoe.get(path).text
        assert page.count(f"The last day before with anything counted is {counted}.") == len(_leads(page)) == leads
        in_chinese = zoe.get(path, headers={"accept-language": "zh"}).text
        assert in_chinese.count(f"最近有数据的一天是 {counted}。") == leads, path
        for href in _leads(page):
            there = zoe.get(href)
            days = there.request.url.params
            assert date.fromisoformat(days["until"]) == counted + timedelta(days=1), href
            assert there.status_code == 200 and not _leads(there.text) and "Nothing here" not in there.text, href
            assert "is not understood" not in there.text
    assert "Spend, last 30 days" not in zoe.get("/campaigns/k3").text  # no chart of zeros
    for path in ("/campaigns/k5", "/campaigns/k5/creatives"):
        page = zoe.get(path).text
        assert "Nothing here" in page and not _leads(page), path


def test_the_page_tells_pacing_tiles_and_the_days_of_what_the_viewer_sees(admin: Admin) -> None:
    make_trouble(admin)
    html = admin.as_("mei").get("/").text
    assert "Delivery and pacing" in html and "CNY 1,000,000.00" in html
    assert re.search(r'class="pace behind">-\d+%', html)
    assert "Spring 1" in html and "Spring 2" not in html
    assert html.count("<svg") == 1 and "Spend by day" in html
    assert html.count('class="n">') > 30  # the figures behind the chart


def test_the_page_can_be_cut_by_period_and_advertiser(admin: Admin) -> None:
    olga = admin.as_("olga")
    assert "Spring 2" in olga.get("/").text
    cut = olga.get("/", params={"period": "28d", "advertiser": "a1", "shown": "may"}).text
    assert "Spring 1" in cut and "Spring 2" not in cut and "last 28 whole days" in cut
    assert "Spring 2" in olga.get("/", params={"advertiser": "nobody"}).text
    another_s = admin.as_("mei").get("/", params={"advertiser": "a2"}).text
    assert "“a2” is not understood" in another_s and "Spring 1" in another_s and "Spring 2" not in another_s


def test_alerts_stand_on_a_page_with_their_sentences_in_two_languages(admin: Admin) -> None:
    make_trouble(admin)
    olga = admin.as_("olga")
    html = olga.get("/alerts").text
    assert '<a href="/campaigns/k1">Spring 1</a>' in html and "behind an even spend" in html
    assert "Units do not come to the arms as planned" in html and "2 creatives wait" in html
    assert "落后匀速花费" in olga.get("/alerts", headers={"accept-language": "zh"}).text
    assert "Spring 1" not in admin.as_("li").get("/alerts").text


def test_alerts_of_one_kind_are_one_line_on_the_overview_that_leads_to_all_of_them(admin: Admin) -> None:
    make_trouble(admin)
    now = bootstrap.clock().now()
    with closing(bootstrap.open_database(admin.settings)) as database:
        flight = Flight(now - timedelta(days=30), now + timedelta(days=30))
        silent = [replace(a_campaign(f"q{number}", name=f"Quiet {number}"), flight=flight) for number in range(5)]
        SqlCatalogue(database).save([], silent, [], [])
    olga = admin.as_("olga")
    quiet = [one for one in olga.get("/v1/alerts").json()["items"] if one["kind"] == "no_delivery"]
    assert {f"Quiet {number}" for number in range(5)} <= {one["name"] for one in quiet}

    assert 'hx-get="/overview/alerts"' in olga.get("/").text
    brief = olga.get("/overview/alerts").text
    [line] = [one for one in re.findall(r"<li>.*?</li>", brief, re.S) if "/alerts?kind=no_delivery" in one]
    assert f">Live, and nothing shown: {len(quiet)}</a>" in line and f"and {len(quiet) - 3} more" in line
    assert re.findall(r'class="one" href="([^"]*)">([^<]*)<', line) == [(one["page"], one["name"]) for one in quiet[:3]]
    in_chinese = olga.get("/overview/alerts", headers={"accept-language": "zh"}).text
    assert f"投放中但没有曝光: {len(quiet)}" in in_chinese

    for path, told in (("/alerts", olga.get("/v1/alerts").json()["items"]), ("/alerts?kind=no_delivery", quiet)):
        assert olga.get(path).text.count("<li>") == len(told)
    assert "is not understood" in olga.get("/alerts?kind=nonsense").text


def test_every_kind_of_alert_has_its_name_and_its_sentence() -> None:
    for language in LANGUAGES:
        say = words_in(language)
        assert all(say(f"alert_{kind.value}") and say(f"alert kind {kind.value}") for kind in AlertKind)


def test_the_win_rate_comes_by_itself_and_is_a_dash_without_auctions(admin: Admin) -> None:
    html = admin.as_("mei").get("/overview/win-rate").text
    assert re.search(r'id="win-rate"><span>–</span>', html)
    assert "is not understood" in admin.as_("mei").get("/overview/win-rate", params={"advertiser": "a2"}).text


def test_the_api_tells_the_same(admin: Admin) -> None:
    told = admin.as_("mei").get("/v1/overview", params={"period": "28d"}).json()
    [cny] = told["items"]
    report = admin.as_("mei").get("/v1/reports", params={"since": told["since"], "until": told["until"]}).json()
    assert cny["now"]["spend"] == report["totals"][0]["spend"] > 0
    assert cny["now"]["ctr"] == report["totals"][0]["ctr"] and len(cny["days"]) == 28
    assert sum(day["clicks"] for day in cny["days"]) == cny["now"]["clicks"]


def test_a_hundred_campaigns_stand_on_one_page_each_with_its_own_delivery(admin: Admin) -> None:
    now = bootstrap.clock().now().replace(minute=0, second=0, microsecond=0)
    many: list[Campaign] = [a_campaign(f"m{number:03d}", name=f"Many {number:03d}") for number in range(120)]
    with closing(bootstrap.open_database(admin.settings)) as database:
        SqlCatalogue(database).save([an_advertiser("a1")], many, [], [])
        spend = {(now - timedelta(hours=2), "a1", one.campaign_id, "c", "feed"): 1_000_000 for one in many}
        assert SqlMetricsLedger(database).add(StreamPosition(1, 0), StreamPosition(2, 0), {}, spend)
    html = admin.as_("mei").get("/").text
    assert html.count("<progress") == 100 and html.count("CNY 1.00") >= 99
    assert 'rel="next"' in html
