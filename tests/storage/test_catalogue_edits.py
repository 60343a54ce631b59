"""One thing of the catalogue is made or changed at a time, with its line in the audit trail: on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adplat.domain import (
    AuditEntry,
    Campaign,
    CatalogueEdits,
    ChangedMeanwhile,
    CreativeStatus,
    ListRequest,
    Role,
    UnknownReference,
    Viewer,
    condition_from,
)
from adplat.storage import Database, SqlAuditTrail, SqlCatalogue, SqlCatalogueEdits, seen_by

from .builders import NOON, a_campaign, a_creative, an_ad, an_advertiser


def entry(action: str, subject: str = "k1", by: str = "mei", advertiser_id: str = "a1") -> AuditEntry:
    return AuditEntry(NOON, by, action, subject, {}, advertiser_id=advertiser_id)


def changed(before: Campaign, after: Campaign) -> AuditEntry:
    return AuditEntry(NOON, "mei", "change", after.campaign_id, {"name": f"{before.name} → {after.name}"})


@pytest.fixture
def edits(database: Database) -> CatalogueEdits:
    SqlCatalogue(database).save(
        [an_advertiser(), an_advertiser("a2")], [a_campaign(), a_campaign("k2", "a2")], [an_ad()], []
    )
    return SqlCatalogueEdits(database)


def test_what_was_added_is_found_and_told_once(edits: CatalogueEdits, database: Database) -> None:
    campaign, ad, creative = a_campaign("k3"), an_ad("ad3", "k3"), a_creative("c3", ad_id="ad3", campaign_id="k3")
    assert edits.add_advertiser(an_advertiser("a3"), entry("add", "a3"))
    assert edits.add_campaign(campaign, entry("add", "k3"))
    assert edits.add_ad(ad, entry("add", "ad3"))
    assert edits.add_creative(creative, entry("add", "c3"))
    assert (edits.advertiser("a3"), edits.campaign("k3")) == (an_advertiser("a3"), campaign)
    assert (edits.ad("ad3"), edits.creative("c3")) == (ad, creative)
    assert not edits.add_campaign(replace(campaign, name="Other"), entry("add", "k3"))
    assert edits.campaign("k3").name == "Spring"
    assert [one.action for one in SqlAuditTrail(database).about("k3")] == ["add"]


def test_what_is_not_there_is_unknown_and_nothing_hangs_from_it(edits: CatalogueEdits, database: Database) -> None:
    for find in (edits.advertiser, edits.campaign, edits.ad, edits.creative):
        with pytest.raises(UnknownReference):
            find("nothing")
    with pytest.raises(UnknownReference):
        edits.add_ad(an_ad("ad9", "nothing"), entry("add", "ad9"))
    assert SqlAuditTrail(database).about("ad9") == []


def test_a_change_is_kept_with_its_line_and_what_a_step_raises_changes_nothing(
    edits: CatalogueEdits, database: Database
) -> None:
    assert edits.change_campaign("k1", lambda one: replace(one, name="Summer"), changed).name == "Summer"
    assert edits.campaign("k1") == a_campaign(name="Summer")

    def refuse(_: Campaign) -> Campaign:
        raise ChangedMeanwhile("changed", hint="look again")

    with pytest.raises(ChangedMeanwhile):
        edits.change_campaign("k1", refuse, changed)
    edits.change_campaign("k1", lambda one: one, changed)
    assert [one.detail["name"] for one in SqlAuditTrail(database).about("k1")] == ["Spring → Summer"]
    with pytest.raises(UnknownReference):
        edits.change_campaign("k9", lambda one: one, changed)


def test_a_creative_changes_alike(edits: CatalogueEdits) -> None:
    edits.add_creative(a_creative(), entry("add", "c1"))
    edits.change_creative("c1", lambda one: replace(one, status=CreativeStatus.PAUSED), lambda *_: entry("pause", "c1"))
    assert edits.creative("c1") == a_creative(status=CreativeStatus.PAUSED)


def test_a_viewer_finds_lists_adds_and_changes_its_own_alone(edits: CatalogueEdits, database: Database) -> None:
    mine = SqlCatalogueEdits(seen_by(database, Viewer("mei", Role.ADVERTISER, frozenset({"a1"}))))
    assert [one.advertiser_id for one in mine.advertiser_page(ListRequest()).items] == ["a1"]
    assert [one.ad_id for one in mine.ad_page(ListRequest([condition_from("campaign_id=k1")])).items] == ["ad1"]
    refusals = []
    for named in ("k2", "nothing"):
        with pytest.raises(UnknownReference) as refused:
            mine.change_campaign(named, lambda one: replace(one, name="Mine now"), changed)
        refusals.append(str(refused.value).replace(named, "ID"))
    assert refusals[0] == refusals[1] and edits.campaign("k2").name == "Spring"
    with pytest.raises(UnknownReference):
        mine.add_campaign(a_campaign("k3", "a2"), entry("add", "k3"))
    assert mine.add_campaign(a_campaign("k3"), entry("add", "k3"))
