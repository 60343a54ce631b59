"""One thing of the catalogue at a time, as people make and change it in the admin; beside the other ports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from adplat.domain.audit import AuditEntry
from adplat.domain.catalogue import Ad, Advertiser, Campaign, Creative
from adplat.domain.listing import ListRequest, Page


class CatalogueEdits(Protocol):
    """One call is one transaction, its line in the audit trail included. Nothing is ever deleted.

    ``step`` makes of what is there what shall be, while nobody else changes it; what it raises changes nothing, and a
    step that changes nothing leaves no line.
    """

    def advertiser(self, advertiser_id: str) -> Advertiser:
        """Raises UnknownReference."""
        ...

    def campaign(self, campaign_id: str) -> Campaign:
        """Raises UnknownReference."""
        ...

    def ad(self, ad_id: str) -> Ad:
        """Raises UnknownReference."""
        ...

    def creative(self, creative_id: str) -> Creative:
        """Raises UnknownReference."""
        ...

    def advertiser_page(self, request: ListRequest) -> Page[Advertiser]:
        """A page of them. Raises ConfigRejected for a condition, an order or a cursor that the list does not have."""
        ...

    def ad_page(self, request: ListRequest) -> Page[Ad]:
        """A page of them. Raises ConfigRejected for a condition, an order or a cursor that the list does not have."""
        ...

    def add_advertiser(self, made: Advertiser, entry: AuditEntry) -> bool:
        """``False``, and nothing changed: the id is taken."""
        ...

    def add_campaign(self, made: Campaign, entry: AuditEntry) -> bool:
        """``False``, and nothing changed: the id is taken. Raises UnknownReference for an unknown advertiser."""
        ...

    def add_ad(self, made: Ad, entry: AuditEntry) -> bool:
        """``False``, and nothing changed: the id is taken. Raises UnknownReference for an unknown campaign."""
        ...

    def add_creative(self, made: Creative, entry: AuditEntry) -> bool:
        """``False``, and nothing changed: the id is taken. Raises UnknownReference for an unknown ad or campaign."""
        ...

    def change_campaign(
        self, campaign_id: str, step: Callable[[Campaign], Campaign], entry: Callable[[Campaign, Campaign], AuditEntry]
    ) -> Campaign:
        """Raises UnknownReference; ``entry`` is told what it was and what it is."""
        ...

    def change_creative(
        self, creative_id: str, step: Callable[[Creative], Creative], entry: Callable[[Creative, Creative], AuditEntry]
    ) -> Creative:
        """Raises UnknownReference; ``entry`` is told what it was and what it is."""
        ...
