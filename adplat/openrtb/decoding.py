"""From bytes to the objects of ``requests``: at once where all is as the book has it, member by member where not.

Exchanges bend types (``1.0`` or ``"1"`` for 1, ``true`` for a flag) and send members that we hardly need in shapes of
their own. A request must not be lost for that; one whose price, blocks or privacy cannot be read must.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from types import NoneType
from typing import Any, NoReturn, TypeVar, get_args

import msgspec

from adplat.domain.errors import TableRejected
from adplat.openrtb.parts import Part

AnyPart = TypeVar("AnyPart", bound=Part)

# A string that is no UTF-8 and one that nests beyond Python's depth are told by errors of their own.
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ELEMENTS = msgspec.json.Decoder(list[msgspec.Raw])
_TEXT = msgspec.json.Decoder(str)
_FLAGS = {b"true": 1, b"false": 0}


def rejected(what: str, where: str, hint: str) -> TableRejected:
    """The error of a request that cannot be used, ``where`` being the path of the member."""
    return TableRejected(what, where=where, hint=hint)


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind, strict=False)


def decode_part(body: bytes | msgspec.Raw, kind: type[AnyPart], path: str = "$") -> AnyPart:
    """Read ``body`` as ``kind``.

    Raises:
        TableRejected: it is not JSON, a required member is absent, or a binding one cannot be read.
    """
    try:
        whole: AnyPart = _decoder(kind).decode(body)
    except msgspec.ValidationError:
        return _member_by_member(body, kind, path)
    except UNREADABLE as error:
        raise rejected(f"this is not JSON: {error}", path, "send one JSON object in UTF-8") from error
    return whole


def unquoted(raw: msgspec.Raw, path: str) -> bytes:
    """The text inside a JSON string, for a document that was put into one."""
    try:
        return _TEXT.decode(raw).encode()
    except UNREADABLE as error:
        raise rejected("this is not text", path, "write a JSON string") from error


def _member_by_member(body: bytes | msgspec.Raw, kind: type[AnyPart], path: str) -> AnyPart:
    try:
        members = _MEMBERS.decode(body)
    except UNREADABLE as error:
        raise rejected("a JSON object was expected", path, "write {…}") from error
    told: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        here = f"{path}.{field.name}"
        member = members.get(field.name)
        if member is None:
            if field.required:
                raise rejected("a required member is absent", here, "add it")
            continue
        try:
            told[field.name] = _value(member, field.type, here, field.name in kind.binding)
        except _Forgotten:
            continue
    return kind(**told)


class _Forgotten(Exception):
    """A member that is taken as not told."""


def _value(raw: msgspec.Raw, kind: Any, path: str, binding: bool) -> Any:
    try:
        return _decoder(kind).decode(raw)
    except UNREADABLE as error:
        return _mended(raw, kind, path, binding, error)


def _mended(raw: msgspec.Raw, kind: Any, path: str, binding: bool, error: Exception) -> Any:
    wanted = _without_none(kind)
    if isinstance(wanted, type) and issubclass(wanted, Part):
        return _inner_part(raw, wanted, path, binding)
    inner = get_args(wanted)[:1]
    if inner and isinstance(inner[0], type) and issubclass(inner[0], Part):
        return tuple(_elements(raw, inner[0], path, binding, error))
    if wanted is int and bytes(raw) in _FLAGS:
        return _FLAGS[bytes(raw)]
    if binding:
        _refuse(path, error)
    raise _Forgotten


def _inner_part(raw: msgspec.Raw, kind: type[AnyPart], path: str, binding: bool) -> AnyPart:
    if not bytes(raw).lstrip().startswith(b"{") and not binding:
        raise _Forgotten
    return _member_by_member(raw, kind, path)


def _elements(raw: msgspec.Raw, kind: type[AnyPart], path: str, binding: bool, error: Exception) -> Iterator[AnyPart]:
    try:
        elements = _ELEMENTS.decode(raw)
    except UNREADABLE:
        if binding:
            _refuse(path, error)
        raise _Forgotten from error
    for place, element in enumerate(elements):
        try:
            yield _inner_part(element, kind, f"{path}[{place}]", binding)
        except _Forgotten:
            continue


def _without_none(kind: Any) -> Any:
    told = [choice for choice in get_args(kind) if choice is not NoneType]
    return told[0] if len(told) == 1 and NoneType in get_args(kind) else kind


def _refuse(path: str, error: Exception) -> NoReturn:
    what = str(error).partition(" - at ")[0]
    raise rejected(f"a binding member cannot be read: {what}", path, "write it as OpenRTB 2.6 says") from error
