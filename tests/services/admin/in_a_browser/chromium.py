"""Chromium for tests and pictures: an installed one, with letters for Chinese, and an ear for every complaint.

``python -m tests.services.admin.in_a_browser.chromium`` says where it is, and fails where there is none.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import playwright.sync_api as playwright
import pytest

from adplat.artwork.fonts import FONT_PACKAGE, REGULAR_PACKAGE, font_file

MUST_RUN = "ADPLAT_BROWSER_TESTS"
PICTURES = "ADPLAT_PICTURES"
LOCALES = {"en": "en-GB", "zh": "zh-CN"}
WIDE, NARROW = 1280, 400
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
{folders}
</fontconfig>
"""


def _found() -> str:
    """The system's, else the one that ``playwright install chromium`` left; empty where there is none."""
    for name in _NAMES:
        if path := shutil.which(name):
            return path
    kept = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    return next((str(path) for path in sorted(kept.glob("chromium-*/chrome-linux*/chrome"))), "")


CHROMIUM = _found()
# Where ADPLAT_BROWSER_TESTS=required, as in continuous integration, a missing Chromium is a failure.
in_a_browser = pytest.mark.skipif(
    not CHROMIUM and os.environ.get(MUST_RUN) != "required",
    reason="not run in a browser: no Chromium is installed (playwright install chromium)",
)


@contextmanager
def chromium() -> Iterator[playwright.Browser]:
    """Started, and closed at the end."""
    assert CHROMIUM, "no Chromium is installed"
    with tempfile.TemporaryDirectory(prefix="adp-") as folder, playwright.sync_playwright() as driver:
        # Few servers have a font for Chinese; the platform's own wheels do.
        fonts = Path(folder) / "fonts.conf"
        folders = (font_file(package).parent for package in (FONT_PACKAGE, REGULAR_PACKAGE))
        fonts.write_text(_FONTS.format(folders="\n".join(f"<dir>{one}</dir>" for one in folders)))
        opened = driver.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--font-render-hinting=none"],
            env={**os.environ, "FONTCONFIG_FILE": str(fonts)},
        )
        yield opened
        opened.close()


class Visitor:
    """One person's browser. ``complaints`` are console messages, script errors, and requests to anywhere else."""

    def __init__(
        self,
        browser: playwright.Browser,
        address: str,
        *,
        scheme: str = "light",
        language: str = "en",
        width: int = WIDE,
        scripts: bool = True,
        height: int = 900,
    ) -> None:
        self.address, self.complaints = address, list[str]()
        self.context = browser.new_context(
            base_url=address,
            color_scheme="dark" if scheme == "dark" else "light",
            locale=LOCALES[language],
            viewport={"width": width, "height": height},
            java_script_enabled=scripts,
            accept_downloads=True,
        )
        self.context.set_default_timeout(20_000)
        self.page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._asked)

    def sign_in(self, user_id: str, password: str) -> None:
        """By keyboard alone: the name has the focus, Enter sends the form."""
        self.page.goto("/sign-in")
        playwright.expect(self.page.get_by_role("textbox").first).to_be_focused()  # some moments after loading
        self.page.keyboard.type(user_id)
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(f"{self.address}/")

    def form_token(self) -> str:
        """Of the session, as the API tells it."""
        told: dict[str, Any] = self.context.request.get("/v1/session").json()
        return str(told["form_token"])

    def picture(self, name: str) -> None:
        """The whole page into the folder of ``ADPLAT_PICTURES``, where that is set."""
        if folder := os.environ.get(PICTURES):
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    def _heard(self, told: playwright.ConsoleMessage) -> None:
        if told.type in {"error", "warning"}:
            self.complaints.append(f"{self.page.url}: {told.text}")

    def _asked(self, request: playwright.Request) -> None:
        if not request.url.startswith((f"{self.address}/", "data:")):
            self.complaints.append(f"{self.page.url} asked {request.url}")


@contextmanager
def visiting(browser: playwright.Browser, address: str, **told: Any) -> Iterator[Visitor]:
    """A visitor of whom nobody may complain at the end."""
    visitor = Visitor(browser, address, **told)
    try:
        yield visitor
    finally:
        visitor.context.close()
    assert visitor.complaints == []


if __name__ == "__main__":
    sys.stdout.write(f"{CHROMIUM}\n")
    sys.exit(not CHROMIUM)
