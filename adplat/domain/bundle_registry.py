"""The port of the model registry."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from adplat.domain.audit import AuditEntry
from adplat.domain.learning import ModelBundle
from adplat.domain.listing import ListRequest, Page
from adplat.domain.registry import BundleDeployment, RegisteredBundle


class BundleRegistry(Protocol):
    """Which bundles exist, which one is live, and the history of deployments; one call is one transaction."""

    def register(self, bundle: ModelBundle, at: datetime, *, by: str = "", parent: str = "") -> None:
        """Remember a bundle; registering the same id again only takes over where it lies now."""
        ...

    def deploy(self, deployment: BundleDeployment, told: AuditEntry | None = None) -> None:
        """Make its bundle the live one, and tell it in the audit trail, together. Raises UnknownReference."""
        ...

    def deployed(self) -> ModelBundle | None:
        """The live bundle."""
        ...

    def registered(self) -> list[RegisteredBundle]:
        """All bundles, oldest first."""
        ...

    def find(self, name: str) -> RegisteredBundle:
        """The bundle whose id begins with ``name``. Raises UnknownReference (none, or more than one)."""
        ...

    def history(self) -> list[BundleDeployment]:
        """All deployments, oldest first."""
        ...

    def deployments(self) -> tuple[int, str]:
        """How many there were, and the bundle of the last one; empty where there was none."""
        ...

    def bundle_page(self, request: ListRequest) -> Page[RegisteredBundle]:
        """A page, newest first unless it says otherwise. Raises ConfigRejected."""
        ...

    def deployment_page(self, request: ListRequest) -> Page[BundleDeployment]:
        """A page of the history, newest first unless it says otherwise. Raises ConfigRejected."""
        ...
