"""What somebody takes away stands in the audit trail: who, what was asked, how many rows, and which bytes."""

from __future__ import annotations

import hashlib

from adplat.domain import ReportFile
from adplat.flows.admin_parts import SeenParts
from adplat.reporting import ReportTable

_TOLD = ("days", "time zone", "by", "filters", "rows", "events counted up to", "live bundle")
_LONGEST = 2_000


def record_export(
    parts: SeenParts,
    table: ReportTable,
    content: bytes,
    kind: ReportFile,
    subject: str,
    advertiser_id: str | None = None,
) -> None:
    """Before the file leaves. ``advertiser_id``: whose people read of it; ``None``: of who sees one advertiser, its."""
    mine = parts.viewer.advertisers
    if advertiser_id is None and mine is not None and len(mine) == 1:
        advertiser_id = next(iter(mine))
    facts = {name.replace(" ", "_"): table.facts[name][:_LONGEST] for name in _TOLD if name in table.facts}
    detail = {
        "report": table.title[:_LONGEST],
        "file": kind.value,
        **facts,
        "row_count": str(len(table.rows)),
        "bytes": str(len(content)),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    parts.audit.record(parts.clock.now(), parts.by, "report export", subject, detail, advertiser_id=advertiser_id)
