"""An export is checked without the database: what was changed in it is told, and what no file can show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from adplat.domain import CHAIN_START, AuditEntry, AuditRecord, ConfigRejected, MissingInput, TableRejected, audit_hash
from adplat.flows.check_audit_file import check_audit_file
from adplat.reporting import audit_csv_bytes

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
Lines = list[str]


def a_trail(count: int = 8) -> list[AuditRecord]:
    """Newest first, as exports are."""
    records: list[AuditRecord] = []
    previous = CHAIN_START
    for number in range(1, count + 1):
        entry = AuditEntry(NOON, "=mei", "pause", f"k{number}", {"reason": "春季"}, advertiser_id=None)
        records.append(AuditRecord(number, entry, previous, audit_hash(number, entry, previous)))
        previous = records[-1].sha256
    return records[::-1]


def checked(
    tmp_path: Path, *parts: list[AuditRecord], anchors: str | None = None, filtered: bool = False
) -> dict[str, Any]:
    files = []
    for count, records in enumerate(parts):
        files.append(tmp_path / f"{count}.csv")
        files[-1].write_bytes(audit_csv_bytes(records))
    kept = None
    if anchors is not None:
        kept = tmp_path / "anchors"
        kept.write_text(anchors)
    return check_audit_file(files, kept, is_filtered=filtered)


def test_a_whole_export_holds_and_says_what_it_cannot_show(tmp_path: Path) -> None:
    trail = a_trail()
    told = checked(tmp_path, trail)
    assert (told["holds"], told["records"], told["gap_count"], told["broken"]) == (True, 8, 0, None)
    assert told["first"] == {"number": 1, "previous": CHAIN_START, "begins_trail": True}
    assert told["head"] == {"number": 8, "sha256": trail[0].sha256}
    assert told["not_shown"] == [
        "what was written after record 8, and whether that was cut off",
        "whether 8 records were written anew, hashes and all: no anchor speaks for them",
    ]


def test_parts_of_one_trail_are_checked_together_and_may_overlap(tmp_path: Path) -> None:
    trail = a_trail()
    assert checked(tmp_path, trail[:5], trail[3:])["records"] == 8
    assert checked(tmp_path, trail[:5], trail[3:])["holds"]
    late = checked(tmp_path, trail[:5])
    assert late["holds"] and not late["first"]["begins_trail"]
    assert late["not_shown"][0] == "what was written before record 4"


@pytest.mark.parametrize(
    ("spoil", "broken", "fault"),
    [
        (lambda lines: [one.replace("k3", "k9") for one in lines], 3, "record 3 was changed"),
        (
            lambda lines: [one.replace(",春季,", ",夏季,") for one in lines],
            1,
            "record 1 was changed: it cannot be read",
        ),
        (lambda lines: [one.replace("12:00:00", "12:00:01") for one in lines], 1, "record 1 was changed"),
        (lambda lines: lines[:4] + lines[3:], 6, "record 6 does not follow the one before it (6)"),
        (lambda lines: lines[:4] + lines[5:], 6, "record 6 does not follow the one before it (4)"),
        (
            lambda lines: [one.replace("3,", "33,", 1) if one.startswith("3,") else one for one in lines],
            4,
            "record 4 does not follow the one before it (2)",
        ),
    ],
)
def test_what_was_changed_is_told_from_the_first_place_on(
    tmp_path: Path, spoil: Callable[[Lines], Lines], broken: int, fault: str
) -> None:
    file = tmp_path / "audit.csv"
    lines = audit_csv_bytes(a_trail()).decode().splitlines(keepends=True)
    file.write_text("".join(spoil(lines)), newline="")
    told = check_audit_file([file], None, is_filtered=False)
    assert (told["holds"], told["broken"], told["faults"][0]) == (False, broken, fault)


def test_an_edited_record_with_its_hash_made_anew_is_told_by_the_one_after_it(tmp_path: Path) -> None:
    trail = a_trail()
    old = trail[5]
    entry = AuditEntry(NOON, "li", "pause", "k3", {})
    trail[5] = AuditRecord(old.number, entry, old.previous, audit_hash(old.number, entry, old.previous))
    for filtered in (False, True):
        told = checked(tmp_path, trail, filtered=filtered)
        assert told["faults"] == ["record 4 does not follow the one before it (3)"]


def test_gaps_are_faults_unless_a_filter_made_them_and_are_told_either_way(tmp_path: Path) -> None:
    some = [one for one in a_trail() if one.number not in {3, 6, 7}]
    told = checked(tmp_path, some)
    assert (told["holds"], told["broken"], told["fault_count"]) == (False, 4, 2)
    assert (told["gaps"], told["gap_count"]) == ([[3, 3], [6, 7]], 2)
    by_filter = checked(tmp_path, some, filtered=True)
    assert by_filter["holds"] and by_filter["gap_count"] == 2
    assert "what was written in 2 gaps, the first of them from 3 to 3" in by_filter["not_shown"]


def test_numbers_that_nobody_was_given_are_no_gap(tmp_path: Path) -> None:
    one, two = AuditEntry(NOON, "mei", "a", "b", {}), AuditEntry(NOON, "mei", "c", "d", {})
    first = AuditRecord(4, one, CHAIN_START, audit_hash(4, one, CHAIN_START))
    second = AuditRecord(9, two, first.sha256, audit_hash(9, two, first.sha256))
    told = checked(tmp_path, [second, first])
    assert told["holds"] and told["first"]["begins_trail"] and told["gap_count"] == 0


def test_an_anchor_speaks_for_all_that_hangs_on_it_and_tells_a_whole_forgery(tmp_path: Path) -> None:
    trail = a_trail()
    told = checked(tmp_path, trail, anchors=f"6 {trail[2].sha256}\n99 {'0' * 64}\n")
    assert (told["holds"], told["anchors"], told["unanchored"]) == (True, 1, 2)
    assert (tmp_path / "anchors").read_text().count("\n") == 2, "a file adds no anchor"
    some = [one for one in trail if one.number != 3]
    assert checked(tmp_path, some, anchors=f"8 {trail[0].sha256}\n", filtered=True)["unanchored"] == 2
    forged = checked(tmp_path, trail, anchors=f"6 {'a' * 64}\n")
    assert (forged["holds"], forged["broken"]) == (False, 6)
    assert checked(tmp_path, trail, anchors=f"8 {trail[0].sha256}\n")["not_shown"] == [
        "what was written after record 8, and whether that was cut off"
    ]


def test_what_cannot_be_checked_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match="cannot be read"):
        check_audit_file([tmp_path / "no.csv"], None, is_filtered=False)
    with pytest.raises(MissingInput, match="cannot be read"):
        check_audit_file([tmp_path], None, is_filtered=False)
    with pytest.raises(TableRejected, match="no record"):
        checked(tmp_path, [])
    with pytest.raises(ConfigRejected, match="no anchor"):
        checked(tmp_path, a_trail(), anchors="nothing\n")
    with pytest.raises(MissingInput, match="no anchors"):
        check_audit_file([tmp_path / "0.csv"], tmp_path / "none", is_filtered=False)
