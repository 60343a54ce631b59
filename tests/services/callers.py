"""Callers with keys for the tests of the doors: whose is what, and the file that the gate reads."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from adplat.domain import ApiKey, Caller, KeyBook, Permission, key_from
from adplat.snapshots import KeyFile
from tests.flows.small_shop import NOON

SHOP_1 = Caller("shop-1", advertisers=frozenset({"a1"}))
SHOP_2 = Caller("shop-2", advertisers=frozenset({"a2"}))
SELLER = Caller("seller", permissions=frozenset({Permission.BID, Permission.RECORD}))
RIVAL = Caller("rival", permissions=frozenset({Permission.BID, Permission.RECORD}))
FEED_ONLY = Caller("feed-only", placements=frozenset({"feed"}))
CALLERS = (SHOP_1, SHOP_2, SELLER, RIVAL, FEED_ONLY)


def key_of(caller: Caller) -> str:
    """The one key of this caller."""
    digest = hashlib.sha512(caller.caller_id.encode()).digest()
    return key_from(digest[:38])[1]


def write_keys(
    workspace: Path,
    callers: Sequence[Caller] = CALLERS,
    *,
    revoked: Sequence[Caller] = (),
    expires: datetime | None = None,
) -> None:
    """Publish a key for each of these."""
    keys = []
    for caller in callers:
        key = key_of(caller)
        sha256, gone = hashlib.sha256(key.encode()).hexdigest(), NOON if caller in revoked else None
        keys.append(ApiKey(key[:16], caller.caller_id, sha256, NOON, "", expires, gone))
    KeyFile(workspace).write(KeyBook(tuple(callers), tuple(keys)))
