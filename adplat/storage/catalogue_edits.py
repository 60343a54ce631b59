"""CatalogueEdits in SQL: one advertiser, campaign, ad or creative at a time, with its line in the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Row, select, update

from adplat.domain import Ad, Advertiser, AuditEntry, Campaign, Creative, ListRequest, Page, UnknownReference
from adplat.storage import rows
from adplat.storage.audit_trail import audit
from adplat.storage.pages import Listing, asked, page_of, text_field
from adplat.storage.tables import AdRow, AdvertiserRow, Base, CampaignRow, CreativeRow
from adplat.storage.transactions import Database
from adplat.storage.upserts import inserted_once

Thing = TypeVar("Thing")
Step = Callable[[Thing], Thing]
EntryOf = Callable[[Thing, Thing], AuditEntry]

ADVERTISER_LISTING = Listing(
    "advertisers",
    key="advertiser_id",
    order="advertiser_id",
    fields={
        "advertiser_id": text_field(AdvertiserRow.advertiser_id, may_order=True),
        "name": text_field(AdvertiserRow.name, may_order=True),
        "currency": text_field(AdvertiserRow.currency),
        "domain": text_field(AdvertiserRow.domain),
    },
)
AD_LISTING = Listing(
    "ads",
    key="ad_id",
    order="ad_id",
    fields={
        "ad_id": text_field(AdRow.ad_id, may_order=True),
        "campaign_id": text_field(AdRow.campaign_id, may_order=True),
        "name": text_field(AdRow.name),
        "landing_url": text_field(AdRow.landing_url),
    },
)


class SqlCatalogueEdits:
    """Implements ``domain.CatalogueEdits``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def advertiser(self, advertiser_id: str) -> Advertiser:
        """Raises UnknownReference."""
        return self._found(AdvertiserRow, "advertiser", advertiser_id, rows.advertiser_of)

    def campaign(self, campaign_id: str) -> Campaign:
        """Raises UnknownReference."""
        return self._found(CampaignRow, "campaign", campaign_id, rows.campaign_of)

    def ad(self, ad_id: str) -> Ad:
        """Raises UnknownReference."""
        return self._found(AdRow, "ad", ad_id, rows.ad_of)

    def creative(self, creative_id: str) -> Creative:
        """Raises UnknownReference."""
        return self._found(CreativeRow, "creative", creative_id, rows.creative_of)

    def advertiser_page(self, request: ListRequest) -> Page[Advertiser]:
        """A page of them; see the port."""
        with self._database.read() as session:
            found = session.scalars(asked(ADVERTISER_LISTING, request, select(AdvertiserRow))).all()
            return page_of(ADVERTISER_LISTING, request, found, rows.advertiser_of)

    def ad_page(self, request: ListRequest) -> Page[Ad]:
        """A page of them; see the port."""
        with self._database.read() as session:
            found = session.scalars(asked(AD_LISTING, request, select(AdRow))).all()
            return page_of(AD_LISTING, request, found, rows.ad_of)

    def add_advertiser(self, made: Advertiser, entry: AuditEntry) -> bool:
        """``False``: the id is taken."""
        return self._add(AdvertiserRow, rows.advertiser_values(made), entry)

    def add_campaign(self, made: Campaign, entry: AuditEntry) -> bool:
        """``False``: the id is taken. Raises UnknownReference."""
        return self._add(CampaignRow, rows.campaign_values(made), entry)

    def add_ad(self, made: Ad, entry: AuditEntry) -> bool:
        """``False``: the id is taken. Raises UnknownReference."""
        return self._add(AdRow, rows.ad_values(made), entry)

    def add_creative(self, made: Creative, entry: AuditEntry) -> bool:
        """``False``: the id is taken. Raises UnknownReference."""
        return self._add(CreativeRow, rows.creative_values(made), entry)

    def change_campaign(self, campaign_id: str, step: Step[Campaign], entry: EntryOf[Campaign]) -> Campaign:
        """What ``step`` makes of it; see the port."""
        found = (CampaignRow, "campaign", campaign_id)
        return self._change(found, rows.campaign_of, rows.campaign_values, step, entry)

    def change_creative(self, creative_id: str, step: Step[Creative], entry: EntryOf[Creative]) -> Creative:
        """What ``step`` makes of it; see the port."""
        found = (CreativeRow, "creative", creative_id)
        return self._change(found, rows.creative_of, rows.creative_values, step, entry)

    def _found(self, table: type[Base], kind: str, named: str, thing_of: Callable[[Any], Thing]) -> Thing:
        with self._database.read() as session:
            row = session.execute(_by_id(table, named)).first()
        return thing_of(_one(row, kind, named))

    def _add(self, table: type[Base], values: rows.Values, entry: AuditEntry) -> bool:
        with self._database.write() as connection:
            if inserted_once(connection, table, values, [_key(table)]) is None:
                return False
            audit(connection, entry)
        return True

    def _change(
        self,
        found: tuple[type[Base], str, str],
        thing_of: Callable[[Any], Thing],
        values_of: Callable[[Thing], rows.Values],
        step: Step[Thing],
        entry: EntryOf[Thing],
    ) -> Thing:
        table, kind, named = found
        with self._database.write() as connection:
            before = thing_of(_one(connection.execute(_by_id(table, named).with_for_update()).first(), kind, named))
            after = step(before)
            old, new = values_of(before), values_of(after)
            changed = {name: value for name, value in new.items() if old[name] != value}
            if changed:
                connection.execute(update(table).where(_column(table) == named).values(changed))
                audit(connection, entry(before, after))
        return after


def _key(table: type[Base]) -> str:
    return str(Base.metadata.tables[table.__tablename__].primary_key.columns[0].name)


def _column(table: type[Base]) -> Any:
    return table.__table__.columns[_key(table)]


def _by_id(table: type[Base], named: str) -> Any:
    return select(*table.__table__.columns).where(_column(table) == named)


def _one(row: Row[Any] | None, kind: str, named: str) -> Row[Any]:
    if row is None:
        raise UnknownReference(f"no {kind} has this id", where=f"{kind} {named[:64]}", hint="see the list")
    return row
