"""Where a page is seen again by a plain link: a page that answers a form has an address that only takes forms."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.routing import Match

_READS = frozenset({"GET", "HEAD"})
_ONCE = frozenset({"done", "changed"})  # what was done is told once


def way_back(request: Request) -> str:
    """This page with its question; for the answer to a form the page that the form stood on, else its section's."""
    if request.method in _READS:
        # What an identity provider brings along holds once, and is nobody else's.
        query = "" if request.url.path.startswith("/sign-in") else request.url.query
        return _with(request.url.path, query)
    routes: Sequence[APIRoute] = request.app.state.page_routes
    section = "/" + request.url.path.split("/")[1]
    candidates = [*_stood_on(request), (request.url.path, ""), (section, "")]
    return next((_with(path, query) for path, query in candidates if _is_page(routes, path)), "/")


def _stood_on(request: Request) -> list[tuple[str, str]]:
    """Path and query of the page that the browser says it comes from, where it is one of ours."""
    try:
        came = urlsplit(request.headers.get("referer", "")[:2000])
    except ValueError:
        return []
    return [(came.path, came.query)] if came.netloc == request.headers.get("host", "") else []


def _is_page(routes: Sequence[APIRoute], path: str) -> bool:
    """Whether a link may lead there; ``/campaigns/bulk`` takes forms, though a campaign might have that id."""
    posted, read = _template(routes, "POST", path), _template(routes, "GET", path)
    return bool(read) and (not posted or posted == read)


def _template(routes: Sequence[APIRoute], method: str, path: str) -> str:
    scope = {"type": "http", "method": method, "path": path, "root_path": "", "headers": []}
    return next((one.path for one in routes if one.matches(scope)[0] is Match.FULL), "")


def _with(path: str, query: str) -> str:
    kept = urlencode([(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name not in _ONCE])
    return f"{path}?{kept}" if kept else path
