"""What every HTTP door of ours does alike: bodies up to a size, plain or gzipped; addresses that are not there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from adplat.domain import TableRejected
from services.hosting.answers import ErrorAnswer, Reply, told_to_callers
from services.hosting.key_gate import key_in
from services.hosting.packed_bodies import BodyTooLarge, is_packed, unpacked

LARGEST_BODY_BYTES = 2 * 1024 * 1024
UNKNOWN_PACKING = Reply(
    415, b'{"what":"the body is packed otherwise","where":"content-encoding","hint":"send it as gzip, or plain"}'
)
_TOLD_WITH = {503: {"retry-after": "1"}, 401: {"www-authenticate": "Bearer"}, 415: {"accept-encoding": "gzip"}}


async def not_here(request: Request, error: Exception) -> Response:
    """An address that we have not, or not for this method, in the words of every other refusal."""
    status, headers = (error.status_code, error.headers) if isinstance(error, HTTPException) else (404, None)
    what = "no such address" if status == 404 else f"{request.method} is not taken here"
    told = ErrorAnswer(what, request.url.path, "see docs/serving.md and /openapi.json")
    return Response(msgspec.json.encode(told), status, headers=headers, media_type="application/json")


async def with_body(
    request: Request,
    answer: Callable[[bytes, str | None], Awaitable[Reply]],
    largest_bytes: int = LARGEST_BODY_BYTES,
) -> Response:
    """Hand the unpacked body and the key to ``answer``; 413 and 415 are said here."""
    packed = is_packed(request.headers.get("content-encoding", ""))
    if packed is None:
        return response_of(UNKNOWN_PACKING)
    body = await body_of(request, largest_bytes)
    if packed and body is not None:
        try:
            body = unpacked(body, largest_bytes)
        except BodyTooLarge:
            body = None
        except TableRejected as error:
            return response_of(Reply(422, msgspec.json.encode(told_to_callers(error))))
    if body is None:
        return response_of(too_large(largest_bytes))
    return response_of(await answer(body, key_in(request.headers)))


async def body_of(request: Request, largest_bytes: int = LARGEST_BODY_BYTES) -> bytes | None:
    """``None`` when it is too large; the rest of it is not read."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > largest_bytes:
            return None
    return bytes(body)


def too_large(largest_bytes: int) -> Reply:
    """413."""
    told = ErrorAnswer("the body is too large", "body", f"send at most {largest_bytes // 2**20} MiB")
    return Reply(413, msgspec.json.encode(told))


def response_of(reply: Reply) -> Response:
    """With the headers that belong to its status."""
    headers = _TOLD_WITH.get(reply.status)
    return Response(reply.body, status_code=reply.status, headers=headers, media_type=reply.media_type)
