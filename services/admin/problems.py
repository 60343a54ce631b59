"""What went wrong, as RFC 9457 says it: ``application/problem+json`` to programs; pages say it in their own words."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from adplat.domain import AdplatError, InputError, StoreUnreachable, WorkspaceBusy
from services.admin.wrong_fields import in_plain_words
from services.hosting.answers import UNFORESEEN, status_of

_OF_PROGRAMS = ("/v1/", "/openapi.json")
log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
PROBLEM_SCHEMA = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457; `where` names the field, `hint` says how to mend it.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "where": {"type": "string"},
        "hint": {"type": "string"},
    },
}
_TOLD = {
    401: "nobody is signed in, and no key that holds was given",
    403: "this person may not do it",
    404: "no such thing, or another one's",
    412: "somebody else changed it meanwhile",
    413: "the body is too large",
    422: "the request is wrong",
    428: "say with If-Match what you saw",
    429: "too many tries or requests",
    503: "busy, or a store is away: send it again",
}


class Refused(Exception):
    """A refusal that belongs to HTTP alone."""

    def __init__(
        self, status: int, what: str, where: str = "", hint: str = "", headers: dict[str, str] | None = None
    ) -> None:
        self.status, self.what, self.where, self.hint = status, what, where, hint
        self.headers = headers or {}
        super().__init__(what)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For the OpenAPI document: 401, 403, 422, 429 and 503, and these besides; 413 is said of
    whatever takes a body."""
    return described(*sorted({401, 403, 422, 429, 503, *statuses}))


def described(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """These alone."""
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {one: {"description": _TOLD[one], "content": {MEDIA_TYPE: schema}} for one in statuses}


def problem(status: int, what: str, where: str = "", hint: str = "", headers: dict[str, str] | None = None) -> Response:
    """One answer."""
    told = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": what,
        "where": where,
        "hint": hint,
    }
    more = {401: {"www-authenticate": "Bearer"}, 503: {"retry-after": "1"}, 429: {"retry-after": "180"}}
    return Response(
        msgspec.json.encode(told), status, headers=more.get(status, {}) | (headers or {}), media_type=MEDIA_TYPE
    )


def of_error(error: Exception) -> tuple[int, str, str, str]:  # noqa: PLR0911 - one line for each kind
    """Status, what, where and hint of any error; what is ours and where files lie is for the log alone."""
    if isinstance(error, Refused):
        return error.status, error.what, error.where, error.hint
    if isinstance(error, StoreUnreachable):
        log.error("a store is away: %s", error)
        return 503, "a store does not answer", "", "send it again in a moment"
    if isinstance(error, WorkspaceBusy):
        return 503, "somebody else changes this at the moment", "", "send it again in a moment"
    if isinstance(error, InputError):
        told = error.for_others()
        if told.where != error.where:
            log.warning("an answer left out which file it is about", extra={"reason": error.where})
        return status_of(error), told.what, told.where, told.hint
    if isinstance(error, RequestValidationError):
        return 422, *in_plain_words(error.errors()[0])
    if isinstance(error, HTTPException) and error.status_code == 400:  # of FastAPI: bytes that are not even text
        return 422, "the body is not JSON", "body", "send a JSON document"
    if isinstance(error, HTTPException):
        what = "no such address" if error.status_code == 404 else str(error.detail)
        return error.status_code, what, "", "see docs/admin-api.md and /openapi.json"
    log.exception("a request failed by our fault", exc_info=error)
    return 500, UNFORESEEN.what, "", UNFORESEEN.hint


def is_of_programs(path: str) -> bool:
    """Whether an address is the API's, and no page's."""
    return path.startswith(_OF_PROGRAMS)


def tell_as_problems(
    app: FastAPI, to_people: Callable[[Request, Exception], Response], operations: Sequence[APIRoute]
) -> None:
    """Every error of the API in this form; at other addresses a page says it. ``operations``: all that the API has."""

    def told(request: Request, error: Exception) -> Response:
        if not is_of_programs(request.url.path):
            return to_people(request, error)
        if isinstance(error, HTTPException) and error.status_code == 405:
            return _no_such_method(request, operations)
        headers = dict(error.headers or {}) if isinstance(error, HTTPException | Refused) else None
        return problem(*of_error(error), headers=headers)

    for kind in (Refused, AdplatError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, told)


def _no_such_method(request: Request, operations: Sequence[APIRoute]) -> Response:
    # The framework names the methods of the first operation of this address alone.
    here = [one for one in operations if one.path_regex.match(request.url.path)]
    methods = sorted({method for one in here for method in one.methods or ()})
    what = f"{request.method} does nothing here"
    return problem(405, what, request.url.path, f"it takes {', '.join(methods)}", {"allow": ", ".join(methods)})
