"""``/v1/audit``: what was done, whether the chain of it holds, and all of it as a file."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from adplat.domain import ListRequest, Right
from adplat.flows.describe_people import audit_document
from adplat.flows.export_audit import audit_csv, check_whole_audit
from services.admin.asking import Asker, Asking, a_place_in, door_of
from services.admin.lists import Listed, page_document
from services.admin.people_bodies import ChainOut
from services.admin.people_schemas import AuditOut
from services.admin.problems import responses
from services.admin.schemas import PageOut

router = APIRouter(prefix="/v1", tags=["audit"])
_FILE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}


@router.get("/audit", responses=responses(), response_model=PageOut[AuditOut])
def list_audit(asker: Asking, wanted: Listed) -> dict[str, Any]:
    """Who did what to what, when and why; newest first."""
    return page_document(asker.may(Right.SEE_AUDIT).audit.records(wanted), audit_document)


@router.post("/audit/check", responses=responses(), response_model=ChainOut)
def check_audit(asker: Asking, request: Request) -> dict[str, Any]:
    """Whether the chain holds from its first record to its last; for admins, one after another."""
    return chain_checked(asker, request)


@router.post("/audit/export", responses=responses() | _FILE, response_class=Response)
def export_audit(asker: Asking, request: Request, wanted: Listed) -> Response:
    """All records that meet the filter as CSV, newest first; that they were taken away is told too."""
    return audit_file(asker, request, wanted)


def chain_checked(asker: Asker, request: Request) -> dict[str, Any]:
    """The document of a check. Raises NotPermitted, Refused (no turn came), ConfigRejected (too long for here)."""
    asker.viewer.require(Right.SEE_AUDIT)
    asker.viewer.require(Right.SEE_PEOPLE)
    door = door_of(request)
    with a_place_in(door.checking):
        return check_whole_audit(door.parts.trail)


def audit_file(asker: Asker, request: Request, wanted: ListRequest) -> Response:
    """The file of what this viewer sees. Raises NotPermitted, ConfigRejected (more than a file holds)."""
    seen = asker.may(Right.SEE_AUDIT)
    asker.viewer.require(Right.EXPORT_REPORTS)
    door = door_of(request)
    with a_place_in(door.reporting):
        file = audit_csv(seen.audit, wanted, door.parts.trail, seen.viewer, seen.clock)
    name = f"adplat-audit_{seen.clock.now():%Y-%m-%d}.csv"
    told = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(file, media_type="text/csv; charset=utf-8", headers=told)
