"""An exported audit trail is read back as it was written, whatever people wrote, and shows what was changed in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adplat.domain import CHAIN_START, AuditEntry, AuditRecord, TableRejected, audit_hash
from adplat.reporting import audit_csv_bytes, audit_record, audit_rows

NOON = datetime(2026, 3, 1, 12, 0, 0, 120, tzinfo=UTC)
TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=8), st.sampled_from(["=1", "'=1", "''=1", "'", "\r\n"])
)
DETAILS = st.dictionaries(st.one_of(st.just("reason"), TEXTS), st.text(max_size=8), max_size=3)  # halves of pairs too


def a_record(entry: AuditEntry, number: int = 7) -> AuditRecord:
    return AuditRecord(number, entry, CHAIN_START, audit_hash(number, entry, CHAIN_START))


def read_back(file: bytes) -> list[AuditRecord]:
    return [audit_record(cells) for cells in audit_rows(file, "audit.csv")]


@given(actor=TEXTS, action=TEXTS, subject=TEXTS, whose=st.none() | TEXTS, detail=DETAILS, us=st.integers(0, 10**15))
@example("'=1", "=1", "-", "", {"reason": "\ud83d", "=": "@"}, 0)
def test_what_was_exported_is_read_back_as_it_was(
    actor: str, action: str, subject: str, whose: str | None, detail: dict[str, str], us: int
) -> None:
    entry = AuditEntry(NOON + timedelta(microseconds=us), actor, action, subject, detail, advertiser_id=whose)
    file = audit_csv_bytes([a_record(entry)])
    assert read_back(file) == [a_record(entry)]
    for cells in csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in cells)


def test_a_long_detail_is_read_back_and_other_readers_of_csv_keep_their_limit() -> None:
    before = csv.field_size_limit()
    long = a_record(AuditEntry(NOON, "mei", "pause", "k1", {"reason": "x" * 200_000}))
    assert read_back(audit_csv_bytes([long])) == [long]
    assert csv.field_size_limit() == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (",late,", ",early,"),  # the reason alone, which is in the detail too
        (
            '"{""reason"": ""late""}"',
            '"{""reason"": ""early"", ""reason"": ""late""}"',
        ),  # two where the last one counts
        ("+00:00", ""),  # a moment of no zone
        ("person", "somebody"),
        ('"{""reason"": ""late""}"', "[]"),
        ('"{""reason"": ""late""}"', "{"),
        ("12:00:00.000120", "noon"),
    ],
)
def test_a_cell_that_cannot_be_read_or_contradicts_the_others_is_no_record(before: str, after: str) -> None:
    text = audit_csv_bytes([a_record(AuditEntry(NOON, "mei", "pause", "k1", {"reason": "late"}))]).decode()
    assert text.count(before) == 1
    [cells] = audit_rows(text.replace(before, after).encode(), "audit.csv")
    with pytest.raises(ValueError, match=r".+"):
        audit_record(cells)


def test_a_quote_that_was_taken_away_is_seen() -> None:
    text = audit_csv_bytes([a_record(AuditEntry(NOON, "=mei", "pause", "k1", {}))]).decode()
    [cells] = audit_rows(text.replace(",'=mei,", ",=mei,").encode(), "audit.csv")
    with pytest.raises(ValueError, match="do not belong together"):
        audit_record(cells)


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (lambda text: "a,b\r\n1,2\r\n", "no export of the audit trail"),
        (lambda text: "", "no export of the audit trail"),
        (lambda text: '{"records": []}', "no export of the audit trail"),
        (lambda text: text.replace("previous,", "", 1), "are not there: previous"),
        (lambda text: text.replace("\r\n7,", "\r\nseven,"), "audit.csv, line 2"),
        (lambda text: text.rstrip() + ",more\r\n", "audit.csv, line 2"),
        (lambda text: text.rstrip() + '\r\n"open', "it is no CSV"),
        (lambda text: text.encode("utf-16").decode("latin-1"), "no export"),
    ],
)
def test_another_file_is_one_line(spoil: Callable[[str], str], line: str) -> None:
    text = audit_csv_bytes([a_record(AuditEntry(NOON, "mei", "pause", "k1", {}))]).decode("utf-8-sig")
    with pytest.raises(TableRejected) as refused:
        audit_rows(spoil(text).encode(), "audit.csv")
    assert line in str(refused.value) and "\n" not in str(refused.value)
    with pytest.raises(TableRejected, match="UTF-8"):
        audit_rows(b"\xff\xfe" + text.encode("utf-16-le"), "audit.csv")
