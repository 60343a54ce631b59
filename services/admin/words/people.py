"""Words of the pages of people, keys, jobs and signing in: key, English, Chinese."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {}
