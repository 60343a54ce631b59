"""Pages of callers: machines that ask the services, with their rights and keys; for admins."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from adplat.domain import (
    Caller,
    ChangedMeanwhile,
    Comparison,
    Condition,
    ConfigRejected,
    InputError,
    Permission,
    Right,
    UnknownReference,
)
from adplat.flows.describe_keys import caller_document
from adplat.flows.manage_keys import MadeKey, change_caller, create_caller, create_key, revoke_keys, rotate_key
from services.admin.asking import Asker, a_place_in, door_of
from services.admin.callers_api import key_of
from services.admin.etags import etag_of, require_match
from services.admin.filters import Asked, Filters, text
from services.admin.forms import Form
from services.admin.pages import Browsing, Sending, trail_of
from services.admin.rendering import page, to

router = APIRouter(include_in_schema=False)
USUAL_OLD_HOURS = "24"
LISTED, KEYS = Filters((text("name", "id", "caller_id"),)), Filters()
_LONGEST_DAYS, _LONGEST_HOURS = 3660.0, 24.0 * 366


@router.get("/callers")
def callers(request: Request, asker: Browsing, asked: Annotated[Asked, Depends(LISTED.asked)]) -> Response:
    """All of them."""
    shown = asked.page(asker.may(Right.MANAGE_CALLERS).callers.caller_page, 50)
    return page(request, "callers.html", asker, asked=asked, shown=shown)


@router.get("/callers/new")
def new_caller(request: Request, asker: Browsing) -> Response:
    """An empty form."""
    asker.viewer.require(Right.MANAGE_CALLERS)
    return _form_page(request, asker, {})


@router.post("/callers/new")
def add(request: Request, sent: Sending) -> Response:
    """A caller with its first key; the answer is the only page that ever shows the key."""
    asker, form = sent
    seen = asker.may(Right.MANAGE_CALLERS)
    try:
        caller = _told(form, form.text("caller_id"))
        with a_place_in(door_of(request).keys), seen.keys() as parts:
            made = create_caller(parts, caller, holds_for=_days(form))
    except InputError as error:
        return _form_page(request, asker, form.fields, error)
    return _caller_page(request, asker, caller.caller_id, made=made)


@router.get("/callers/{caller_id}")
def one_caller(
    caller_id: str, request: Request, asker: Browsing, asked: Annotated[Asked, Depends(KEYS.asked)]
) -> Response:
    """One of them with its keys."""
    asker.viewer.require(Right.MANAGE_CALLERS)
    return _caller_page(request, asker, caller_id, asked)


@router.post("/callers/{caller_id}/rights")
def allow(caller_id: str, request: Request, sent: Sending) -> Response:
    """Other rights, as they were seen; its keys hold on."""
    asker, form = sent
    seen = asker.may(Right.MANAGE_CALLERS)
    try:
        with a_place_in(door_of(request).keys), seen.keys() as parts:
            require_match(form.text("etag") or "-", caller_document(parts.callers.caller(caller_id)))
            change_caller(parts, _told(form, caller_id))
    except (UnknownReference, ChangedMeanwhile):
        raise
    except InputError as error:
        return _caller_page(request, asker, caller_id, error=error)
    return to(f"/callers/{caller_id}", "saved")


@router.post("/callers/{caller_id}/keys")
def add_key(caller_id: str, request: Request, sent: Sending) -> Response:
    """One more key, shown once."""
    asker, form = sent
    seen = asker.may(Right.MANAGE_CALLERS)
    seen.callers.caller(caller_id)
    try:
        with a_place_in(door_of(request).keys), seen.keys() as parts:
            made = create_key(parts, caller_id, holds_for=_days(form))
    except InputError as error:
        return _caller_page(request, asker, caller_id, error=error)
    return _caller_page(request, asker, caller_id, made=made)


@router.post("/callers/{caller_id}/keys/{key_id}/rotate")
def rotate(caller_id: str, key_id: str, request: Request, sent: Sending) -> Response:
    """A new key in its place, shown once, for as long as that was made for; the old one holds for some hours yet."""
    asker, form = sent
    seen = asker.may(Right.MANAGE_CALLERS)
    key_of(seen, caller_id, key_id)
    try:
        hours = _number(form, "old_hours", _LONGEST_HOURS)
        with a_place_in(door_of(request).keys), seen.keys() as parts:
            made = rotate_key(parts, key_id, old_holds_for=timedelta(hours=hours or 0.0), holds_for=_days(form))
    except InputError as error:
        return _caller_page(request, asker, caller_id, error=error)
    return _caller_page(request, asker, caller_id, made=made)


@router.post("/callers/{caller_id}/keys/{key_id}/revoke")
def revoke(caller_id: str, key_id: str, request: Request, sent: Sending) -> Response:
    """It opens nothing any more."""
    asker, _ = sent
    seen = asker.may(Right.MANAGE_CALLERS)
    with a_place_in(door_of(request).keys), seen.keys() as parts:
        revoke_keys(parts, key_of(seen, caller_id, key_id).key_id)
    return to(f"/callers/{caller_id}", "revoked")


def _told(form: Form, caller_id: str) -> Caller:
    permissions = frozenset(one for one in Permission if form.text(f"may-{one.value}"))
    return Caller(
        caller_id,
        form.text("name"),
        permissions,
        frozenset(form.listed("advertisers")) or None,
        frozenset(form.listed("placements")) or None,
    )


def _days(form: Form) -> timedelta | None:
    days = _number(form, "days", _LONGEST_DAYS)
    return None if days is None else timedelta(days=days)


def _number(form: Form, name: str, most: float) -> float | None:
    """``None`` where nothing is told. Raises ConfigRejected."""
    told = form.text(name)
    if not told:
        return None
    try:
        number = float(told)
    except ValueError:
        number = -1.0
    if not 0.0 <= number <= most:
        raise ConfigRejected(f"{told[:40]!r} is no such number", where=name, hint=f"give 0 to {most:g}")
    return number


def _form_page(request: Request, asker: Asker, told: dict[str, str], error: InputError | None = None) -> Response:
    fields = {"caller_id": "", "name": "", "advertisers": "", "placements": "", "days": ""} | told
    return page(request, "caller_form.html", asker, told=fields, permissions=list(Permission), error=error)


def _caller_page(
    request: Request,
    asker: Asker,
    caller_id: str,
    asked: Asked | None = None,
    *,
    made: MadeKey | None = None,
    error: InputError | None = None,
) -> Response:
    seen = asker.seen
    one = seen.callers.caller(caller_id)
    of_caller = Condition("caller_id", Comparison.IS, (caller_id,))
    asked = asked or KEYS.read((), asker)
    facts: dict[str, Any] = {
        "one": one,
        "keys": asked.page(seen.callers.key_page, 50, [of_caller]),
        "permissions": list(Permission),
        "old_hours": USUAL_OLD_HOURS,
        "etag": etag_of(caller_document(one)),
        "entries": trail_of(asker, caller_id),
        "made": made,
        "now": seen.clock.now(),
    }
    return page(request, "caller.html", asker, asked=asked, error=error, **facts)
