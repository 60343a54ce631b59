"""Two bundles beside each other as rows of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SHORT = 12


def short(bundle_id: str | None) -> str:
    """Enough of an id for a person."""
    return (bundle_id or "nothing")[:SHORT]


def compared(name: str, figures: Mapping[str, Any]) -> tuple[object, ...]:
    """One measure of two bundles as a row."""
    return name, figures["a"], figures["b"], figures["difference"], interval(figures), figures.get("better")


def interval(figures: Mapping[str, Any]) -> str | None:
    """The interval of a difference in words."""
    found = figures.get("interval")
    return f"{found[0]:+.4f} to {found[1]:+.4f}" if found else None
