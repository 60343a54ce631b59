"""Callers and keys as plain data, for ``--json`` and for tables. No hash of a key leaves this way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from adplat.domain import ApiKey, Caller, KeyBook


def caller_document(caller: Caller) -> dict[str, Any]:
    """One caller; advertisers and placements are ``None`` where it has all of them."""
    return {
        "caller_id": caller.caller_id,
        "name": caller.name,
        "permissions": sorted(one.value for one in caller.permissions),
        "advertisers": None if caller.advertisers is None else sorted(caller.advertisers),
        "placements": None if caller.placements is None else sorted(caller.placements),
    }


def key_document(key: ApiKey, now: datetime) -> dict[str, Any]:
    """One key; ``state`` is ``holds``, ``expired`` or ``revoked``."""
    over = "expired" if key.revoked is None else "revoked"
    return {
        "key_id": key.key_id,
        "caller_id": key.caller_id,
        "state": "holds" if key.holds_at(now) else over,
        "created": key.created.isoformat(),
        "created_by": key.created_by,
        "expires": None if key.expires is None else key.expires.isoformat(),
        "revoked": None if key.revoked is None else key.revoked.isoformat(),
    }


def keys_document(book: KeyBook, now: datetime) -> dict[str, Any]:
    """All of them."""
    return {
        "callers": [caller_document(caller) for caller in book.callers],
        "keys": [key_document(key, now) for key in book.keys],
    }
