"""``/v1/session``, ``/v1/keys``, ``/v1/users``: who is here, and who may be."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from fastapi import APIRouter, Request, Response

from adplat.domain import ConfigRejected, Right, User
from adplat.flows.describe_people import user_document, user_key_document
from adplat.flows.manage_people import add_person, change_person, disable_person, enable_person, give_password, person
from adplat.flows.sign_in import change_own_password, make_key, sign_in, sign_out
from services.admin.asking import Asker, Asking, a_place_in, address_of, door_of, require_our_site
from services.admin.problems import responses
from services.admin.schemas import (
    KeyIn,
    KeyOut,
    MadeKeyOut,
    PageOut,
    PasswordIn,
    SignInIn,
    UserChanges,
    UserIn,
    UserOut,
    WhoOut,
)

router = APIRouter(prefix="/v1")


@router.post("/session", status_code=201, responses=responses(429), tags=["session"])
def open_session(body: SignInIn, request: Request, response: Response) -> WhoOut:
    """Sign in: the answer sets the session's cookie."""
    require_our_site(request)
    door = door_of(request)
    with a_place_in(door.hashing):
        before = request.cookies.get(door.cookie, "")
        signed = sign_in(door.parts.people, body.user_id, body.password, address_of(request), instead_of=before)
    door.let_in(response, signed)
    return who(Asker(signed.viewer, door.parts.seen(signed.viewer), signed.secret, signed.form_token))


@router.get("/session", responses=responses(), tags=["session"])
def who_am_i(asker: Asking) -> WhoOut:
    """Who asks, and what may be done."""
    return who(asker)


@router.delete("/session", status_code=204, responses=responses(), tags=["session"])
def close_session(asker: Asking, request: Request, response: Response) -> None:
    """Sign out; of a key it does nothing."""
    door = door_of(request)
    if asker.secret:
        sign_out(door.parts.people, asker.secret)
        door.let_out(response)


@router.post("/session/password", status_code=204, responses=responses(429), tags=["session"])
def change_password(body: PasswordIn, asker: Asking, request: Request) -> None:
    """Another password of one's own; every session is over. Not with a key."""
    door = door_of(request)
    if not asker.secret:
        raise ConfigRejected("a key changes no password", where="Authorization", hint="sign in")
    with a_place_in(door.hashing):
        change_own_password(door.parts.people, asker.viewer.user_id, body.old, body.new, address_of(request))


@router.get("/keys", responses=responses(), tags=["session"])
def own_keys(asker: Asking, request: Request) -> PageOut[KeyOut]:
    """One's own keys, oldest first, also those that are over."""
    asker.viewer.require(Right.MAKE_OWN_KEYS)
    found = door_of(request).parts.people.people.keys(asker.viewer.user_id)
    return PageOut(items=[KeyOut(**user_key_document(one)) for one in found], next=None)


@router.post("/keys", status_code=201, responses=responses(), tags=["session"])
def create_key(body: KeyIn, asker: Asking, request: Request) -> MadeKeyOut:
    """A key for scripts, with some of one's own rights; its secret is told this once."""
    made = make_key(
        door_of(request).parts.people,
        asker.viewer,
        body.name,
        rights=frozenset(body.rights),
        holds_for=timedelta(days=body.days),
        advertisers=None if body.advertisers is None else frozenset(body.advertisers),
    )
    return MadeKeyOut(secret=made.secret, **user_key_document(made.key))


@router.delete("/keys/{key_id}", status_code=204, responses=responses(404), tags=["session"])
def revoke_key(key_id: str, asker: Asking, request: Request) -> None:
    """One's own key opens nothing any more."""
    asker.viewer.require(Right.MAKE_OWN_KEYS)
    parts = door_of(request).parts.people
    parts.people.revoke_key(asker.viewer.user_id, key_id, parts.clock.now(), asker.viewer.user_id)


@router.get("/users", responses=responses(), tags=["people"])
def list_users(asker: Asking) -> PageOut[UserOut]:
    """Everybody, by name."""
    people = asker.may(Right.SEE_PEOPLE).people.people
    return PageOut(items=[UserOut(**user_document(one.user)) for one in people.accounts()], next=None)


@router.post("/users", status_code=201, responses=responses(404), tags=["people"])
def create_user(body: UserIn, asker: Asking, request: Request) -> UserOut:
    """A new person; a name is given once, so sending it again is refused."""
    parts = asker.may(Right.MANAGE_PEOPLE).people
    user = User(body.user_id, body.role, body.name, _scope(body.advertisers))
    with a_place_in(door_of(request).hashing):
        return UserOut(**user_document(add_person(parts, user, body.password)))


@router.get("/users/{user_id}", responses=responses(404), tags=["people"])
def read_user(user_id: str, asker: Asking) -> UserOut:
    """One person."""
    return UserOut(**user_document(person(asker.may(Right.SEE_PEOPLE).people, user_id).user))


@router.patch("/users/{user_id}", responses=responses(404), tags=["people"])
def change_user(user_id: str, body: UserChanges, asker: Asking, request: Request) -> UserOut:
    """Another role, name or password; disabled or not. The last admin stays."""
    parts = asker.may(Right.MANAGE_PEOPLE).people
    before = person(parts, user_id).user
    if body.role is not None or body.advertisers is not None or body.name:
        role = before.role if body.role is None else body.role
        scope = before.advertisers if body.role is None and body.advertisers is None else body.advertisers
        change_person(parts, user_id, role=role, advertisers=_scope(scope), name=body.name)
    if body.password is not None:
        with a_place_in(door_of(request).hashing):
            give_password(parts, user_id, body.password)
    if body.disabled is not None:
        (disable_person if body.disabled else enable_person)(parts, user_id)
    return UserOut(**user_document(person(parts, user_id).user))


def who(asker: Asker) -> WhoOut:
    """What somebody is told of itself."""
    viewer = asker.viewer
    return WhoOut(
        user_id=viewer.user_id,
        role=viewer.role,
        advertisers=None if viewer.advertisers is None else sorted(viewer.advertisers),
        rights=sorted(right.value for right in viewer.rights),
        form_token=asker.form_token,
    )


def _scope(advertisers: Collection[str] | None) -> frozenset[str] | None:
    return None if advertisers is None else frozenset(advertisers)
