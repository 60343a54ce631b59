"""Pages of people: list, a new one, and one of them with role, advertisers, password and history; for admins."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from adplat.domain import ConfigRejected, InputError, Right, Role, User
from adplat.flows.describe_people import user_document
from adplat.flows.manage_people import add_person, change_person, disable_person, enable_person, give_password, person
from services.admin.asking import Asker, a_place_in, door_of
from services.admin.etags import etag_of, require_match
from services.admin.filters import Asked, Filters, one_of, text
from services.admin.forms import Form
from services.admin.pages import Browsing, Sending, trail_of
from services.admin.rendering import page, to

router = APIRouter(include_in_schema=False)
_STATES = ("enabled", "disabled")
LISTED = Filters(
    (
        text("name", "sign_in_name", "user_id"),
        one_of("role", "role", {one.value: f"role {one.value}" for one in Role}, "role"),
        one_of("state", "state", {one: one for one in _STATES}, "state"),
    )
)


@router.get("/people")
def people(request: Request, asker: Browsing, asked: Annotated[Asked, Depends(LISTED.asked)]) -> Response:
    """Everybody."""
    parts = asker.may(Right.SEE_PEOPLE).people
    shown = asked.page(parts.people.account_page, 50)
    return page(request, "people.html", asker, asked=asked, shown=shown, roles=list(Role), states=_STATES)


@router.get("/people/new")
def new_person(request: Request, asker: Browsing) -> Response:
    """An empty form."""
    asker.viewer.require(Right.MANAGE_PEOPLE)
    return _form_page(request, asker, {})


@router.post("/people/new")
def add(request: Request, sent: Sending) -> Response:
    """A new person; what is wrong is said above the form, which keeps what was written, but for the password."""
    asker, form = sent
    parts = asker.may(Right.MANAGE_PEOPLE).people
    try:
        user = User(form.text("user_id"), role_of(form), form.text("name"), scope_told(form))
        with a_place_in(door_of(request).hashing):
            add_person(parts, user, twice(form))
    except InputError as error:
        return _form_page(request, asker, form.fields, error)
    return to(path_of(user.user_id), "created")


@router.get("/people/{user_id}")
def one_person(user_id: str, request: Request, asker: Browsing) -> Response:
    """One of them."""
    asker.viewer.require(Right.SEE_PEOPLE)
    return _person_page(request, asker, user_id)


@router.post("/people/{user_id}/role")
def change_role(user_id: str, request: Request, sent: Sending) -> Response:
    """Another role, other advertisers, another name: as it was seen."""
    asker, form = sent
    parts = asker.may(Right.MANAGE_PEOPLE).people
    require_match(form.text("etag") or "-", user_document(person(parts, user_id).user))
    try:
        change_person(parts, user_id, role=role_of(form), advertisers=scope_told(form), name=form.text("name"))
    except InputError as error:
        return _person_page(request, asker, user_id, form.fields, error)
    return to(path_of(user_id), "saved")


@router.post("/people/{user_id}/standing")
def change_standing(user_id: str, request: Request, sent: Sending) -> Response:
    """Disabled, or enabled again."""
    asker, form = sent
    parts = asker.may(Right.MANAGE_PEOPLE).people
    steps = {"enabled": enable_person, "disabled": disable_person}
    require_match(form.text("etag") or "-", user_document(person(parts, user_id).user))
    try:
        if form.text("state") not in steps:
            raise ConfigRejected("there is no such state", where="state", hint="enabled or disabled")
        steps[form.text("state")](parts, user_id)
    except InputError as error:
        return _person_page(request, asker, user_id, {}, error)
    return to(path_of(user_id), "saved")


@router.post("/people/{user_id}/password")
def change_password(user_id: str, request: Request, sent: Sending) -> Response:
    """Another password, which the admin tells the person."""
    asker, form = sent
    parts = asker.may(Right.MANAGE_PEOPLE).people
    person(parts, user_id)
    try:
        with a_place_in(door_of(request).hashing):
            give_password(parts, user_id, twice(form))
    except InputError as error:
        return _person_page(request, asker, user_id, {}, error)
    return to(path_of(user_id), "saved")


def path_of(user_id: str) -> str:
    """Of a person's page; names have no letters that an address has to write otherwise but ``+``."""
    return f"/people/{user_id.replace('+', '%2B')}"


def role_of(form: Form) -> Role:
    """Raises ConfigRejected."""
    try:
        return Role(form.text("role"))
    except ValueError:
        known = ", ".join(role.value for role in Role)
        raise ConfigRejected("there is no such role", where="role", hint=f"one of {known}") from None


def scope_told(form: Form) -> frozenset[str] | None:
    """Ids between commas; none: all advertisers."""
    return frozenset(form.listed("advertisers")) or None


def twice(form: Form) -> str:
    """A password that was written twice. Raises ConfigRejected."""
    told = form.fields.get("password", "")
    if told != form.fields.get("again", ""):
        raise ConfigRejected("the two passwords differ", where="password", hint="write the same one twice")
    return told


def _form_page(request: Request, asker: Asker, told: dict[str, str], error: InputError | None = None) -> Response:
    fields = {"user_id": "", "name": "", "role": Role.READ_ONLY.value, "advertisers": ""} | told
    return page(request, "person_form.html", asker, told=fields, roles=list(Role), error=error)


def _person_page(
    request: Request,
    asker: Asker,
    user_id: str,
    told: dict[str, str] | None = None,
    error: InputError | None = None,
) -> Response:
    account = person(asker.seen.people, user_id)
    user = account.user
    fields = {"name": user.name, "role": user.role.value, "advertisers": ", ".join(sorted(user.advertisers or ()))}
    facts: dict[str, Any] = {
        "account": account,
        "one": user,
        "told": fields | (told or {}),
        "roles": list(Role),
        "etag": etag_of(user_document(user)),
        "entries": trail_of(asker, f"user {user.user_id}"),
    }
    return page(request, "person.html", asker, error=error, **facts)
