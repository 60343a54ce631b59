"""The campaigns of the pacing benchmark, and how much money the market of a day holds for each of them.

Supply is the market's own knowledge, worked out before anything is bid. Alone, a campaign can buy every request of its
flight whose least winning price its least bid reaches, at that price. Of that, others of ours with a higher bid take no
more than their budgets: where they lose, it would have lost as well. So supply allows a budget that is no more than

    ``alone − Σ budgets of those that may outbid it somewhere``,

and does not allow one above ``most``, what it could buy alone with its dearest bids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from adplat.ctr import Scorer
from adplat.domain import (
    BidStrategy,
    BidStrategyKind,
    Budget,
    Campaign,
    CampaignStatus,
    Flight,
    InternalFault,
    LiveCatalogue,
    Money,
    Opportunity,
    Slot,
    Targeting,
    UserContext,
)
from adplat.features.arrays import Int32
from adplat.flows.bid_book import BidBook
from adplat.flows.bid_table import Int64
from adplat.flows.rank_creatives import Serving, known_user, policies_of
from adplat.market import values_micros
from adplat.simulator import MarketDay, PlayRequest
from adplat.snapshots import CatalogueSnapshot, DeploymentPointer, load_snapshot

CURRENCY = "CNY"
TIME_ZONE = "Asia/Shanghai"
_CPC, _CPM = BidStrategyKind.MAX_CPC, BidStrategyKind.CPM
_FEED, _ARTICLE, _HOME, _VIDEO, _SEARCH = (
    "feed_300x250",
    "article_336x280",
    "home_600x500",
    "video_300x250",
    "search_336x280",
)


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """One campaign of the benchmark.

    Args:
        target_micros: of a click, or of a thousand showings.
        of_supply: its budget as a share of its supply alone; above 1, of the most that it could win.
        from_h, until_h: its flight, in hours of the local day.
    """

    name: str
    kind: BidStrategyKind
    target_micros: int
    placements: tuple[str, ...]
    of_supply: float
    from_h: float = 0.0
    until_h: float = 24.0

    @property
    def is_limited(self) -> bool:
        """Whether the market holds less than its budget."""
        return self.of_supply > 1.0


# Of different size, price and place; two begin late, one of them within the spike; two want more than there is.
PLANS = (
    CampaignPlan("small", _CPM, 26_000_000, (_FEED, _ARTICLE), 0.05),
    CampaignPlan("broad", _CPC, 2_200_000, (_FEED, _ARTICLE, _HOME, _VIDEO, _SEARCH), 0.20),
    CampaignPlan("dear", _CPM, 40_000_000, (_HOME, _SEARCH), 0.30),
    CampaignPlan("tight", _CPM, 20_000_000, (_VIDEO, _ARTICLE), 0.25),
    CampaignPlan("late", _CPM, 30_000_000, (_FEED,), 0.20, from_h=9.0),
    CampaignPlan("in the spike", _CPC, 2_500_000, (_FEED, _VIDEO), 0.20, from_h=14.2, until_h=21.0),
    CampaignPlan("thirsty", _CPM, 15_000_000, (_VIDEO, _SEARCH), 1.50),
    CampaignPlan("thirsty late", _CPC, 1_500_000, (_ARTICLE,), 3.00, from_h=11.0),
)


@dataclass(frozen=True, slots=True)
class Supply:
    """Money in the market of one day for one campaign, alone in it.

    Args:
        alone_micros: what its cheapest bids buy.
        most_micros: what its dearest bids buy.
        outbid_by: campaigns that may bid as much or more for the same showing.
    """

    alone_micros: int
    most_micros: int
    outbid_by: frozenset[str]

    def left_micros(self, budgets_micros: Mapping[str, int]) -> int:
        """What others cannot take away, below 0 if they could take it all."""
        return self.alone_micros - sum(budgets_micros[name] for name in self.outbid_by)


def serving_of(workspace: Path) -> Serving:
    """What a deployed workspace serves."""
    pointer = DeploymentPointer(workspace)
    snapshot = load_snapshot(pointer.folder_of(pointer.read()))
    scorer = Scorer.load(snapshot.bundle_path)
    scorer.prepare_items(snapshot.items)
    return Serving(snapshot, scorer, policies_of(snapshot.policy), BidBook.of(snapshot))


def with_campaigns(serving: Serving, campaigns: Sequence[Campaign]) -> Serving:
    """The same with these campaigns alone; the n-th has the creatives of the n-th live campaign."""
    live = serving.snapshot.catalogue
    if len(live.campaigns) < len(campaigns):
        raise InternalFault(f"{len(live.campaigns)} live campaigns are too few", hint="deploy a larger catalogue")
    theirs = {own.campaign_id: one for own, one in zip(live.campaigns, campaigns, strict=False)}
    advertiser_of = {own.campaign_id: own.advertiser_id for own in live.campaigns}
    catalogue = LiveCatalogue(
        live.advertisers,
        tuple(replace(one, advertiser_id=advertiser_of[name]) for name, one in theirs.items()),
        tuple(
            replace(ad, campaign_id=theirs[ad.campaign_id].campaign_id) for ad in live.ads if ad.campaign_id in theirs
        ),
        tuple(
            replace(creative, campaign_id=theirs[creative.campaign_id].campaign_id)
            for creative in live.creatives
            if creative.campaign_id in theirs
        ),
    )
    snapshot: CatalogueSnapshot = replace(serving.snapshot, catalogue=catalogue)
    return replace(serving, snapshot=snapshot, book=BidBook.of(snapshot))


def planned_campaigns(midnight: datetime, budgets_micros: Mapping[str, int] | None = None) -> list[Campaign]:
    """The campaigns of ``PLANS`` on the day from ``midnight`` on; without budgets, nothing limits them."""
    return [
        Campaign(
            campaign_id=plan.name,
            advertiser_id="",
            name=plan.name,
            status=CampaignStatus.LIVE,
            budget=Budget(None if budgets_micros is None else Money(budgets_micros[plan.name], CURRENCY), None),
            flight=Flight(midnight + timedelta(hours=plan.from_h), midnight + timedelta(hours=plan.until_h)),
            bid_strategy=BidStrategy(plan.kind, target_micros=plan.target_micros),
            targeting=Targeting(placements=plan.placements),
            time_zone=TIME_ZONE,
        )
        for plan in PLANS
    ]


def opportunity_of(request: PlayRequest) -> Opportunity:
    """What a seller says of a request: the moment and the device, and nothing of the person."""
    context = request.context
    facts: dict[str, str | float] = {name: context[name] for name in ("device", "language", "hour", "weekday")}
    slot = Slot("1", str(context["placement"]), position=int(context["position"]))
    return Opportunity(request.request_id, request.ts, (slot,), UserContext(""), facts, currencies=(CURRENCY,))


def supply_of(serving: Serving, day: MarketDay) -> dict[str, Supply]:
    """By campaign of the book. Linear in requests; each situation is scored once."""
    book, scored = serving.book, _BestOf(serving)
    names = [campaign.campaign_id for campaign in book.catalogue.campaigns]
    alone, most = np.zeros((2, len(names)), dtype=np.int64)
    outbids = np.zeros((len(names), len(names)), dtype=np.bool_)
    for request, least in zip(day.requests, day.min_to_win_micros.tolist(), strict=True):
        opportunity = opportunity_of(request)
        for chance in book.chances(opportunity, opportunity.slots[0]):
            places, top, worst = scored.bids(opportunity, chance.rows)
            alone[places[worst >= least]] += least
            most[places[top >= least]] += least
            outbids[np.ix_(places, places)] |= top[:, None] >= worst[None, :]
    np.fill_diagonal(outbids, val=False)
    return {
        name: Supply(
            int(alone[place]),
            int(most[place]),
            frozenset(names[other] for other in np.flatnonzero(outbids[:, place])),
        )
        for place, name in enumerate(names)
    }


class _BestOf:
    """What each campaign bids at most and at least, by situation: scores depend on nothing else here."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        self._known: dict[tuple[object, ...], tuple[Int32, Int64, Int64]] = {}

    def bids(self, opportunity: Opportunity, rows: Int32) -> tuple[Int32, Int64, Int64]:
        """(k,) places of campaigns, their dearest creative's bid, and the cheapest of the ad that has it."""
        slot = opportunity.slots[0]
        key = (slot.placement, slot.position, *opportunity.facts.values(), rows.tobytes())
        if key not in self._known:
            self._known[key] = self._scored(opportunity, rows)
        return self._known[key]

    def _scored(self, opportunity: Opportunity, rows: Int32) -> tuple[Int32, Int64, Int64]:
        serving, slot = self._serving, opportunity.slots[0]
        book, encoding = serving.book, serving.scorer.encoding
        user, _ = known_user(encoding, opportunity.user, None)
        context = {**opportunity.facts, "placement": slot.placement, "position": slot.position}
        inputs = encoding.candidate_rows(user, context, serving.snapshot.items, book.item_rows[rows])
        scores = serving.scorer.score(inputs, serving.snapshot.items)
        worth = values_micros(
            book.strategies, rows, np.minimum(scores.p_ctr, 1.0), scores.p_cvr, np.full(len(rows), np.nan)
        )
        found = []
        for place in np.unique(book.campaign_of[rows]).tolist():
            mine = np.flatnonzero(book.campaign_of[rows] == place)
            best = int(mine[np.argmax(worth[mine])])
            of_ad = worth[book.ad_of[rows] == book.ad_of[rows][best]]
            found.append((place, int(worth[best]), int(of_ad.min())))
        columns = np.array(found, dtype=np.int64).T
        return columns[0].astype(np.int32), columns[1], columns[2]


def budgets_of(supply: Mapping[str, Supply]) -> dict[str, int]:
    """Each campaign's budget for the day, in micros."""
    return {
        plan.name: round(
            plan.of_supply * (supply[plan.name].most_micros if plan.is_limited else supply[plan.name].alone_micros)
        )
        for plan in PLANS
    }
