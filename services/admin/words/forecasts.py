"""Words of forecasts, beside the form of a campaign and on pages of their own: key, English, Chinese."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {}
