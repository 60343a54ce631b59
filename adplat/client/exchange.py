"""One request to a service of ours, and its answer or its refusal in our own errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
import msgspec

from adplat.domain import (
    ConfigRejected,
    InputError,
    KeyRejected,
    NotPermitted,
    StoreUnreachable,
    UnknownReference,
)

T = TypeVar("T")

# HAProxy answers 500 where it would say 502 or 504: a replica went away while it answered.
_TRY_AGAIN = frozenset({429, 500, 502, 503, 504})
_BY_STATUS: dict[int, type[InputError]] = {401: KeyRejected, 403: NotPermitted, 404: UnknownReference}


@dataclass(frozen=True, slots=True)
class AskedService:
    """``name`` as people say it, ``command`` by which it is started."""

    name: str
    command: str


def exchange(http: httpx.Client, service: AskedService, method: str, path: str, body: Any, kind: type[T]) -> T:
    """Send ``body`` as JSON (``None``: nothing) and read the answer as ``kind``.

    Raises ConfigRejected (the request is wrong), KeyRejected, NotPermitted, UnknownReference, and StoreUnreachable (no
    answer, or not now).
    """
    content = None if body is None else msgspec.json.encode(body)
    try:
        answer = http.request(method, path, content=content)
    except httpx.TransportError as reason:
        raise StoreUnreachable(
            f"the {service.name} service does not answer: {reason or type(reason).__name__}",
            where=str(http.base_url),
            hint=f"start it with '{service.command}' or give another address",
        ) from reason
    if answer.status_code not in (200, 202):
        raise _refusal(answer, service)
    try:
        return msgspec.json.decode(answer.content, type=kind)
    except msgspec.DecodeError:
        raise _somebody_else(answer, service) from None


def _refusal(answer: httpx.Response, service: AskedService) -> InputError:
    try:
        told = msgspec.json.decode(answer.content, type=dict[str, str])
    except msgspec.DecodeError:
        told = {}
    if "what" not in told:
        return _somebody_else(answer, service)
    what, where, hint = told["what"], told.get("where", ""), told.get("hint", "")
    if answer.status_code in _TRY_AGAIN:
        return StoreUnreachable(what, where=where, hint=hint)
    return _BY_STATUS.get(answer.status_code, ConfigRejected)(what, where=where, hint=hint)


def _somebody_else(answer: httpx.Response, service: AskedService) -> StoreUnreachable:
    """Not our words: HAProxy before the first replica is warm (404), a replica gone amid its answer, another server."""
    return StoreUnreachable(
        f"the {service.name} service does not answer: {answer.status_code} came from somebody before it",
        where=str(answer.url),
        hint=f"wait until '{service.command}' says that it serves, or give another address",
    )
