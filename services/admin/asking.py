"""Who asks: a signed-in browser or a key becomes an Asker; what it changes must come from our own pages."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from adplat.domain import KeyRejected, NotPermitted, Right, SignInRefused, Viewer, form_token_holds, key_hash
from adplat.flows.admin_parts import AdminParts, SeenParts
from adplat.flows.sign_in import SignedIn, resume, viewer_of_key
from services.admin.limits import Budgets, RateLimits
from services.admin.oidc import RelyingParty
from services.admin.problems import Refused
from services.admin.thumbnails import Thumbnails

COOKIE, SECURE_COOKIE = "adplat", "__Host-adplat"
FORM_TOKEN = "x-form-token"  # noqa: S105 - the name of a header
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OURS = frozenset({"same-origin", "none"})
_UNCOUNTED = ("/static/", "/v1/health")
_WANTS_IN = ("/sign-in", "/language/")
_PATIENCE_S = 10.0
# Each look at a password takes 64 MiB, each review a picture and the letters in it, each report up to 50,000 rows.
_HASHES_AT_ONCE, _REVIEWS_AT_ONCE, _REPORTS_AT_ONCE, _FORECASTS_AT_ONCE = 4, 2, 3, 2


@dataclass(frozen=True)
class Door:
    """What all requests share; ``secure``: browsers reach us by https, so cookies never travel otherwise."""

    parts: AdminParts
    secure: bool = False
    budgets: Budgets = field(default_factory=lambda: Budgets(RateLimits()))
    elsewhere: RelyingParty | None = None
    hashing: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(_HASHES_AT_ONCE))
    reviewing: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(_REVIEWS_AT_ONCE))
    reporting: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(_REPORTS_AT_ONCE))
    thumbnails: Thumbnails = field(default_factory=Thumbnails)
    forecasting: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(_FORECASTS_AT_ONCE)
    )
    checking: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(1))
    keys: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(1))

    @property
    def cookie(self) -> str:
        """Its name."""
        return SECURE_COOKIE if self.secure else COOKIE

    def let_in(self, response: Response, signed: SignedIn) -> None:
        """The session's cookie: no script reads it, no other site sends it along with a form."""
        response.set_cookie(self.cookie, signed.secret, httponly=True, samesite="lax", secure=self.secure, path="/")

    def let_out(self, response: Response) -> None:
        """No cookie any more."""
        response.delete_cookie(self.cookie, httponly=True, samesite="lax", secure=self.secure, path="/")


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who is known. ``secret`` and ``form_token`` are of the session, empty for a key."""

    viewer: Viewer
    seen: SeenParts
    secret: str = ""
    form_token: str = ""

    def may(self, right: Right) -> SeenParts:
        """The stores of this viewer, if it has the right. Raises NotPermitted."""
        self.viewer.require(right)
        return self.seen

    def require_form(self, token: str) -> None:
        """That a form came from a page of this session. Raises NotPermitted."""
        if self.secret and not form_token_holds(self.secret, token):
            raise NotPermitted("the form is not from here", where=FORM_TOKEN, hint="load the page again and send it")


def door_of(request: Request) -> Door:
    """What the application was opened with."""
    door: Door = request.app.state.door
    return door


def address_of(request: Request) -> str:
    """From where it comes; behind a proxy only what a trusted one says (see ``run``)."""
    return request.client.host if request.client else ""


def require_our_site(request: Request) -> None:
    """A browser says from which site a change comes (Fetch Metadata, Origin). Raises NotPermitted for others."""
    if request.method in _SAFE:
        return
    site, origin = request.headers.get("sec-fetch-site", "same-origin"), request.headers.get("origin", "")
    if site not in _OURS or (origin and urlsplit(origin).netloc != request.headers.get("host", "")):
        raise NotPermitted("another site sent this", where="origin", hint="use the pages of this admin")


def is_from_elsewhere(request: Request) -> bool:
    """Whether a browser was led here by another site, though it only reads (Fetch Metadata)."""
    return request.headers.get("sec-fetch-site", "same-origin") not in _OURS


async def count_unknown(request: Request) -> None:
    """Before every handler: whoever brings nothing, and whoever wants in, counts by address. Raises Refused (429)."""
    door, path = door_of(request), request.url.path
    brings = "authorization" in request.headers or door.cookie in request.cookies
    wants_in = path.startswith(_WANTS_IN) or (path == "/v1/session" and request.method == "POST")
    if not path.startswith(_UNCOUNTED) and (wants_in or not brings):
        if door.budgets.are_shared:
            await run_in_threadpool(door.budgets.spend_unknown, request)  # asked of a server; nobody else waits for it
        else:
            door.budgets.spend_unknown(request)


def asker_of_browser(request: Request) -> Asker:
    """Of the session in the cookie, counted. Raises SignInRefused, NotPermitted, Refused (429)."""
    door = door_of(request)
    try:
        found = known_browser(request)
    except SignInRefused:
        door.budgets.spend_unknown(request)
        raise
    person = f"person {found.viewer.user_id}"
    door.budgets.spend_known(request, person, person)
    return found


def known_browser(request: Request) -> Asker:
    """Of the session in the cookie. Raises SignInRefused, NotPermitted."""
    require_our_site(request)
    door = door_of(request)
    secret = request.cookies.get(door.cookie, "")
    if not secret:
        raise SignInRefused("nobody is signed in, or no longer", where="session", hint="sign in")
    signed = resume(door.parts.people, secret)
    return Asker(signed.viewer, door.parts.seen(signed.viewer), secret, signed.form_token)


_key = HTTPBearer(auto_error=False, scheme_name="key", description="a personal key")
_session = APIKeyCookie(name=COOKIE, auto_error=False, scheme_name="session", description="a signed-in browser")


def asker(
    request: Request,
    key: Annotated[HTTPAuthorizationCredentials | None, Security(_key)],
    _cookie: Annotated[str | None, Security(_session)],
) -> Asker:
    """By key, or by session with its form token. Raises SignInRefused, KeyRejected, NotPermitted, Refused (429)."""
    if key is not None:
        door = door_of(request)
        try:
            viewer = viewer_of_key(door.parts.people, key.credentials)
        except KeyRejected:
            door.budgets.spend_unknown(request)
            raise
        by_key = f"key {key_hash(key.credentials)}"
        door.budgets.spend_known(request, by_key, f"person {viewer.user_id}")
        return Asker(viewer, door.parts.seen(viewer))
    found = asker_of_browser(request)
    if request.method not in _SAFE:
        found.require_form(request.headers.get(FORM_TOKEN, ""))
    return found


@contextmanager
def a_place_in(slots: threading.BoundedSemaphore) -> Iterator[None]:
    """One of the few that may at once. Raises Refused where none becomes free."""
    if not slots.acquire(timeout=_PATIENCE_S):
        raise Refused(503, "too many at once", hint="send it again in a moment")
    try:
        yield
    finally:
        slots.release()


Asking = Annotated[Asker, Depends(asker)]
"""Of a handler of the API: who asks."""
