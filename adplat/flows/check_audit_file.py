"""Whether an exported audit trail is as it was written, for who has the file and not the database.

A file tells less than the database: nothing in it says where the trail ended, and whoever wrote it may have computed
every hash anew. So the answer says what was not shown, beside what holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from adplat.domain import CHAIN_START, AuditChain, MissingInput, TableRejected
from adplat.flows.check_audit import read_anchors
from adplat.reporting import audit_record, audit_rows

_MOST_GAPS = 20
_Cells = tuple[str, ...]


def check_audit_file(files: Sequence[Path], anchors: Path | None, *, is_filtered: bool) -> dict[str, Any]:
    """The document of ``adplat audit check --file``; several files are parts of one trail, in any order.

    ``is_filtered``: records were left out on purpose, so each stands for itself where one is missing before it.
    Raises MissingInput, TableRejected for a file that is no export, ConfigRejected as ``read_anchors`` does.
    """
    if anchors is not None and not anchors.exists():
        raise MissingInput("there are no anchors", where=str(anchors), hint="give the file of an earlier check")
    rows = _rows_of(files)
    reading = _Reading(AuditChain(read_anchors(anchors)), is_filtered)
    for cells in rows:
        reading.read(cells)
    number, previous = int(rows[0][0]), rows[0][-2]
    begins = previous == CHAIN_START
    chain = reading.chain
    return {
        "holds": chain.fault_count == 0,
        "records": len(rows),
        "first": {"number": number, "previous": previous, "begins_trail": begins},
        "head": {"number": chain.reached.number, "sha256": chain.reached.sha256},
        "gaps": reading.gaps[:_MOST_GAPS],
        "gap_count": len(reading.gaps),
        "anchors": reading.anchored,
        "unanchored": reading.unanchored + reading.waiting,
        "broken": reading.broken,
        "faults": chain.faults,
        "fault_count": chain.fault_count,
        "not_shown": reading.not_shown(None if begins else number),
    }


@dataclass(slots=True)
class _Reading:
    """Rows in the order of their numbers.

    Args:
        gaps: first and last number of what is missing before a record that does not follow.
        broken: number of the first record at which the chain does not hold.
        anchored: records that an anchor names.
        unanchored: records that no anchor speaks for, since one is missing between them and the next anchor.
        waiting: records since the last anchor, or the last gap.
    """

    chain: AuditChain
    is_filtered: bool
    gaps: list[list[int]] = field(default_factory=list)
    broken: int | None = None
    anchored: int = 0
    unanchored: int = 0
    waiting: int = 0

    def read(self, cells: _Cells) -> None:
        """The next row."""
        number, previous, sha256 = int(cells[0]), cells[-2], cells[-1]
        before = self.chain.reached
        is_gap = before.rows > 0 and previous != before.sha256 and number > before.number + 1
        if is_gap:
            self.gaps.append([before.number + 1, number - 1])
            self.unanchored, self.waiting = self.unanchored + self.waiting, 0
        if before.rows == 0 or (is_gap and self.is_filtered):
            self.chain.reached = replace(before, sha256=previous)
        try:
            self.chain.read([audit_record(cells)])
        except (ValueError, RecursionError):
            self.chain.skip(number, previous, sha256)
        if self.broken is None and self.chain.fault_count:
            self.broken = number
        self.waiting += 1
        if self.chain.anchors.get(number) == sha256:
            self.anchored, self.waiting = self.anchored + 1, 0

    def not_shown(self, begins_at: int | None) -> list[str]:
        """What such rows say nothing of, in words. ``begins_at``: the first of them, where others came before."""
        found = [] if begins_at is None else [f"what was written before record {begins_at}"]
        if self.gaps:
            first, last = self.gaps[0]
            found.append(f"what was written in {len(self.gaps):,} gaps, the first of them from {first} to {last}")
        found.append(f"what was written after record {self.chain.reached.number}, and whether that was cut off")
        if alone := self.unanchored + self.waiting:
            found.append(f"whether {alone:,} records were written anew, hashes and all: no anchor speaks for them")
        return found


def _rows_of(files: Sequence[Path]) -> list[_Cells]:
    """All rows in the order of their numbers; what several files have, word for word, is there as in one of them."""
    found: Counter[_Cells] = Counter()
    for file in files:
        try:
            found |= Counter(audit_rows(file.read_bytes(), str(file)))
        except OSError as error:
            raise MissingInput(
                f"the export cannot be read: {error.strerror}", where=str(file), hint="give the file of an export"
            ) from error
    if not found:
        raise TableRejected("no record is in it", where=str(files[0]), hint="export it with another filter")
    return sorted(found.elements(), key=lambda cells: int(cells[0]))
