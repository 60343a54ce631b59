"""``/v1/session``, ``/v1/sessions``, ``/v1/keys``: who is here, where else, and by which keys."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request, Response

from adplat.domain import ConfigRejected, Right, UserSession, session_hash
from adplat.flows.describe_people import session_document, user_key_document
from adplat.flows.sign_in import change_own_password, make_key, sign_in, sign_out
from services.admin.asking import Asker, Asking, a_place_in, address_of, door_of, require_our_site
from services.admin.lists import Listed, page_document
from services.admin.people_bodies import EndedOut, SessionOut
from services.admin.people_schemas import KeyIn, KeyOut, MadeKeyOut, PasswordIn, SignInIn, WhoOut
from services.admin.problems import responses
from services.admin.schemas import PageOut

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


@router.get("/sessions", responses=responses(), response_model=PageOut[SessionOut], tags=["session"])
def own_sessions(asker: Asking, request: Request, wanted: Listed) -> dict[str, Any]:
    """Where one is signed in, newest first unless it says otherwise."""
    parts = door_of(request).parts.people
    user_id, now = asker.viewer.user_id, parts.clock.now()
    found = parts.people.session_page(user_id, wanted, now, parts.rules)

    def told(one: UserSession) -> dict[str, Any]:
        return session_document(one, is_this=one.sha256 == session_hash(asker.secret))

    return page_document(found, told)


@router.delete("/sessions", responses=responses(), tags=["session"])
def end_other_sessions(asker: Asking, request: Request) -> EndedOut:
    """Signed out everywhere else; with a key, everywhere."""
    parts = door_of(request).parts.people
    but = session_hash(asker.secret) if asker.secret else ""
    return EndedOut(ended=parts.people.end_other_sessions(asker.viewer.user_id, but, parts.clock.now()))


@router.delete("/sessions/{session_id}", status_code=204, responses=responses(404), tags=["session"])
def end_session(session_id: str, asker: Asking, request: Request) -> None:
    """Signed out there."""
    parts = door_of(request).parts.people
    parts.people.end_session_named(asker.viewer.user_id, session_id, parts.clock.now())


@router.get("/keys", responses=responses(), response_model=PageOut[KeyOut], tags=["session"])
def own_keys(asker: Asking, request: Request, wanted: Listed) -> dict[str, Any]:
    """One's own keys, newest first unless it says otherwise, also those that are over."""
    asker.viewer.require(Right.MAKE_OWN_KEYS)
    found = door_of(request).parts.people.people.key_page(asker.viewer.user_id, wanted)
    return page_document(found, user_key_document)


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
def revoke_own_key(key_id: str, asker: Asking, request: Request) -> None:
    """One's own key opens nothing any more."""
    asker.viewer.require(Right.MAKE_OWN_KEYS)
    parts = door_of(request).parts.people
    parts.people.revoke_key(asker.viewer.user_id, key_id, parts.clock.now(), asker.viewer.user_id)


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
