"""With scripts switched off the pages do the same: forms are forms, links are links."""

from __future__ import annotations

import playwright.sync_api as playwright

from tests.services.admin.admins import WORDS, Admin, a_picture
from tests.services.admin.in_a_browser.chromium import NARROW, Visitor, in_a_browser, visiting
from tests.services.asked_by_schema import serving

pytestmark = in_a_browser


def test_a_campaign_is_made_found_and_decided_about(admin: Admin, browser: playwright.Browser) -> None:
    with (
        serving(admin.app) as address,
        visiting(browser, address, scripts=False, width=NARROW) as mei,
        visiting(browser, address, scripts=False, width=NARROW, scheme="dark", language="zh") as olga,
    ):
        mei.sign_in("mei", WORDS)
        page = mei.page
        page.get_by_role("link", name="New campaign").click()
        page.get_by_label("Name", exact=True).fill("No scripts")
        page.get_by_label("Daily budget").fill("12.50")
        page.get_by_label("Target", exact=True).fill("much")
        page.get_by_role("button", name="Create").click()
        playwright.expect(page.get_by_role("alert")).to_contain_text("Target: 'much' is no amount")
        assert page.get_by_label("Name", exact=True).input_value() == "No scripts"  # what was written is kept
        mei.complaints.clear()  # the browser's own line about the status
        page.get_by_label("Target", exact=True).fill("0.3")
        page.get_by_role("button", name="Create").click()
        page.wait_for_url("**/campaigns/k-*")
        page.get_by_role("link", name="Campaigns", exact=True).first.click()
        page.get_by_label("Name").fill("scripts")
        page.get_by_label("Status").select_option("draft")
        page.get_by_role("button", name="Filter").click()
        page.wait_for_url("**/campaigns?name=scripts&status=draft&advertiser=")
        playwright.expect(page.locator("tbody tr")).to_have_count(1)
        hands_in(mei)

        olga.sign_in("olga", WORDS)
        page = olga.page
        page.goto("/creatives")
        page.get_by_role("link", name="Tea in autumn").first.click()
        page.get_by_label("理由").fill("looked at")
        page.get_by_role("button", name="通过").click()
        playwright.expect(page.get_by_role("status")).to_contain_text("已通过")
        page.get_by_label("更改状态").select_option("live")
        page.get_by_role("button", name="更改状态").click()
        playwright.expect(page.get_by_role("heading", level=1)).to_contain_text("投放中")
        page.get_by_role("link", name="审计", exact=True).click()
        page.get_by_label("操作", exact=True).select_option("creative approved")
        page.get_by_role("button", name="筛选").click()
        page.wait_for_url("**/audit?*creative+approved*")
        playwright.expect(page.locator("tbody tr")).to_have_count(1)
        page.get_by_role("link", name="English").click()
        playwright.expect(page.locator("html")).to_have_attribute("lang", "en")


def hands_in(mei: Visitor) -> None:
    page = mei.page
    page.goto("/creatives/new?ad=ad1")
    page.get_by_label("Placement", exact=True).select_option("iab_300x250")
    page.get_by_label("Picture", exact=True).set_input_files(
        {"name": "tea.png", "mimeType": "image/png", "buffer": a_picture()}
    )
    page.get_by_label("Headline", exact=True).fill("Tea in autumn")
    page.get_by_role("button", name="Hand in a creative").click()
    page.wait_for_url("**/creatives/c-*")
    playwright.expect(page.get_by_role("heading", level=1)).to_contain_text("held")


def test_a_list_is_filtered_without_loading_the_page_anew_where_scripts_run(
    admin: Admin, browser: playwright.Browser
) -> None:
    with serving(admin.app) as address, visiting(browser, address) as mei:
        mei.sign_in("mei", WORDS)
        page = mei.page
        page.goto("/campaigns")
        page.evaluate("window.still = 'here'")
        page.get_by_label("Name").fill("nowhere")
        playwright.expect(page.locator("#list")).to_contain_text("Nothing here.", timeout=20_000)
        assert "name=nowhere" in page.url
        assert page.evaluate("window.still") == "here"
