"""A person is signed in: UserSession, its secret and what guards a form, and UserKey for scripts.

A session's life::

    signed in ──▶ holds ──idle too long, or too old──▶ over
                    └──signed out, password changed, user disabled──▶ over

The secret is told to the browser once and never kept, only its SHA-256: who reads the database can be nobody. A slow
hash would add nothing (see ``callers.key_hash``).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from adplat.domain.callers import key_hash
from adplat.domain.people import Right

SESSION_BYTES = 32
SESSION_ID_LENGTH = 16
_FORM_WORD = b"adplat form"


@dataclass(frozen=True, slots=True)
class SessionRules:
    """How long a session holds: ``idle_s`` seconds after it was last used, and never longer than ``longest_s``.

    ``seen_every_s``: use is written down so often at most; a session may end so much too early.
    """

    idle_s: float = 3600.0
    longest_s: float = 12 * 3600.0
    seen_every_s: float = 60.0


@dataclass(frozen=True, slots=True)
class UserSession:
    """One signed-in browser, by the hash of its secret.

    Args:
        seen: when it was last used, give or take ``SessionRules.seen_every_s``.
        expires: its end, however much it is used.
        ended: when it was signed out or taken back.
        address: from where it was opened; for people to read.
    """

    sha256: str
    user_id: str
    created: datetime
    seen: datetime
    expires: datetime
    address: str = ""
    ended: datetime | None = None

    @property
    def session_id(self) -> str:
        """By which its person names it; a part of the hash, which opens nothing."""
        return self.sha256[:SESSION_ID_LENGTH]

    def holds_at(self, now: datetime, rules: SessionRules) -> bool:
        """Whether it opens anything."""
        idle_until = self.seen + timedelta(seconds=rules.idle_s)
        return self.ended is None and now < self.expires and now < idle_until


@dataclass(frozen=True, slots=True)
class UserKey:
    """A key with which a person's scripts ask the admin's API; it may no more than its owner, at any moment.

    Args:
        rights: what it may, of what its owner may.
        advertisers: whose things it sees, of those its owner sees; ``None``: all of these.
        expires: every one of them does.
    """

    key_id: str
    user_id: str
    name: str
    sha256: str
    rights: frozenset[Right]
    advertisers: frozenset[str] | None
    created: datetime
    expires: datetime
    revoked: datetime | None = None

    def holds_at(self, now: datetime) -> bool:
        """Whether it opens anything."""
        return self.revoked is None and now < self.expires


def session_from(random: bytes) -> str:
    """The secret of a session, from ``SESSION_BYTES`` random bytes."""
    if len(random) != SESSION_BYTES:
        raise ValueError(f"a session is made of {SESSION_BYTES} random bytes, not {len(random)}")
    return base64.urlsafe_b64encode(random).rstrip(b"=").decode()


def session_hash(secret: str) -> str:
    """What is kept of it: SHA-256, hex."""
    return key_hash(secret)


def form_token(secret: str) -> str:
    """What every form of this session carries and no other site can know: HMAC-SHA-256 under the session's secret.

    It needs no place to be kept, and changes with the session. The key is the secret's digest: HMAC fills a short key
    up with zeros, so that two secrets could be one key.
    """
    key = hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
    return hmac.new(key, _FORM_WORD, hashlib.sha256).hexdigest()


def form_token_holds(secret: str, given: str) -> bool:
    """Whether a form came from this session; takes the same time whatever was given."""
    return hmac.compare_digest(form_token(secret).encode(), given.encode("utf-8", "surrogatepass"))
