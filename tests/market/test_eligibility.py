"""Who may stand where: single rules in words, all of them together against the plain reading."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.domain import (
    AdFormat,
    Blocks,
    ConfigRejected,
    Deal,
    Flight,
    Opportunity,
    Size,
    Slot,
    Targeting,
    UserContext,
)
from adplat.market import AdTerms, Condition, EligibilityIndex
from tests.market.builders import NOON, SIZES, a_slot, a_usual_request, an_ad, an_opportunity, many_ads
from tests.market.plain_eligibility import may_stand

MPU = Size(300, 250)


def failing(
    ad: AdTerms, opportunity: Opportunity, deal: Deal | None = None, now: datetime = NOON
) -> tuple[Condition, ...]:
    return EligibilityIndex.build([ad]).explain(opportunity, opportunity.slots[0], deal, now)[0]


def test_an_ad_without_wishes_may_stand_anywhere() -> None:
    assert failing(an_ad(), an_opportunity()) == ()


@pytest.mark.parametrize(
    ("wish", "met", "unmet", "condition"),
    [
        ({"countries": ("DE", "FR")}, {"country": "FR"}, {"country": "US"}, Condition.COUNTRIES),
        ({"countries": ("CN",)}, {"country": "CHN"}, {"country": "CHE"}, Condition.COUNTRIES),
        ({"countries": ("CHN", "C07")}, {"country": "CN"}, {"country": "C0"}, Condition.COUNTRIES),
        ({"segments": ("a",)}, {"segment": "x|a|y"}, {"segment": "x|y"}, Condition.SEGMENTS),
        ({"sites": ("news.example",)}, {"site": "sport.news.example"}, {"site": "oldnews.example"}, Condition.SITES),
        ({"sites": ("com.app.game",)}, {"app": "com.app.game"}, {"app": "com.app"}, Condition.SITES),
        ({"operating_systems": ("ios",)}, {"os": "ios"}, {}, Condition.OPERATING_SYSTEMS),
        ({"excluded_sites": ("bad.example",)}, {}, {"site": "www.bad.example"}, Condition.EXCLUDED_SITES),
        (
            {"excluded_content": ("IAB25",)},
            {"content": "IAB2"},
            {"content": "IAB1|IAB25-3"},
            Condition.EXCLUDED_CONTENT,
        ),
        ({"excluded_content": ("IAB25-3",)}, {"content": "IAB25"}, {"content": "IAB25-3"}, Condition.EXCLUDED_CONTENT),
    ],
)
def test_a_wish_is_met_by_what_is_told_alone(
    wish: dict[str, Any], met: dict[str, str], unmet: dict[str, str], condition: Condition
) -> None:
    ad = an_ad(targeting=Targeting(**wish))
    assert failing(ad, an_opportunity(**met)) == ()
    assert failing(ad, an_opportunity(**unmet)) == (condition,)


def test_what_the_moment_does_not_tell_is_taken_from_the_user() -> None:
    ad = an_ad(targeting=Targeting(regions=("BY",)))
    user = UserContext("u", {"region": "BY"})
    assert failing(ad, an_opportunity(user=user)) == ()
    assert failing(ad, an_opportunity(user=user, region="HH")) == (Condition.REGIONS,)


@pytest.mark.parametrize(
    ("ad", "blocks", "condition"),
    [
        (an_ad(content_categories=("IAB7-39",)), Blocks(categories=frozenset({"IAB7"})), Condition.CATEGORY),
        (an_ad(content_categories=("IAB7",)), Blocks(categories=frozenset({"IAB7-39"})), None),
        (an_ad(content_categories=("IAB70",)), Blocks(categories=frozenset({"IAB7"})), None),
        (an_ad(), Blocks(categories=frozenset({"IAB7"})), None),
        (an_ad(content_categories=("IAB1",)), Blocks(categories=frozenset({"99"}), taxonomy=7), Condition.CATEGORY),
        (an_ad(), Blocks(categories=frozenset({"99"}), taxonomy=7), None),
        (an_ad(content_categories=("IAB7-1",)), Blocks(allowed_categories=frozenset({"IAB7"})), None),
        (
            an_ad(content_categories=("IAB7", "IAB8")),
            Blocks(allowed_categories=frozenset({"IAB7"})),
            Condition.CATEGORY,
        ),
        (an_ad(), Blocks(allowed_categories=frozenset({"IAB7"})), Condition.CATEGORY),
        (
            an_ad(advertiser_domain="Shop.Brand.example"),
            Blocks(frozenset({"brand.example"})),
            Condition.ADVERTISER_DOMAIN,
        ),
        (an_ad(advertiser_domain="brand.example"), Blocks(frozenset({"BRAND.example"})), Condition.ADVERTISER_DOMAIN),
        (an_ad(advertiser_domain="brand.example"), Blocks(frozenset({"shop.brand.example"})), None),
        (an_ad(landing_app="com.x"), Blocks(apps=frozenset({"com.x"})), Condition.APP),
        (an_ad(language="de"), Blocks(allowed_languages=frozenset({"en"})), Condition.AD_LANGUAGE),
        (an_ad(), Blocks(allowed_languages=frozenset({"en"})), Condition.AD_LANGUAGE),
        (an_ad(seat="s"), Blocks(seats=frozenset({"s"})), Condition.SEAT),
        (an_ad(seat="s"), Blocks(allowed_seats=frozenset({"t"})), Condition.SEAT),
        (an_ad(seat="s"), Blocks(allowed_seats=frozenset({"s"})), None),
    ],
)
def test_a_seller_blocks_and_allows(ad: AdTerms, blocks: Blocks, condition: Condition | None) -> None:
    assert failing(ad, an_opportunity(blocks=blocks)) == ((condition,) if condition else ())


@pytest.mark.parametrize(
    ("ad", "slot", "condition"),
    [
        (an_ad(size=MPU), a_slot(sizes=(Size(728, 90), MPU)), None),
        (an_ad(size=MPU), a_slot(sizes=(Size(728, 90),)), Condition.FORMAT_AND_SIZE),
        (an_ad(size=MPU), a_slot(), None),
        (an_ad(), a_slot(sizes=(MPU,)), None),
        (an_ad(formats=frozenset({AdFormat.NATIVE})), a_slot(sizes=(MPU,)), Condition.FORMAT_AND_SIZE),
        (an_ad(formats=frozenset({AdFormat.NATIVE})), a_slot(sizes=(MPU,), formats=frozenset(AdFormat)), None),
        (an_ad(size=MPU), a_slot(formats=frozenset({AdFormat.NATIVE})), Condition.FORMAT_AND_SIZE),
        (an_ad(attributes=(3, 8)), a_slot(blocked_attributes=frozenset({8})), Condition.ATTRIBUTES),
        (an_ad(is_secure=False), a_slot(is_secure=True), Condition.SECURE),
        (an_ad(is_secure=False), a_slot(is_secure=None), None),
        (an_ad(), a_slot(is_private=True), Condition.DEAL),
        (an_ad(targeting=Targeting(placements=("footer",))), a_slot(), Condition.PLACEMENTS),
    ],
)
def test_a_slot_takes_what_fits(ad: AdTerms, slot: Slot, condition: Condition | None) -> None:
    assert failing(ad, an_opportunity(slot)) == ((condition,) if condition else ())


def test_a_deal_is_for_its_seats_and_domains() -> None:
    request = an_opportunity(a_slot(is_private=True))
    ad = an_ad(seat="s", advertiser_domain="brand.example")
    assert failing(ad, request, Deal("d")) == ()
    assert failing(ad, request, Deal("d", seats=frozenset({"t"}))) == (Condition.DEAL,)
    assert failing(ad, request, Deal("d", advertiser_domains=frozenset({"other.example"}))) == (Condition.DEAL,)
    assert failing(ad, request, Deal("d", None, None, False, frozenset({"s"}), frozenset({"brand.example"}))) == ()


def test_bids_are_made_in_a_currency_the_seller_takes() -> None:
    assert failing(an_ad(currency="EUR"), an_opportunity(currencies=("USD", "EUR"))) == ()
    assert failing(an_ad(currency="CNY"), an_opportunity(currencies=("USD",))) == (Condition.CURRENCY,)
    assert failing(an_ad(currency="CNY"), an_opportunity()) == ()


def test_a_flight_begins_and_ends_to_the_microsecond() -> None:
    start, end = NOON + timedelta(minutes=3, microseconds=7), NOON + timedelta(minutes=8, microseconds=1)
    index = EligibilityIndex.build([an_ad(flight=Flight(start, end))])
    request = an_opportunity()
    a_microsecond = timedelta(microseconds=1)
    for moment, there in (
        (NOON, False),
        (start - a_microsecond, False),
        (start, True),
        (end - a_microsecond, True),
        (end, False),
        (start, True),
    ):
        assert bool(len(index.eligible(request, request.slots[0], None, moment))) is there, moment


@pytest.mark.parametrize(
    ("zone", "hour_of_week", "moment", "there"),
    [
        ("UTC", 0, datetime(2026, 3, 2, 0, 0, tzinfo=UTC), True),
        ("UTC", 167, datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC), True),
        ("Asia/Kolkata", 0, datetime(2026, 3, 1, 18, 30, tzinfo=UTC), True),  # UTC+5:30
        ("Asia/Kolkata", 0, datetime(2026, 3, 1, 18, 29, 59, tzinfo=UTC), False),
        # Berlin skips 02:00 to 03:00 on 29 March 2026: from 01:00 UTC on it is 03:00.
        ("Europe/Berlin", 6 * 24 + 1, datetime(2026, 3, 29, 0, 59, tzinfo=UTC), True),
        ("Europe/Berlin", 6 * 24 + 2, datetime(2026, 3, 29, 1, 0, tzinfo=UTC), False),
        ("Europe/Berlin", 6 * 24 + 3, datetime(2026, 3, 29, 1, 0, tzinfo=UTC), True),
        # and has 02:00 to 03:00 twice on 25 October.
        ("Europe/Berlin", 6 * 24 + 2, datetime(2026, 10, 25, 0, 30, tzinfo=UTC), True),
        ("Europe/Berlin", 6 * 24 + 2, datetime(2026, 10, 25, 1, 30, tzinfo=UTC), True),
        ("Europe/Berlin", 6 * 24 + 2, datetime(2026, 10, 25, 2, 0, tzinfo=UTC), False),
    ],
)
def test_hours_are_those_of_the_campaigns_zone(zone: str, hour_of_week: int, moment: datetime, there: bool) -> None:
    ad = an_ad(targeting=Targeting(hours_of_week=(hour_of_week,)), time_zone=zone)
    expected = () if there else (Condition.HOUR_OF_WEEK,)
    assert failing(ad, an_opportunity(), now=moment) == expected


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Asia/Kolkata", "Australia/Lord_Howe", "America/New_York"])
def test_one_index_walks_through_hours_that_do_not_begin_with_those_of_utc(zone: str) -> None:
    ad = an_ad(targeting=Targeting(hours_of_week=tuple(range(0, 168, 2))), time_zone=zone)
    index, request = EligibilityIndex.build([ad]), an_opportunity()
    for step in range(0, 26 * 60, 5):
        now = datetime(2026, 4, 4, 6, tzinfo=UTC) + timedelta(minutes=step)
        found = len(index.eligible(request, request.slots[0], None, now)) == 1
        assert found is may_stand(ad, request, request.slots[0], None, now), now


def test_an_unknown_zone_is_refused_by_name() -> None:
    with pytest.raises(ConfigRejected, match=r"'Mars/Olympus' is unknown \(creative cr\)"):
        EligibilityIndex.build([an_ad(time_zone="Mars/Olympus")])


def test_barred_campaigns_and_creatives_stay_away() -> None:
    index = EligibilityIndex.build([an_ad(name) for name in ("a", "b", "c", "d")])
    request = an_opportunity()
    barred = index.of_campaigns(["c-a", "unknown"]) | index.of_creatives(["d"])
    assert index.eligible(request, request.slots[0], None, NOON, barred=barred).tolist() == [1, 2]
    assert index.explain(request, request.slots[0], None, NOON, barred=barred)[3] == (Condition.NOT_BARRED,)


def test_an_empty_catalogue_answers_nothing() -> None:
    request = an_opportunity()
    assert EligibilityIndex.build([]).eligible(request, request.slots[0], None, NOON).tolist() == []


# All rules at once: small worlds of few values, so that everything meets everything.
FEW = {
    "domain": ["", "a.example", "x.a.example", "b.example"],
    "category": ["IAB7", "IAB7-39", "IAB7-3", "IAB8"],
    "language": ["", "en", "de"],
    "seat": ["", "s", "t"],
    "value": ["v", "w", "x"],
    "zone": ["UTC", "Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe"],
}
values = st.lists(st.sampled_from(FEW["value"]), unique=True, max_size=2).map(tuple)
domains = st.lists(st.sampled_from(FEW["domain"][1:]), unique=True, max_size=2)
categories = st.lists(st.sampled_from(FEW["category"]), unique=True, max_size=2)
# Around two changes of the clocks and the edges of the flights below.
moments = st.tuples(
    st.sampled_from([datetime(2026, 3, 7, 12, tzinfo=UTC), datetime(2026, 4, 4, 6, tzinfo=UTC)]),
    st.integers(0, 2 * 86_400),
).map(lambda moment: moment[0] + timedelta(seconds=moment[1]))
targetings = st.builds(
    Targeting,
    countries=values,
    devices=values,
    languages=values,
    segments=values,
    placements=st.sampled_from([(), ("home-top",), ("footer",)]),
    hours_of_week=st.sampled_from([(), tuple(range(0, 168, 2)), tuple(range(130, 168))]),
    sites=domains.map(tuple),
    excluded_sites=domains.map(tuple),
    excluded_content=categories.map(tuple),
)
flights = st.tuples(moments, st.integers(1, 100_000)).map(lambda f: Flight(f[0], f[0] + timedelta(seconds=f[1])))
open_flights = st.just(Flight(datetime(2026, 1, 1, tzinfo=UTC), None))
ads_of_all_kinds = st.builds(
    AdTerms,
    creative_id=st.just("cr"),
    campaign_id=st.just("c"),
    advertiser_domain=st.sampled_from(FEW["domain"]),
    seat=st.sampled_from(FEW["seat"]),
    formats=st.sampled_from([frozenset({one}) for one in AdFormat] + [frozenset(AdFormat)]),
    size=st.sampled_from([None, *SIZES[:2]]),
    language=st.sampled_from(FEW["language"]),
    content_categories=categories.map(tuple),
    attributes=st.sampled_from([(), (1,), (1, 2)]),
    landing_app=st.sampled_from(["", "app"]),
    is_secure=st.booleans(),
    currency=st.sampled_from(["USD", "EUR"]),
    flight=open_flights | flights,
    targeting=st.just(Targeting()) | targetings,
    time_zone=st.sampled_from(FEW["zone"]),
)
blocks_of_all_kinds = st.just(Blocks()) | st.builds(
    Blocks,
    advertiser_domains=domains.map(frozenset),
    apps=st.sampled_from([frozenset(), frozenset({"app"})]),
    categories=categories.map(frozenset),
    allowed_categories=st.just(frozenset()) | categories.map(frozenset),
    taxonomy=st.sampled_from([1, 1, 1, 7]),
    allowed_languages=st.sampled_from([frozenset(), frozenset({"en"})]),
    seats=st.sampled_from([frozenset(), frozenset({"t"})]),
    allowed_seats=st.sampled_from([frozenset(), frozenset({"s"})]),
)
slots_of_all_kinds = st.builds(
    Slot,
    slot_id=st.just("1"),
    placement=st.sampled_from(["home-top", "footer"]),
    formats=st.sampled_from([frozenset({AdFormat.BANNER}), frozenset({AdFormat.NATIVE}), frozenset(AdFormat)]),
    sizes=st.sampled_from([(), SIZES[:1], SIZES[:2]]),
    blocked_attributes=st.sampled_from([frozenset(), frozenset({2})]),
    is_private=st.booleans(),
    is_secure=st.sampled_from([None, True, False]),
)
joined = values.map("|".join)
facts_told = st.fixed_dictionaries(
    {},
    optional={
        "country": joined,
        "device": joined,
        "language": joined,
        "segment": joined,
        "site": st.sampled_from(FEW["domain"][1:]),
        "content": categories.map("|".join),
    },
)
deals_of_all_kinds = st.none() | st.builds(
    Deal,
    deal_id=st.just("d"),
    seats=st.sampled_from([frozenset(), frozenset({"s"})]),
    advertiser_domains=st.just(frozenset()) | domains.map(frozenset),
)


@settings(max_examples=400, deadline=None)
@given(
    ads=st.lists(ads_of_all_kinds, min_size=1, max_size=20),
    slot=slots_of_all_kinds,
    blocks=blocks_of_all_kinds,
    facts=facts_told,
    of_user=facts_told,
    currencies=st.sampled_from([(), ("USD",)]),
    deal=deals_of_all_kinds,
    now=st.lists(moments, min_size=1, max_size=4),
)
def test_bitsets_agree_with_the_plain_reading_and_with_their_explanation(
    ads: list[AdTerms],
    slot: Slot,
    blocks: Blocks,
    facts: dict[str, str],
    of_user: dict[str, str],
    currencies: tuple[str, ...],
    deal: Deal | None,
    now: list[datetime],
) -> None:
    index = EligibilityIndex.build(ads)
    user = UserContext("u", of_user)
    request = Opportunity("r", now[0], (slot,), user, facts, blocks=blocks, currencies=currencies)
    for moment in now:
        found = index.eligible(request, slot, deal, moment)
        assert found.dtype == np.int32
        assert found.tolist() == [row for row, ad in enumerate(ads) if may_stand(ad, request, slot, deal, moment)]
        explained = index.explain(request, slot, deal, moment)
        assert [row for row, conditions in enumerate(explained) if not conditions] == found.tolist()


def test_a_catalogue_of_usual_size_agrees_with_the_plain_reading() -> None:
    ads = many_ads(2000, seed=1)
    index = EligibilityIndex.build(ads)
    found_at_all = 0
    for seed in range(10):
        request = a_usual_request(seed)
        slot, now = request.slots[0], NOON + timedelta(hours=7 * seed)
        found = index.eligible(request, slot, None, now)
        assert found.tolist() == [row for row, ad in enumerate(ads) if may_stand(ad, request, slot, None, now)]
        found_at_all += len(found)
    assert found_at_all > 100
