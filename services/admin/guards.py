"""Before every request: how large a body may be. Behind every answer: headers that keep a page safe."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from fastapi import Request, Response

from services.admin.limits import limit_headers
from services.admin.problems import is_of_programs, problem

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

LARGEST_UPLOAD_BYTES = 15 * 2**20  # ten MiB of picture as base64, and its words
LARGEST_BODY_BYTES = 256 * 2**10
_UPLOADS = frozenset({"/v1/creatives", "/creatives/new", "/v1/drafts/orders", "/drafts/new"})
# Nothing inline and nothing from elsewhere: what somebody smuggles into a page as text stays text.
_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
_HTTPS = {"strict-transport-security": "max-age=31536000"}


class SafeHeaders:
    """Adds them to every answer; answers are private, and kept by nobody unless they say so."""

    def __init__(self, app: AsgiApp, *, secure: bool) -> None:
        self._app = app
        told = HEADERS | (_HTTPS if secure else {})
        self._headers = [(name.encode(), value.encode()) for name, value in told.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def safely(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", []), *self._headers, *limit_headers(scope)]
                if not any(name.lower() == b"cache-control" for name, _ in headers):
                    headers.append((b"cache-control", b"no-store"))
                message["headers"] = headers
            await send(message)

        await self._app(scope, receive, safely)


class BodyLimit:
    """Refuses with 413 what is larger than its address takes, before anything looks at it.

    Args:
        to_people: what a page's address answers instead of a problem, of the request and the most bytes that it takes.
    """

    def __init__(self, app: AsgiApp, *, to_people: Callable[[Request, int], Response]) -> None:
        self._app = app
        self._to_people = to_people

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        largest = LARGEST_UPLOAD_BYTES if scope["path"] in _UPLOADS else LARGEST_BODY_BYTES
        length = Request(scope).headers.get("content-length", "")
        body = None if length.isdigit() and int(length[:12]) > largest else await _body(receive, largest)
        if body is None:
            if is_of_programs(scope["path"]):
                told = problem(413, "the body is too large", "body", f"send at most {largest // 1024} KiB")
            else:
                told = self._to_people(Request(scope), largest)
            await told(scope, receive, send)
            return
        given = False

        async def again() -> MutableMapping[str, Any]:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, again, send)


async def _body(receive: Receive, largest: int) -> bytes | None:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > largest:
            return None
        if not message.get("more_body", False):
            return bytes(body)
