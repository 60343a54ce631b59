"""``/v1/users``: who may sign in, with which role and for whom; for admins."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from fastapi import APIRouter, Request, Response

from adplat.domain import Right, User
from adplat.flows.admin_parts import SeenParts
from adplat.flows.describe_people import user_document
from adplat.flows.manage_people import add_person, change_person, disable_person, enable_person, give_password, person
from services.admin.asking import Asking, a_place_in, door_of
from services.admin.etags import IfMatch, require_match, tagged
from services.admin.lists import Listed, page_document
from services.admin.people_schemas import UserChanges, UserIn, UserOut
from services.admin.problems import responses
from services.admin.schemas import PageOut

router = APIRouter(prefix="/v1", tags=["people"])


@router.get("/users", responses=responses(), response_model=PageOut[UserOut])
def list_users(asker: Asking, wanted: Listed) -> dict[str, Any]:
    """Everybody, by name unless it says otherwise."""
    found = asker.may(Right.SEE_PEOPLE).people.people.account_page(wanted)
    return page_document(found, lambda account: user_document(account.user))


@router.post("/users", status_code=201, responses=responses(404), response_model=UserOut)
def create_user(body: UserIn, asker: Asking, request: Request, response: Response) -> dict[str, Any]:
    """A new person; a name is given once, so sending it again is refused."""
    parts = asker.may(Right.MANAGE_PEOPLE).people
    user = User(body.user_id, body.role, body.name, scope_of(body.advertisers))
    with a_place_in(door_of(request).hashing):
        return tagged(response, user_document(add_person(parts, user, body.password)))


@router.get("/users/{user_id}", responses=responses(404), response_model=UserOut)
def read_user(user_id: str, asker: Asking, response: Response) -> dict[str, Any]:
    """One person."""
    return tagged(response, user_seen(asker.may(Right.SEE_PEOPLE), user_id))


@router.patch("/users/{user_id}", responses=responses(404, 412, 428), response_model=UserOut)
def change_user(
    user_id: str, body: UserChanges, asker: Asking, request: Request, response: Response, match: IfMatch = ""
) -> dict[str, Any]:
    """Another role, name or password; disabled or not. The last admin stays."""
    seen = asker.may(Right.MANAGE_PEOPLE)
    parts, before = seen.people, person(seen.people, user_id).user
    require_match(match, user_document(before))
    if body.role is not None or body.advertisers is not None or body.name:
        role = before.role if body.role is None else body.role
        scope = before.advertisers if body.role is None and body.advertisers is None else body.advertisers
        change_person(parts, user_id, role=role, advertisers=scope_of(scope), name=body.name)
    if body.password is not None:
        with a_place_in(door_of(request).hashing):
            give_password(parts, user_id, body.password)
    if body.disabled is not None:
        (disable_person if body.disabled else enable_person)(parts, user_id)
    return tagged(response, user_seen(seen, user_id))


def user_seen(parts: SeenParts, user_id: str) -> dict[str, Any]:
    """One person as a document. Raises UnknownReference."""
    return user_document(person(parts.people, user_id).user)


def scope_of(advertisers: Collection[str] | None) -> frozenset[str] | None:
    """``None``: all of them."""
    return None if advertisers is None else frozenset(advertisers)
