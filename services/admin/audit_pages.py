"""The page of the audit trail: filters, links to the things, the file of it, and whether its chain holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response

from adplat.domain import ActorKind, AuditEntry, Comparison, ListRequest, Right
from services.admin.asking import Asker
from services.admin.audit_api import audit_file, chain_checked
from services.admin.filters import Asked, Filters, day, one_of, text
from services.admin.pages import Browsing, Sending
from services.admin.rendering import page
from services.admin.words.deeds import DEEDS, KNOWN_DEEDS

router = APIRouter(include_in_schema=False)
_KINDS = {one.value: "audit_jobs" if one is ActorKind.JOB else one.value for one in ActorKind}
TRAIL = Filters(
    (
        text("actor", "actor", "actor"),
        # A deed that is chosen is that one alone; one that is written into the address may be a part of several.
        text("action", "action", "action", whole=KNOWN_DEEDS),
        text("subject", "subject", "subject"),
        one_of("kind", "audit_kind", _KINDS, "kind"),
        day("since", "audit_since", "at", Comparison.AT_LEAST),
        day("until", "audit_until", "at", Comparison.BELOW),
    )
)
# Where the thing of a deed is seen, by the first word of the deed; subjects of some begin with a word of their own.
_THINGS: Mapping[str, tuple[str, str, Right]] = {
    "campaign": ("/campaigns/", "", Right.SEE_CATALOGUE),
    "creative": ("/creatives/", "", Right.SEE_CATALOGUE),
    "experiment": ("/experiments/", "", Right.SEE_EXPERIMENTS),
    "job": ("/jobs/", "job ", Right.SEE_JOBS),
    "user": ("/people/", "user ", Right.SEE_PEOPLE),
    "sign": ("/people/", "user ", Right.SEE_PEOPLE),
    "session": ("/people/", "user ", Right.SEE_PEOPLE),
    "key": ("/callers/", "", Right.MANAGE_CALLERS),
}


@router.get("/audit")
def audit(request: Request, asker: Browsing, asked: Annotated[Asked, Depends(TRAIL.asked)]) -> Response:
    """Who did what; filterable."""
    return _audit_page(request, asker, asked)


@router.post("/audit/check")
def check(request: Request, sent: Sending) -> Response:
    """Whether the chain holds; for admins."""
    asker, form = sent
    chain = chain_checked(asker, request)
    return _audit_page(request, asker, TRAIL.read(form.of(TRAIL.names), asker), chain)


@router.post("/audit/export")
def export(request: Request, sent: Sending) -> Response:
    """What the filter shows, as a file; none where the filter is not understood."""
    asker, form = sent
    asked = TRAIL.read(form.of(TRAIL.names), asker)
    if asked.missed:
        return _audit_page(request, asker, asked, status=422)
    return audit_file(asker, request, ListRequest(asked.conditions))


def link_of(asker: Asker, entry: AuditEntry) -> str:
    """The page of the thing that something was done to; empty where it has none that this viewer may see."""
    found = _THINGS.get(entry.action.partition(" ")[0])
    if found is None or not asker.viewer.may(found[2]) or not entry.subject.startswith(found[1]):
        return ""
    name = entry.subject.removeprefix(found[1])
    if name.startswith("adp_"):  # a key by its own id: it has no page
        return ""
    return found[0] + quote(name, safe="@") if name else ""


def _audit_page(
    request: Request, asker: Asker, asked: Asked, chain: dict[str, Any] | None = None, *, status: int = 200
) -> Response:
    shown = asked.page(asker.may(Right.SEE_AUDIT).audit.records, 100)
    facts: dict[str, Any] = {
        "shown": shown,
        "links": {one.number: link_of(asker, one.entry) for one in shown.items},
        "kinds": list(ActorKind),
        "deeds_of": DEEDS,
        "known_deeds": KNOWN_DEEDS,
        "chain": chain,
    }
    return page(request, "audit.html", asker, status=status, asked=asked, **facts)
