"""Lists page by page, on both databases."""

from __future__ import annotations

import base64
import json
import statistics
import time
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from adplat.domain import (
    AdplatError,
    BidStrategyKind,
    Campaign,
    CampaignStatus,
    ConfigRejected,
    CreativeStatus,
    Flight,
    ListRequest,
    Page,
    Role,
    Viewer,
    condition_from,
)
from adplat.storage import Database, SqlCatalogue, rows, seen_by
from adplat.storage.tables import AdRow, AdvertiserRow, CampaignRow, CreativeRow

from .builders import NOON, a_campaign, a_creative, an_ad, an_advertiser


def asked(*conditions: str, **facts: Any) -> ListRequest:
    return ListRequest([condition_from(one) for one in conditions], **facts)


def all_pages(catalogue: SqlCatalogue, *conditions: str, order: str = "", limit: int = 7) -> list[Campaign]:
    found: list[Campaign] = []
    cursor = ""
    while True:
        page = catalogue.campaign_page(asked(*conditions, order=order, limit=limit, cursor=cursor))
        found += page.items
        if not page.next:
            return found
        assert len(page.items) == limit
        cursor = page.next


@pytest.fixture
def catalogue(database: Database) -> SqlCatalogue:
    store = SqlCatalogue(database)
    campaigns = [
        a_campaign(
            f"k{number:02}",
            "a1" if number % 3 else "a2",
            name=f"Name {number % 5}",
            status=list(CampaignStatus)[number % 3],
            flight=Flight(NOON + timedelta(hours=number % 4), None),
        )
        for number in range(30)
    ]
    store.save([an_advertiser("a1"), an_advertiser("a2")], campaigns, [], [])
    return store


@pytest.mark.parametrize("order", ["", "-campaign_id", "name", "-name", "flight_start", "-flight_start"])
@pytest.mark.parametrize("limit", [1, 7, 29, 30, 31])
def test_the_pages_are_the_whole_list_in_order_and_nothing_twice(
    catalogue: SqlCatalogue, order: str, limit: int
) -> None:
    found = all_pages(catalogue, order=order, limit=limit)
    field = order.removeprefix("-") or "campaign_id"
    keys = {"flight_start": lambda one: one.flight.start}
    key = keys.get(field, lambda one: getattr(one, field))
    expected = sorted(catalogue.campaigns(), key=lambda one: (key(one), one.campaign_id), reverse=order.startswith("-"))
    assert found == expected


def test_rows_that_come_meanwhile_neither_repeat_nor_hide_others(catalogue: SqlCatalogue) -> None:
    first = catalogue.campaign_page(asked(order="name", limit=10))
    catalogue.save([], [a_campaign("k00a", "a1", name="Name 0"), a_campaign("zz", "a1", name="Zebra")], [], [])
    rest = catalogue.campaign_page(asked(order="name", limit=100, cursor=first.next))
    assert len({one.campaign_id for one in (*first.items, *rest.items)}) == 31  # k00a stands before the second page
    assert rest.items[-1].campaign_id == "zz"


@pytest.mark.parametrize(
    ("conditions", "count"),
    [
        (["status=draft"], 10),
        (["status=draft|live"], 20),
        (["status!=draft"], 20),
        (["name~AME 1"], 6),
        (["name~%"], 0),
        (["name~_"], 0),
        (["name=Name 1|Name 2"], 12),
        ([f"flight_start>{NOON.isoformat()}"], 22),
        ([f"flight_start<={(NOON + timedelta(hours=1)).isoformat()}"], 16),
        (["flight_start>=2026-03-01T13:00:00"], 22),
        (["flight_start<2026-03-02", "advertiser_id=a2"], 10),
        (["flight_end>2026-01-01"], 0),
        (["campaign_id=k01|k02|zz"], 2),
        (["bid_kind=max_cpc"], 30),
    ],
)
def test_conditions_choose(catalogue: SqlCatalogue, conditions: list[str], count: int) -> None:
    assert BidStrategyKind.MAX_CPC.value == "max_cpc"
    assert len(all_pages(catalogue, *conditions)) == count


@pytest.mark.parametrize(
    ("request_", "line"),
    [
        (asked("targeting=x"), "no field 'targeting'"),
        (asked("status=alive"), "no value of status"),
        (asked("status~li"), "cannot be compared"),
        (asked("name<m"), "cannot be compared"),
        (asked("flight_start>soon"), "no value of flight_start"),
        (asked(order="status"), "cannot be ordered"),
        (asked(order="name; DROP TABLE campaigns"), "cannot be ordered"),
        (asked(order="--name"), "cannot be ordered"),
        (asked(cursor="x"), "does not belong"),
        (asked(cursor="é"), "does not belong"),
        (asked(cursor="W10"), "does not belong"),
        (asked(cursor="x" * 5000), "does not belong"),
    ],
)
def test_what_the_list_does_not_have_is_refused(catalogue: SqlCatalogue, request_: ListRequest, line: str) -> None:
    with pytest.raises(ConfigRejected, match=line):
        catalogue.campaign_page(request_)


def test_a_cursor_is_good_for_its_own_list_alone(catalogue: SqlCatalogue) -> None:
    cursor = catalogue.campaign_page(asked(order="name", limit=3)).next
    for other in (
        asked(order="-name", cursor=cursor),
        asked(order="flight_start", cursor=cursor),
        asked("status=live", order="name", cursor=cursor),
    ):
        with pytest.raises(ConfigRejected, match="does not belong"):
            catalogue.campaign_page(other)
    with pytest.raises(ConfigRejected, match="does not belong"):
        catalogue.creative_page(asked(cursor=cursor))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=40), value=st.text(max_size=12), raw=st.binary(max_size=40))
def test_whatever_is_asked_is_answered_or_refused(catalogue: SqlCatalogue, text: str, value: str, raw: bytes) -> None:
    for make in (
        lambda: asked(text),
        lambda: asked(f"name={value}"),
        lambda: asked(f"name~{value}"),
        lambda: asked(f"flight_start>{value}"),
        lambda: asked(order=text),
        lambda: asked(cursor=text),
        lambda: asked(cursor=base64.urlsafe_b64encode(raw).decode()),
    ):
        try:
            assert isinstance(catalogue.campaign_page(make()), Page)
        except AdplatError as error:
            assert error.exit_code == 2


def test_a_forged_place_is_taken_as_a_value_and_never_as_sql(catalogue: SqlCatalogue) -> None:
    real = catalogue.campaign_page(asked(limit=3)).next
    digest, _ = json.loads(base64.urlsafe_b64decode(real + "=="))

    def forged(place: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps([digest, place]).encode()).rstrip(b"=").decode()

    assert catalogue.campaign_page(asked(cursor=forged(["zzz' OR 1=1 --"]))).items == ()
    for place in (["a", "b"], [], "x", None, ["\x00"], ["\ud800"]):
        with pytest.raises(ConfigRejected, match="does not belong"):
            catalogue.campaign_page(asked(cursor=forged(place)))


def test_a_viewer_pages_through_its_own(catalogue: SqlCatalogue, database: Database) -> None:
    mine = SqlCatalogue(seen_by(database, Viewer("x", Role.ADVERTISER, frozenset({"a2"}))))
    assert {one.advertiser_id for one in all_pages(mine, limit=3)} == {"a2"}
    assert len(all_pages(mine, order="name", limit=3)) == 10
    assert all_pages(mine, "advertiser_id=a1") == []


def test_a_page_of_a_large_catalogue_takes_a_few_milliseconds(database: Database) -> None:
    """1,000 campaigns and 10,000 creatives of 20 advertisers; the last page costs what the first one does."""
    with database.write() as connection:
        connection.execute(insert(AdvertiserRow), [rows.advertiser_values(an_advertiser(f"a{n}")) for n in range(20)])
        connection.execute(
            insert(CampaignRow), [rows.campaign_values(a_campaign(f"k{n:04}", f"a{n % 20}")) for n in range(1000)]
        )
        connection.execute(insert(AdRow), [rows.ad_values(an_ad(f"ad{n:04}", f"k{n:04}")) for n in range(1000)])
        connection.execute(
            insert(CreativeRow),
            [
                rows.creative_values(
                    a_creative(
                        f"c{n:05}",
                        ad_id=f"ad{n % 1000:04}",
                        campaign_id=f"k{n % 1000:04}",
                        advertiser_id=f"a{n % 20}",
                        status=CreativeStatus.LIVE if n % 4 else CreativeStatus.HELD,
                    )
                )
                for n in range(10_000)
            ],
        )
    one = Viewer("x", Role.ADVERTISER, frozenset({"a3"}))
    for handle in (database, seen_by(database, one)):
        catalogue = SqlCatalogue(handle)
        cursors = [""]
        while len(cursors) < 6 and (cursor := catalogue.creative_page(asked("status=live", cursor=cursors[-1])).next):
            cursors.append(cursor)
        took_ms = []
        for cursor in cursors * 4:
            start = time.process_time()
            page = catalogue.creative_page(asked("status=live", cursor=cursor))
            took_ms.append((time.process_time() - start) * 1000.0)
            assert page.items
        assert statistics.median(took_ms) < 50.0  # some 5 ms on a machine with nothing else to do
