"""Words of the pages of reports, saved and sent: key, English, Chinese."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {}
