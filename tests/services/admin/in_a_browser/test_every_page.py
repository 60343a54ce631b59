"""Every page, in both languages, light (in one dark too), wide and narrow: no fault of access, no missing word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import playwright.sync_api as playwright
import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.services.admin.admins import WORDS
from tests.services.admin.in_a_browser.chromium import NARROW, WIDE, Visitor, in_a_browser, visiting
from tests.services.admin.in_a_browser.page_list import page_paths

pytestmark = in_a_browser
WITHOUT_ROWS = "/reports?since=2020-01-01&until=2020-01-04&filter=campaign%3Dnope"
PAGES = [*page_paths(), WITHOUT_ROWS]
OF_NOBODY = "/sign-in"
MISSING = "/campaigns/nothing"
LANGUAGES = {"en": "en", "zh": "zh-Hans"}
# Colours do not know languages: dark pages are looked at in one.
LOOKS = {"en": ("light", "dark"), "zh": ("light",)}
# What a person reads that adplat says itself, not the data.
# A label that is code is an id, the same in both.
OWN_WORDS = (
    "label:not(:has(> code)), legend, button, caption, dt, th[scope=col], nav a, a.button, h2:not(.name), .chip, "
    "figcaption, summary, "
    # Deeds, kinds of jobs and what reviews found; of details the names.
    ".deed, .findings > li, td.detail > .quiet, #action option, #kind option"
)
# Names that are the same in both languages; ``look`` is a kind of job that is none of ours, which stays its id.
SAME = re.compile(
    r"\b(UTC|CSV|XLSX|PARQUET|PDF|CTR|CVR|CPC|CPA|CPM|eCPM|ROAS|PCOC|SRM|AUC|ID|URL|API|JSON|OIDC|adplat|look|p)\b"
)
REACHABLE = "a[href], button, input:not([type=hidden]):not([type=radio]), select, textarea, summary"


@pytest.fixture(scope="module")
def visitors(browser: playwright.Browser, address: str) -> Iterator[dict[str, Visitor]]:
    """Somebody who may see everything, once in each language."""
    told = {language: Visitor(browser, address, language=language) for language in LANGUAGES}
    for visitor in told.values():
        visitor.sign_in("root", WORDS)
    yield told
    for visitor in told.values():
        visitor.context.close()


def at(visitors: dict[str, Visitor], language: str, path: str) -> playwright.Page:
    page = visitors[language].page
    page.set_viewport_size({"width": WIDE, "height": 900})
    page.emulate_media(color_scheme="light")
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200, path
    assert answer.headers["content-type"].startswith("text/html"), f"{path} is no page: say so in NO_PAGES"
    page.wait_for_load_state("networkidle")  # parts of it come by themselves
    return page


def faults(page: playwright.Page) -> list[str]:
    """What axe-core calls serious or critical, with the element."""
    found: Any = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['html'][:200]} {node['failureSummary']}"
        for one in found
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]


def look(page: playwright.Page, language: str) -> dict[str, list[str]]:
    told = {}
    for scheme in LOOKS[language]:
        for width in (WIDE, NARROW):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            page.set_viewport_size({"width": width, "height": 900})
            told[f"{scheme} {width}"] = faults(page)
            if width == NARROW:
                sideways = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
                told[f"{scheme} {width}"] += [f"the page is {sideways} pixels too wide"] if sideways > 0 else []
    return {name: found for name, found in told.items() if found}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_serious_fault(visitors: dict[str, Visitor], path: str, language: str) -> None:
    page = at(visitors, language, path)
    assert page.locator("html").get_attribute("lang") == LANGUAGES[language]
    assert page.locator("h1").count() == 1
    assert look(page, language) == {}
    assert visitors[language].complaints == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_before_signing_in_and_that_of_an_error_have_none_either(
    browser: playwright.Browser, address: str, visitors: dict[str, Visitor], language: str
) -> None:
    with visiting(browser, address, language=language) as visitor:
        visitor.page.goto(OF_NOBODY)
        assert visitor.page.locator("html").get_attribute("lang") == LANGUAGES[language]
        assert look(visitor.page, language) == {}
        visitor.page.get_by_role("button").click()  # without a name the browser itself says what is missing
        assert visitor.page.url == f"{address}{OF_NOBODY}"
    lost = visitors[language]
    answer = lost.page.goto(MISSING)
    assert answer is not None
    assert answer.status == 404
    assert look(lost.page, language) == {}
    # The browser's own line about the status; nothing else.
    assert [one for one in lost.complaints if "404" not in one] == []
    lost.complaints.clear()


@pytest.mark.parametrize("path", PAGES)
def test_no_word_of_a_page_is_missing_in_chinese(visitors: dict[str, Visitor], path: str) -> None:
    page = at(visitors, "zh", path)
    told = page.locator(OWN_WORDS).all_inner_texts()
    english = [text for text in told if re.search(r"[A-Za-z]{2}", SAME.sub("", text)) and not _has_chinese(text)]
    assert english == []
    # What is ours and yet English says so; of findings there is none.
    assert page.locator(".findings [lang=en]").all_inner_texts() == []


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/creatives/queue", [".findings > li"]),
        ("/audit", [".deed", "td.detail > .quiet", "#action option"]),
        ("/jobs", [".deed", "#kind option"]),
        ("/jobs/1", [".deed"]),
        ("/people/mei", [".deed"]),
    ],
)
def test_pages_that_are_looked_through_for_english_have_something_to_tell(
    visitors: dict[str, Visitor], path: str, told: list[str]
) -> None:
    page = at(visitors, "zh", path)
    assert all(page.locator(one).count() for one in told)


def _has_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


@pytest.mark.parametrize("path", [path for path in PAGES if path != OF_NOBODY])  # there the name has the focus
def test_the_tab_key_reaches_everything_in_order_and_begins_with_a_way_past_the_menu(
    visitors: dict[str, Visitor], path: str
) -> None:
    page = at(visitors, "en", path)
    page.evaluate("document.activeElement.blur()")
    expected: int = page.evaluate(
        """selector => {
            const shown = [...document.querySelectorAll(selector)].filter(
                one => one.checkVisibility() && !one.disabled && one.tabIndex >= 0 && !one.closest('details:not([open]) > :not(summary)'))
            shown.forEach((one, place) => one.place = place)
            return shown.length
        }""",  # noqa: E501
        REACHABLE,
    )
    assert page.locator("[tabindex]:not([tabindex='-1']):not([tabindex='0'])").count() == 0
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reached: list[int] = []
    # Fields of dates stop several times, once for each part.
    for _ in range(expected * 8):
        place = page.evaluate("document.activeElement.place ?? null")
        if place is not None and place not in reached:
            reached.append(place)
        if len(reached) == expected:
            break
        page.keyboard.press("Tab")
    assert reached == list(range(expected))
