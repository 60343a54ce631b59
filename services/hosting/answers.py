"""What goes back over HTTP, whatever was asked: a status and JSON; an error says what, where and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import Struct

from adplat.domain import (
    AdplatError,
    ChangedMeanwhile,
    ConfigRejected,
    InputError,
    KeyRejected,
    NotPermitted,
    SignInRefused,
    StoreUnreachable,
    TooManyTries,
    UnknownReference,
)


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer; the body is JSON unless it says otherwise."""

    status: int
    body: bytes
    media_type: str = "application/json"


class ErrorAnswer(Struct):
    """What is wrong, where, and how to mend it."""

    what: str
    where: str
    hint: str


UNFORESEEN = ErrorAnswer("this is a fault of adplat", "", "see the server's log")


def read_body(content: bytes, kind: type[Any]) -> Any:
    """Decode a request. Raises ConfigRejected with the path of the field that is wrong."""
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.ValidationError as reason:
        what, _, where = str(reason).partition(" - at `$")
        raise ConfigRejected(
            what[:1].lower() + what[1:], where=where.strip("`.") or "body", hint="see /openapi.json for the fields"
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as reason:
        raise ConfigRejected(f"the body is not JSON: {reason}", where="body", hint="send a JSON document") from None


def refused(error: AdplatError) -> Reply:
    """Said in one line."""
    return Reply(status_of(error), msgspec.json.encode(told_to_callers(error)))


def told_to_callers(error: AdplatError) -> ErrorAnswer:
    """The three, without where this machine keeps its files; what is our fault is told by nothing but that."""
    if not isinstance(error, InputError):
        return UNFORESEEN
    told = error.for_others()
    return ErrorAnswer(told.what, told.where, told.hint)


def status_of(error: AdplatError) -> int:  # noqa: PLR0911 - one line for each kind
    """The one place where an error becomes an HTTP status."""
    if isinstance(error, StoreUnreachable):
        return 503
    if isinstance(error, KeyRejected | SignInRefused):
        return 401
    if isinstance(error, NotPermitted):
        return 403
    if isinstance(error, UnknownReference):
        return 404
    if isinstance(error, ChangedMeanwhile):
        return 412
    if isinstance(error, TooManyTries):
        return 429
    return 422 if isinstance(error, InputError) else 500
