"""The audit trail as CSV for people and spreadsheets, and its records read back from that.

All that a record's hash stands on is in its row, to the microsecond. A cell may be read in two ways: a quote stands
before what a spreadsheet would take for a formula, and an empty cell is no advertiser or one without letters. The
hash tells which was meant.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from adplat.domain import ActorKind, AuditEntry, AuditRecord, TableRejected, audit_hash
from adplat.reporting.report_files import harmless

AUDIT_COLUMNS = (
    "number", "at", "kind", "actor", "action", "subject", "advertiser_id", "reason", "detail", "previous", "sha256",
)  # fmt: skip
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_HINT = "give the CSV of the page Audit or of /v1/audit/export, as it came"


def audit_csv_bytes(records: Iterable[AuditRecord]) -> bytes:
    """UTF-8 with its mark; no cell is a formula."""
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(AUDIT_COLUMNS)
    lines.writerows(audit_cells(record) for record in records)
    return text.getvalue().encode("utf-8-sig")


def audit_cells(record: AuditRecord) -> tuple[str, ...]:
    """A row, in the order of ``AUDIT_COLUMNS``."""
    entry = record.entry
    written = (
        entry.at.isoformat(),
        entry.kind.value,
        entry.actor,
        entry.action,
        entry.subject,
        entry.advertiser_id or "",
        entry.reason,
        json.dumps(dict(entry.detail), ensure_ascii=False, sort_keys=True),
        record.previous,
        record.sha256,
    )
    return str(record.number), *(_text(harmless(cell)) for cell in written)


def audit_rows(file: bytes, where: str) -> list[tuple[str, ...]]:
    """The rows of such a file under its heading, in its order. Raises TableRejected for another file."""
    try:
        text = file.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableRejected("it is no text in UTF-8", where=where, hint=_HINT) from error
    before = csv.field_size_limit(max(len(text), 1))  # else a long detail, which was written, could not be read
    try:
        lines = csv.reader(io.StringIO(text, newline=""), strict=True)
        _require_heading(next(lines, []), where)
        return [_row(line, f"{where}, line {lines.line_num}") for line in lines if line]
    except csv.Error as error:
        raise TableRejected(f"it is no CSV: {error}", where=where, hint=_HINT) from error
    finally:
        csv.field_size_limit(before)


def audit_record(cells: Sequence[str]) -> AuditRecord:
    """The record of a row, as its hash says it was meant; where it fits none, one that does not have its hash.

    Raises ValueError, RecursionError where a cell cannot be read, or says something else than the others.
    """
    number, at, kind, actor, action, subject, advertiser_id, _, detail, previous, sha256 = cells
    moment, told = datetime.fromisoformat(at), json.loads(detail)
    if moment.tzinfo is None or not isinstance(told, dict):
        raise ValueError("a moment without a zone, or no detail")
    whose = [*_readings(advertiser_id), *([] if advertiser_id else [None])]
    readings = itertools.product(_readings(actor), _readings(action), _readings(subject), whose)
    entries = [AuditEntry(moment, who, deed, what, told, ActorKind(kind), whom) for who, deed, what, whom in readings]
    fitting = (one for one in entries if audit_hash(int(number), one, previous) == sha256)
    record = AuditRecord(int(number), next(fitting, entries[0]), previous, sha256)
    if audit_cells(record) != tuple(cells):  # such as a reason that the detail does not have
        raise ValueError("the cells do not belong together")
    return record


def _readings(cell: str) -> list[str]:
    """What may have been written so: all that ``harmless`` makes this of."""
    return [cell, cell[1:]] if cell.startswith("'") and harmless(cell[1:]) == cell else [cell]


def _text(cell: str) -> str:
    """Half of a surrogate pair, which UTF-8 has not, as JSON writes it."""
    return cell.encode("utf-8", "backslashreplace").decode()


def _require_heading(heading: Sequence[str], where: str) -> None:
    lacking = [name for name in AUDIT_COLUMNS if name not in heading]
    if lacking and len(lacking) < len(AUDIT_COLUMNS):
        raise TableRejected(
            f"columns of the export are not there: {', '.join(lacking)}", where=where, hint=f"export it again; {_HINT}"
        )
    if tuple(heading) != AUDIT_COLUMNS:
        raise TableRejected("it is no export of the audit trail", where=where, hint=_HINT)


def _row(line: Sequence[str], where: str) -> tuple[str, ...]:
    if len(line) != len(AUDIT_COLUMNS) or not _NUMBER.fullmatch(line[0]):
        raise TableRejected("it is no row of an export of the audit trail", where=where, hint=_HINT)
    return tuple(line)
