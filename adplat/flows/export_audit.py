"""The audit trail as a file, and whether its chain holds, for people who ask by the admin.

That records were taken away is a deed of its own and stands in the trail, before anything is given.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from adplat.domain import AuditRecord, AuditTrail, Clock, ConfigRejected, ListRequest, Viewer
from adplat.domain.listing import LARGEST_PAGE
from adplat.flows.check_audit import check_audit
from adplat.reporting import audit_csv_bytes

MOST_EXPORTED = 20_000
MOST_CHECKED = 1_000_000  # some half a minute


def audit_csv(seen: AuditTrail, request: ListRequest, whole: AuditTrail, viewer: Viewer, clock: Clock) -> bytes:
    """All records of ``seen`` that meet the request, as CSV in UTF-8 with its mark.

    ``whole`` is where it is told, also for a viewer that changes nothing. Raises ConfigRejected: too many, a filter
    that is none.
    """
    found: list[AuditRecord] = []
    page = replace(request, limit=LARGEST_PAGE, cursor="")
    while True:
        shown = seen.records(page)
        found += shown.items
        if len(found) > MOST_EXPORTED:
            raise ConfigRejected(
                f"more than {MOST_EXPORTED:,} records",
                where="audit export",
                hint="ask for fewer days, or one person",
            )
        if not shown.next:
            break
        page = replace(page, cursor=shown.next)
    conditions = [f"{one.field}{one.comparison.value}{'|'.join(one.values)}" for one in request.conditions]
    owner = next(iter(viewer.advertisers)) if viewer.advertisers and len(viewer.advertisers) == 1 else None
    detail = {"records": str(len(found)), "filter": " ".join(conditions)}
    whole.record(clock.now(), viewer.user_id, "audit export", "audit", detail, advertiser_id=owner)
    return audit_csv_bytes(found)


def check_whole_audit(whole: AuditTrail) -> dict[str, Any]:
    """The document of a check without anchors. Raises ConfigRejected where it would take too long to wait for."""
    newest = whole.records(ListRequest(limit=1)).items
    if newest and newest[0].number > MOST_CHECKED:
        raise ConfigRejected(
            f"the trail has more than {MOST_CHECKED:,} records", where="audit", hint="run 'adplat audit check'"
        )
    return check_audit(whole, None, lambda _done, _total, _what: None)
