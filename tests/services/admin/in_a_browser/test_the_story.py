"""The whole story of a campaign, in a browser, over a service that really serves it.

mei makes a campaign and hands in creatives; olga, an operator, decides about them; readers see them and click; both
read what came of it, take it home as files, run an experiment, and find every deed in the audit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import playwright.sync_api as playwright
import pytest

from adplat.domain import MICROS_PER_UNIT
from services.admin.words.deeds import DEEDS
from tests.services.admin.admins import WORDS
from tests.services.admin.in_a_browser.by_keyboard import choose, hand_over, press, reach, write
from tests.services.admin.in_a_browser.chromium import Visitor, in_a_browser, visiting
from tests.services.admin.in_a_browser.real_shop import PLACEMENT, RealShop, Shown, a_real_shop, bought, placed
from tests.services.admin.in_a_browser.taken_home import column, rows_of_csv, rows_of_xlsx
from tests.services.asked_by_schema import serving

pytestmark = in_a_browser
HEADLINES = ("Mid-autumn <tea>", "中秋好茶")
PICTURES = ("c000001.png", "c000014.png")
# The second picture names a price, and nothing that was told says that it is right.
FOUND = (("passes", "Nothing found."), ("asks a person", "picture names a price, “¥19”"))
READERS = [f"reader-{number}" for number in range(240)]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealShop]:
    with a_real_shop(tmp_path_factory.mktemp("story")) as made:
        yield made


def test_a_campaign_is_made_reviewed_served_reported_and_tried(shop: RealShop, browser: playwright.Browser) -> None:
    with (
        serving(shop.admin.app) as address,
        visiting(browser, address) as mei,
        visiting(browser, address, scheme="dark", language="zh") as olga,
    ):
        mei.sign_in("mei", WORDS)
        mei.picture("story-01-overview")
        campaign_id = creates_a_campaign(mei)
        creatives = [
            hands_in(mei, campaign_id, headline, (shop.real.world_dir / "images" / picture).read_bytes(), number)
            for number, (headline, picture) in enumerate(zip(HEADLINES, PICTURES, strict=True))
        ]
        olga.sign_in("olga", WORDS)
        for creative_id in creatives:
            approves(olga, creative_id)
            sets_live(mei, creative_id)
        goes_live(mei, campaign_id)

        served = is_served(shop, campaign_id, creatives)
        shows_its_delivery(mei, campaign_id, served)
        reports(mei, campaign_id, served)

        runs_an_experiment(shop, olga, campaign_id, creatives)
        tells_every_deed(olga, campaign_id, creatives)
        mei.page.get_by_role("button", name="Sign out").click()
        mei.page.wait_for_url(f"{address}/sign-in")


def creates_a_campaign(mei: Visitor) -> str:
    page = mei.page
    press(page.get_by_role("link", name="New campaign"))
    write(page.get_by_label("Name", exact=True), "Mid-autumn <tea>")
    page.get_by_label("Starts (UTC)").fill((datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"))
    write(page.get_by_label("Daily budget"), "500")
    choose(page.get_by_label("Bid strategy"), "highest")
    write(page.get_by_label("Target", exact=True), "60")
    write(page.get_by_label("Placements"), PLACEMENT)
    mei.picture("story-02-campaign-form")
    press(page.get_by_role("button", name="Create"))
    page.wait_for_url("**/campaigns/k-*")
    assert page.get_by_role("heading", level=1).inner_text().startswith("Mid-autumn <tea>")
    assert "CNY 500.00" in page.inner_text("main")
    campaign_id = page.url.partition("?")[0].rpartition("/")[2]
    write(page.get_by_label("Name", exact=True), "Tea")
    write(page.get_by_label("Leads to"), "https://tea.example/autumn")
    press(page.get_by_role("button", name="Add an ad"))
    playwright.expect(page.get_by_text("Saved.")).to_be_visible()
    mei.picture("story-03-campaign")
    return campaign_id


def hands_in(mei: Visitor, campaign_id: str, headline: str, content: bytes, number: int) -> str:
    """And sees what its review found."""
    page = mei.page
    page.goto(f"/campaigns/{campaign_id}")
    press(page.get_by_role("link", name="Hand in a creative"))
    assert campaign_id in page.get_by_label("Ad", exact=True).evaluate("one => one.selectedOptions[0].textContent")
    choose(page.get_by_label("Placement", exact=True), "iab_300x250")
    hand_over(page.get_by_label("Picture", exact=True), "autumn.png", content)
    write(page.get_by_label("Headline", exact=True), headline)
    write(page.get_by_label("Call to action"), "Buy now")
    press(page.get_by_role("button", name="Hand in a creative"))
    page.wait_for_url("**/creatives/c-*")
    playwright.expect(page.get_by_role("heading", level=1)).to_contain_text(headline)
    playwright.expect(page.get_by_role("heading", level=1)).to_contain_text("held")
    verdict, evidence = FOUND[number]
    playwright.expect(page.get_by_text("Review:")).to_contain_text(verdict)
    playwright.expect(page.locator("main")).to_contain_text(evidence)
    loaded: bool = page.locator("main img").first.evaluate("one => one.complete && one.naturalWidth === 300")
    assert loaded
    assert page.get_by_role("button", name="Approve").count() == 0  # she may not
    mei.picture(f"story-04-reviewed-{number + 1}")
    return page.url.partition("?")[0].rpartition("/")[2]


def approves(olga: Visitor, creative_id: str) -> None:
    """From its page, by keyboard, with a reason."""
    page = olga.page
    page.goto("/creatives")
    press(page.locator(f"a[href='/creatives/{creative_id}']").last)
    page.wait_for_url(f"**/creatives/{creative_id}")
    write(page.get_by_label("理由"), "picture and words belong together")
    olga.picture("story-05-decision")
    press(page.get_by_role("button", name="通过"))
    playwright.expect(page.get_by_text("已通过。")).to_be_visible()


def sets_live(mei: Visitor, creative_id: str) -> None:
    """From its page, by keyboard."""
    page = mei.page
    page.goto(f"/creatives/{creative_id}")
    choose(page.get_by_label("Change status"), "live")
    press(page.get_by_role("button", name="Change status"))
    playwright.expect(page.get_by_text("Saved.")).to_be_visible()
    playwright.expect(page.get_by_role("heading", level=1)).to_contain_text("live")


def goes_live(mei: Visitor, campaign_id: str) -> None:
    page = mei.page
    page.goto(f"/campaigns/{campaign_id}")
    for status in ("scheduled", "live"):
        choose(page.get_by_label("Change status"), status)
        press(page.get_by_role("button", name="Change status"))
        playwright.expect(page.get_by_role("heading", level=1)).to_contain_text(status)


def is_served(shop: RealShop, campaign_id: str, creatives: list[str]) -> list[Shown]:
    """Deployed over the changed catalogue, it wins auctions against everybody else's; its showings are counted."""
    shop.deploy()
    with shop.doors() as seller:
        shown = [one for one in bought(seller, 60, 6) if one.creative_id in creatives]
    shop.fold()
    assert {one.creative_id for one in shown} == set(creatives), Counter(one.creative_id for one in shown)
    assert len(shown) >= 40, campaign_id
    return shown


def shows_its_delivery(mei: Visitor, campaign_id: str, served: list[Shown]) -> None:
    page, today = mei.page, datetime.now(UTC).date().isoformat()
    spent = sum(one.price_micros for one in served) / MICROS_PER_UNIT
    page.goto(f"/campaigns/{campaign_id}")
    press(page.locator("summary", has_text="Delivery by day"))
    row = page.locator("tr", has_text=today).first
    playwright.expect(row).to_contain_text(f"CNY {spent:,.2f}")
    assert str(len(served)) in row.locator("td").all_inner_texts()
    mei.picture("story-06-delivery")
    press(page.get_by_role("link", name="Overview"))
    playwright.expect(page.locator("tr", has_text="Mid-autumn <tea>")).to_contain_text(f"CNY {spent:,.2f}")


def reports(mei: Visitor, campaign_id: str, served: list[Shown]) -> None:
    """The same numbers by creative, on the page and in the files."""
    page = mei.page
    press(page.get_by_role("link", name="Reports", exact=True))
    choose(page.get_by_label("By", exact=True), "Creative")
    write(page.get_by_label("Condition", exact=True), f"campaign={campaign_id}")
    press(page.get_by_role("button", name="Show"))
    page.wait_for_url("**/reports?*by=creative*")
    mei.picture("story-07-report")
    expected = Counter(one.creative_id for one in served)
    spent = Counter[str]()
    for one in served:
        spent[one.creative_id] += one.price_micros
    for creative_id, impressions in expected.items():
        cells = page.locator("tbody tr", has_text=creative_id).locator("td").all_inner_texts()
        assert str(impressions) in cells, cells
        assert f"{spent[creative_id] / MICROS_PER_UNIT:,.2f}" in cells, cells

    for rows in (rows_of_csv(taken(mei, "CSV")), rows_of_xlsx(taken(mei, "XLSX"))):
        told = column(rows, "creative", "impressions")
        assert {name: int(told[name]) for name in expected} == expected
    assert taken(mei, "PDF").startswith(b"%PDF-")


def taken(visitor: Visitor, kind: str) -> bytes:
    """A report's file, as the browser saved it."""
    with visitor.page.expect_download() as saved:
        press(visitor.page.get_by_role("link", name=kind, exact=True))
    return saved.value.path().read_bytes()


def runs_an_experiment(shop: RealShop, olga: Visitor, campaign_id: str, creatives: list[str]) -> None:
    """Planned, started, met by readers, stopped, analysed by the worker, decided."""
    page = olga.page
    plans(olga, "tea-pictures", campaign_id, creatives)
    decides(olga, "start", "the plan is agreed")
    with shop.doors() as publisher:
        arms = Counter(placed(publisher, campaign_id, READERS, dict(zip(creatives, (12, 2), strict=True))))
    assert set(arms) == {"tea-pictures:plain", "tea-pictures:moon"}
    page.reload()
    playwright.expect(page.get_by_role("heading", level=1)).to_contain_text("进行中")
    olga.picture("story-08-experiment-running")
    decides(olga, "stop", "enough was seen")
    shop.fold()  # and its last analysis, which is due once it is stopped
    page.reload()
    playwright.expect(page.get_by_role("heading", level=1)).to_contain_text("停止")
    playwright.expect(page.locator("tbody tr", has_text="moon").first).to_contain_text("+")
    olga.picture("story-09-experiment-result")
    decides(olga, "decide", "the moon is clicked more often", winner="moon")
    playwright.expect(page.get_by_role("heading", level=1)).to_contain_text("决定")
    playwright.expect(page.locator("main")).to_contain_text("the moon is clicked more often")
    olga.picture("story-10-experiment-decided")


def plans(olga: Visitor, name: str, campaign_id: str, creatives: list[str]) -> None:
    page = olga.page
    press(page.get_by_role("link", name="实验", exact=True))
    press(page.get_by_role("link", name="新建实验"))
    page.locator("#campaign").select_option(campaign_id)
    press(page.locator("main form button"))
    write(page.get_by_label("名称", exact=True), name)
    for number, (arm, creative_id) in enumerate(zip(("plain", "moon"), creatives, strict=True), start=1):
        write(page.locator(f"#arm{number}_name"), arm)
        page.locator(f"#arm{number}_creatives").select_option(creative_id)
    page.get_by_label("方法", exact=True).select_option("sequential")
    write(page.locator("#age_days"), "0")
    write(page.locator("#effect"), "50")
    write(page.locator("#daily_units"), "5000")
    write(page.locator("#mean"), "0.1")
    write(page.locator("#std"), "0.3")
    olga.picture("story-08-experiment-plan")
    press(page.get_by_role("button", name="保存为草稿"))
    page.wait_for_url(f"**/experiments/{name}*")


def decides(olga: Visitor, step: str, reason: str, winner: str = "") -> None:
    """A step of its life: what it means is shown before a reason is asked for."""
    act = olga.page.locator("details.act").filter(has=olga.page.locator(f"form[action$='/{step}']"))
    press(act.locator("summary"))
    if winner:
        act.get_by_label("胜者").select_option(winner)
    write(act.get_by_label("理由"), reason)
    press(act.get_by_role("button"))
    playwright.expect(act).to_have_count(0)


def tells_every_deed(olga: Visitor, campaign_id: str, creatives: list[str]) -> None:
    page = olga.page
    press(page.get_by_role("link", name="审计", exact=True))
    reach(page.get_by_label("操作者"))
    cells = [row.locator("td").all_inner_texts() for row in page.locator("tbody tr").all()]
    rows = {(row[2].split()[0], row[4], row[3]) for row in cells}
    expected = [
        ("mei", campaign_id, "campaign create"),
        *(("mei", one, "creative hand in") for one in creatives),
        *(("olga", one, "creative approved") for one in creatives),
        *(("mei", one, "creative live") for one in creatives),
        ("olga", "tea-pictures", "experiment create"),
        ("olga", "tea-pictures", "experiment start"),
        ("olga", "tea-pictures", "experiment stop"),
        ("olga", "tea-pictures", "experiment decide"),
    ]
    words = {deed: chinese for deeds in DEEDS.values() for deed, (_, chinese) in deeds.items()}
    assert [one for one in expected if (*one[:2], words[one[2]]) not in rows] == []
    assert words["deploy"] in {action for who, _, action in rows if who == "olga"}
    olga.picture("story-11-audit")
