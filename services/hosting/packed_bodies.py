"""Bodies that come packed (RFC 9110, 8.4): gzip is taken, every other coding is refused by name; never a bomb."""

from __future__ import annotations

import zlib

from adplat.domain import TableRejected

_PLAIN = ("", "identity")
_GZIP = ("gzip", "x-gzip")


class BodyTooLarge(TableRejected):
    """More than is taken, once unpacked."""


def is_packed(content_encoding: str) -> bool | None:
    """Whether the header names gzip; ``None`` for a coding that is not taken, or more than one."""
    coding = content_encoding.strip().lower()
    if coding in _PLAIN:
        return False
    return True if coding in _GZIP else None


def takes_gzip(accept_encoding: str) -> bool:
    """Whether the header names gzip (RFC 9110, 12.5.3); a weight of 0 means no."""
    for told in accept_encoding.lower().replace(" ", "").split(","):
        coding, weighted, weight = told.partition(";q=")
        if coding == "gzip":
            return not weighted or weight.strip("0.") != ""
    return False


def unpacked(body: bytes, largest_bytes: int) -> bytes:
    """What was gzipped. Raises TableRejected, and BodyTooLarge above ``largest_bytes``, no more of it is unpacked."""
    unpacking = zlib.decompressobj(wbits=31)
    try:
        content = unpacking.decompress(body, largest_bytes + 1)
    except zlib.error as reason:
        raise TableRejected(
            "the body is not gzip", where="content-encoding", hint="pack it, or leave the header out"
        ) from reason
    if len(content) > largest_bytes:
        raise BodyTooLarge(
            "the body is too large once unpacked", where="body", hint=f"send at most {largest_bytes} bytes"
        )
    if not unpacking.eof:
        raise TableRejected("the gzipped body is cut off", where="body", hint="send all of it")
    return content
