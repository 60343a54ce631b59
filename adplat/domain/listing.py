"""How a long list is asked for: a few conditions, an order, and page after page: Condition, ListRequest, Page.

A condition is written ``FIELD OP VALUE``, such as ``status=live|paused``, ``name~spring`` or ``created>=2026-01-01``:

====================  =============================================================
``=``                 is this, or one of these where ``|`` parts them (``\\|`` is a bar)
``!=``                is none of these
``<  <=  >  >=``      lies before or after
``~``                 contains this text, in large or small letters
====================  =============================================================

Which fields there are, and what their values may be, each list says itself; nothing of this is ever SQL.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from adplat.domain.errors import ConfigRejected

Item = TypeVar("Item")
LARGEST_PAGE = 500
_MOST_CONDITIONS, _MOST_VALUES, _LONGEST_VALUE = 12, 50, 256
_WRITTEN = re.compile(r"(?P<field>[a-z][a-z0-9_]{0,63})\s*(?P<op>!=|<=|>=|=|<|>|~)(?P<values>.*)", re.DOTALL)
BAR = "\\|"
_BAR = re.compile(r"(?<!\\)\|")


class Comparison(StrEnum):
    """How a field is compared."""

    IS = "="
    IS_NOT = "!="
    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="
    CONTAINS = "~"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; more than one value only with ``=`` and ``!=``."""

    field: str
    comparison: Comparison
    values: tuple[str, ...]

    @property
    def text(self) -> str:
        """As it is written; ``condition_from`` reads it."""
        return f"{self.field}{self.comparison.value}{'|'.join(value.replace('|', BAR) for value in self.values)}"


def condition_from(text: str, example: str = "status=live") -> Condition:
    """What somebody wrote. Raises ConfigRejected, which tells an ``example`` that what was asked would take."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise ConfigRejected(
            f"{text[:80]!r} is no condition", where="filter", hint=f"write it as FIELD OP VALUE, such as {example}"
        )
    comparison = Comparison(found["op"])
    several = comparison in {Comparison.IS, Comparison.IS_NOT}
    parts = _BAR.split(found["values"]) if several else [found["values"]]
    values = tuple(part.replace("\\|", "|").strip() for part in parts)
    if len(values) > _MOST_VALUES or not all(_is_text(value) for value in values):
        raise ConfigRejected(
            "a condition has too many or too long values, or one that is no text",
            where=f"filter {found['field']}",
            hint=f"give at most {_MOST_VALUES} of at most {_LONGEST_VALUE} characters",
        )
    return Condition(found["field"], comparison, values)


def _is_text(value: str) -> bool:
    """Short, without a NUL, and no half of a surrogate pair: databases know neither."""
    half = any("\ud800" <= letter <= "\udfff" for letter in value)
    return len(value) <= _LONGEST_VALUE and "\x00" not in value and not half


@dataclass(frozen=True, slots=True)
class ListRequest:
    """Which part of a list is wanted. Raises ConfigRejected.

    Args:
        order: by which field, ``-`` before it for the largest first; empty: the list's own order.
        limit: so many at most.
        cursor: ``Page.next`` of the page before, asked with the same conditions and order; empty: from the start.
    """

    conditions: Sequence[Condition] = ()
    order: str = ""
    limit: int = 50
    cursor: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= LARGEST_PAGE:
            raise ConfigRejected(f"a page of {self.limit}", where="limit", hint=f"ask for 1 to {LARGEST_PAGE}")
        if len(self.conditions) > _MOST_CONDITIONS:
            raise ConfigRejected(
                f"{len(self.conditions)} conditions", where="filter", hint=f"give at most {_MOST_CONDITIONS}"
            )


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A part of a list. ``next`` asks for what follows; empty: nothing does."""

    items: tuple[Item, ...]
    next: str = ""
