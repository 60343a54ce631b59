"""Kept drafts on both databases: held once, decided once, into the catalogue with their approval, found by model."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from adplat.domain import (
    Artwork,
    Box,
    ConfigRejected,
    CreativeStatus,
    Draft,
    DraftCopy,
    DraftStore,
    Element,
    ElementKind,
    KeptDraft,
    Making,
    Objection,
    Review,
    ReviewVerdict,
    Sentence,
    TableRejected,
    UnknownReference,
    Weight,
)
from adplat.storage import Database, SqlAuditTrail, SqlCatalogue, SqlDrafts

from .builders import NOON, a_campaign, a_creative, an_ad, an_advertiser

LATER = NOON + timedelta(hours=1)
WRITTEN = Making("lm", 7, "smollm2@abc", "apache-2.0", "write of tea", wholly_generated=True)
PAINTED = Making("procedural", 7)
FAILED = Objection("contrast", Weight.FAIL, "2.1 of 4.5", "darken the letters", {"ratio": 2.1})
UNSURE = Objection("marks", Weight.HOLD, "'Acme' is named", "ask its owner")


def a_draft(draft_id: str = "d1", **facts: Any) -> Draft:
    words = DraftCopy("zh", (Sentence("headline", "春茶上市", "zh", ("f1",), WRITTEN),))
    artwork = Artwork(300, 250, (Element("e1", ElementKind.HEADLINE, Box(1, 2, 30, 40), "春茶"),), {"template": "hero"})
    defaults: dict[str, Any] = {
        "brief_id": "b1",
        "placement_id": "iab_300x250",
        "copy": words,
        "artwork": artwork,
        "makings": (WRITTEN, PAINTED),
        "file_sha256": "f" * 64,
        "parents": ("c9", "c8"),
        "p_click": (0.01, 0.02, 0.03),
        "nearest": ("c3",),
    }
    return Draft(draft_id, **(defaults | facts))


def a_kept(draft_id: str = "d1", *objections: Objection, **facts: Any) -> KeptDraft:
    review = Review("iab_300x250", objections, {"ocr": "not installed"})
    defaults: dict[str, Any] = {
        "advertiser_id": "a1",
        "campaign_id": "k1",
        "brief": {"brief_id": "b1"},
        "made_at": NOON,
        "made_by": "mei",
        "sidecar_sha256": "5" * 64,
    }
    return KeptDraft(a_draft(draft_id), review, **(defaults | facts))


@pytest.fixture
def store(database: Database) -> DraftStore:
    SqlCatalogue(database).save([an_advertiser()], [a_campaign()], [], [])
    return SqlDrafts(database)


def approve(store: DraftStore, draft_id: str = "d1", reason: str = "on brand") -> KeptDraft:
    creative = a_creative(f"draft-{draft_id}", status=CreativeStatus.APPROVED)
    return store.approve(draft_id, creative, an_ad(), LATER, "li", reason)


def told(database: Database, draft_id: str = "d1") -> list[tuple[str, str]]:
    return [(one.action, one.actor) for one in SqlAuditTrail(database).about(draft_id)]


def test_what_was_kept_comes_back_and_is_kept_once(store: DraftStore, database: Database) -> None:
    kept = a_kept("d1", UNSURE)
    assert store.keep([kept]) == [kept]
    assert store.find("d1") == kept and store.find("d1").review.verdict is ReviewVerdict.HOLD
    approve(store)
    again = store.keep([replace(kept, made_by="another")])
    assert again == [store.find("d1")] and again[0].status is CreativeStatus.APPROVED
    assert told(database) == [("draft keep", "mei"), ("draft approve", "li")]


def test_all_are_kept_or_none(store: DraftStore) -> None:
    broken = replace(a_kept("d2"), draft=replace(a_draft("d2"), makings=(replace(PAINTED, seed=2**70),)))
    with pytest.raises(TableRejected):
        store.keep([a_kept("d1"), broken])
    assert store.drafts() == []


def test_an_approved_draft_is_in_the_catalogue_and_goes_live_when_released(
    store: DraftStore, database: Database
) -> None:
    store.keep([a_kept()])
    done = approve(store, reason="  on brand ")
    assert (done.status, done.decided_by, done.decided_at, done.reason) == ("approved", "li", LATER, "on brand")
    assert store.find("d1") == done
    catalogue = SqlCatalogue(database)
    assert [(one.creative_id, one.status) for one in catalogue.creatives()] == [("draft-d1", "approved")]
    assert catalogue.live_catalogue().creatives == ()
    [live] = store.release(["d1"], LATER, "li")
    assert live.status is CreativeStatus.LIVE and store.find("d1") == live
    assert [one.creative_id for one in catalogue.live_catalogue().creatives] == ["draft-d1"]
    assert told(database)[1:] == [("draft approve", "li"), ("draft release", "li")]


def test_a_failed_review_is_approved_by_nobody(store: DraftStore, database: Database) -> None:
    store.keep([a_kept("d1", FAILED, UNSURE)])
    with pytest.raises(ConfigRejected, match=r"its review failed \(contrast\)"):
        approve(store)
    assert store.find("d1").status is CreativeStatus.HELD
    assert SqlCatalogue(database).creatives() == [] and told(database) == [("draft keep", "mei")]


def test_what_was_decided_stays(store: DraftStore) -> None:
    store.keep([a_kept("d1"), a_kept("d2")])
    approve(store)
    assert store.reject("d2", LATER, "li", "off brand").reason == "off brand"
    for again in (
        lambda: approve(store),
        lambda: store.reject("d1", LATER, "li", "no"),
        lambda: approve(store, "d2"),
        lambda: store.reject("d2", LATER, "li", "no"),
        lambda: store.release(["d2"], LATER, "li"),
    ):
        with pytest.raises(ConfigRejected, match="cannot become"):
            again()


def test_nothing_is_decided_without_a_reason_or_of_an_unknown_draft(store: DraftStore) -> None:
    store.keep([a_kept()])
    for unheard in (lambda: approve(store, reason=" "), lambda: store.reject("d1", LATER, "li", "")):
        with pytest.raises(ConfigRejected, match="no reason is given"):
            unheard()
    for unknown in (
        lambda: store.find("x"),
        lambda: approve(store, "x"),
        lambda: store.reject("x", LATER, "li", "no"),
        lambda: store.release(["x"], LATER, "li"),
        lambda: store.drafts(after="x"),
    ):
        with pytest.raises(UnknownReference, match="no draft has this id"):
            unknown()


def test_one_that_may_not_go_live_keeps_the_others_back(store: DraftStore) -> None:
    store.keep([a_kept("d1"), a_kept("d2")])
    approve(store)
    with pytest.raises(ConfigRejected):
        store.release(["d1", "d2"], LATER, "li")
    assert store.find("d1").status is CreativeStatus.APPROVED


def test_an_approval_for_a_campaign_that_is_not_there_changes_nothing(store: DraftStore) -> None:
    store.keep([a_kept()])
    creative = a_creative("draft-d1", campaign_id="k9", status=CreativeStatus.APPROVED)
    with pytest.raises(UnknownReference):
        store.approve("d1", creative, an_ad("ad9", "k9"), LATER, "li", "fine")
    assert store.find("d1").status is CreativeStatus.HELD


def test_of_two_who_decide_at_once_one_is_refused(store: DraftStore) -> None:
    store.keep([a_kept()])
    ends: list[str] = []

    def decide(approves: bool) -> None:
        try:
            ends.append((approve(store) if approves else store.reject("d1", LATER, "li", "no")).status.value)
        except ConfigRejected:
            ends.append("refused")

    threads = [threading.Thread(target=decide, args=(number % 2 == 0,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ends.count("refused") == 3 and store.find("d1").status.value in ends


def test_drafts_are_listed_newest_first_in_parts(store: DraftStore) -> None:
    store.keep([a_kept(f"d{number}") for number in range(4)])
    store.keep([replace(a_kept("x"), advertiser_id="a2", campaign_id="k2")])
    store.reject("d2", LATER, "li", "no")

    def names(**wanted: Any) -> list[str]:
        return [one.draft_id for one in store.drafts(**wanted)]

    assert names() == ["x", "d3", "d2", "d1", "d0"]
    assert names(limit=2) == ["x", "d3"] and names(limit=2, after="d3") == ["d2", "d1"]
    assert names(status=CreativeStatus.HELD, advertisers=["a1"]) == ["d3", "d1", "d0"]
    assert names(campaign_id="k2") == ["x"] and names(brief_id="b2") == [] and names(advertisers=[]) == []


def test_drafts_that_wait_for_a_decision_are_counted_by_advertiser(store: DraftStore) -> None:
    assert store.held_drafts() == {}
    store.keep([a_kept("d1"), a_kept("d2"), a_kept("d3"), a_kept("d4", advertiser_id="a2")])
    store.reject("d3", LATER, "mei", "dull")

    assert store.held_drafts() == {"a1": 2, "a2": 1}


def test_what_a_model_made_is_found(store: DraftStore) -> None:
    store.keep([a_kept("d1"), a_kept("d2")])
    assert store.made_with("smollm2@abc") == ["d1", "d2"] and store.made_with("other") == []
