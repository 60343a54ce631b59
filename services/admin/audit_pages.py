"""The page of the audit trail: filters, links to the things, the file of it, and whether its chain holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response

from adplat.domain import ActorKind, AuditEntry, Comparison, Condition, ConfigRejected, InputError, ListRequest, Right
from services.admin.asking import Asker
from services.admin.audit_api import audit_file, chain_checked
from services.admin.pages import Browsing, Cursor, Sending, choice_of, is_text
from services.admin.problems import of_error
from services.admin.rendering import page
from services.admin.words.deeds import DEEDS, KNOWN_DEEDS

router = APIRouter(include_in_schema=False)
_TEXTS = ("actor", "action", "subject")
_FIELDS = (*_TEXTS, "kind", "since", "until")
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
def audit(
    request: Request,
    asker: Browsing,
    actor: str = "",
    action: str = "",
    subject: str = "",
    kind: str = "",
    since: str = "",
    until: str = "",
    cursor: Cursor = "",
) -> Response:
    """Who did what; filterable."""
    told = dict(zip(_FIELDS, (actor, action, subject, kind, since, until), strict=True))
    return _audit_page(request, asker, told, cursor)


@router.post("/audit/check")
def check(request: Request, sent: Sending) -> Response:
    """Whether the chain holds; for admins."""
    asker, form = sent
    chain = chain_checked(asker, request)
    return _audit_page(request, asker, {name: form.text(name) for name in _FIELDS}, chain=chain)


@router.post("/audit/export")
def export(request: Request, sent: Sending) -> Response:
    """What the filter shows, as a file."""
    asker, form = sent
    told = {name: form.text(name) for name in _FIELDS}
    try:
        return audit_file(asker, request, ListRequest(_conditions(told)))
    except ConfigRejected as error:
        return _audit_page(request, asker, told, error=error)


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
    request: Request,
    asker: Asker,
    told: dict[str, str],
    cursor: str = "",
    *,
    chain: dict[str, Any] | None = None,
    error: InputError | None = None,
) -> Response:
    told = {name: value.strip() for name, value in told.items()}
    trail = asker.may(Right.SEE_AUDIT).audit
    try:
        conditions = _conditions(told)
    except ConfigRejected as wrong:
        error, conditions = wrong, []
    status, what, where, hint = (200, "", "", "") if error is None else of_error(error)
    shown = trail.records(ListRequest(conditions, limit=100, cursor=cursor))
    facts: dict[str, Any] = {
        "shown": shown,
        "links": {one.number: link_of(asker, one.entry) for one in shown.items},
        "told": told,
        "kinds": list(ActorKind),
        "deeds_of": DEEDS,
        "known_deeds": KNOWN_DEEDS,
        "again": urlencode(told) + "&",
        "chain": chain,
        "what": what,
        "where": where,
        "hint": hint,
    }
    return page(request, "audit.html", asker, status=status, **facts)


def _conditions(told: Mapping[str, str]) -> list[Condition]:
    """Raises ConfigRejected for a day that is none."""
    found = [Condition(name, _compared(name, told), (told[name][:256],)) for name in _TEXTS if is_text(told[name])]
    found += choice_of("kind", told["kind"], ActorKind)
    for name, comparison in (("since", Comparison.AT_LEAST), ("until", Comparison.BELOW)):
        if told[name]:
            found.append(Condition("at", comparison, (_day(told[name], name),)))
    return found


def _compared(name: str, told: Mapping[str, str]) -> Comparison:
    """A deed that is chosen is that one alone; one that is written into the address may be a part of several."""
    return Comparison.IS if name == "action" and told[name] in KNOWN_DEEDS else Comparison.CONTAINS


def _day(told: str, name: str) -> str:
    try:
        return date.fromisoformat(told).isoformat()
    except ValueError:
        raise ConfigRejected(f"{told[:40]!r} is no day", where=name, hint="write it as 2027-06-01") from None
