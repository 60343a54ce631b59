"""What bids may be made of: the live catalogue compiled once, so that a request costs bit operations and array reads.

Built when a snapshot is loaded, off the request path; linear in live creatives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

import numpy as np
import numpy.typing as npt

from adplat.domain import (
    AdFormat,
    Advertiser,
    Attribution,
    Campaign,
    Creative,
    Deal,
    LiveCatalogue,
    Money,
    NativeForm,
    Opportunity,
    Size,
    Slot,
    money_keys,
)
from adplat.features.arrays import Int32
from adplat.market import AdTerms, CapTable, EligibilityIndex, StrategyColumns, time_zone_named
from adplat.openrtb import is_web_address, unfilled_assets
from adplat.snapshots import CatalogueSnapshot

Bools = npt.NDArray[np.bool_]

# One byte a creative and caller; beyond so many callers at once, what is known of them is worked out anew.
_CALLERS_REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class Tested:
    """What running experiments say of some candidates: ``experiment:arm`` of each, and the policy (empty: as usual)."""

    exposures: tuple[str, ...] = ()
    policy: str = ""


NOT_TESTED = Tested()


@dataclass(frozen=True, slots=True)
class Chance:
    """One way into a slot, the open auction or a deal, with the rows of the book that may go it.

    ``tested`` is by place of the campaign; those that no experiment concerns are left out.
    """

    slot: Slot
    deal: Deal | None
    rows: Int32
    tested: Mapping[int, Tested] = field(default_factory=dict)

    @property
    def floor(self) -> Money | None:
        """Below which no bid is looked at: the deal's where there is one, else the slot's (OpenRTB 2.6, 7.11)."""
        return self.slot.floor if self.deal is None or self.deal.floor is None else self.deal.floor


@dataclass(frozen=True)
class BidBook:
    """Row ``i`` of every array, and of the index, is ``catalogue.creatives[i]``; ``n`` creatives in all.

    Args:
        item_rows: (n,) rows of the snapshot's item block.
        ad_of: (n,) places in the catalogue's ads.
        campaign_of: (n,) places in its campaigns.
        currencies: in which campaigns bid, in order of name; ``currency_of`` (n,) are places among them.
        presentable: (n,) which creatives could be sent as markup: see ``Opportunity.needs_markup``.
    """

    catalogue: LiveCatalogue
    index: EligibilityIndex
    strategies: StrategyColumns
    caps: CapTable
    item_rows: Int32
    ad_of: Int32
    campaign_of: Int32
    currencies: tuple[str, ...]
    currency_of: Int32
    presentable: Bools
    advertiser_of: Mapping[str, Advertiser]
    landing_urls: Mapping[str, str]

    @classmethod
    def of(cls, snapshot: CatalogueSnapshot) -> BidBook:
        """Compile a snapshot's catalogue. Raises ConfigRejected for a time zone or a target that is none."""
        live = snapshot.catalogue
        campaigns = {campaign.campaign_id: campaign for campaign in live.campaigns}
        places = {name: place for place, name in enumerate(campaigns)}
        ads = {ad.ad_id: place for place, ad in enumerate(live.ads)}
        advertisers = {advertiser.advertiser_id: advertiser for advertiser in live.advertisers}
        landing_urls = {ad.ad_id: ad.landing_url for ad in live.ads}
        terms = [_terms(one, campaigns[one.campaign_id], advertisers[one.advertiser_id]) for one in live.creatives]
        currencies = tuple(sorted({ad.currency for ad in terms}))
        return cls(
            catalogue=live,
            index=EligibilityIndex.build(terms),
            strategies=StrategyColumns.build([campaigns[one.campaign_id].bid_strategy for one in live.creatives]),
            caps=CapTable.build({name: campaign.frequency_caps for name, campaign in campaigns.items()}),
            item_rows=np.array([snapshot.row_of[one.creative_id] for one in live.creatives], dtype=np.int32),
            ad_of=np.array([ads[one.ad_id] for one in live.creatives], dtype=np.int32),
            campaign_of=np.array([places[one.campaign_id] for one in live.creatives], dtype=np.int32),
            currencies=currencies,
            currency_of=np.array([currencies.index(ad.currency) for ad in terms], dtype=np.int32),
            presentable=np.array(
                [
                    one.image is not None
                    and bool(advertisers[one.advertiser_id].domain)
                    and is_web_address(landing_urls[one.ad_id])
                    for one in live.creatives
                ]
            ),
            advertiser_of=advertisers,
            landing_urls=landing_urls,
        )

    @cached_property
    def place_of_campaign(self) -> Mapping[str, int]:
        """Places in the catalogue's campaigns by id."""
        return {campaign.campaign_id: place for place, campaign in enumerate(self.catalogue.campaigns)}

    @cached_property
    def row_of(self) -> Mapping[str, int]:
        """Rows by creative id."""
        return {creative.creative_id: row for row, creative in enumerate(self.catalogue.creatives)}

    @cached_property
    def _own_rows(self) -> dict[frozenset[str], Bools]:
        return {}

    def attribution_of(self, campaign_id: str) -> Attribution:
        """The windows of a campaign of the book."""
        return self.catalogue.campaigns[self.place_of_campaign[campaign_id]].attribution

    def chances(self, opportunity: Opportunity, slot: Slot) -> list[Chance]:
        """The ways into a slot that some creative may go: its deals in the seller's order, then the open auction."""
        ways: list[Deal | None] = [*slot.deals] if slot.is_private else [*slot.deals, None]
        chosen = self._open_to_caller(opportunity)
        found = []
        for deal in ways:
            rows = self.index.eligible(opportunity, slot, deal, opportunity.ts)
            rows = rows if chosen is None else rows[chosen[rows]]
            rows = rows[self._fit_to_show(rows, slot)] if opportunity.needs_markup else rows
            if len(rows):
                found.append(Chance(slot, deal, rows))
        return found

    def money_keys(self, campaigns: Iterable[int], now: datetime) -> list[str]:
        """Two for each campaign: where its money of today (in its own zone) and of its whole flight is counted."""
        keys: list[str] = []
        days: dict[str, date] = {}
        for place in campaigns:
            campaign = self.catalogue.campaigns[place]
            zone = campaign.time_zone
            if zone not in days:
                days[zone] = now.astimezone(time_zone_named(zone)).date()
            keys += money_keys(campaign.campaign_id, days[zone])
        return keys

    def money_left(self, campaigns: Sequence[int], committed_micros: Sequence[int]) -> dict[int, int]:
        """What each campaign may still reserve, by place; those without a limit are left out.

        ``committed_micros`` runs parallel to ``money_keys`` of the same campaigns.
        """
        left = {}
        for place, today, whole in zip(campaigns, committed_micros[::2], committed_micros[1::2], strict=True):
            budget = self.catalogue.campaigns[place].budget
            limits = [
                limit.amount_micros - committed
                for limit, committed in ((budget.daily, today), (budget.total, whole))
                if limit is not None
            ]
            if limits:
                left[place] = min(limits)
        return left

    def of_campaigns(self, rows: Int32, places: Iterable[int]) -> Bools:
        """(r,) which rows belong to campaigns of these places."""
        wanted = np.fromiter(places, dtype=np.int32)
        return np.isin(self.campaign_of[rows], wanted) if len(wanted) else np.zeros(len(rows), dtype=np.bool_)

    def currencies_of(self, rows: Int32) -> set[str]:
        """In which these rows can be bid."""
        return {self.currencies[place] for place in np.unique(self.currency_of[rows]).tolist()}

    def in_another_currency(self, rows: Int32, currency: str) -> Bools:
        """(r,) which rows cannot be bid in ``currency``."""
        if currency not in self.currencies:
            return np.ones(len(rows), dtype=np.bool_)
        other: Bools = self.currency_of[rows] != self.currencies.index(currency)
        return other

    def _fit_to_show(self, rows: Int32, slot: Slot) -> Bools:
        """(r,) which of these make a whole ad in a form that the slot takes."""
        fit: Bools = self.presentable[rows]
        if slot.native is None or AdFormat.BANNER in slot.formats:
            return fit
        return fit & np.array([self._fits_native(row, slot.native) for row in rows.tolist()], dtype=np.bool_)

    def _fits_native(self, row: int, form: NativeForm) -> bool:
        creative = self.catalogue.creatives[row]
        if creative.image is None:
            return False
        size = Size(creative.image.width_px, creative.image.height_px)
        return not unfilled_assets(form, creative.copy, size, self.advertiser_of[creative.advertiser_id].domain)

    def _open_to_caller(self, opportunity: Opportunity) -> Bools | None:
        """(n,) which creatives exist for the caller and are of its choice; ``None`` where that is all of them."""
        advertisers, chosen = opportunity.caller.advertisers, self._chosen_by_caller(opportunity)
        if advertisers is None:
            return chosen
        own = self._rows_of_advertisers(advertisers)
        return own if chosen is None else own & chosen

    def _rows_of_advertisers(self, advertisers: frozenset[str]) -> Bools:
        """(n,) which creatives are of these, and spend the money of these; remembered, since callers come again."""
        found = self._own_rows.get(advertisers)
        if found is None:
            owners = [self.catalogue.campaigns[place].advertiser_id for place in self.campaign_of.tolist()]
            pairs = zip(self.catalogue.creatives, owners, strict=True)
            found = np.array([one.advertiser_id in advertisers and owner in advertisers for one, owner in pairs])
            if len(self._own_rows) >= _CALLERS_REMEMBERED:
                self._own_rows.clear()
            self._own_rows[advertisers] = found
        return found

    def _chosen_by_caller(self, opportunity: Opportunity) -> Bools | None:
        """(n,) which creatives the caller named, itself or by campaign; ``None`` where it left the choice to us."""
        if not opportunity.only_creatives and not opportunity.only_campaigns:
            return None
        chosen = np.zeros(len(self.catalogue.creatives), dtype=np.bool_)
        chosen[[self.row_of[name] for name in opportunity.only_creatives if name in self.row_of]] = True
        places = [self.place_of_campaign[name] for name in opportunity.only_campaigns if name in self.place_of_campaign]
        return chosen | np.isin(self.campaign_of, places)


def _currency(campaign: Campaign, advertiser: Advertiser) -> str:
    """The currency of a campaign's budget, or of its advertiser where it has no limit."""
    limits = [limit for limit in (campaign.budget.daily, campaign.budget.total) if limit is not None]
    return limits[0].currency if limits else advertiser.currency


def _terms(creative: Creative, campaign: Campaign, advertiser: Advertiser) -> AdTerms:
    image = creative.image
    return AdTerms(
        creative_id=creative.creative_id,
        campaign_id=creative.campaign_id,
        advertiser_domain=advertiser.domain,
        seat=creative.advertiser_id,
        formats=frozenset(AdFormat),  # drawn by us, so that the same parts make a banner or a native ad
        size=None if image is None else Size(image.width_px, image.height_px),
        language=creative.copy.language,
        content_categories=creative.content_categories,
        attributes=creative.attributes,
        currency=_currency(campaign, advertiser),
        flight=campaign.flight,
        targeting=campaign.targeting,
        time_zone=campaign.time_zone,
    )
