"""What somebody makes gets an id that nobody can guess; made again with the same idempotency key, it is the same thing.

The id follows from who made it, what kind of thing it is and the key, under a secret of the workspace. What was asked
for stands as a digest in the audit trail, in the entry of the making: the same key with another request is refused.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from adplat.domain import ConfigRejected, UnknownReference
from adplat.flows.admin_parts import SeenParts

Thing = TypeVar("Thing")
REQUEST = "request"
LONGEST_KEY = 128
_ID_BYTES = 12


def id_of(parts: SeenParts, kind: str, key: str) -> str:
    """``kind-`` and 24 hex digits; without a key drawn anew each time. Raises ConfigRejected for a key that is none."""
    if not key:
        return f"{kind}-{parts.draw(_ID_BYTES).hex()}"
    if len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise ConfigRejected(
            "the idempotency key is no key",
            where="Idempotency-Key",
            hint=f"give 1 to {LONGEST_KEY} printable ASCII characters, such as a UUID",
        )
    named = hmac.new(parts.secret, f"{kind}\n{parts.by}\n{key}".encode(), hashlib.sha256)
    return f"{kind}-{named.hexdigest()[: 2 * _ID_BYTES]}"


def digest_of(request: Any) -> str:
    """SHA-256 (hex) of what was asked for, as canonical JSON."""
    told = msgspec.json.encode(msgspec.to_builtins(request), order="deterministic")
    return hashlib.sha256(told).hexdigest()


def made_before(parts: SeenParts, named: str, digest: str, find: Callable[[str], Thing]) -> Thing | None:
    """What was made under this id; ``None``: nothing yet. Raises ConfigRejected where it was made otherwise."""
    try:
        there = find(named)
    except UnknownReference:
        return None
    if not any(entry.detail.get(REQUEST) == digest for entry in parts.audit.about(named)):
        raise ConfigRejected(
            "this idempotency key was used for another request",
            where="Idempotency-Key",
            hint="give each request a key of its own, and the same only when you send it again",
        )
    return there
