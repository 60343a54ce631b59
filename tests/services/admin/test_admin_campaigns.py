"""A campaign's page and form, what is done with many, and copies."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat import bootstrap
from adplat.domain import Budget, CampaignStatus, ConfigRejected, Flight, MetricSums, Money, Targeting
from adplat.flows.campaign_delivery import pace_of_campaign
from adplat.market import delivery_of
from adplat.storage import SqlCatalogue
from services.admin.campaign_form import span_s, span_text
from services.admin.hours_of_week import hours_from, texts_of, told_days
from services.admin.wording import words_in
from tests.services.admin.admins import Admin, Somebody
from tests.services.admin.test_admin_api import CAMPAIGN
from tests.services.admin.test_admin_pages import FIELDS, sent
from tests.storage.builders import a_campaign, an_advertiser

NOON = datetime(2027, 6, 6, 12, tzinfo=UTC)


@given(st.sets(st.integers(0, 167)))
def test_hours_of_the_week_survive_being_written_and_read(hours: set[int]) -> None:
    read = hours_from(texts_of(hours))
    assert set(read) == (set() if len(hours) == 168 else hours)


def test_hours_are_written_as_people_write_them() -> None:
    told = hours_from({"monday": "8-10, 22–24", "sunday": "all", "tuesday": " 0:00 - 1:00 "})
    assert told == (8, 9, 22, 23, 24, *range(144, 168))
    assert told_days(hours_from({"monday": "8-20", "friday": "8-20"})) == [(("monday", "friday"), "8-20")]
    assert hours_from({}) == ()
    for wrong in ("20-8", "8-25", "8", "noon", "8-8", "-3-4"):
        with pytest.raises(ConfigRejected, match="no hours of a day"):
            hours_from({"friday": wrong})


@given(st.integers(0, 90 * 86_400))
def test_spans_survive_being_written_and_read(seconds: int) -> None:
    assert span_s(span_text(seconds), "x") == seconds


def test_the_form_has_a_field_for_all_that_the_api_takes(admin: Admin) -> None:
    mei = admin.as_("mei")
    more = {"hours_monday": "8-20", "hours_sunday": "10-12", "cap_limit_0": "3", "cap_within_0": "1d"}
    more |= {"cap_limit_1": "1", "cap_within_1": "30min", "cap_each_1": "on", "click_within": "3d", "view_within": "1h"}
    made = sent(mei, "/campaigns/new", **FIELDS | more, once="all")
    told = mei.get(f"/v1{made.headers['location'].partition('?')[0]}").json()
    assert told["targeting"]["hours_of_week"] == [*range(8, 20), 154, 155]
    assert told["frequency_caps"] == [
        {"limit": 3, "window_s": 86_400, "per_creative": False},
        {"limit": 1, "window_s": 1_800, "per_creative": True},
    ]
    assert told["attribution"] == {"click_s": 3 * 86_400, "view_s": 3_600}
    html = mei.get(made.headers["location"].partition("?")[0]).text
    assert "Monday: 8-20" in html and "3 / 1d" in html and "1 / 30min (of each creative)" in html
    assert "After a click: 3d" in html
    form = mei.get(made.headers["location"].partition("?")[0] + "/edit").text
    assert 'value="8-20"' in form and 'name="cap_each_1" checked' in form and 'name="cap_limit_3"' in form


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"hours_monday": "late"}, "hours_monday"),
        ({"cap_limit_0": "many", "cap_within_0": "1d"}, "frequency_caps[0]"),
        ({"cap_limit_0": "3", "cap_within_0": ""}, "frequency_caps[0]"),
        ({"cap_limit_0": "3", "cap_within_0": "200d"}, "frequency_caps"),
        ({"click_within": "1 year"}, "attribution.click"),
        ({"click_within": "400d"}, "attribution"),
    ],
)
def test_what_is_wrong_in_them_is_said_where_it_is(admin: Admin, wrong: dict[str, str], where: str) -> None:
    told = sent(admin.as_("mei"), "/campaigns/new", **FIELDS | wrong)
    assert told.status_code == 422 and f"<code>{where}</code>" in told.text
    assert all(f'value="{text}"' in told.text for text in wrong.values())


def test_several_campaigns_are_paused_at_once_and_one_that_cannot_be_stays(admin: Admin) -> None:
    mei = running(admin)
    draft = sent(mei, "/campaigns/new", **FIELDS, once="d").headers["location"].partition("?")[0].rpartition("/")[2]
    done = sent(mei, "/campaigns/bulk", status="paused", pick_1="k1", pick_2=draft)
    assert done.status_code == 200 and "Changed: 1. Not changed: 1." in done.text
    was_changed, was_not = re.findall(r"<li>.*?</li>", re.search(r'<div class="done".*?</div>', done.text)[0])  # type: ignore[index]
    assert f'href="/campaigns/{draft}">Summer &lt;b&gt;tea' in was_not and "not changed" in was_not
    assert "it is draft and cannot become paused" in was_not
    assert 'href="/campaigns/k1"' in was_changed and "paused" in was_changed
    assert mei.get("/v1/campaigns/k1").json()["status"] == "paused"
    assert mei.get(f"/v1/campaigns/{draft}").json()["status"] == "draft"
    told = mei.post("/v1/campaigns/status", json={"campaign_ids": ["k1", draft], "status": "live"}).json()["items"]
    assert [one["campaign_id"] for one in told] == ["k1", draft]
    assert told[0]["problem"] is None and "cannot become live" in told[1]["problem"]
    trail = admin.as_("olga").get("/v1/audit", params={"filter": "subject=k1"}).json()["items"]
    assert [one["action"] for one in trail[:2]] == ["campaign change", "campaign change"]


def test_what_keeps_one_beyond_its_status_is_led_in_by_the_language_of_the_page(admin: Admin) -> None:
    mei, now = admin.as_("mei"), bootstrap.clock().now()
    over = Flight(now - timedelta(days=6), now - timedelta(days=1))
    with closing(bootstrap.open_database(admin.settings)) as database:
        one = replace(a_campaign("k1", name="Spring 1"), flight=over, status=CampaignStatus.PAUSED)
        SqlCatalogue(database).save([an_advertiser("a1")], [one], [], [])
    data = {"form_token": mei.token, "status": "live", "pick_1": "k1"}
    for language, told in (("en", "its flight is over"), ("zh", f"{words_in('zh')('refused 422')}请检查此项：结束")):
        answer = mei.post("/campaigns/bulk", data=data, headers={"accept-language": language})
        [line] = re.findall(r"<li>.*?</li>", re.search(r'<div class="done".*?</div>', answer.text)[0])  # type: ignore[index]
        assert told in line and 'href="/campaigns/k1"' in line
        assert ('<span lang="en">its flight is over' in line) == (language == "zh")


def test_nothing_is_changed_where_one_of_them_is_another_s(admin: Admin) -> None:
    mei = admin.as_("mei")
    assert sent(mei, "/campaigns/bulk", status="paused", pick_1="k1", pick_2="k2").status_code == 404
    body = {"campaign_ids": ["k1", "k2"], "status": "paused"}
    assert mei.post("/v1/campaigns/status", json=body).status_code == 404
    assert mei.get("/v1/campaigns/k1").json()["status"] == "live"


def test_a_copy_is_a_draft_with_the_same_terms_and_ads_made_once(admin: Admin) -> None:
    mei = admin.as_("mei")
    done = sent(mei, "/campaigns/k1/copy", once="c1")
    again = sent(mei, "/campaigns/k1/copy", once="c1")
    assert done.headers["location"] == again.headers["location"]
    named = done.headers["location"].split("/")[2]
    there, copy = mei.get("/v1/campaigns/k1").json(), mei.get(f"/v1/campaigns/{named}").json()
    assert (copy["name"], copy["status"]) == ("Copy of Spring 1", "draft")
    same = there.keys() - {"campaign_id", "name", "status"}
    assert {name: copy[name] for name in same} == {name: there[name] for name in same}
    ads = mei.get("/v1/ads", params={"filter": f"campaign_id={named}"}).json()["items"]
    assert [ad["landing_url"] for ad in ads] == ["https://tea.example/green?utm=1"]
    made = mei.post("/v1/campaigns/k1/copy", json={"name": "By hand"}, headers={"idempotency-key": "k"})
    assert made.status_code == 201 and made.json()["name"] == "By hand"


def test_campaigns_are_found_by_name_status_and_advertiser(admin: Admin) -> None:
    olga = admin.as_("olga")
    assert listed(olga.get("/campaigns").text) == ["Spring 1", "Spring 2"]
    assert listed(olga.get("/campaigns", params={"advertiser": "a2"}).text) == ["Spring 2"]
    assert listed(olga.get("/campaigns", params={"name": "spring 1"}).text) == ["Spring 1"]
    assert listed(olga.get("/campaigns", params={"status": "paused"}).text) == []


def listed(html: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'<th scope="row"><a href="/campaigns/[^"]+">([^<]+)</a>', html)]


def test_who_may_not_change_campaigns_sees_no_deeds(admin: Admin) -> None:
    html = admin.as_("rob").get("/campaigns").text
    assert "checkbox" not in html and "/campaigns/bulk" not in html
    assert "/copy" not in admin.as_("rob").get("/campaigns/k1").text


def running(admin: Admin) -> Somebody:
    """k1 with a flight around now, so that its delivery has a pace."""
    now = bootstrap.clock().now()
    flight = Flight(now - timedelta(days=6), now + timedelta(days=4))
    terms: dict[str, Any] = {"flight": flight, "budget": Budget(None, Money(200_000_000, "CNY"))}
    with closing(bootstrap.open_database(admin.settings)) as database:
        one = replace(a_campaign("k1", name="Spring 1"), **terms)
        SqlCatalogue(database).save([an_advertiser("a1")], [one], [], [])
    return admin.as_("mei")


def test_a_campaign_tells_its_pace_and_what_brought_what(admin: Admin) -> None:
    mei = running(admin)
    html = mei.get("/campaigns/k1").text
    assert html.count("<svg") == 2 and "planned evenly" in html and "Booked" in html and "CNY 200.00" in html
    cut = mei.get("/campaigns/k1", params={"by": "day", "then": "placement"}).text
    table = cut.partition('id="cut"')[2]
    assert "feed" in table and re.search(r"<td>\d{4}-\d\d-\d\d</td><td>feed</td>", table)
    link = unescape(re.search(r'href="(/reports\?[^"]+)"', table)[1])  # type: ignore[index]
    assert "by=day&by=placement" in link and "filter=campaign%3Dk1" in link
    report = mei.get(link).text
    assert ">feed<" in report and "/creatives/" not in report


def test_a_sensible_cut_is_taken_where_another_is_asked_for(admin: Admin) -> None:
    html = running(admin).get("/campaigns/k1", params={"by": "user_key", "then": "creative"}).text
    assert 'value="creative" selected' in html


def test_pace_is_planned_evenly_delivered_so_far_and_projected_from_today() -> None:
    campaign = replace(
        a_campaign(status=CampaignStatus.LIVE),
        budget=Budget(None, Money(1_000, "CNY")),
        flight=Flight(NOON - timedelta(days=5), NOON + timedelta(days=5)),
    )
    days = {date(2027, 6, 1) + timedelta(days=number): MetricSums(spend_micros=80) for number in range(6)}
    delivery = delivery_of(campaign.budget, campaign.flight, NOON, 480, 400, 5 * 86_400.0)
    points = pace_of_campaign(campaign, days, delivery, NOON)
    assert [one.day for one in points] == [date(2027, 6, 1) + timedelta(days=number) for number in range(11)]
    assert [one.spent_micros for one in points] == [80, 160, 240, 320, 400, 480, *[None] * 5]
    assert points[0].planned_micros == 50 and points[-1].planned_micros == 1_000
    assert points[4].projected_micros is None and points[5].projected_micros == 480
    assert points[-1].projected_micros == delivery.projected_micros == 880


def wrong_form(admin: Admin, language: str, **told: str) -> str:
    """What is said above the form that is not taken."""
    mei = admin.as_("mei")
    data = {"form_token": mei.token} | FIELDS | told
    answer = mei.post("/campaigns/new", data=data, headers={"accept-language": language})
    assert answer.status_code == 422
    return unescape(re.search(r'<div class="trouble"[^>]*>(.*?)</div>', answer.text)[1])  # type: ignore[index]


@pytest.mark.parametrize(
    ("told", "label", "sentence"),
    [
        ({"target": ""}, "Target", "highest price per click needs an amount above 0, in CNY, per click"),
        ({"target": "0", "kind": "cpm"}, "Target", "in CNY, per thousand showings"),
        ({"target": "", "kind": "target_roas"}, "Target", "return on spend is a ratio above 0"),
        ({"target": "inf", "kind": "target_roas"}, "Target", "return on spend is a ratio above 0"),
        ({"target": "12.51"}, "Target", "CNY 12.51 is above the whole Daily budget, CNY 12.50"),
        (
            {"target": "2000000", "daily": "", "total": "5000"},
            "Target",
            "is above the whole Total budget, CNY 5,000.00",
        ),
        ({"target": "13", "kind": "target_cpa"}, "Target", "target cost per action CNY 13.00 is above"),
        ({"daily": "0"}, "Daily budget", "a budget is above 0"),
        ({"total": "12"}, "Daily budget", "more than the whole flight may spend, CNY 12.00"),
        ({"daily": "-5"}, "Daily budget", "below zero"),
        ({"daily": "1e400"}, "Daily budget", "too large. Give 1,000,000,000 at most"),
        ({"total": "99999999999999999999"}, "Total budget", "too large"),
        ({"target": "0.0000001"}, "Target", "too many digits. Give up to six after the point"),
        ({"target": "NaN"}, "Target", "is no amount. Write it as 12.50"),
    ],
)
def test_what_is_wrong_with_bid_and_budget_is_said_in_the_words_of_the_form(
    admin: Admin, told: dict[str, str], label: str, sentence: str
) -> None:
    english, chinese = wrong_form(admin, "en", **told), wrong_form(admin, "zh", **told)
    assert f"<code>{label}</code>" in english and sentence in english
    for text in (english, chinese):
        assert not re.search(r"micros|target_|max_cpc|bid_strategy", text), text
    assert re.search(r"[\u4e00-\u9fff]{4}", chinese) and "needs" not in chinese


def test_a_price_per_thousand_may_be_above_a_budget_and_a_price_up_to_it_is_taken(admin: Admin) -> None:
    mei = admin.as_("mei")
    assert sent(mei, "/campaigns/new", **FIELDS | {"target": "20", "kind": "cpm"}, once="t1").status_code == 303
    assert sent(mei, "/campaigns/new", **FIELDS | {"target": "12.50"}, once="t2").status_code == 303


def test_beside_the_target_stands_its_unit(admin: Admin) -> None:
    html = admin.as_("mei").get("/campaigns/new").text
    assert "in CNY, per click" in html and "a ratio, such as 4" in html and "target_roas a" not in html
    assert re.search(r'<input id="target"[^>]* required ', html)


def test_ending_a_campaign_takes_a_tick_that_says_so(admin: Admin) -> None:
    mei = admin.as_("mei")
    html = mei.get("/campaigns/k1").text
    assert '<option value="ended">' not in html and re.search(r'name="sure" value="yes" required', html)
    refused = sent(mei, "/campaigns/k1/status", status="ended", etag="*")
    assert refused.status_code == 422 and "is for good. Tick “This cannot be undone”" in refused.text
    assert mei.get("/v1/campaigns/k1").json()["status"] == "live"
    assert sent(mei, "/campaigns/k1/status", status="paused", etag="*").status_code == 303
    assert sent(mei, "/campaigns/k1/status", status="ended", etag="*", sure="yes").status_code == 303
    assert mei.get("/v1/campaigns/k1").json()["status"] == "ended"
    assert 'name="sure"' not in mei.get("/campaigns/k1").text


def test_ending_many_takes_the_tick_too_and_keeps_what_was_chosen(admin: Admin) -> None:
    mei = running(admin)
    looked_at = "status=live&name=Spring&advertiser=&cursor="
    refused = sent(mei, "/campaigns/bulk", status="ended", pick_1="k1", looked_at=looked_at)
    assert refused.status_code == 422 and "is for good" in refused.text
    assert 'value="k1" checked' in refused.text and '<option value="ended" selected>' in refused.text
    assert 'name="name" type="search" value="Spring"' in refused.text
    assert mei.get("/v1/campaigns/k1").json()["status"] == "live"
    done = sent(mei, "/campaigns/bulk", status="ended", pick_1="k1", sure="yes")
    assert done.headers["location"] == "/campaigns?changed=1"
    assert mei.get("/v1/campaigns/k1").json()["status"] == "ended"


def test_an_advertiser_is_made_by_a_form_that_leads_to_a_campaign_of_theirs(admin: Admin) -> None:
    olga, mei = admin.as_("olga"), admin.as_("mei")
    for path in ("/campaigns", "/campaigns/new"):
        assert 'href="/advertisers/new"' in olga.get(path).text and "/advertisers/new" not in mei.get(path).text
    wrong = sent(olga, "/advertisers/new", name="Ink House", currency="yuan", domain="ink.example")
    assert wrong.status_code == 422 and "is no currency" in wrong.text and 'value="Ink House"' in wrong.text
    told = {"name": "Ink House", "currency": "cny", "domain": "ink.example", "once": "ink"}
    made = sent(olga, "/advertisers/new", **told)
    assert sent(olga, "/advertisers/new", **told).headers["location"] == made.headers["location"]
    [one] = [each for each in olga.get("/v1/advertisers").json()["items"] if each["name"] == "Ink House"]
    assert (one["currency"], one["domain"]) == ("CNY", "ink.example")
    form = olga.get(made.headers["location"]).text
    assert f'<option value="{one["advertiser_id"]}" selected>Ink House' in form and "Created" in form
    campaign = sent(olga, "/campaigns/new", **FIELDS | {"advertiser_id": one["advertiser_id"]})
    assert campaign.status_code == 303, campaign.text
    assert [each["action"] for each in olga.get("/v1/audit", params={"filter": f"subject={one['advertiser_id']}"})
            .json()["items"]] == ["advertiser create"]  # fmt: skip


def test_an_advertiser_beyond_those_a_list_holds_is_chosen_all_the_same(admin: Admin) -> None:
    with closing(bootstrap.open_database(admin.settings)) as database:
        SqlCatalogue(database).save([an_advertiser(f"b{number:03}") for number in range(501)], [], [], [])
    olga = admin.as_("olga")
    assert '<option value="b500" selected>' in olga.get("/campaigns/new?advertiser=b500").text
    assert 'value="nobody"' not in olga.get("/campaigns/new?advertiser=nobody").text


def test_currencies_and_countries_are_those_that_there_are(admin: Admin) -> None:
    root = admin.as_("root")
    for code in ("ZZZ", "cny", "", "dollar"):
        told = root.post("/v1/advertisers", json={"name": "Ink", "currency": code})
        assert (told.status_code, told.json()["where"]) == (422, "currency"), told.text
        assert "ISO 4217" in told.json()["hint"]
    for code in ("Narnia", "cn", "ZZ"):
        told = root.post("/v1/campaigns", json=CAMPAIGN | {"targeting": {"countries": ["CN", code]}})
        assert (told.status_code, told.json()["where"]) == (422, "targeting.countries"), told.text
        assert code in told.json()["detail"] and "ISO 3166" in told.json()["hint"]
    # OpenRTB tells countries by three letters.
    made = root.post("/v1/campaigns", json=CAMPAIGN | {"targeting": {"countries": ["CN", "CHN"]}})
    assert made.status_code == 201, made.text


def test_a_country_that_was_loaded_stays_and_another_one_is_refused(admin: Admin) -> None:
    with closing(bootstrap.open_database(admin.settings)) as database:
        there = replace(a_campaign("k3", "a1"), targeting=Targeting(countries=("C07",)))
        SqlCatalogue(database).save([], [there], [], [])
    root, seen = admin.as_("root"), {"if-match": "*"}
    assert root.patch("/v1/campaigns/k3", json={"name": "Renamed"}, headers=seen).status_code == 200
    more = root.patch("/v1/campaigns/k3", json={"targeting": {"countries": ["C07", "C08"]}}, headers=seen)
    assert more.status_code == 422 and "C08" in more.json()["detail"]
