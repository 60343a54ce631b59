"""Words of the pages of experiments and bandits: key, English, Chinese."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {}
