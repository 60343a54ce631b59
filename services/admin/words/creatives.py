"""Words of the pages of creatives, drafts and standings: key, English, Chinese."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {}
