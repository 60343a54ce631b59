"""Small words of the trade for tests, and Hypothesis strategies that make many."""

from __future__ import annotations

import math
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from adplat.domain import (
    HALF_LIVES_H,
    PLACE_STARTS,
    Ad,
    Advertiser,
    ArmStatistics,
    Attribution,
    AuctionKind,
    AuctionTerms,
    BidStrategy,
    BidStrategyKind,
    Budget,
    Campaign,
    CampaignStatus,
    Copy,
    Creative,
    CreativeStatus,
    Decision,
    Event,
    EventKind,
    FadingSums,
    Flight,
    FrequencyCap,
    ImageAsset,
    ModelBundle,
    Money,
    Provenance,
    Targeting,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BEIJING = timezone(timedelta(hours=8))


def an_advertiser(advertiser_id: str = "a1", **facts: Any) -> Advertiser:
    return Advertiser(advertiser_id, **({"name": "Tea House", "currency": "CNY", "domain": "tea.example"} | facts))


def a_campaign(campaign_id: str = "k1", advertiser_id: str = "a1", **facts: Any) -> Campaign:
    defaults: dict[str, Any] = {
        "name": "Spring",
        "status": CampaignStatus.LIVE,
        "budget": Budget(Money(5_000_000, "CNY"), None),
        "flight": Flight(NOON, NOON + timedelta(days=30)),
        "bid_strategy": BidStrategy(BidStrategyKind.MAX_CPC, target_micros=300_000),
        "targeting": Targeting(languages=("zh", "en"), placements=("feed",)),
    }
    return Campaign(campaign_id, advertiser_id, **(defaults | facts))


def an_ad(ad_id: str = "ad1", campaign_id: str = "k1") -> Ad:
    return Ad(ad_id, campaign_id, "Green tea", "https://tea.example/green?utm=1")


def a_creative(
    creative_id: str = "c1",
    *,
    ad_id: str = "ad1",
    campaign_id: str = "k1",
    status: CreativeStatus = CreativeStatus.LIVE,
    **facts: Any,
) -> Creative:
    defaults: dict[str, Any] = {"advertiser_id": "a1", "copy": Copy("春茶上市", "新茶", "立即购买", "zh")}
    return Creative(creative_id=creative_id, ad_id=ad_id, campaign_id=campaign_id, status=status, **(defaults | facts))


def a_bundle(bundle_id: str = "b1", **facts: Any) -> ModelBundle:
    defaults: dict[str, Any] = {
        "path": f"/bundles/{bundle_id}",
        "schema_digest": "d" * 64,
        "created": NOON,
        "metrics": {"auc": 0.71},
    }
    return ModelBundle(bundle_id, **(defaults | facts))


def a_decision(decision_id: str = "d1", **facts: Any) -> Decision:
    defaults: dict[str, Any] = {
        "request_id": "r1",
        "ts": NOON,
        "user_key": "u1",
        "placement": "feed",
        "advertiser_id": "a1",
        "campaign_id": "k1",
        "creative_id": "c1",
        "propensity": 0.6,
        "policy": "thompson",
        "bundle_id": "b1",
        "candidates": ("c1", "c2"),
        "p_ctr": (0.03, 0.02),
        "p_cvr": (),
        "first_slot_propensities": (0.6, 0.4),
        "context": {"device": "phone", "hour": 12.0},
    }
    return Decision(decision_id, **(defaults | facts))


def a_click(event_id: str = "e1", decision_id: str = "d1", **facts: Any) -> Event:
    return Event(event_id, facts.pop("kind", EventKind.CLICK), decision_id, facts.pop("ts", NOON), **facts)


# PostgreSQL keeps no NUL in text, and half a surrogate pair is no text at all.
texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12)
ids = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1, max_size=8)
micros = st.integers(-(2**62), 2**62)
ratios = st.floats(allow_nan=False, allow_infinity=False)
moments = st.datetimes(
    # Hypothesis wants bounds without a zone and adds one of these.
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, BEIJING]),
)
currencies = st.sampled_from(["CNY", "USD", "EUR"])


@st.composite
def budgets(draw: st.DrawFn) -> Budget:
    currency = draw(currencies)
    money = st.none() | st.builds(Money, micros, st.just(currency))
    return Budget(draw(money), draw(money))


@st.composite
def flights(draw: st.DrawFn) -> Flight:
    start = draw(moments)
    return Flight(start, draw(st.none() | st.just(start + timedelta(microseconds=draw(st.integers(1, 10**13))))))


word_lists = st.lists(texts, max_size=3).map(tuple)
positive = st.integers(1, 2**40)
targetings = st.builds(
    Targeting,
    **{one.name: word_lists for one in fields(Targeting) if one.name != "hours_of_week"},
    hours_of_week=st.lists(st.integers(0, 167), max_size=3).map(tuple),
)
campaigns = st.builds(
    Campaign,
    campaign_id=ids,
    advertiser_id=st.just("a1"),
    name=texts,
    status=st.sampled_from(CampaignStatus),
    budget=budgets(),
    flight=flights(),
    bid_strategy=st.builds(BidStrategy, st.sampled_from(BidStrategyKind), micros, ratios),
    targeting=targetings,
    time_zone=texts,
    frequency_caps=st.lists(st.builds(FrequencyCap, positive, positive, st.booleans()), max_size=3).map(tuple),
    attribution=st.builds(Attribution, st.integers(0, 2**40), st.integers(0, 2**40)),
)
creatives = st.builds(
    Creative,
    creative_id=ids,
    ad_id=st.just("ad1"),
    campaign_id=st.just("k1"),
    advertiser_id=st.just("a1"),
    status=st.sampled_from(CreativeStatus),
    copy=st.builds(Copy, texts, texts, texts, texts),
    image=st.none() | st.builds(ImageAsset, texts, texts, st.integers(0, 10**5), st.integers(0, 10**5)),
    category=texts,
    provenance=st.builds(Provenance, texts, texts),
    content_categories=word_lists,
    attributes=st.lists(st.integers(1, 500), max_size=3).map(tuple),
    elements=st.dictionaries(texts, texts, max_size=3),
)
any_floats = st.floats(allow_nan=False)
scores = st.lists(any_floats, max_size=4).map(tuple)
contexts = st.dictionaries(texts, texts | any_floats, max_size=4)
decisions = st.builds(
    Decision,
    decision_id=ids,
    request_id=texts,
    ts=moments,
    user_key=texts,
    placement=texts,
    advertiser_id=texts,
    campaign_id=texts,
    creative_id=texts,
    propensity=any_floats,
    policy=texts,
    bundle_id=texts,
    candidates=word_lists,
    p_ctr=scores,
    p_cvr=scores,
    first_slot_propensities=scores,
    bid_micros=micros,
    price_micros=micros,
    position=st.integers(0, 10),
    context=contexts,
    terms=st.none() | st.builds(AuctionTerms, st.sampled_from(AuctionKind), micros, currencies, texts, st.booleans()),
    attribution=st.builds(Attribution, st.integers(0, 2**40), st.integers(0, 2**40)),
)
events = st.builds(
    Event, ids, st.sampled_from(EventKind), texts, moments, micros, texts,
    user_key=texts, advertiser_id=texts, campaign_id=texts, creative_id=texts,
)  # fmt: skip
counts = st.integers(0, 10**6)
_sums = st.floats(0, 1e6)
_faded = st.tuples(*[st.floats(0, 1e80)] * len(HALF_LIVES_H))
fading_sums = st.builds(FadingSums, st.integers(1900, 1910), _faded, _faded, _faded, _faded)
arm_statistics = st.builds(
    ArmStatistics,
    counts,
    counts,
    counts,
    _sums,
    counts,
    _sums,
    counts,
    _sums,
    st.tuples(_sums, _sums, _sums),
    st.floats(-1e6, 0),
    fading_sums,
    st.tuples(*[_sums] * len(PLACE_STARTS)),
)


def in_metrics(arm: ArmStatistics) -> ArmStatistics:
    """What the hourly metrics keep of it."""
    return ArmStatistics(arm.impressions, arm.clicks, arm.conversions, arm.expected_clicks, arm.value_micros)


def about(statistics: ArmStatistics, other: ArmStatistics) -> bool:
    """Equal, but for the last digits of floats."""
    return _counts_of(statistics) == _counts_of(other) and all(
        math.isclose(one, two, rel_tol=1e-12, abs_tol=1e-9)
        for one, two in zip(_floats_of(statistics), _floats_of(other), strict=True)
    )


def _counts_of(one: ArmStatistics) -> tuple[int, ...]:
    return (one.impressions, one.clicks, one.conversions, one.value_micros, one.spend_micros, one.fading.block)


def _floats_of(one: ArmStatistics) -> tuple[float, ...]:
    fading = one.fading
    sums = (one.expected_clicks, one.expected_conversions, one.value_squares, one.log_p_of_clicks, *one.powers)
    faded = (*fading.expected_clicks, *fading.clicks, *fading.expected_conversions, *fading.conversions)
    return (*sums, *faded, *one.expected_by_place)
