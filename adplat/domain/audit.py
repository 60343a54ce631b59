"""What was done stays told, and a change of what was told is seen: AuditEntry, AuditRecord, AuditChain.

Every entry is hashed together with the hash of the one before it. An entry that is edited, removed, inserted or moved
breaks the chain at that place; one that is cut off at the end is missed by the *head*, which is kept beside the chain,
and by anchors, which are kept elsewhere. Who can write to the database may compute the whole chain and the head anew:
only an anchor kept out of reach tells that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

CHAIN_START = "0" * 64
_CHAIN_FORM = 1
_MOST_FAULTS = 20
_NOTHING = "–"


class ActorKind(StrEnum):
    """Who acted: a person, a job that a person or the worker ordered, a bandit, or a service by itself."""

    PERSON = "person"
    JOB = "job"
    BANDIT = "bandit"
    SERVICE = "service"


def actor_kind(actor: str) -> ActorKind:
    """What kind of actor has such a name; people cannot have those of the others."""
    first = actor.partition(" ")[0]
    if first in {"job", "bandit"}:
        return ActorKind(first)
    return ActorKind.SERVICE if first in {"worker", "service", "system"} else ActorKind.PERSON


def in_words(value: Any) -> str:
    """How a value stands in an entry's detail: ``period: fixed; by: day, campaign``, without what is empty."""
    if isinstance(value, Mapping):
        told = ((name, in_words(one)) for name, one in value.items())
        return "; ".join(f"{name}: {one}" for name, one in told if one not in {"", _NOTHING}) or _NOTHING
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(in_words(one) for one in value) or _NOTHING
    if isinstance(value, bool):
        return str(value).lower()
    return _NOTHING if value is None else str(value)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to what, and when; ``detail`` has the rest, such as the reason.

    Args:
        kind: what kind of actor it was.
        advertiser_id: whose thing it was done to; that advertiser's people may read it. ``None``: staff alone.
    """

    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, str]
    kind: ActorKind = ActorKind.PERSON
    advertiser_id: str | None = None

    @property
    def reason(self) -> str:
        """Why; empty where nobody said."""
        return str(self.detail.get("reason", ""))


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """An entry in its place of the chain: ``number`` rises, ``previous`` is the hash of the record before it."""

    number: int
    entry: AuditEntry
    previous: str
    sha256: str


@dataclass(frozen=True, slots=True)
class AuditAnchor:
    """A place of the chain as it once was: ``number`` and ``sha256`` of its last record, of ``rows`` in all."""

    number: int = 0
    sha256: str = CHAIN_START
    rows: int = 0


def audit_hash(number: int, entry: AuditEntry, previous: str) -> str:
    """SHA-256 (hex) over the canonical JSON of an entry, its number and the hash before it.

    Canonical: keys in order, no spaces, ASCII, moments in UTC to the microsecond.
    """
    told: dict[str, Any] = {
        "form": _CHAIN_FORM,
        "number": number,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "kind": entry.kind.value,
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "advertiser_id": entry.advertiser_id,
        "reason": entry.reason,
        "detail": dict(entry.detail),
        "previous": previous,
    }
    canonical = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(slots=True)
class AuditChain:
    """Reads records in the order of their numbers and says where the chain does not hold; memory does not grow."""

    anchors: Mapping[int, str] = field(default_factory=dict)
    reached: AuditAnchor = AuditAnchor()
    faults: list[str] = field(default_factory=list)
    fault_count: int = 0

    def read(self, records: Iterable[AuditRecord]) -> None:
        """The next records."""
        for record in records:
            if record.previous != self.reached.sha256:
                self._miss(f"record {record.number} does not follow the one before it ({self.reached.number})")
            if record.sha256 != audit_hash(record.number, record.entry, record.previous):
                self._miss(f"record {record.number} was changed")
            kept = self.anchors.get(record.number)
            if kept is not None and kept != record.sha256:
                self._miss(f"record {record.number} is not the one that was anchored")
            self.reached = AuditAnchor(record.number, record.sha256, self.reached.rows + 1)

    def skip(self, number: int, previous: str, sha256: str) -> None:
        """The next record, of which something cannot even be read."""
        if previous != self.reached.sha256:
            self._miss(f"record {number} does not follow the one before it ({self.reached.number})")
        self._miss(f"record {number} was changed: it cannot be read")
        self.reached = AuditAnchor(number, sha256, self.reached.rows + 1)

    def close(self, head: AuditAnchor | None) -> None:
        """All were read; ``head`` is what stands beside the chain."""
        if head is None:
            self._miss("the head of the chain is gone")
        elif head != self.reached:
            self._miss(
                f"the chain ends at record {self.reached.number} of {self.reached.rows}, "
                f"its head says {head.number} of {head.rows}"
            )
        for number in sorted(self.anchors):
            if number > self.reached.number:
                self._miss(f"record {number}, which was anchored, is gone")

    def _miss(self, fault: str) -> None:
        self.fault_count += 1
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(fault)
