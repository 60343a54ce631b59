"""Rows of a report page by page: in order of their keys, each page behind the last row of the one before.

Totals are those of the whole report on every page. A cursor is the last row's keys and the digest of the question, so
that rows which come meanwhile neither repeat nor hide others; like that of a list it is not signed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, TypeVar

from fastapi import Query

from adplat.domain import Breakdown, BreakdownRow, ConfigRejected, Report, ReportRow

LARGEST_PAGE_OF_ROWS = 5_000
_LONGEST_CURSOR = 8192
Told = TypeVar("Told", Report, Breakdown)

Rows = Annotated[int, Query(ge=1, le=LARGEST_PAGE_OF_ROWS, description="rows of one page")]
RowCursor = Annotated[str, Query(description="next of the page before, asked with the same question")]


def page_of_rows(told: Told, limit: int, cursor: str) -> tuple[Told, str | None]:
    """The same with the rows of one page, and the next cursor. Raises ConfigRejected."""
    # As texts: of the hour that the clocks strike twice, that is another order than that of time.
    rows: Sequence[Any] = sorted(told.rows, key=_key)
    digest = hashlib.sha256(repr(told.question).encode()).hexdigest()[:16]
    if cursor:
        last = _place(cursor, digest)
        rows = [row for row in rows if _key(row) > last]
    shown = tuple(rows[:limit])
    following = _cursor(digest, _key(shown[-1])) if len(rows) > limit else None
    keys = {key for row in shown for key in row.keys}
    labels = {name: {key: of for key, of in names.items() if key in keys} for name, names in told.labels.items()}
    return replace(told, rows=shown, labels=labels), following


def _key(row: ReportRow | BreakdownRow) -> list[str]:
    """Its place among the rows; the line of the rest comes last among those of its keys."""
    value = getattr(row, "value", "")
    return [*row.keys, row.currency, "1" if value is None else "0", value or ""]


def _cursor(digest: str, key: list[str]) -> str:
    told = json.dumps([digest, key], separators=(",", ":"))
    return base64.urlsafe_b64encode(told.encode()).rstrip(b"=").decode()


def _place(cursor: str, digest: str) -> list[str]:
    try:
        if len(cursor) > _LONGEST_CURSOR:
            raise ValueError("too long")  # noqa: TRY301 - one way out for all that is wrong
        padded = cursor + "=" * (-len(cursor) % 4)
        told, key = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if told != digest or not isinstance(key, list) or not all(isinstance(one, str) for one in key):
            raise ValueError("of another report")  # noqa: TRY301 - the same
    except (ValueError, TypeError, RecursionError, binascii.Error) as error:
        raise ConfigRejected(
            "the cursor does not belong to this report",
            where="cursor",
            hint="begin at the first page, with the same question on every page",
        ) from error
    return key
