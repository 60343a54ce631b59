"""Long lists, page after page: conditions and orders from outside become SQL through an allow-list, never as text.

A page begins after the last row of the page before (*keyset*), not after a count of rows: it costs the same on every
page, and rows that come or go meanwhile neither repeat nor hide others. A cursor is that last row's place, and the
digest of the conditions and the order, so that it is not taken for a page of another list. It is not signed: all that
a forged one can do is begin elsewhere in a list that its bearer may read anyway.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_
from sqlalchemy.orm import Session

from adplat.domain import Comparison, Condition, ConfigRejected, ListRequest, Page

Item = TypeVar("Item")
_ORDERED = {
    Comparison.BELOW: "__lt__",
    Comparison.AT_MOST: "__le__",
    Comparison.ABOVE: "__gt__",
    Comparison.AT_LEAST: "__ge__",
}
_LONGEST_CURSOR = 4096


@dataclass(frozen=True, slots=True)
class ListField:
    """One field that a list may be filtered by.

    Args:
        parse: what somebody wrote, as the column's value; raises ValueError.
        comparisons: those that make sense of it.
        may_order: whether the list may be ordered by it; never a column that can be NULL.
        written: how a value is written, for who wrote one that is none; empty: any text is one.
    """

    column: Any
    parse: Callable[[str], Any]
    comparisons: frozenset[Comparison]
    may_order: bool = False
    written: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that can be asked for. ``key`` is the field that tells every row apart; ``order`` the list's own."""

    name: str
    key: str
    order: str
    fields: Mapping[str, ListField]


_EQUAL = frozenset({Comparison.IS, Comparison.IS_NOT})


def text_field(column: Any, *, may_order: bool = False) -> ListField:
    """Words: equal to, or containing (of letters beyond ASCII, SQLite does not know small from large)."""
    return ListField(column, str, _EQUAL | {Comparison.CONTAINS}, may_order)


def choice_field(column: Any, choices: type[StrEnum]) -> ListField:
    """One of an enum's values."""
    return ListField(column, lambda told: choices(told).value, _EQUAL, written=f"give one of: {', '.join(choices)}")


def moment_field(column: Any, *, may_order: bool = False) -> ListField:
    """A moment in ISO 8601; one without a zone is UTC, a date its midnight."""
    return ListField(column, _moment, frozenset(_ORDERED), may_order, "write it as 2026-03-01 or 2026-03-01T14:00:00Z")


def number_field(column: Any, *, may_order: bool = False) -> ListField:
    """A whole number of 64 bits."""
    return ListField(column, _whole, _EQUAL | frozenset(_ORDERED), may_order, "give a whole number, such as 12")


def asked(listing: Listing, request: ListRequest, wanted: Select[Any]) -> Select[Any]:
    """``wanted`` with the conditions, in the order, from the cursor on, and one row more than the page takes.

    Raises ConfigRejected on a field, comparison, value, order or cursor that the list does not have.
    """
    for condition in request.conditions:
        wanted = wanted.where(_as_sql(listing, condition))
    columns, falls = _order_of(listing, request)
    if request.cursor:
        place = [literal(value, column.type) for value, column in zip(_place(listing, request), columns, strict=True)]
        here, there = tuple_(*columns), tuple_(*place)
        wanted = wanted.where(here < there if falls else here > there)
    return wanted.order_by(*(column.desc() if falls else column.asc() for column in columns)).limit(request.limit + 1)


def page_of(listing: Listing, request: ListRequest, found: Sequence[Any], item: Callable[[Any], Item]) -> Page[Item]:
    """The page from the rows that ``asked`` found; they have the columns it is ordered by."""
    shown = found[: request.limit]
    if len(found) <= request.limit:
        return Page(tuple(item(row) for row in shown))
    columns, _ = _order_of(listing, request)
    last = [getattr(shown[-1], column.key) for column in columns]
    told = json.dumps([_digest(listing, request), [_told(value) for value in last]], separators=(",", ":"))
    cursor = base64.urlsafe_b64encode(told.encode()).rstrip(b"=").decode()
    return Page(tuple(item(row) for row in shown), cursor)


def _as_sql(listing: Listing, condition: Condition) -> ColumnElement[bool]:
    field = listing.fields.get(condition.field)
    if field is None:
        raise ConfigRejected(
            f"there is no field {condition.field!r}",
            where=f"filter of {listing.name}",
            hint=f"the fields: {', '.join(sorted(listing.fields))}",
        )
    if condition.comparison not in field.comparisons:
        known = " ".join(sorted(one.value for one in field.comparisons))
        raise ConfigRejected(
            f"{condition.field} cannot be compared with {condition.comparison.value}",
            where=f"filter of {listing.name}",
            hint=f"use one of {known}",
        )
    values = [_parsed(listing, condition.field, told) for told in condition.values]
    column = field.column
    if condition.comparison is Comparison.IS:
        found: ColumnElement[bool] = column.in_(values)
    elif condition.comparison is Comparison.IS_NOT:
        found = column.not_in(values)
    elif condition.comparison is Comparison.CONTAINS:
        found = column.icontains(values[0], autoescape=True)
    else:
        found = getattr(column, _ORDERED[condition.comparison])(values[0])
    return found


def _parsed(listing: Listing, name: str, told: str) -> Any:
    field = listing.fields[name]
    try:
        return field.parse(told)
    except (ValueError, OverflowError) as error:
        raise ConfigRejected(
            f"{told[:80]!r} is no value of {name}", where=f"filter of {listing.name}", hint=field.written
        ) from error


def counted_by(session: Session, key: Any, *wheres: ColumnElement[bool]) -> dict[str, int]:
    """How many rows hold these conditions, by this column; none where there is none."""
    found = session.execute(select(key, func.count()).where(*wheres).group_by(key))
    return {row[0]: row[1] for row in found}


def _order_of(listing: Listing, request: ListRequest) -> tuple[list[Any], bool]:
    """The columns, with the key as the last one, and whether the largest come first."""
    told = request.order or listing.order
    name = told.removeprefix("-")
    if name not in listing.fields or not listing.fields[name].may_order:
        known = sorted(name for name, field in listing.fields.items() if field.may_order)
        raise ConfigRejected(
            f"it cannot be ordered by {name[:80]!r}",
            where=f"order of {listing.name}",
            hint=f"one of {', '.join(known)}",
        )
    names = [name] if name == listing.key else [name, listing.key]
    return [listing.fields[one].column for one in names], told.startswith("-")


def _place(listing: Listing, request: ListRequest) -> list[Any]:
    columns, _ = _order_of(listing, request)
    names = {id(field.column): name for name, field in listing.fields.items()}
    try:
        if len(request.cursor) > _LONGEST_CURSOR:
            raise ValueError("too long")  # noqa: TRY301 - one way out for all that is wrong
        padded = request.cursor + "=" * (-len(request.cursor) % 4)
        digest, told = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if digest != _digest(listing, request) or not isinstance(told, list) or len(told) != len(columns):
            raise ValueError("of another list")  # noqa: TRY301 - the same
        return [
            _valid(listing.fields[names[id(column)]].parse(value)) for value, column in zip(told, columns, strict=True)
        ]
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error) as error:
        raise ConfigRejected(
            "the cursor does not belong to this list",
            where=f"cursor of {listing.name}",
            hint="begin at the first page, with the same filter and order on every page",
        ) from error


def _valid(value: Any) -> Any:
    if isinstance(value, str) and ("\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value)):
        raise ValueError("no text")
    return value


def _digest(listing: Listing, request: ListRequest) -> str:
    conditions = [(one.field, one.comparison.value, list(one.values)) for one in request.conditions]
    told = json.dumps([listing.name, request.order or listing.order, conditions])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _told(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _moment(told: str) -> datetime:
    moment = datetime.fromisoformat(told)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _whole(told: str) -> int:
    number = int(told)
    if not -(2**63) <= number < 2**63:
        raise ValueError("beyond 64 bits")
    return number
