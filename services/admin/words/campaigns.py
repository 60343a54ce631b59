"""Words of the pages of campaigns, their forecasts and the overview: key, English, Chinese."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {}
