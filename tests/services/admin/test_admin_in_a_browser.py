"""One walk through the pages in Chromium: sign in, create a campaign, find it in the audit; nothing complains.

Runs where a Chromium is; elsewhere pytest names it as not run.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import playwright.sync_api as playwright
import pytest

from tests.services.admin.admins import WORDS, Admin
from tests.services.asked_by_schema import serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")


@pytest.fixture
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_person_signs_in_creates_a_campaign_and_finds_it_in_the_audit(
    admin: Admin, browser: Any, scheme: str
) -> None:
    complaints: list[str] = []
    with serving(admin.app) as address:
        page = browser.new_context(color_scheme=scheme, locale="en-GB").new_page()
        page.on("console", lambda told: complaints.append(told.text) if told.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith(address) else complaints.append(asked.url))
        page.goto(address)
        # By keyboard alone: the name has the focus, Enter sends the form.
        page.keyboard.type("mei")
        page.keyboard.press("Tab")
        page.keyboard.type(WORDS)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{address}/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.get_by_role("link", name="New campaign").click()
        page.get_by_label("Name", exact=True).fill("Mid-autumn <tea>")
        page.get_by_label("Daily budget").fill("12.50")
        page.get_by_label("Target", exact=True).fill("0.3")
        page.get_by_role("button", name="Create").click()
        page.wait_for_url(f"{address}/campaigns/k-*")
        assert page.get_by_role("heading", level=1).inner_text().startswith("Mid-autumn <tea>")
        assert "CNY 12.50" in page.inner_text("main")
        page.get_by_role("link", name="Campaigns", exact=True).first.click()
        page.get_by_label("Name").fill("autumn")
        page.get_by_label("Name").press("Enter")
        page.wait_for_url("**/campaigns?**name=autumn**")
        playwright.expect(page.locator("tbody tr")).to_have_count(1)
        page.get_by_role("link", name="Audit").click()
        playwright.expect(page.locator("tbody tr", has_text="campaign create")).to_have_count(1)
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url(f"{address}/sign-in")
        page.context.close()
    assert complaints == []
