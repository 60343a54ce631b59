"""A finding of a review in the language of the page, from its saying; what has none is told as it was written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.admin.wording import Say, named

# Elements of a tree are called like the parts that they show.
_AS_PARTS = {"element", "other_element"}


@dataclass(frozen=True, slots=True)
class ToldFinding:
    """``lang`` is ``en`` for the sentence of the review itself, empty for one in the language of the page."""

    evidence: str
    fix: str
    lang: str = ""


def told_finding(say: Say, found: Mapping[str, Any]) -> ToldFinding:
    """Of a finding as a review's document tells it. Older ones have no saying, or lack details that it names now."""
    saying = f"{found['rule']}/{found.get('saying', '')}"
    evidence, fix = (named(say, kind, saying) for kind in ("finding", "fix"))
    as_written = ToldFinding(found["evidence"], found["fix"], "en")
    if not evidence or evidence == saying:
        return as_written
    details = {name: _in_words(say, name, value) for name, value in found.get("details", {}).items()}
    try:
        return ToldFinding(evidence.format_map(details), fix.format_map(details))
    except (KeyError, ValueError):
        return as_written


def _in_words(say: Say, name: str, value: str | float) -> str | float:
    return named(say, "part" if name in _AS_PARTS else name, value) if isinstance(value, str) else value
