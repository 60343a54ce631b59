"""``/v1/callers``: machines that ask the services, with their keys; for admins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request, Response

from adplat.domain import ApiKey, Caller, Comparison, Condition, ListRequest, Right, UnknownReference
from adplat.flows.admin_parts import SeenParts
from adplat.flows.describe_keys import caller_document, key_document
from adplat.flows.manage_keys import MadeKey, change_caller, create_caller, create_key, revoke_keys, rotate_key
from services.admin.asking import Asking, a_place_in, door_of
from services.admin.etags import IfMatch, require_match, tagged
from services.admin.lists import Listed, page_document
from services.admin.people_api import scope_of
from services.admin.people_bodies import (
    CallerChanges,
    CallerIn,
    CallerKeyIn,
    CallerKeyOut,
    CallerOut,
    MadeCallerKeyOut,
    RotateIn,
)
from services.admin.problems import responses
from services.admin.schemas import PageOut

router = APIRouter(prefix="/v1/callers", tags=["callers"])


@router.get("", responses=responses(), response_model=PageOut[CallerOut])
def list_callers(asker: Asking, wanted: Listed) -> dict[str, Any]:
    """All of them, by id unless it says otherwise."""
    return page_document(asker.may(Right.MANAGE_CALLERS).callers.caller_page(wanted), caller_document)


@router.post("", status_code=201, responses=responses(), response_model=MadeCallerKeyOut)
def add_caller(body: CallerIn, asker: Asking, request: Request) -> dict[str, Any]:
    """A new caller with its first key; an id is given once, so sending it again is refused."""
    seen = asker.may(Right.MANAGE_CALLERS)
    caller = Caller(
        body.caller_id, body.name, frozenset(body.permissions), scope_of(body.advertisers), scope_of(body.placements)
    )
    with a_place_in(door_of(request).keys), seen.keys() as parts:
        return made_document(create_caller(parts, caller, holds_for=days(body.days)), seen)


@router.get("/{caller_id}", responses=responses(404), response_model=CallerOut)
def read_caller(caller_id: str, asker: Asking, response: Response) -> dict[str, Any]:
    """One of them."""
    return tagged(response, caller_document(asker.may(Right.MANAGE_CALLERS).callers.caller(caller_id)))


@router.patch("/{caller_id}", responses=responses(404, 412, 428), response_model=CallerOut)
def allow_caller(
    caller_id: str, body: CallerChanges, asker: Asking, request: Request, response: Response, match: IfMatch = ""
) -> dict[str, Any]:
    """Other rights; its keys hold on."""
    seen = asker.may(Right.MANAGE_CALLERS)
    with a_place_in(door_of(request).keys), seen.keys() as parts:
        require_match(match, caller_document(parts.callers.caller(caller_id)))
        changed = Caller(
            caller_id, body.name, frozenset(body.permissions), scope_of(body.advertisers), scope_of(body.placements)
        )
        return tagged(response, caller_document(change_caller(parts, changed)))


@router.get("/{caller_id}/keys", responses=responses(404), response_model=PageOut[CallerKeyOut])
def list_keys(caller_id: str, asker: Asking, wanted: Listed) -> dict[str, Any]:
    """Its keys, newest first unless it says otherwise, also those that are over."""
    seen = asker.may(Right.MANAGE_CALLERS)
    seen.callers.caller(caller_id)
    of_caller = Condition("caller_id", Comparison.IS, (caller_id,))
    asked = ListRequest([of_caller, *wanted.conditions], wanted.order, wanted.limit, wanted.cursor)
    now = seen.clock.now()
    return page_document(seen.callers.key_page(asked), lambda key: key_document(key, now))


@router.post("/{caller_id}/keys", status_code=201, responses=responses(404), response_model=MadeCallerKeyOut)
def add_key(caller_id: str, body: CallerKeyIn, asker: Asking, request: Request) -> dict[str, Any]:
    """One more key; its secret is told this once."""
    seen = asker.may(Right.MANAGE_CALLERS)
    with a_place_in(door_of(request).keys), seen.keys() as parts:
        return made_document(create_key(parts, caller_id, holds_for=days(body.days)), seen)


@router.post(
    "/{caller_id}/keys/{key_id}/rotate", status_code=201, responses=responses(404), response_model=MadeCallerKeyOut
)
def replace_key(caller_id: str, key_id: str, body: RotateIn, asker: Asking, request: Request) -> dict[str, Any]:
    """A new key in its place, for as long as that was made for unless it says so; the old one holds for a while yet."""
    seen = asker.may(Right.MANAGE_CALLERS)
    with a_place_in(door_of(request).keys), seen.keys() as parts:
        key_of(seen, caller_id, key_id)
        old = timedelta(hours=body.old_hours)
        return made_document(rotate_key(parts, key_id, old_holds_for=old, holds_for=days(body.days)), seen)


@router.delete("/{caller_id}/keys/{key_id}", status_code=204, responses=responses(404))
def revoke_key(caller_id: str, key_id: str, asker: Asking, request: Request) -> None:
    """It opens nothing any more."""
    seen = asker.may(Right.MANAGE_CALLERS)
    with a_place_in(door_of(request).keys), seen.keys() as parts:
        revoke_keys(parts, key_of(seen, caller_id, key_id).key_id)


@router.delete("/{caller_id}/keys", status_code=204, responses=responses(404))
def revoke_all(caller_id: str, asker: Asking, request: Request) -> None:
    """None of its keys opens anything any more."""
    seen = asker.may(Right.MANAGE_CALLERS)
    with a_place_in(door_of(request).keys), seen.keys() as parts:
        revoke_keys(parts, seen.callers.caller(caller_id).caller_id)


def key_of(parts: SeenParts, caller_id: str, key_id: str) -> ApiKey:
    """A key of this caller. Raises UnknownReference."""
    named = [("caller_id", caller_id), ("key_id", key_id)]
    found = parts.callers.key_page(ListRequest([Condition(name, Comparison.IS, (one,)) for name, one in named]))
    if not found.items:
        raise UnknownReference("the caller has no key of this id", where=f"key {key_id[:64]}", hint="see its keys")
    return found.items[0]


def made_document(made: MadeKey, parts: SeenParts) -> dict[str, Any]:
    """A new key with its secret, told once."""
    return key_document(made.key, parts.clock.now()) | {"secret": made.secret}


def days(told: float | None) -> timedelta | None:
    """``None``: until it is revoked."""
    return None if told is None else timedelta(days=told)
