"""One's own page: password, keys for scripts, and where one is signed in."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from adplat.domain import (
    ConfigRejected,
    InputError,
    NotPermitted,
    Right,
    SignInRefused,
    TooManyTries,
    session_hash,
)
from adplat.flows.manage_people import person
from adplat.flows.sign_in import MadeUserKey, change_own_password, make_key
from services.admin.asking import Asker, a_place_in, address_of, door_of
from services.admin.filters import Asked, Filters
from services.admin.forms import Form
from services.admin.pages import Browsing, Sending
from services.admin.people_pages import twice
from services.admin.rendering import page, to

router = APIRouter(include_in_schema=False)
_SHOWN = 20
USUAL_DAYS = 90
MINE = Filters(places=("keys", "sessions"))


@router.get("/me")
def me(request: Request, asker: Browsing, asked: Annotated[Asked, Depends(MINE.asked)]) -> Response:
    """Who one is, and what opens for one."""
    return _my_page(request, asker, asked)


@router.post("/me/password")
def change_password(request: Request, sent: Sending) -> Response:
    """Another password; every session is over, so one signs in again."""
    asker, form = sent
    door = door_of(request)
    try:
        new, old = twice(form), form.fields.get("old", "")
        with a_place_in(door.hashing):
            change_own_password(door.parts.people, asker.viewer.user_id, old, new, address_of(request))
    except SignInRefused:
        wrong = ConfigRejected("the old password is wrong", where="old password", hint="try again, or ask an admin")
        return _my_page(request, asker, error=wrong)
    except (TooManyTries, InputError) as error:
        return _my_page(request, asker, error=error)
    answer = to("/sign-in", "password")
    door.let_out(answer)
    return answer


@router.post("/me/keys")
def add_key(request: Request, sent: Sending) -> Response:
    """A key; the answer is the only page that ever shows its secret."""
    asker, form = sent
    asker.viewer.require(Right.MAKE_OWN_KEYS)
    try:
        made = make_key(
            door_of(request).parts.people,
            asker.viewer,
            form.text("name"),
            rights=frozenset(right for right in Right if form.text(field_of(right))),
            holds_for=timedelta(days=_days(form)),
            advertisers=frozenset(form.listed("advertisers")) or None,
        )
    except NotPermitted:
        raise
    except InputError as error:
        return _my_page(request, asker, told=form.fields, error=error)
    return _my_page(request, asker, made=made)


@router.post("/me/keys/{key_id}/revoke")
def revoke_key(key_id: str, request: Request, sent: Sending) -> Response:
    """It opens nothing any more."""
    asker, _ = sent
    asker.viewer.require(Right.MAKE_OWN_KEYS)
    parts = door_of(request).parts.people
    parts.people.revoke_key(asker.viewer.user_id, key_id, parts.clock.now(), asker.viewer.user_id)
    return to("/me", "revoked")


@router.post("/me/sessions/end-others")
def end_others(request: Request, sent: Sending) -> Response:
    """Signed out everywhere else."""
    asker, _ = sent
    parts = door_of(request).parts.people
    parts.people.end_other_sessions(asker.viewer.user_id, session_hash(asker.secret), parts.clock.now())
    return to("/me", "session_ended")


@router.post("/me/sessions/{session_id}/end")
def end_session(session_id: str, request: Request, sent: Sending) -> Response:
    """Signed out there; where it is this one, here."""
    asker, _ = sent
    parts = door_of(request).parts.people
    parts.people.end_session_named(asker.viewer.user_id, session_id, parts.clock.now())
    return to("/me", "session_ended")


def field_of(right: Right) -> str:
    """The name of its box in the form."""
    return f"right-{right.value.replace(' ', '-')}"


def _days(form: Form) -> int:
    told = form.text("days")
    if not (told.isascii() and told.isdigit() and len(told) < 5):
        raise ConfigRejected(f"{told[:40]!r} is no number of days", where="days", hint="write it as 90")
    return int(told)


def _my_page(
    request: Request,
    asker: Asker,
    asked: Asked | None = None,
    *,
    told: dict[str, str] | None = None,
    made: MadeUserKey | None = None,
    error: InputError | None = None,
) -> Response:
    parts, user_id = door_of(request).parts.people, asker.viewer.user_id
    asked = asked or MINE.read((), asker)
    now, makes_keys = parts.clock.now(), asker.viewer.may(Right.MAKE_OWN_KEYS)
    held = sorted(asker.viewer.rights - {Right.MAKE_OWN_KEYS}, key=lambda right: right.value)
    facts: dict[str, Any] = {
        "one": person(parts, user_id).user,
        "sessions": asked.page(
            lambda wanted: parts.people.session_page(user_id, wanted, now, parts.rules), _SHOWN, place="sessions"
        ),
        "this": session_hash(asker.secret),
        "keys": asked.page(partial(parts.people.key_page, user_id), _SHOWN, place="keys") if makes_keys else None,
        "boxes": [(field_of(right), right.value) for right in held],
        "told": {"name": "", "days": str(USUAL_DAYS), "advertisers": ""} | (told or {}),
        "made": made,
        "now": now,
    }
    return page(request, "me.html", asker, error=error, asked=asked, **facts)
