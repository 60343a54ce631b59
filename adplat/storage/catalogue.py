"""CatalogueStore in SQL."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from adplat.domain import Ad, Advertiser, Campaign, CampaignStatus, Creative, CreativeStatus, LiveCatalogue
from adplat.storage import rows
from adplat.storage.tables import AdRow, AdvertiserRow, CampaignRow, CreativeRow
from adplat.storage.transactions import Database
from adplat.storage.upserts import replace_rows


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
    ) -> None:
        """Insert or replace all of these together, or none.

        Raises UnknownReference when one of them refers to what is neither here nor in the database.
        """
        with self._database.write() as connection:
            replace_rows(connection, AdvertiserRow, [rows.advertiser_values(one) for one in advertisers])
            replace_rows(connection, CampaignRow, [rows.campaign_values(one) for one in campaigns])
            replace_rows(connection, AdRow, [rows.ad_values(one) for one in ads])
            replace_rows(connection, CreativeRow, [rows.creative_values(one) for one in creatives])

    def live_catalogue(self) -> LiveCatalogue:
        """Creatives in status ``live`` of campaigns in status ``live``, with their owners; one moment's truth."""
        wanted = (
            select(CreativeRow, AdRow, CampaignRow, AdvertiserRow)
            .join(AdRow, AdRow.ad_id == CreativeRow.ad_id)
            .join(CampaignRow, CampaignRow.campaign_id == CreativeRow.campaign_id)
            .join(AdvertiserRow, AdvertiserRow.advertiser_id == CreativeRow.advertiser_id)
            .where(
                CreativeRow.status == CreativeStatus.LIVE.value,
                CampaignRow.status == CampaignStatus.LIVE.value,
            )
        )
        creatives: dict[str, Creative] = {}
        ads: dict[str, Ad] = {}
        campaigns: dict[str, Campaign] = {}
        advertisers: dict[str, Advertiser] = {}
        with self._database.read() as session:
            for creative, ad, campaign, advertiser in session.execute(wanted):
                creatives[creative.creative_id] = rows.creative_of(creative)
                if ad.ad_id not in ads:
                    ads[ad.ad_id] = rows.ad_of(ad)
                if campaign.campaign_id not in campaigns:
                    campaigns[campaign.campaign_id] = rows.campaign_of(campaign)
                if advertiser.advertiser_id not in advertisers:
                    advertisers[advertiser.advertiser_id] = rows.advertiser_of(advertiser)
        # Sorted here and not by ORDER BY: PostgreSQL would sort by the rules of its own locale.
        return LiveCatalogue(
            advertisers=tuple(one for _, one in sorted(advertisers.items())),
            campaigns=tuple(one for _, one in sorted(campaigns.items())),
            ads=tuple(one for _, one in sorted(ads.items())),
            creatives=tuple(one for _, one in sorted(creatives.items())),
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

    def ads(self) -> list[Ad]:
        """All of them."""
        with self._database.read() as session:
            found = [rows.ad_of(row) for row in session.scalars(select(AdRow))]
        return sorted(found, key=lambda ad: ad.ad_id)

    def creatives(self) -> list[Creative]:
        """All of them, in every status."""
        with self._database.read() as session:
            found = [rows.creative_of(row) for row in session.scalars(select(CreativeRow))]
        return sorted(found, key=lambda creative: creative.creative_id)
