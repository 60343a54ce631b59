"""One opportunity against real Valkey: who may stand there, who wins, for how much, and what is held for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from adplat.bandit import Knowledge, ThompsonWithPrior
from adplat.domain import (
    ArmStatistics,
    AuctionKind,
    BidStrategy,
    BidStrategyKind,
    Budget,
    Campaign,
    Deal,
    Event,
    EventKind,
    EventOutcome,
    Experiment,
    ExperimentArm,
    ExperimentBook,
    ExperimentState,
    FrequencyCap,
    LiveCatalogue,
    Money,
    NoBidReason,
    Opportunity,
    Pace,
    Slot,
    Targeting,
    UserContext,
)
from adplat.flows.apply_experiments import RunningExperiments
from adplat.flows.bid_book import BidBook
from adplat.flows.bid_table import BidTable
from adplat.flows.decide_bid import BidOutcome, Offer, decide_bid
from adplat.flows.rank_creatives import Serving, policies_of
from adplat.flows.request_time import RequestTime, StepTimes
from adplat.flows.typical_scores import TypicalScores
from adplat.market import PriceLaw, ShadingModel, TimeBudget
from adplat.snapshots import CatalogueSnapshot, DeploymentPointer, load_snapshot
from adplat.storage import EmbeddedValkey, RedisBidState, open_bid_state
from tests.flows.small_shop import NOON, WINDOWS, PlainScorer, Shop

ASKED = Opportunity("r1", NOON, (Slot("s1", "feed"),), UserContext("u1"))
CPC_MICROS = 500_000


@pytest.fixture(scope="module")
def snapshot(shop: Shop) -> CatalogueSnapshot:
    pointer = DeploymentPointer(shop.workspace)
    return load_snapshot(pointer.folder_of(pointer.read()))


Changes = Callable[[Campaign], Campaign]


class Desk:
    """Decides with a changed catalogue; one online state of its own."""

    def __init__(self, shop: Shop, snapshot: CatalogueSnapshot, url: str, namespace: str) -> None:
        self._shop, self._snapshot, self._url, self._namespace = shop, snapshot, url, namespace

    def table(
        self,
        changes: Changes = lambda campaign: campaign,
        arms: dict[str, ArmStatistics] | None = None,
        paces: dict[str, Pace] | None = None,
        shading: Mapping[str, ShadingModel] | None = None,
    ) -> BidTable:
        live = self._snapshot.catalogue
        changed = LiveCatalogue(live.advertisers, tuple(map(changes, live.campaigns)), live.ads, live.creatives)
        snapshot = replace(self._snapshot, catalogue=changed)
        book = BidBook.of(snapshot)
        scorer = PlainScorer.load(Path(self._shop.bundle.path))
        serving = Serving(snapshot, scorer, policies_of(snapshot.policy), book).knowing(Knowledge.of(arms or {}))
        return BidTable.of(serving, paces or {}, shading or {}, TypicalScores(len(book.ad_of)), np.zeros(2, np.int64))

    def run(self, work: Callable[[RedisBidState], Awaitable[None]]) -> None:
        async def opened() -> None:
            state = open_bid_state(self._url, namespace=self._namespace, timeout_s=10.0)
            try:
                await work(state)
            finally:
                await state.close()

        asyncio.run(opened())


@pytest.fixture
def desk(shop: Shop, snapshot: CatalogueSnapshot, valkey: EmbeddedValkey, namespace: str) -> Desk:
    return Desk(shop, snapshot, valkey.url, namespace)


NEVER = ArmStatistics()


def unhurried() -> RequestTime:
    return RequestTime(StepTimes(), None, lambda: 0.0)


async def decided(
    state: RedisBidState, table: BidTable, opportunity: Opportunity = ASKED, seed: int = 0, *, close: bool = True
) -> BidOutcome:
    outcome = await decide_bid(state, table, opportunity, np.random.default_rng(seed), unhurried())
    if close and outcome.closed is not None:
        assert await state.close_requests([outcome.closed]) == [True]
    return outcome


def offer_of(outcome: BidOutcome, slot_id: str = "s1") -> Offer:
    answer = outcome.answers[slot_id]
    assert isinstance(answer, Offer), answer
    return answer


def only(campaign_id: str, **changes: object) -> Changes:
    """That campaign with these changes; the others aim at a placement that is never asked for."""
    elsewhere = Targeting(placements=("nowhere",))
    return lambda one: replace(one, **changes) if one.campaign_id == campaign_id else replace(one, targeting=elsewhere)


def test_statistics_learned_bit_by_bit_make_the_same_table(desk: Desk) -> None:
    creatives = [creative.creative_id for creative in desk.table().serving.book.catalogue.creatives]
    first = {creatives[0]: ArmStatistics(100, 3, 1, 2.5, 70), creatives[1]: ArmStatistics(50, 0, 0, 1.5), "gone": NEVER}
    later = {creatives[0]: ArmStatistics(200, 9, 2, 5.0, 90), creatives[2]: ArmStatistics(10, 1, 1, 0.5, 40)}

    begun, whole = desk.table(arms=first), desk.table(arms=first | later)
    serving = begun.serving.knowing(begun.serving.known.with_arms(later))
    grown = begun.with_arms(serving, later, {})

    rows, told = np.arange(len(creatives), dtype=np.int32), np.full(len(creatives), 0.02)
    assert np.array_equal(grown.click_rates(rows, told), whole.click_rates(rows, told))
    assert np.array_equal(grown.conversion_values_micros, whole.conversion_values_micros, equal_nan=True)
    names = [*creatives, "gone", "never heard of"]
    was, now = whole.serving.known, grown.serving.known
    assert np.array_equal(now.counts[:, now.rows_of(names)], was.counts[:, was.rows_of(names)])
    assert not np.array_equal(grown.click_rates(rows, told), begun.click_rates(rows, told))


def test_bids_believe_what_the_policy_believes(desk: Desk) -> None:
    """A pinned strength is the formula by hand; a learned prior corrects creatives that were never shown, too."""
    creatives = [creative.creative_id for creative in desk.table().serving.book.catalogue.creatives]
    over = {name: ArmStatistics(1000, 5, 0, 50.0) for name in creatives[:-1]}
    table = desk.table(arms=over)
    rows, told = np.arange(len(creatives), dtype=np.int32), np.full(len(creatives), 0.05)

    policy = ThompsonWithPrior(prior_strength=10.0).update(table.serving.known)
    pinned = replace(table, serving=replace(table.serving, policies={ThompsonWithPrior.name: policy}))
    expected = [0.05 * 15.0 / 60.0] * (len(creatives) - 1) + [0.05]
    assert pinned.click_rates(rows, told) == pytest.approx(expected)

    learned = table.click_rates(rows, told)
    assert table.serving.belief.prior.level < 0.4
    assert learned[-1] == pytest.approx(0.05 * table.serving.belief.prior.level, rel=0.2)
    assert (desk.table().click_rates(rows, np.full(len(rows), 1.0)) <= 1.0).all()


def test_the_dearest_ad_wins_and_the_bandit_draws_its_creative(desk: Desk) -> None:
    def dear(campaign: Campaign) -> Campaign:
        target = 4 * CPC_MICROS if campaign.campaign_id == "k2" else CPC_MICROS
        return replace(campaign, bid_strategy=BidStrategy(BidStrategyKind.MAX_CPC, target_micros=target))

    table = desk.table(dear)

    async def work(state: RedisBidState) -> None:
        drawn: dict[str, float] = {}
        for seed in range(60):
            offer = offer_of(await decided(state, table, replace(ASKED, request_id=f"r{seed}"), seed, close=False))
            assert offer.campaign_id == "k2"
            assert offer.price == Money(int(4 * CPC_MICROS * offer.p_ctr), "CNY")
            decision = offer.decision
            assert decision.bid_micros == offer.price.amount_micros
            assert decision.attribution == WINDOWS["k2"]
            assert decision.candidates[0] == offer.creative_id
            assert sorted(decision.candidates) == ["c5", "c6", "c7", "c8"]
            assert sum(decision.first_slot_propensities) == pytest.approx(1.0)
            assert decision.propensity == decision.first_slot_propensities[0]
            drawn[offer.creative_id] = offer.propensity
        assert len(drawn) > 1
        assert sum(drawn.values()) <= 1.0 + 1e-9

    desk.run(work)


def test_each_strategy_bids_what_a_showing_is_worth_to_it(desk: Desk) -> None:
    async def work(state: RedisBidState) -> None:
        for strategy, worth in (
            (BidStrategy(BidStrategyKind.TARGET_CPA, target_micros=9_000_000), lambda o: 9_000_000 * o.p_ctr * o.p_cvr),
            (BidStrategy(BidStrategyKind.CPM, target_micros=7_000_000), lambda _: 7_000.0),
            # A conversion of this campaign was worth 20 yuan on average so far.
            (BidStrategy(BidStrategyKind.TARGET_ROAS, target_ratio=4.0), lambda o: 5_000_000 * o.p_ctr * o.p_cvr),
        ):
            arms = {"c2": ArmStatistics(conversions=2, value_micros=40_000_000)}
            table = desk.table(only("k1", bid_strategy=strategy), arms=arms)
            offer = offer_of(await decided(state, table, close=False))
            assert offer.price.amount_micros == pytest.approx(worth(offer), abs=1.0)

    desk.run(work)


def test_what_the_bandit_knows_corrects_the_model(desk: Desk) -> None:
    async def work(state: RedisBidState) -> None:
        arms = {f"c{n}": ArmStatistics(impressions=900, clicks=90, expected_clicks=40.0) for n in range(1, 5)}
        table = desk.table(only("k1"), arms=arms)
        offer = offer_of(await decided(state, table, close=False))
        row = np.array([table.serving.book.row_of[offer.creative_id]], dtype=np.int32)
        believed = float(table.click_rates(row, np.array([offer.p_ctr]))[0])
        assert offer.price.amount_micros == pytest.approx(CPC_MICROS * believed, abs=1.0)
        assert 1.9 < believed / offer.p_ctr < 2.4

    desk.run(work)


def test_money_that_is_reserved_bars_the_next_bid_until_the_auction_is_lost(desk: Desk) -> None:
    async def work(state: RedisBidState) -> None:
        first = offer_of(await decided(state, desk.table(only("k1")), close=False))
        # What is left after the first bid cannot bear a second one.
        budget = Budget(Money(first.price.amount_micros + 1, "CNY"), None)
        table = desk.table(only("k1", budget=budget))
        won = offer_of(await decided(state, table))
        assert (await decided(state, table)).answers == {"s1": NoBidReason.BUDGET}
        loss = Event("e1", EventKind.LOSS, won.decision_id, NOON)
        assert await state.record_notices([loss], NOON) == [EventOutcome.ACCEPTED]
        assert isinstance((await decided(state, table)).answers["s1"], Offer)

    desk.run(work)


def test_a_day_s_budget_begins_anew_with_the_campaign_s_own_day(desk: Desk) -> None:
    async def work(state: RedisBidState) -> None:
        price = offer_of(await decided(state, desk.table(only("k1")), close=False)).price.amount_micros
        table = desk.table(only("k1", budget=Budget(Money(price, "CNY"), None), time_zone="Asia/Shanghai"))
        offer_of(await decided(state, table))
        evening, midnight = NOON + timedelta(hours=3, minutes=59), NOON + timedelta(hours=4)
        assert not isinstance((await decided(state, table, replace(ASKED, ts=evening))).answers["s1"], Offer)
        assert isinstance((await decided(state, table, replace(ASKED, ts=midnight))).answers["s1"], Offer)

    desk.run(work)


def test_a_cap_counts_what_may_still_be_shown(desk: Desk) -> None:
    async def work(state: RedisBidState) -> None:
        table = desk.table(only("k1", frequency_caps=(FrequencyCap(2, 3600),)))
        for number in range(2):
            offer_of(await decided(state, table, replace(ASKED, request_id=f"r{number}"), number))
        asked = replace(ASKED, request_id="r2")
        assert (await decided(state, table, asked)).answers == {"s1": NoBidReason.FREQUENCY}
        other = replace(asked, user=UserContext("u2"))
        assert isinstance((await decided(state, table, other)).answers["s1"], Offer)
        later = replace(asked, ts=NOON + timedelta(hours=1, seconds=1))
        assert isinstance((await decided(state, table, later)).answers["s1"], Offer)

    desk.run(work)


def test_two_requests_of_one_user_at_once_cannot_both_take_the_last_showing(desk: Desk) -> None:
    async def work(state: RedisBidState) -> None:
        table = desk.table(only("k1", frequency_caps=(FrequencyCap(1, 3600),)))
        first = await decided(state, table, seed=1, close=False)
        second = await decided(state, table, seed=2, close=False)  # of the same id, as a seller may send it twice
        assert isinstance(first.answers["s1"], Offer)
        assert second.answers == {"s1": NoBidReason.FREQUENCY}

    desk.run(work)


def test_a_showing_that_is_still_to_come_counts_in_a_window_shorter_than_its_way(desk: Desk) -> None:
    async def work(state: RedisBidState) -> None:
        table = desk.table(only("k1", frequency_caps=(FrequencyCap(1, 60),)))
        await decided(state, table)
        later = replace(ASKED, ts=NOON + timedelta(seconds=200))  # the seller may still show it, next to another
        assert (await decided(state, table, later)).answers == {"s1": NoBidReason.FREQUENCY}

    desk.run(work)


def test_a_campaign_with_a_cap_of_its_own_gets_one_slot_of_a_page(desk: Desk) -> None:
    """Another request of the user counts an open one as one showing: two of them would be one too many."""
    page = replace(ASKED, slots=(Slot("s1", "feed"), Slot("s2", "feed")))

    def two_ads(*caps: FrequencyCap) -> BidTable:
        table = desk.table(only("k1", frequency_caps=caps))
        snapshot = table.serving.snapshot
        live, (first, *others) = snapshot.catalogue, snapshot.catalogue.creatives
        ad = next(ad for ad in live.ads if ad.ad_id == first.ad_id)
        creatives = (replace(first, ad_id="ad-more"), *others)
        ads = (*live.ads, replace(ad, ad_id="ad-more"))
        snapshot = replace(snapshot, catalogue=replace(live, ads=ads, creatives=creatives))
        serving = replace(table.serving, snapshot=snapshot, book=BidBook.of(snapshot))
        return BidTable.of(serving, {}, {}, TypicalScores(len(serving.book.ad_of)), np.zeros(2, np.int64))

    async def work(state: RedisBidState) -> None:
        once = await decided(state, two_ads(FrequencyCap(9, 3600)), page)
        assert isinstance(once.answers["s1"], Offer)
        assert once.answers["s2"] is NoBidReason.FREQUENCY
        for caps in ((), (FrequencyCap(9, 3600, per_creative=True),)):
            answers = (await decided(state, two_ads(*caps), replace(page, user=UserContext("u2")))).answers
            assert all(isinstance(answer, Offer) for answer in answers.values())

    desk.run(work)


def test_who_saw_an_arm_s_creatives_often_enough_is_shown_no_other_arm_s(desk: Desk) -> None:
    arms = tuple(ExperimentArm(name, creative_ids=(name,)) for name in ("c1", "c2"))
    running = ExperimentBook((Experiment("one", arms, campaign_ids=("k1",), state=ExperimentState.RUNNING),))

    async def work(state: RedisBidState) -> None:
        table = desk.table(only("k1", frequency_caps=(FrequencyCap(1, 3600, per_creative=True),)))
        serving = table.serving
        tested = replace(serving, experiments=RunningExperiments.of(running, serving.book, serving.policies))
        table = replace(table, serving=tested)
        seen = set()
        for number in range(8):
            asked = replace(ASKED, user=UserContext(f"u{number}"))
            first = offer_of(await decided(state, table, asked, 2 * number))
            assert first.decision.experiments == (f"one:{first.creative_id}",)
            assert (await decided(state, table, asked, 2 * number + 1)).answers == {"s1": NoBidReason.FREQUENCY}
            seen.add(first.creative_id)
        assert seen == {"c1", "c2"}

    desk.run(work)


def test_a_user_who_may_not_be_recognised_sees_nothing_that_has_a_cap(desk: Desk) -> None:
    async def work(state: RedisBidState) -> None:
        nobody = replace(ASKED, user=UserContext(""))
        capped = desk.table(only("k1", frequency_caps=(FrequencyCap(5, 3600),)))
        assert (await decided(state, capped, nobody)).answers == {"s1": NoBidReason.FREQUENCY}
        assert isinstance((await decided(state, desk.table(only("k1")), nobody)).answers["s1"], Offer)

    desk.run(work)


def test_a_campaign_takes_part_as_often_as_its_pace_says(desk: Desk) -> None:
    async def work(state: RedisBidState) -> None:
        table = desk.table(only("k1"), paces={"k1": Pace(0.25, 10**12, "k1:20260301")})
        answers = [
            (await decided(state, table, replace(ASKED, user=UserContext("")), seed)).answers["s1"]
            for seed in range(400)
        ]
        taken = sum(isinstance(answer, Offer) for answer in answers)
        assert 60 <= taken <= 140
        assert answers.count(NoBidReason.PACED) == 400 - taken

    desk.run(work)


def test_no_campaign_goes_above_what_its_pace_grants_of_this_day(desk: Desk) -> None:
    async def work(state: RedisBidState) -> None:
        budget = Budget(Money(10**9, "CNY"), None)
        price = offer_of(await decided(state, desk.table(only("k1")), close=False)).price.amount_micros
        for ceiling, day, expected in (
            (price - 1, "20260301", False),
            (price, "20260301", True),
            (0, "20260228", True),
        ):
            paces = {"k1": Pace(1.0, ceiling, f"k1:{day}")}
            table = desk.table(only("k1", budget=budget), paces=paces)
            answer = (await decided(state, table, close=False)).answers["s1"]
            assert isinstance(answer, Offer) if expected else answer is NoBidReason.BUDGET
            assert table.eligible.tolist() == [1, 0]

    desk.run(work)


def test_a_first_price_auction_is_shaded_and_a_deal_goes_before_the_open_auction(desk: Desk) -> None:
    async def work(state: RedisBidState) -> None:
        shading = ShadingModel(PriceLaw(location=float(np.log(4_000.0)), scale=0.4), {})
        table = desk.table(only("k1"), shading={"CNY": shading})
        second = offer_of(await decided(state, table, close=False))
        first = offer_of(await decided(state, table, replace(ASKED, auction=AuctionKind.FIRST_PRICE), close=False))
        assert 0 < first.price.amount_micros < int(CPC_MICROS * first.p_ctr)
        deals = (Deal("dear", Money(10**9, "CNY")), Deal("fixed", Money(5_000, "CNY"), has_fixed_price=True))
        sold = replace(ASKED, slots=(Slot("s1", "feed", deals=deals, floor=Money(10**9, "CNY")),))
        offer = offer_of(await decided(state, table, sold, close=False))
        assert (offer.deal_id, offer.price.amount_micros) == ("fixed", 5_000)
        assert second.deal_id == ""

    desk.run(work)


def test_without_time_for_the_model_its_usual_word_is_taken_and_without_time_for_the_state_there_is_no_bid(
    desk: Desk,
) -> None:
    async def work(state: RedisBidState) -> None:
        table = desk.table(only("k1"))
        slow = StepTimes()
        for _ in range(2000):
            slow.observe("model", 80.0)

        def hurried(left_ms: float) -> RequestTime:
            return RequestTime(slow, TimeBudget(0.0, left_ms), lambda: 0.0)

        rng = np.random.default_rng(1)
        never_asked = await decide_bid(state, table, ASKED, rng, hurried(40.0))
        assert never_asked.answers == {"s1": NoBidReason.OUT_OF_TIME}
        usual = offer_of(await decided(state, table, close=False))
        outcome = await decide_bid(state, table, ASKED, rng, hurried(40.0))
        assert outcome.degraded == ("model",)
        assert offer_of(outcome).price.amount_micros == int(CPC_MICROS * offer_of(outcome).p_ctr)
        assert usual.decision.candidates
        late = await decide_bid(state, table, ASKED, rng, hurried(0.1))
        assert (late.answers, late.closed) == ({"s1": NoBidReason.OUT_OF_TIME}, None)

    desk.run(work)


def test_a_test_opportunity_is_decided_and_leaves_nothing(desk: Desk) -> None:
    async def work(state: RedisBidState) -> None:
        outcome = await decided(state, desk.table(only("k1")), replace(ASKED, is_test=True))
        offer = offer_of(outcome)
        opened = await state.open_request("u1", "r9", ["k1"], NOON, 60)
        assert (opened.exposures, opened.committed_micros) == ((), (0,))
        unknown = Event("e1", EventKind.BILLING, offer.decision_id, NOON, price_micros=5)
        assert await state.record_notices([unknown], NOON) == [EventOutcome.UNKNOWN_DECISION]

    desk.run(work)


def test_without_redis_there_is_no_bid(desk: Desk, shop: Shop, snapshot: CatalogueSnapshot, namespace: str) -> None:
    away = Desk(shop, snapshot, "redis://127.0.0.1:1", namespace)

    async def work(state: RedisBidState) -> None:
        assert (await decided(state, away.table(), close=False)).answers == {"s1": NoBidReason.STATE_AWAY}

    away.run(work)
