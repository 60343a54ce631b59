"""Whether to bid, with what and for how much: the whole story of one opportunity.

One round trip to Redis, before anything is scored: profile, what the user saw, and the money that is left come
together. What was decided is written after the answer (``ClosedRequest``): a seller does not wait for our disk, and
an auction that we lose needs no trace. What a crash can take with it stands in
``docs/decisions/0023-money-of-a-bid-is-reserved-behind-the-answer.md``.

Ads compete by value; within the ad that wins, the bandit draws the creative, and its probability is stored. So
exploring costs an advertiser the difference between two of their own creatives, never a place in another auction.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from adplat.bandit import Choice
from adplat.domain import (
    AuctionKind,
    AuctionTerms,
    BidState,
    ClosedRequest,
    Creative,
    Decision,
    Exposure,
    Money,
    NoBidReason,
    OpenedRequest,
    Opportunity,
    PlacedDecision,
    Slot,
    StoreUnreachable,
)
from adplat.features import RowArrays, StoredProfile
from adplat.features.arrays import Int32
from adplat.flows.bid_book import NOT_TESTED, Bools, Chance, Tested
from adplat.flows.bid_table import BidTable
from adplat.flows.linear_learning import context_for
from adplat.flows.rank_creatives import falls_in_share, known_user, new_decision_id
from adplat.flows.request_time import RequestTime
from adplat.market import barred_now, bids_micros, segment_key, values_micros
from adplat.statistics import Float64

Int64 = npt.NDArray[np.int64]
Indices = npt.NDArray[np.int64]

# A seller that does not say how long it may take to show an ad gets five minutes; late notices get one more.
EXPIRES_S, GRACE_S = 300, 60
# How often the next best ad is tried where the best one's price does not reach the floor.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Offer:
    """One bid. ``urls`` (where notices go, by event kind) are added by whoever knows our address."""

    slot: Slot
    creative: Creative
    decision: Decision
    price: Money
    deal_id: str
    expires_s: int
    urls: Mapping[str, str] = field(default_factory=dict)

    @property
    def decision_id(self) -> str:
        return self.decision.decision_id

    @property
    def campaign_id(self) -> str:
        return self.decision.campaign_id

    @property
    def creative_id(self) -> str:
        return self.decision.creative_id

    @property
    def propensity(self) -> float:
        return self.decision.propensity

    @property
    def p_ctr(self) -> float:
        return self.decision.p_ctr[0]

    @property
    def p_cvr(self) -> float | None:
        return self.decision.p_cvr[0] if self.decision.p_cvr else None


@dataclass(frozen=True)
class BidOutcome:
    """An offer, or the reason for none, by slot id.

    ``degraded`` names what had to be done without (``profile``, ``model``); ``closed`` is what remains to be written,
    ``None`` where nothing was opened.
    """

    answers: Mapping[str, Offer | NoBidReason]
    bundle_id: str
    degraded: tuple[str, ...] = ()
    closed: ClosedRequest | None = None


async def decide_bid(
    state: BidState,
    table: BidTable,
    opportunity: Opportunity,
    rng: np.random.Generator,
    time: RequestTime,
    *,
    reads_history: bool = True,
) -> BidOutcome:
    """Decide every slot of one opportunity, which holds of the user only what may be used.

    Without ``reads_history`` what is stored of the user stays unread; caps are kept all the same. Without time for the
    state there is no bid; without time for the model, what it usually says of a creative takes the place of what it
    would say here.
    """
    if opportunity.is_robot:
        return no_bid(table, opportunity, NoBidReason.ROBOT)
    if not time.fits("state"):
        return no_bid(table, opportunity, NoBidReason.OUT_OF_TIME)
    book = table.serving.book
    chances = {slot.slot_id: book.chances(opportunity, slot) for slot in opportunity.slots}
    if table.serving.experiments is not None:
        chances = table.serving.experiments.on_bid(opportunity, chances)
    rows = [chance.rows for ways in chances.values() for chance in ways]
    if not rows:
        return no_bid(table, opportunity, NoBidReason.NOTHING_ELIGIBLE)
    campaigns = np.unique(book.campaign_of[np.concatenate(rows)]).tolist()
    keys = book.money_keys(campaigns, opportunity.ts)
    # A name of our own: a seller may send one id twice, and each of the two must see the other.
    user_key, mark = opportunity.user.user_key, new_decision_id(opportunity.ts, rng)
    try:
        async with asyncio.timeout(time.left_s()):
            opened = await state.open_request(
                user_key, mark, keys, opportunity.ts, _longest_s(opportunity), reads_profile=reads_history
            )
    except StoreUnreachable:
        return no_bid(table, opportunity, NoBidReason.STATE_AWAY)
    except TimeoutError:
        return no_bid(table, opportunity, NoBidReason.OUT_OF_TIME)
    time.done("state")
    left = book.money_left(campaigns, opened.committed_micros)
    hold_to_ceilings(left, table, dict(zip(keys, opened.committed_micros, strict=True)))
    table.eligible[campaigns] += 1
    has_model = time.fits("model")
    one = _Deciding(table, opportunity, opened, left, rng, has_model=has_model, reads_history=reads_history)
    one.draw_paces(campaigns)
    answers = {slot_id: one.answer(ways) for slot_id, ways in chances.items()}
    if has_model:
        time.done("model")
    placed = () if opportunity.is_test else tuple(one.placed)
    closed = ClosedRequest(mark, user_key, placed)
    return BidOutcome(answers, table.serving.snapshot.bundle_id, one.degraded, closed)


def hold_to_ceilings(left_micros: dict[int, int], table: BidTable, committed_micros: Mapping[str, int]) -> None:
    """Take no campaign above what its pace grants of this day; ``committed_micros`` by money key."""
    for place, left in left_micros.items():
        pace = table.paces.get(table.serving.book.catalogue.campaigns[place].campaign_id)
        if pace is not None and pace.money_key in committed_micros:
            left_micros[place] = min(left, pace.ceiling_micros - committed_micros[pace.money_key])


def _longest_s(opportunity: Opportunity) -> int:
    """How long the last of its showings may still come."""
    return max(EXPIRES_S if slot.expires_s is None else slot.expires_s for slot in opportunity.slots) + GRACE_S


def no_bid(table: BidTable, opportunity: Opportunity, reason: NoBidReason) -> BidOutcome:
    """The same reason for every slot, and nothing to write."""
    return BidOutcome({slot.slot_id: reason for slot in opportunity.slots}, table.serving.snapshot.bundle_id)


@dataclass(frozen=True)
class _Scored:
    """``r`` rows of the book: what the model says of each here, and what a showing is worth to its campaign."""

    rows: Int32
    p_ctr: Float64
    p_cvr: Float64 | None
    values_micros: Int64


class _Deciding:
    """One opportunity while it is decided: what one slot takes, the next may not have."""

    def __init__(
        self,
        table: BidTable,
        opportunity: Opportunity,
        opened: OpenedRequest,
        money_left_micros: dict[int, int],
        rng: np.random.Generator,
        *,
        has_model: bool,
        reads_history: bool,
    ) -> None:
        self.placed: list[PlacedDecision] = []
        self._table, self._book, self._opportunity, self._rng = table, table.serving.book, opportunity, rng
        self._has_model = has_model
        self._open_elsewhere = opened.open_elsewhere
        self._exposures = list(opened.exposures)
        self._left = money_left_micros
        self._sitting_out: list[int] = []
        self._inputs: RowArrays | None = None
        self._reads_history = reads_history
        self._taken_ads: list[int] = []
        self._shown_once: list[int] = []
        self._user, missing = known_user(table.serving.scorer.encoding, opportunity.user, opened.user)
        self.degraded = missing if has_model else (*missing, "model")

    def draw_paces(self, campaigns: Sequence[int]) -> None:
        """One draw a campaign and request: who sits this one out does so in every slot."""
        names = self._book.catalogue.campaigns
        paces = [self._table.paces.get(names[place].campaign_id) for place in campaigns]
        draws = self._rng.random(len(campaigns)).tolist()
        self._sitting_out = [
            place
            for place, pace, draw in zip(campaigns, paces, draws, strict=True)
            if pace is not None and draw >= pace.share
        ]

    def answer(self, ways: Sequence[Chance]) -> Offer | NoBidReason:
        """The offer for a slot, or why there is none; of several ways, the reason of the last."""
        reason = NoBidReason.NOTHING_ELIGIBLE
        for chance in ways:
            currency = self._currency_for(chance)
            rows, reason = self._free(chance, currency)
            if not len(rows):
                continue
            best = self._best(chance, self._scored(rows, self._moment(chance.slot)), currency)
            if isinstance(best, Offer):
                self._reserve(best)
                return best
            reason = best
        return reason

    def _currency_for(self, chance: Chance) -> str:
        """The floor's; without a floor the first of the seller's in which somebody can bid, or the first ad's own."""
        if chance.floor is not None:
            return chance.floor.currency
        ours = self._book.currencies_of(chance.rows)
        wanted = [currency for currency in self._opportunity.currencies if currency in ours]
        return wanted[0] if wanted else min(ours)

    def _free(self, chance: Chance, currency: str) -> tuple[Int32, NoBidReason]:
        """Rows that nothing holds back any more, and what held back the last of them."""
        book, taken = self._book, self._taken_ads
        rows = chance.rows[~np.isin(book.ad_of[chance.rows], taken)] if taken else chance.rows
        if not len(rows):
            return rows, NoBidReason.NOTHING_ELIGIBLE
        held_back: tuple[tuple[NoBidReason, Callable[[Int32], Bools]], ...] = (
            (NoBidReason.CURRENCY, lambda rows: book.in_another_currency(rows, currency)),
            (NoBidReason.FREQUENCY, self._seen_enough),
            (NoBidReason.BUDGET, self._spent),
            (NoBidReason.PACED, lambda rows: book.of_campaigns(rows, self._sitting_out)),
        )
        for reason, is_held_back in held_back:
            rows = rows[~is_held_back(rows)]
            if not len(rows):
                return rows, reason
        return rows, NoBidReason.BELOW_FLOOR

    def _seen_enough(self, rows: Int32) -> Bools:
        """(r,) what this user may not see again now; of a user who may not be recognised, everything with a cap."""
        book, caps = self._book, self._book.caps
        if not self._opportunity.user.user_key:
            return book.of_campaigns(rows, (book.place_of_campaign[name] for name in caps.capped))
        barred = barred_now(caps, self._exposures, self._open_elsewhere, self._opportunity.ts)
        campaigns = [book.place_of_campaign[name] for name in barred.campaigns]
        creatives = [book.row_of[name] for name in barred.creatives if name in book.row_of]
        return book.of_campaigns(rows, (*campaigns, *self._shown_once)) | np.isin(rows, creatives)

    def _spent(self, rows: Int32) -> Bools:
        """(r,) which belong to campaigns with nothing left to reserve."""
        return self._book.of_campaigns(rows, (place for place, left in self._left.items() if left <= 0))

    def _moment(self, slot: Slot) -> dict[str, str | float]:
        """The context as the lake will show it; hour and weekday are UTC unless the caller tells local ones."""
        ts = self._opportunity.ts
        own: dict[str, str | float] = {"placement": slot.placement, "position": slot.position}
        moment: dict[str, str | float] = {"hour": ts.hour, "weekday": ts.weekday()}
        return {**moment, **self._opportunity.facts, **own}

    def _scored(self, rows: Int32, context: Mapping[str, str | float]) -> _Scored:
        """What is known of these creatives here; without the model, those of which it never said anything drop out."""
        table, items = self._table, self._table.serving.snapshot.items
        if self._has_model:
            scorer = table.serving.scorer
            self._inputs = scorer.encoding.candidate_rows(self._user, context, items, self._book.item_rows[rows])
            scores = scorer.score(self._inputs, items)
            p_ctr, p_cvr = scores.p_ctr, scores.p_cvr
            table.typical.observe(rows, p_ctr, p_cvr)
        else:
            p_ctr, p_cvr = table.typical.of(rows)
            known = ~np.isnan(p_ctr)
            rows, p_ctr, p_cvr = rows[known], p_ctr[known], None if p_cvr is None else p_cvr[known]
        corrected = table.click_rates(rows, p_ctr)
        worth = values_micros(self._book.strategies, rows, corrected, p_cvr, table.conversion_values_micros[rows])
        return _Scored(rows, p_ctr, p_cvr, worth)

    def _best(self, chance: Chance, scored: _Scored, currency: str) -> Offer | NoBidReason:
        """The most valuable ad whose bid reaches the floor, with the creative that the bandit draws for it."""
        if not len(scored.rows):
            return NoBidReason.OUT_OF_TIME
        reason, worth, ads = NoBidReason.BELOW_FLOOR, scored.values_micros.copy(), self._book.ad_of[scored.rows]
        for _ in range(_TRIES):
            best = int(np.argmax(worth))
            if worth[best] <= 0:
                break
            mine = np.flatnonzero(ads == ads[best])
            worth[mine] = 0
            tested = chance.tested.get(int(self._book.campaign_of[scored.rows[best]]), NOT_TESTED)
            choice = self._choose(scored, mine, tested)
            row = int(scored.rows[mine[choice.order[0]]])
            value = int(scored.values_micros[mine[choice.order[0]]])
            price = self._price_micros(chance, value, currency)
            left = self._left.get(int(self._book.campaign_of[row]))
            if price and (left is None or price <= left):
                return self._offer(chance, scored, mine, choice, Money(price, currency), value, tested)
            reason = NoBidReason.BUDGET if price else reason
        return reason

    def _choose(self, scored: _Scored, mine: Indices, tested: Tested) -> Choice:
        """The order of one ad's creatives, the first of them drawn."""
        arms = [self._book.catalogue.creatives[row].creative_id for row in scored.rows[mine].tolist()]
        p_cvr = None if scored.p_cvr is None else scored.p_cvr[mine]
        policy, items = self._table.serving.policy_for(tested), self._table.serving.snapshot.items
        context = context_for(policy, items, self._book.item_rows[scored.rows[mine]], scored.p_ctr[mine], p_cvr)
        return policy.choose(context, arms, self._rng)

    def _auction(self, chance: Chance) -> AuctionKind:
        """Of the deal where it says so, else of the opportunity."""
        deal = chance.deal
        return self._opportunity.auction if deal is None or deal.auction is None else deal.auction

    def _price_micros(self, chance: Chance, value_micros: int, currency: str) -> int:
        """What to bid for one showing; 0 where the value does not reach the floor."""
        deal = chance.deal
        bids = bids_micros(
            self._auction(chance),
            np.array([value_micros]),
            None if chance.floor is None else chance.floor.amount_micros,
            shading=self._table.shading.get(currency),
            key=segment_key(chance.slot.placement, in_deal=deal is not None),
            has_fixed_price=deal is not None and deal.has_fixed_price,
        )
        return int(bids[0])

    def _offer(
        self,
        chance: Chance,
        scored: _Scored,
        mine: Indices,
        choice: Choice,
        price: Money,
        value_micros: int,
        tested: Tested,
    ) -> Offer:
        opportunity, slot, order, deal = self._opportunity, chance.slot, choice.order, chance.deal
        rows = scored.rows[mine][order]
        creatives = [self._book.catalogue.creatives[row] for row in rows.tolist()]
        first = creatives[0]
        decision = Decision(
            decision_id=new_decision_id(opportunity.ts, self._rng),
            request_id=opportunity.request_id,
            ts=opportunity.ts,
            user_key=opportunity.user.user_key,
            placement=slot.placement,
            advertiser_id=first.advertiser_id,
            campaign_id=first.campaign_id,
            creative_id=first.creative_id,
            propensity=float(choice.propensities[order[0]]),
            policy=self._table.serving.policy_for(tested).name,
            bundle_id=self._table.serving.snapshot.bundle_id,
            candidates=tuple(creative.creative_id for creative in creatives),
            p_ctr=tuple(scored.p_ctr[mine][order].tolist()),
            p_cvr=() if scored.p_cvr is None else tuple(scored.p_cvr[mine][order].tolist()),
            first_slot_propensities=tuple(choice.propensities[order].tolist()),
            bid_micros=price.amount_micros,
            position=slot.position,
            context=self._moment(slot),
            caller_id=opportunity.caller.caller_id,
            terms=AuctionTerms(
                self._auction(chance),
                value_micros,
                price.currency,
                deal_id="" if deal is None else deal.deal_id,
                has_fixed_price=deal is not None and deal.has_fixed_price,
            ),
            attribution=self._book.attribution_of(first.campaign_id),
            experiments=tested.exposures,
        )
        expires_s = EXPIRES_S if slot.expires_s is None else slot.expires_s
        return Offer(slot, first, decision, price, "" if deal is None else deal.deal_id, expires_s)

    def _reserve(self, offer: Offer) -> None:
        """Hold the bid's money and showing: here for the next slot and, once it is written, for everybody."""
        decision = offer.decision
        place = self._book.place_of_campaign[decision.campaign_id]
        if place in self._left:
            self._left[place] -= decision.bid_micros
        self._taken_ads.append(int(self._book.ad_of[self._book.row_of[decision.creative_id]]))
        if any(not cap.per_creative for cap in self._book.caps.caps.get(decision.campaign_id, ())):
            # Others see this request as one showing at most, until it is closed.
            self._shown_once.append(place)
        self._exposures.append(Exposure(decision.campaign_id, decision.creative_id, decision.ts))
        expires_at = decision.ts + timedelta(seconds=offer.expires_s + GRACE_S)
        keys = tuple(self._book.money_keys([place], decision.ts))
        served = self._packing(decision, self._inputs)
        self.placed.append(PlacedDecision(decision, decision.bid_micros, keys, expires_at, served))

    def _packing(self, decision: Decision, inputs: RowArrays | None) -> Callable[[], bytes] | None:
        """Packs what the decision was scored with, for the few that are replayed; what no model scored is none."""
        serving = self._table.serving
        if inputs is None or not falls_in_share(decision.decision_id, serving.replay.share):
            return None
        missing = StoredProfile.AWAY if "profile" in self.degraded else StoredProfile.USED
        profile = missing if self._reads_history else StoredProfile.WITHHELD
        items, told = serving.snapshot.items, self._opportunity.user
        return serving.replay.packing(serving.scorer.encoding, items, self._user, inputs, profile, told, decision)
