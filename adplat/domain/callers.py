"""Who may ask the services for what, and whose things it may touch: Caller, ApiKey.

A key's life::

    made ──▶ holds ──expires──▶ over
               └────revoked───▶ over

A caller may have several keys at once, so that one can replace another while both hold. What a caller was given (a
decision) belongs to the caller, not to the key it came with.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from adplat.domain.errors import ConfigRejected

# Of a caller's advertisers or placements: they travel with every report.
LARGEST_SCOPE = 200
SECRET_BYTES, KEY_ID_BYTES = 32, 6
_KEY_MARK = "adp_"
_CALLER_ID = re.compile(rf"(?!{_KEY_MARK})[A-Za-z0-9][A-Za-z0-9._-]{{0,63}}")


class Permission(StrEnum):
    """What a caller may ask: scores, a ranking, bids; to write down what became of them; to watch the service;
    forecasts of campaigns and creatives; drafts and reviews of creatives; and to say yes or no to held drafts.
    """

    SCORE = "score"
    RANK = "rank"
    BID = "bid"
    RECORD = "record"
    WATCH = "watch"
    FORECAST = "forecast"
    DRAFT = "draft"
    APPROVE = "approve"


@dataclass(frozen=True, slots=True)
class Caller:
    """One who asks the services: an advertiser's own server, a seller, an exchange. Raises ConfigRejected.

    Args:
        caller_id: letters, digits, dot, dash and underline; at most 64, told apart from
            keys. Empty: nobody in particular (``ANYBODY``).
        permissions: what it may ask.
        advertisers: whose creatives it may see, have shown and spend for; ``None``: everybody's.
        placements: for which it may ask; ``None``: for all.
    """

    caller_id: str
    name: str = ""
    permissions: frozenset[Permission] = frozenset(Permission)
    advertisers: frozenset[str] | None = None
    placements: frozenset[str] | None = None

    def __post_init__(self) -> None:
        where = f"caller {self.caller_id!r}"
        if self.caller_id and not _CALLER_ID.fullmatch(self.caller_id):
            raise ConfigRejected(
                "a caller cannot be called so",
                where=where,
                hint=f"use up to 64 letters, digits, dots, dashes and underlines, and do not begin with {_KEY_MARK}",
            )
        if len(self.name) > 256 or not self.name.isprintable():
            raise ConfigRejected("a caller's name is no line of text", where=where, hint="use up to 256 characters")
        for what, names in (("advertisers", self.advertisers), ("placements", self.placements)):
            if names is not None and not 0 < len(names) <= LARGEST_SCOPE:
                raise ConfigRejected(
                    f"{len(names)} {what}", where=where, hint=f"name 1 to {LARGEST_SCOPE}, or none for all of them"
                )
            if names is not None and not all(0 < len(one) <= 256 for one in names):
                raise ConfigRejected(f"one of the {what} has no name", where=where, hint="give each its id")

    def may_see(self, advertiser_id: str) -> bool:
        """Whether this advertiser's creatives exist for the caller."""
        return self.advertisers is None or advertiser_id in self.advertisers

    def may_fill(self, placement: str) -> bool:
        """Whether it may ask for this placement."""
        return self.placements is None or placement in self.placements


ANYBODY = Caller("")
"""Whoever comes while no key is demanded: may do everything, and what it is given belongs to nobody."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One key of a caller; the key itself is told once and never kept, only its ``sha256`` (hex).

    Args:
        key_id: with which the key begins; tells keys apart, opens nothing.
        expires: from then on it does not hold; ``None``: never by itself.
        revoked: when it was taken back.
    """

    key_id: str
    caller_id: str
    sha256: str
    created: datetime
    created_by: str = ""
    expires: datetime | None = None
    revoked: datetime | None = None

    def holds_at(self, now: datetime) -> bool:
        """Whether it opens anything."""
        return self.revoked is None and (self.expires is None or now < self.expires)


@dataclass(frozen=True, slots=True)
class KeyBook:
    """All callers and all keys that were ever made, at one moment; those that are over still say that keys exist."""

    callers: Sequence[Caller] = ()
    keys: Sequence[ApiKey] = ()


def key_from(random: bytes) -> tuple[str, str]:
    """The id and the whole text of a key, from ``KEY_ID_BYTES + SECRET_BYTES`` random bytes."""
    if len(random) != KEY_ID_BYTES + SECRET_BYTES:
        raise ValueError(f"a key is made of {KEY_ID_BYTES + SECRET_BYTES} random bytes, not {len(random)}")
    key_id = f"{_KEY_MARK}{random[:KEY_ID_BYTES].hex()}"
    secret = base64.urlsafe_b64encode(random[KEY_ID_BYTES:]).rstrip(b"=").decode()
    return key_id, f"{key_id}_{secret}"


def key_hash(key: str) -> str:
    """What is kept of a key: SHA-256, hex.

    A slow hash (bcrypt, Argon2) protects what people make up and others can guess. A key has 256 random bits: no
    guessing is fast enough, and a slow hash would only cost every request milliseconds. Nor need the comparison take
    constant time: a key is found by its hash, and how far the hash of a guess agrees says nothing about the next guess.
    """
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
