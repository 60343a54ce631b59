"""What is done with bundles from afar: Rollout orders, what is live as somebody saw it, and what its clicks say.

A rollout is a job of its own kind. It names the *version* of what was live when it was ordered, and is refused where
another one came between: nobody promotes over a promotion that he did not see.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from adplat.domain.jobs import Job, JobOutcome


class RolloutDeed(StrEnum):
    """``CHECK`` runs the gates and compares with the live bundle; ``SHADOW_REPORT`` tells what the shadow would have
    said. Those two change nothing."""

    CHECK = "check"
    PROMOTE = "promote"
    ROLLBACK = "rollback"
    SHADOW = "shadow"
    SHADOW_OFF = "shadow off"
    SHADOW_REPORT = "shadow report"

    @property
    def changes(self) -> bool:
        """Whether it changes what is live, or who looks on."""
        return self not in {RolloutDeed.CHECK, RolloutDeed.SHADOW_REPORT}

    @property
    def of_a_bundle(self) -> bool:
        """Whether it names one."""
        return self in {RolloutDeed.CHECK, RolloutDeed.PROMOTE, RolloutDeed.SHADOW}

    @property
    def kind(self) -> str:
        """Of the job that does it."""
        return f"model {self.value}"


ROLLOUT_KINDS = tuple(deed.kind for deed in RolloutDeed)


@dataclass(frozen=True, slots=True)
class LiveBundles:
    """What is live as the registry says it, what replicas are pointed to, and who looks on; empty: nothing.

    Args:
        changes: how many times a bundle went live.
        shadow_share: of the decisions that the shadow scores.
    """

    live: str
    changes: int
    served: str = ""
    snapshot_id: str = ""
    published: datetime | None = None
    shadow: str = ""
    shadow_share: float = 0.0
    shadow_since: datetime | None = None

    @property
    def version(self) -> str:
        """Another one whenever another bundle goes live or looks on; a new catalogue alone changes nothing."""
        told = f"{self.live} {self.changes} {self.served} {self.shadow} {self.shadow_share:g}"
        return hashlib.sha256(told.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class ServingReplica:
    """What one replica of the bidding service last said that it serves from."""

    name: str
    told: datetime
    bundle_id: str
    snapshot_id: str


@dataclass(frozen=True, slots=True)
class Rollout:
    """A job as a rollout."""

    job: Job

    @property
    def deed(self) -> RolloutDeed:
        """What is to be done."""
        return RolloutDeed(self.job.order.kind.removeprefix("model "))

    @property
    def outcome(self) -> JobOutcome:
        """How far it came."""
        return JobOutcome.REFUSED if self.refusal else self.job.state.outcome

    @property
    def refusal(self) -> Mapping[str, Any]:
        """``what``, ``where``, ``hint`` and ``detail`` of what it was refused for; empty where it was not."""
        found: Mapping[str, Any] = (self.job.result or {}).get("refused") or {}
        return found
