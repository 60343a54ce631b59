"""Which bundles there are, which one is live, and how it came to be: RegisteredBundle, Deployment history.

A bundle's life::

    registered ──▶ live ──▶ retired
                    ▲          │
                    └──────────┘   rolled back to, or promoted again

At most one bundle is live. The state is no column: it is read off the history of deployments, so the two
cannot disagree. *Registered* was never served; *retired* was served once and is not now. A bundle that failed
its gates stays registered: nothing about it changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from adplat.domain.learning import ModelBundle


class BundleState(StrEnum):
    """Where in its life a bundle is; the module draws it."""

    REGISTERED = "registered"
    LIVE = "live"
    RETIRED = "retired"


class DeploymentKind(StrEnum):
    """How a bundle became the live one: put there by hand, through the gates, or back after another failed."""

    DEPLOY = "deploy"
    PROMOTE = "promote"
    ROLLBACK = "rollback"


@dataclass(frozen=True, slots=True)
class BundleDeployment:
    """One line of the history: from ``at`` on, ``bundle_id`` was the live one.

    ``gates`` is the gate report of a promotion as plain data (empty otherwise), ``reason`` what the person
    said, and ``snapshot_id`` what replicas were given (empty where nothing is served).
    """

    bundle_id: str
    at: datetime
    kind: DeploymentKind = DeploymentKind.DEPLOY
    by: str = ""
    reason: str = ""
    snapshot_id: str = ""
    gates: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RegisteredBundle:
    """A bundle with its place in history; ``parent`` is the id of the bundle that it was made to replace."""

    bundle: ModelBundle
    state: BundleState
    registered: datetime
    registered_by: str = ""
    parent: str = ""
    latest: BundleDeployment | None = None


def live_line(history: Iterable[BundleDeployment]) -> list[str]:
    """The bundles on which the live one stands, oldest first, the live one last; ``history`` oldest first.

    A rollback takes the last bundle away, so that rolling back twice goes back two steps and never returns to
    the bundle that was left for a reason. Deploying the live bundle again (another catalogue) adds no step.
    """
    line: list[str] = []
    for deployment in history:
        if deployment.kind is DeploymentKind.ROLLBACK:
            if deployment.bundle_id in line:
                del line[len(line) - line[::-1].index(deployment.bundle_id) :]
            else:
                line = [deployment.bundle_id]
        elif line[-1:] != [deployment.bundle_id]:
            line.append(deployment.bundle_id)
    return line
