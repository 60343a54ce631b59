"""Words of the pages of models and rollouts: key, English, Chinese."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {}
