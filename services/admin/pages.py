"""Pages of everybody: sign in; and the files that pages load."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request, Response

from adplat.domain import (
    AdplatError,
    Advertiser,
    Campaign,
    Comparison,
    Condition,
    ListRequest,
    Right,
    SignInRefused,
    TooManyTries,
)
from adplat.flows.admin_parts import SeenParts
from adplat.flows.sign_in import sign_in, sign_out
from services.admin.asking import (
    Asker,
    a_place_in,
    address_of,
    asker_of_browser,
    door_of,
    known_browser,
    require_our_site,
)
from services.admin.forms import TOKEN, Form, Sent
from services.admin.oidc import CALLBACK
from services.admin.problems import Refused
from services.admin.refusals import Told, told_to_people
from services.admin.rendering import LANGUAGE_COOKIE, language_asked, our_path, page, static_file, to, words_for
from services.admin.way_back import way_back
from services.admin.wording import LANGUAGES

router = APIRouter(include_in_schema=False)

Browsing = Annotated[Asker, Depends(asker_of_browser)]
"""Of a handler of a page: who is signed in."""


def sent_by(asker: Browsing, form: Sent) -> tuple[Asker, Form]:
    """Who sent a form, if it is from a page of this session. Raises NotPermitted."""
    asker.require_form(form.text(TOKEN))
    return asker, form


Sending = Annotated[tuple[Asker, Form], Depends(sent_by)]
"""Of a handler of a form: who sent it, and what."""


@router.get("/static/{name}")
def static(name: str) -> Response:
    """Style, script and mark."""
    return static_file(name)


@router.get("/sign-in")
def sign_in_page(request: Request, out: str = "") -> Response:
    """The only page without a session; ``out``: somebody signed out, and may want to do so elsewhere too."""
    party = door_of(request).elsewhere
    back = "" if party is None else party.client.back_url.removesuffix(CALLBACK) + "/sign-in"
    return _sign_in_page(request, out=party.sign_out_url(back) if party is not None and out else "")


@router.post("/sign-in")
def sign_in_form(request: Request, form: Sent) -> Response:
    """A wrong name and a wrong password look the same."""
    require_our_site(request)
    door, user_id = door_of(request), form.text("user_id")
    try:
        with a_place_in(door.hashing):
            before = request.cookies.get(door.cookie, "")
            word = form.fields.get("password", "")
            signed = sign_in(door.parts.people, user_id, word, address_of(request), instead_of=before)
    except (SignInRefused, TooManyTries) as error:
        return sign_in_answer(request, error, user_id)
    answer = to("/")
    door.let_in(answer, signed)
    return answer


@router.post("/sign-out")
def sign_out_form(request: Request, sent: Sending) -> Response:
    """The session is over."""
    door = door_of(request)
    answer = to("/sign-in" if door.elsewhere is None else "/sign-in?out=yes")
    sign_out(door.parts.people, sent[0].secret)
    door.let_out(answer)
    return answer


@router.get("/language/{language}")
def choose_language(language: str, request: Request) -> Response:
    """For a year, in a cookie; back to the page it was chosen on."""
    back = request.query_params.get("back", "/")
    answer = to(our_path(back, "/"))
    if language in LANGUAGES:
        door = door_of(request)
        answer.set_cookie(
            LANGUAGE_COOKIE, language, max_age=365 * 86_400, httponly=True, samesite="lax", secure=door.secure
        )
    return answer


def error_page(request: Request, error: Exception) -> Response:
    """What went wrong, to a person; who is not signed in is sent there."""
    wrong = told_to_people(error, language_asked(request))
    if wrong.status == 401:
        return to("/sign-in")
    asker = None
    if wrong.status != 503:
        try:
            asker = known_browser(request) if request.method in {"GET", "HEAD"} else None
        except AdplatError:
            asker = None
    back = "/" if request.method in {"GET", "HEAD"} else way_back(request)
    answer = page(request, "error.html", asker, status=wrong.status, wrong=wrong, back=back)
    if isinstance(error, Refused):
        answer.headers.update(error.headers)
    return answer


def too_large_page(request: Request, largest_bytes: int) -> Response:
    """To a person, what a form sent is larger than its address takes; the way back leads to the form."""
    most = f"{largest_bytes // 2**20} MiB" if largest_bytes >= 2**20 else f"{largest_bytes // 1024} KiB"
    what = words_for(request)("too_large") % most
    came_from = urlsplit(request.headers.get("referer", "")).path
    return page(request, "error.html", status=413, wrong=Told(413, what), back=our_path(came_from, "/"))


def sign_in_answer(request: Request, error: Exception, user_id: str = "") -> Response:
    """The sign-in page with what went wrong in one line."""
    return _sign_in_page(request, error, user_id=user_id)


def _sign_in_page(request: Request, error: Exception | None = None, *, user_id: str = "", out: str = "") -> Response:
    party = door_of(request).elsewhere
    elsewhere = "" if party is None else party.client.name
    return page(request, "sign_in.html", error=error, user_id=user_id, elsewhere=elsewhere, out=out)


def owners_of(parts: SeenParts, campaigns: Sequence[Campaign]) -> dict[str, Advertiser]:
    """The advertisers of some campaigns."""
    names = sorted({one.advertiser_id for one in campaigns})
    found: dict[str, Advertiser] = {}
    for first in range(0, len(names), 50):
        wanted = Condition("advertiser_id", Comparison.IS, tuple(names[first : first + 50]))
        found |= {one.advertiser_id: one for one in parts.edits.advertiser_page(ListRequest([wanted])).items}
    return found


def trail_of(asker: Asker, subject: str, *, of_parts: tuple[str, str] | None = None) -> list[Any]:
    """What was done with a thing, newest first; nothing for who may not see it.

    ``of_parts`` is the deed that makes a part of such things, and by what name its detail tells the thing: what was
    done with these parts is told among the rest, of those that are gone too.
    """
    if not asker.viewer.may(Right.SEE_AUDIT):
        return []
    parts = asker.seen.audit.subjects_naming(*of_parts, subject) if of_parts else []
    wanted = ListRequest([Condition("subject", Comparison.IS, (subject, *parts))], limit=20)
    return [one.entry for one in asker.seen.audit.records(wanted).items]
