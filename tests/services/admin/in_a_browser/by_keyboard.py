"""Hands that have no mouse: what Tab does not reach cannot be pressed here."""

from __future__ import annotations

import playwright.sync_api as playwright

_MOST_STOPS = 400


def reach(target: playwright.Locator) -> None:
    """Tab until it has the focus."""
    playwright.expect(target).to_have_count(1)
    for _ in range(_MOST_STOPS):
        if target.evaluate("one => one === document.activeElement"):
            return
        target.page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {target}")


def press(target: playwright.Locator) -> None:
    """A link or a button."""
    reach(target)
    target.page.keyboard.press("Enter")


def write(target: playwright.Locator, text: str) -> None:
    """Instead of what stands in a field."""
    reach(target)
    target.page.keyboard.press("Control+A")
    target.page.keyboard.type(text)


def choose(target: playwright.Locator, option: str) -> None:
    """In a list: by going to it and typing as much of its name as it takes."""
    reach(target)
    target.page.keyboard.type(option)
    assert target.evaluate("one => one.selectedOptions[0].textContent").startswith(option)


def hand_over(target: playwright.Locator, name: str, content: bytes) -> None:
    """A file; the window in which one is picked is the system's, and not ours to test."""
    reach(target)
    target.set_input_files({"name": name, "mimeType": "image/png", "buffer": content})
