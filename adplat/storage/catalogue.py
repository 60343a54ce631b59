"""CatalogueStore in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, or_, select

from adplat.domain import (
    Ad,
    Advertiser,
    AuditEntry,
    BidStrategyKind,
    Campaign,
    CampaignStatus,
    Creative,
    CreativeStatus,
    ListRequest,
    LiveCatalogue,
    Page,
)
from adplat.storage import rows
from adplat.storage.audit_trail import audit
from adplat.storage.pages import (
    Listing,
    asked,
    choice_field,
    counted_by,
    moment_field,
    number_field,
    page_of,
    text_field,
)
from adplat.storage.tables import AdRow, AdvertiserRow, CampaignRow, CreativeRow
from adplat.storage.transactions import Database
from adplat.storage.upserts import replace_rows

CAMPAIGN_LISTING = Listing(
    "campaigns",
    key="campaign_id",
    order="campaign_id",
    fields={
        "campaign_id": text_field(CampaignRow.campaign_id, may_order=True),
        "advertiser_id": text_field(CampaignRow.advertiser_id),
        "name": text_field(CampaignRow.name, may_order=True),
        "status": choice_field(CampaignRow.status, CampaignStatus),
        "bid_kind": choice_field(CampaignRow.bid_kind, BidStrategyKind),
        "flight_start": moment_field(CampaignRow.flight_start, may_order=True),
        "flight_end": moment_field(CampaignRow.flight_end),
    },
)
CREATIVE_LISTING = Listing(
    "creatives",
    key="creative_id",
    order="creative_id",
    fields={
        "creative_id": text_field(CreativeRow.creative_id, may_order=True),
        "ad_id": text_field(CreativeRow.ad_id),
        "campaign_id": text_field(CreativeRow.campaign_id, may_order=True),
        "advertiser_id": text_field(CreativeRow.advertiser_id),
        "status": choice_field(CreativeRow.status, CreativeStatus),
        "headline": text_field(CreativeRow.headline, may_order=True),
        "language": text_field(CreativeRow.language),
        "width_px": number_field(CreativeRow.image_width_px),
        "height_px": number_field(CreativeRow.image_height_px),
        "category": text_field(CreativeRow.category),
        "origin": text_field(CreativeRow.origin),
    },
)


class SqlCatalogue:
    """Advertisers, campaigns, ads and creatives. Lists are ordered by id, the same on both databases."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(
        self,
        advertisers: Sequence[Advertiser],
        campaigns: Sequence[Campaign],
        ads: Sequence[Ad],
        creatives: Sequence[Creative],
        *,
        entries: Sequence[AuditEntry] = (),
    ) -> None:
        """Insert or replace all of these together, or none; ``entries`` of the audit trail with them.

        Raises UnknownReference when one of them refers to what is neither here nor in the database.
        """
        with self._database.write() as connection:
            replace_rows(connection, AdvertiserRow, [rows.advertiser_values(one) for one in advertisers])
            replace_rows(connection, CampaignRow, [rows.campaign_values(one) for one in campaigns])
            replace_rows(connection, AdRow, [rows.ad_values(one) for one in ads])
            replace_rows(connection, CreativeRow, [rows.creative_values(one) for one in creatives])
            for entry in entries:
                audit(connection, entry)

    def live_catalogue(self) -> LiveCatalogue:
        """Creatives in status ``live`` of campaigns in status ``live``, with their owners; one moment's truth."""
        ads = select(AdRow).where(AdRow.ad_id.in_(_live(select(CreativeRow.ad_id))))
        campaigns = select(CampaignRow).where(CampaignRow.campaign_id.in_(_live(select(CreativeRow.campaign_id))))
        advertisers = select(AdvertiserRow).where(
            or_(
                AdvertiserRow.advertiser_id.in_(_live(select(CreativeRow.advertiser_id))),
                AdvertiserRow.advertiser_id.in_(_live(select(CampaignRow.advertiser_id).select_from(CreativeRow))),
            )
        )
        creatives = _live(select(CreativeRow))
        with self._database.read() as session:
            owners = [rows.advertiser_of(row) for row in session.scalars(advertisers)]
            bought = [rows.campaign_of(row) for row in session.scalars(campaigns)]
            shown = [rows.ad_of(row) for row in session.scalars(ads)]
            drawn = [rows.creative_of(row) for row in session.scalars(creatives)]
        return LiveCatalogue(
            advertisers=tuple(sorted(owners, key=lambda advertiser: advertiser.advertiser_id)),
            campaigns=tuple(sorted(bought, key=lambda campaign: campaign.campaign_id)),
            ads=tuple(sorted(shown, key=lambda ad: ad.ad_id)),
            creatives=tuple(sorted(drawn, key=lambda creative: creative.creative_id)),
        )

    def advertisers(self) -> list[Advertiser]:
        """All of them."""
        with self._database.read() as session:
            found = [rows.advertiser_of(row) for row in session.scalars(select(AdvertiserRow))]
        return sorted(found, key=lambda advertiser: advertiser.advertiser_id)

    def campaigns(self) -> list[Campaign]:
        """All of them, in every status."""
        with self._database.read() as session:
            found = [rows.campaign_of(row) for row in session.scalars(select(CampaignRow))]
        return sorted(found, key=lambda campaign: campaign.campaign_id)

    def campaign_page(self, request: ListRequest) -> Page[Campaign]:
        """A page of them. Raises ConfigRejected for a condition, an order or a cursor that the list does not have."""
        with self._database.read() as session:
            found = session.scalars(asked(CAMPAIGN_LISTING, request, select(CampaignRow))).all()
            return page_of(CAMPAIGN_LISTING, request, found, rows.campaign_of)

    def creative_page(self, request: ListRequest) -> Page[Creative]:
        """A page of them. Raises ConfigRejected for a condition, an order or a cursor that the list does not have."""
        with self._database.read() as session:
            found = session.scalars(asked(CREATIVE_LISTING, request, select(CreativeRow))).all()
            return page_of(CREATIVE_LISTING, request, found, rows.creative_of)

    def held_creatives(self) -> dict[str, int]:
        """How many creatives wait for a decision, by advertiser."""
        with self._database.read() as session:
            return counted_by(session, CreativeRow.advertiser_id, CreativeRow.status == CreativeStatus.HELD.value)

    def ads(self, campaign_id: str = "") -> list[Ad]:
        """All of them, or those of one campaign."""
        wanted = select(AdRow).where(AdRow.campaign_id == campaign_id) if campaign_id else select(AdRow)
        with self._database.read() as session:
            found = [rows.ad_of(row) for row in session.scalars(wanted)]
        return sorted(found, key=lambda ad: ad.ad_id)

    def creatives(self) -> list[Creative]:
        """All of them, in every status."""
        with self._database.read() as session:
            found = [rows.creative_of(row) for row in session.scalars(select(CreativeRow))]
        return sorted(found, key=lambda creative: creative.creative_id)


def _live(wanted: Select[Any]) -> Select[Any]:
    """Of a selection of creatives, those in status ``live`` of campaigns in status ``live``."""
    return wanted.join(CampaignRow, CampaignRow.campaign_id == CreativeRow.campaign_id).where(
        CreativeRow.status == CreativeStatus.LIVE.value, CampaignRow.status == CampaignStatus.LIVE.value
    )
