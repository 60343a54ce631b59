"""To the identity provider and back: two addresses, neither of which leads anywhere that somebody else names."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from adplat.domain import InputError
from adplat.flows.sign_in_elsewhere import sign_in_by_claims
from services.admin.asking import address_of, door_of
from services.admin.oidc import CALLBACK, LASTS_S, RelyingParty
from services.admin.pages import sign_in_answer
from services.admin.problems import Refused
from services.admin.rendering import to

router = APIRouter(include_in_schema=False)


@router.get("/sign-in/elsewhere")
def leave(request: Request) -> Response:
    """To the provider."""
    party, door = _party(request), door_of(request)
    try:
        kept, url = party.begin(door.parts.people.clock.now().timestamp())
    except InputError as error:
        return sign_in_answer(request, error)
    answer = RedirectResponse(url, 303)
    answer.set_cookie(
        _cookie(request), kept, max_age=LASTS_S, httponly=True, samesite="lax", secure=door.secure, path="/"
    )
    return answer


@router.get(CALLBACK)
def come_back(request: Request) -> Response:
    """From the provider; what goes wrong is one line on the sign-in page. A try ends here, however it ends."""
    party, door, cookie = _party(request), door_of(request), _cookie(request)
    people = door.parts.people
    try:
        claims = party.end(request.cookies.get(cookie, ""), request.query_params, people.clock.now().timestamp())
        before = request.cookies.get(door.cookie, "")
        signed = sign_in_by_claims(people, claims, party.client.rules, address_of(request), instead_of=before)
    except InputError as error:
        answer = sign_in_answer(request, error)
    else:
        answer = to("/")
        door.let_in(answer, signed)
    answer.delete_cookie(cookie, httponly=True, samesite="lax", secure=door.secure, path="/")
    return answer


def _party(request: Request) -> RelyingParty:
    found = door_of(request).elsewhere
    if found is None:
        raise Refused(404, "no such address")
    return found


def _cookie(request: Request) -> str:
    return f"{door_of(request).cookie}-elsewhere"
