"""The catalogue gives back what it was given, on both databases."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adplat.domain import (
    Budget,
    Campaign,
    CampaignStatus,
    CatalogueStore,
    ConfigRejected,
    Creative,
    CreativeStatus,
    LiveCatalogue,
    Money,
    Role,
    TableRejected,
    UnknownReference,
    Viewer,
)
from adplat.storage import Database, SqlCatalogue, seen_by

from .builders import a_campaign, a_creative, an_ad, an_advertiser, campaigns, creatives

LOOSE = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_it_is_the_port(database: Database) -> None:
    port: CatalogueStore = SqlCatalogue(database)

    assert port.live_catalogue() == LiveCatalogue((), (), (), ())


def test_what_is_saved_comes_back(database: Database) -> None:
    catalogue = SqlCatalogue(database)

    catalogue.save([an_advertiser()], [a_campaign()], [an_ad()], [a_creative()])

    assert catalogue.advertisers() == [an_advertiser()]
    assert catalogue.campaigns() == [a_campaign()]
    assert catalogue.ads() == [an_ad()]
    assert catalogue.creatives() == [a_creative()]


def test_saving_again_replaces(database: Database) -> None:
    catalogue = SqlCatalogue(database)
    catalogue.save([an_advertiser()], [a_campaign()], [an_ad()], [a_creative()])

    catalogue.save([an_advertiser(name="Coffee House")], [], [], [a_creative(status=CreativeStatus.PAUSED)])

    assert [one.name for one in catalogue.advertisers()] == ["Coffee House"]
    assert [one.status for one in catalogue.creatives()] == [CreativeStatus.PAUSED]


def test_the_last_of_two_with_one_id_wins(database: Database) -> None:
    catalogue = SqlCatalogue(database)

    catalogue.save([an_advertiser(name="first"), an_advertiser(name="last")], [], [], [])

    assert [one.name for one in catalogue.advertisers()] == ["last"]


def test_live_creatives_are_live_twice_over_and_in_order_of_their_bytes(database: Database) -> None:
    catalogue = SqlCatalogue(database)
    catalogue.save(
        [an_advertiser()],
        [a_campaign(), a_campaign("k2", status=CampaignStatus.PAUSED)],
        [an_ad(), an_ad("ad2", "k2")],
        [
            a_creative("b"),
            a_creative("B"),
            a_creative("a", status=CreativeStatus.PAUSED),
            a_creative("z", ad_id="ad2", campaign_id="k2"),
            a_creative("C"),
        ],
    )

    live = catalogue.live_catalogue()
    assert [one.creative_id for one in live.creatives] == ["B", "C", "b"]
    assert live.ads == (an_ad(),)
    assert live.campaigns == (a_campaign(),)
    assert live.advertisers == (an_advertiser(),)


def test_the_live_catalogue_is_what_is_live_and_its_owners_and_nobody_else(database: Database) -> None:
    catalogue = SqlCatalogue(database)
    catalogue.save(
        [an_advertiser(), an_advertiser("A2"), an_advertiser("a3")],
        [
            a_campaign(),
            a_campaign("K2", "A2"),
            a_campaign("paused", "a3", status=CampaignStatus.PAUSED),
            a_campaign("nothing to show", "a3"),
        ],
        [an_ad(), an_ad("AD2", "K2"), an_ad("ad3", "paused"), an_ad("ad4")],
        [
            a_creative("b"),
            a_creative("B"),
            a_creative("a", status=CreativeStatus.PAUSED, ad_id="ad4"),
            a_creative("z", ad_id="ad3", campaign_id="paused"),
            a_creative("c", ad_id="AD2", campaign_id="K2", advertiser_id="A2"),
        ],
    )

    live = catalogue.live_catalogue()

    assert [one.advertiser_id for one in live.advertisers] == ["A2", "a1"]
    assert [one.campaign_id for one in live.campaigns] == ["K2", "k1"]
    assert [one.ad_id for one in live.ads] == ["AD2", "ad1"]
    assert [one.creative_id for one in live.creatives] == ["B", "b", "c"]


def test_creatives_that_wait_for_a_decision_are_counted_for_who_sees_them(database: Database) -> None:
    catalogue = SqlCatalogue(database)
    held = [a_creative(f"c{number}", status=CreativeStatus.HELD) for number in range(3)]
    other = a_creative("c8", advertiser_id="a2", status=CreativeStatus.HELD)
    catalogue.save([an_advertiser(), an_advertiser("a2")], [a_campaign()], [an_ad()], [*held, other, a_creative("c9")])

    assert catalogue.held_creatives() == {"a1": 3, "a2": 1}
    own = seen_by(database, Viewer("mei", Role.ADVERTISER, frozenset({"a2"})))
    assert SqlCatalogue(own).held_creatives() == {"a2": 1}


def test_an_empty_database_has_an_empty_live_catalogue(database: Database) -> None:
    assert SqlCatalogue(database).live_catalogue() == LiveCatalogue((), (), (), ())


def test_the_advertiser_of_the_campaign_is_there_even_if_the_creative_names_another(database: Database) -> None:
    catalogue = SqlCatalogue(database)
    catalogue.save(
        [an_advertiser(), an_advertiser("a2")],
        [a_campaign("k2", "a2")],
        [an_ad("ad2", "k2")],
        [a_creative(ad_id="ad2", campaign_id="k2")],
    )

    assert [one.advertiser_id for one in catalogue.live_catalogue().advertisers] == ["a1", "a2"]


@pytest.mark.parametrize("missing", ["advertiser", "campaign", "ad"])
def test_a_reference_to_nothing_saves_nothing(database: Database, missing: str) -> None:
    catalogue = SqlCatalogue(database)

    with pytest.raises(UnknownReference):
        catalogue.save(
            [] if missing == "advertiser" else [an_advertiser()],
            [] if missing == "campaign" else [a_campaign()],
            [] if missing == "ad" else [an_ad()],
            [a_creative()],
        )

    born_with = {"audit_head": 1, "report_zones": 1, "stream_coverage": 1}
    assert {name: n for name, n in database.row_counts().items() if n} == born_with


def test_a_budget_in_two_currencies_is_refused(database: Database) -> None:
    mixed = a_campaign(budget=Budget(Money(1, "CNY"), Money(1, "USD")))

    with pytest.raises(ConfigRejected, match="two currencies"):
        SqlCatalogue(database).save([an_advertiser()], [mixed], [], [])


def test_a_number_too_large_for_a_column_is_told(database: Database) -> None:
    huge = a_campaign(budget=Budget(Money(2**63, "CNY"), None))

    with pytest.raises(TableRejected):
        SqlCatalogue(database).save([an_advertiser()], [huge], [], [])


@LOOSE
@given(given_campaigns=st.lists(campaigns, max_size=4, unique_by=lambda one: one.campaign_id))
def test_any_campaign_comes_back_unchanged(database: Database, given_campaigns: list[Campaign]) -> None:
    catalogue = SqlCatalogue(database)

    catalogue.save([an_advertiser()], given_campaigns, [], [])

    kept = {one.campaign_id: one for one in catalogue.campaigns()}
    assert {one.campaign_id: one for one in given_campaigns}.items() <= kept.items()


@LOOSE
@given(given_creatives=st.lists(creatives, max_size=4, unique_by=lambda one: one.creative_id))
def test_any_creative_comes_back_unchanged(database: Database, given_creatives: list[Creative]) -> None:
    catalogue = SqlCatalogue(database)

    catalogue.save([an_advertiser()], [a_campaign()], [an_ad()], given_creatives)

    kept = {one.creative_id: one for one in catalogue.creatives()}
    assert {one.creative_id: one for one in given_creatives}.items() <= kept.items()
