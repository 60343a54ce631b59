"""How often somebody may try a password: failures add up and fade, so that nobody is locked out for ever.

Each user name and each address has a score: one more for every try, halved every ``half_life_s``. A try is refused
while the score is at ``most`` or above. A name that nobody has is counted like any other: the answer tells nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TriedBy(StrEnum):
    """Whose tries are counted."""

    USER = "user"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class TryLimit:
    """``most`` failures at once; after ``half_life_s`` seconds half of them are forgotten."""

    most: float
    half_life_s: float

    def score_at(self, score: float, told: datetime, now: datetime) -> float:
        """``score · 2^(−(now − told) / half_life_s)``; a clock that went back fades nothing."""
        passed_s = max((now - told).total_seconds(), 0.0)
        return float(score * 2.0 ** (-passed_s / self.half_life_s))


@dataclass(frozen=True, slots=True)
class TryLimits:
    """Of one name: 5 wrong passwords, then about one every three minutes. Of one address: 30, then one every 29 s."""

    user: TryLimit = TryLimit(most=5.0, half_life_s=600.0)
    address: TryLimit = TryLimit(most=30.0, half_life_s=600.0)


def tried_subject(by: TriedBy, name: str) -> str:
    """Under which word tries are counted: a hash, since people type passwords into the field for the name."""
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{by.value} {digest}"
