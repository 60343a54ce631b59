"""What no fault of accessibility tells: ids in narrow tables are whole, labels are at the left, choices are not cut."""

from __future__ import annotations

import playwright.sync_api as playwright
import pytest

from tests.services.admin.admins import WORDS
from tests.services.admin.in_a_browser.chromium import NARROW, WIDE, in_a_browser, visiting

pytestmark = in_a_browser
_CODE = """(told) => { const code = document.querySelector("td code"); code.textContent = told;
    const line = parseFloat(getComputedStyle(code).lineHeight), box = code.getBoundingClientRect();
    return {lines: Math.round(box.height / line), width: box.width, shown: getComputedStyle(code).textDecorationLine,
            linked: code.parentElement.tagName === "A"}; }"""
_CUT = """() => [...document.querySelectorAll("select:not([multiple])")].filter(one => {
    const there = one.getBoundingClientRect().width;
    const free = one.cloneNode(true); free.style.width = "max-content"; free.style.position = "absolute";
    document.body.append(free); const wanted = free.getBoundingClientRect().width; free.remove();
    return wanted > there + 1; }).map(one => one.id)"""

# Labels at the end of a line whose field begins the next.
_PARTED = """() => [...document.querySelectorAll(".filters label[for]")].filter(one => {
    const label = one.getBoundingClientRect(), line = one.closest(".filters").getBoundingClientRect();
    const field = document.getElementById(one.htmlFor).getBoundingClientRect();
    return field.top >= label.bottom && label.left > line.left + 1; }).map(one => one.htmlFor)"""


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_no_label_stands_apart_from_its_field(browser: playwright.Browser, address: str, width: int) -> None:
    with visiting(browser, address, width=width) as visitor:
        visitor.sign_in("root", WORDS)
        for path in ("/", "/audit", "/campaigns", "/campaigns/k1", "/creatives/queue", "/jobs", "/people", "/reports"):
            visitor.page.goto(path)
            assert visitor.page.locator(".filters label[for]").count(), path
            assert visitor.page.evaluate(_PARTED) == [], path


@pytest.mark.parametrize("path", ["/audit", "/jobs"])
def test_an_id_in_a_narrow_table_is_read_in_one_piece(browser: playwright.Browser, address: str, path: str) -> None:
    with visiting(browser, address, width=NARROW) as visitor:
        visitor.sign_in("root", WORDS)
        visitor.page.goto(path)
        short = visitor.page.evaluate(_CODE, "job of-some-short-words")
        assert short["lines"] == 1
        assert short["shown"] == ("underline" if short["linked"] else "none")
        long = visitor.page.evaluate(_CODE, "0123456789abcdef" * 4)
        assert long["lines"] <= 3 and 200 <= long["width"] <= 260
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= NARROW


@pytest.mark.parametrize("language", ["en", "zh"])
def test_forms_begin_at_the_left_and_cut_no_choice(browser: playwright.Browser, address: str, language: str) -> None:
    with visiting(browser, address, language=language) as visitor:
        visitor.sign_in("root", WORDS)
        visitor.page.goto("/drafts/new")
        aligned = "[...new Set([...document.querySelectorAll('fieldset')].map(one => getComputedStyle(one).textAlign))]"
        assert visitor.page.evaluate(aligned) == ["start"]
        visitor.page.goto("/experiments/new?campaign=k1")
        assert visitor.page.evaluate(_CUT) == []
