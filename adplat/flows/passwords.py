"""Passwords: which may be taken, and what is kept of one (Argon2id, RFC 9106).

A slow, memory-hard hash, since people make up what others can guess. The hash tells its own parameters; one made with
others than today's is made anew when its owner signs in.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from adplat.domain import ConfigRejected

SALT_BYTES = 16
SHORTEST, LONGEST = 12, 256


@dataclass(frozen=True, slots=True)
class PasswordCost:
    """RFC 9106, section 4, second recommendation: 64 MiB, three passes, four lanes; some 0.1 s on two cores."""

    memory_kib: int = 65_536
    passes: int = 3
    lanes: int = 4


def check_password(password: str, user_id: str) -> None:
    """Long enough, and not the name. Raises ConfigRejected, which never repeats it."""
    told = _normal(password)
    if not SHORTEST <= len(told) <= LONGEST:
        raise ConfigRejected(
            f"a password of {len(told)} characters",
            where=f"user {user_id}",
            hint=f"use {SHORTEST} to {LONGEST}, such as four words that do not belong together",
        )
    if told.casefold() == user_id.casefold() or len(set(told)) < 5:
        raise ConfigRejected(
            "a password that anybody would try first", where=f"user {user_id}", hint="use words that others do not know"
        )


def hash_password(password: str, salt: bytes, cost: PasswordCost) -> str:
    """What is kept of it; ``salt`` is ``SALT_BYTES`` random bytes."""
    from argon2 import PasswordHasher

    hasher = PasswordHasher(cost.passes, cost.memory_kib, cost.lanes, salt_len=SALT_BYTES)
    return hasher.hash(_bytes_of(password), salt=salt)


def password_holds(kept: str, password: str) -> bool:
    """Whether it is the one; as slow as it was to make."""
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return PasswordHasher().verify(kept, _bytes_of(password))
    except (VerificationError, InvalidHashError):
        return False


def is_dated(kept: str, cost: PasswordCost) -> bool:
    """Whether it was made with other parameters than these."""
    from argon2 import PasswordHasher

    return PasswordHasher(cost.passes, cost.memory_kib, cost.lanes, salt_len=SALT_BYTES).check_needs_rehash(kept)


def _normal(password: str) -> str:
    """One spelling of what looks the same: keyboards disagree on how an accent is written (NIST SP 800-63B)."""
    return unicodedata.normalize("NFKC", password)


def _bytes_of(password: str) -> bytes:
    return _normal(password).encode("utf-8", "surrogatepass")
