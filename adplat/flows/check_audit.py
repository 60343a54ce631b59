"""Whether the audit trail is as it was written, and anchors that say so from outside the database.

An anchor is one line, ``NUMBER SHA256``: the place and hash of the last record that a check met. Who can write to the
database may forge the whole chain with its head; not the anchors, where they are kept out of reach.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from adplat.domain import AuditChain, AuditTrail, ConfigRejected, MissingInput, Progress

_LINE = re.compile(r"(?P<number>-?\d{1,18}) (?P<sha256>[0-9a-f]{64})")


def check_audit(trail: AuditTrail, anchors: Path | None, progress: Progress) -> dict[str, Any]:
    """The document of ``adplat audit check``; a chain that holds adds its end to the file of ``anchors``.

    Raises ConfigRejected for a file that is no list of anchors, MissingInput where none can be written.
    """
    chain = AuditChain(read_anchors(anchors))
    trail.check(chain, lambda done, total: progress(done, total, "audit trail"))
    holds = chain.fault_count == 0
    if holds and anchors is not None and chain.reached.rows and chain.reached.number not in chain.anchors:
        _write_anchor(anchors, chain)
    return {
        "holds": holds,
        "records": chain.reached.rows,
        "head": {"number": chain.reached.number, "sha256": chain.reached.sha256},
        "anchors": len(chain.anchors),
        "faults": chain.faults,
        "fault_count": chain.fault_count,
    }


def read_anchors(file: Path | None) -> dict[int, str]:
    """Hashes by number; none where there is no file yet. Raises ConfigRejected for a file that is no list of them."""
    if file is None or not file.exists():
        return {}
    try:
        lines = file.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigRejected("the anchors cannot be read", where=str(file), hint="give the file of a check") from error
    found: dict[int, str] = {}
    for count, line in enumerate(lines, start=1):
        told = _LINE.fullmatch(line.strip())
        if told is None:
            raise ConfigRejected("a line is no anchor", where=f"{file}, line {count}", hint="write NUMBER SHA256")
        found[int(told["number"])] = told["sha256"]
    return found


def _write_anchor(file: Path, chain: AuditChain) -> None:
    try:
        with file.open("a", encoding="ascii") as lines:
            lines.write(f"{chain.reached.number} {chain.reached.sha256}\n")
    except OSError as error:
        raise MissingInput(
            f"the anchor cannot be written: {error.strerror}", where=str(file), hint="give a file in a folder there is"
        ) from error
