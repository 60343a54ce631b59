"""The port of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from adplat.domain.audit import AuditEntry
from adplat.domain.catalogue import Ad, Advertiser, Campaign, Creative, LiveCatalogue
from adplat.domain.listing import ListRequest, Page


class CatalogueStore(Protocol):
    """Advertisers, campaigns, ads and creatives in SQL; one call is one transaction."""

    def save(
        self,
        advertisers: Sequence[Advertiser],
        campaigns: Sequence[Campaign],
        ads: Sequence[Ad],
        creatives: Sequence[Creative],
        *,
        entries: Sequence[AuditEntry] = (),
    ) -> None:
        """Insert or replace all of these together, with these entries of the audit trail."""
        ...

    def live_catalogue(self) -> LiveCatalogue:
        """Creatives in status ``live`` of campaigns in status ``live``, with their owners; one moment's truth."""
        ...

    def campaigns(self) -> list[Campaign]:
        """All of them, in every status."""
        ...

    def campaign_page(self, request: ListRequest) -> Page[Campaign]:
        """A page of them. Raises ConfigRejected for a condition, an order or a cursor that the list does not have."""
        ...

    def creative_page(self, request: ListRequest) -> Page[Creative]:
        """A page of them. Raises ConfigRejected for a condition, an order or a cursor that the list does not have."""
        ...

    def held_creatives(self) -> Mapping[str, int]:
        """How many creatives wait for a decision, by advertiser."""
        ...

    def ads(self, campaign_id: str = "") -> list[Ad]:
        """All of them, or those of one campaign."""
        ...

    def creatives(self) -> list[Creative]:
        """All of them, in every status."""
        ...
