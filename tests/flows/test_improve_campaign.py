"""What results say of the next brief: sure things only, people's noes beside clicks, and what lacks where it lacks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from adplat.bandit import Knowledge
from adplat.domain import ArmStatistics, Artwork, CreativeStatus, KeptDraft, UnknownReference
from adplat.flows.improve_campaign import improve_campaign
from adplat.generation.directions import read_directions
from adplat.snapshots import CatalogueSnapshot, DeploymentPointer, load_snapshot
from tests.flows.small_shop import Shop
from tests.storage.test_drafts import a_kept


@pytest.fixture
def snapshot(shop: Shop) -> CatalogueSnapshot:
    """Eight live creatives, every second one sunny; campaign k1 has four of them."""
    pointer = DeploymentPointer(shop.workspace)
    loaded = load_snapshot(pointer.folder_of(pointer.read()))
    names = sorted(loaded.listed)
    made = {
        name: replace(creative, elements={"background": "sunny" if names.index(name) % 2 else "plain"})
        for name, creative in loaded.listed.items()
    }
    return replace(loaded, listed=made)


def known(snapshot: CatalogueSnapshot, sunny: int, plain: int) -> Knowledge:
    arms = {
        name: ArmStatistics(20_000, sunny if place % 2 else plain, 0, 400.0)
        for place, name in enumerate(sorted(snapshot.listed))
    }
    return Knowledge.of(arms)


def decided(status: CreativeStatus, reason: str = "", **made_of: str) -> KeptDraft:
    kept = a_kept(status=status, reason=reason)
    return replace(kept, draft=replace(kept.draft, artwork=Artwork(300, 250, (), made_of)))


def test_what_is_sure_is_directed_with_what_it_stands_on(snapshot: CatalogueSnapshot) -> None:
    told = improve_campaign(snapshot, known(snapshot, 600, 300), [], "k1")
    assert told["directions"] == ["prefer background: sunny", "avoid background: plain"]
    assert [one.value for one in read_directions(told["directions"])] == ["sunny", "plain"]
    first: dict[str, Any] = told["evidence"][0]
    assert first["factor_low"] > 1.0 and "clicks × 1." in first["because"] and first["evidence"]["creatives"] == 4
    assert (told["creatives"], told["impressions"], told["why_none"]) == (4, 80_000, "")


def test_with_too_little_data_it_says_so_and_directs_nothing(snapshot: CatalogueSnapshot) -> None:
    told = improve_campaign(snapshot, known(snapshot, 410, 405), [], "k1")
    assert told["directions"] == [] and "too little is known" in told["why_none"]
    assert {one["value"] for one in told["unsure"]} == {"sunny", "plain"}
    alone = replace(snapshot, listed={name: replace(one, elements={}) for name, one in snapshot.listed.items()})
    shared = {name: replace(one, copy=replace(one.copy, body=name, cta=name)) for name, one in alone.listed.items()}
    assert "share no element" in improve_campaign(replace(alone, listed=shared), Knowledge(), [], "k1")["why_none"]


def test_what_people_always_reject_is_avoided_unless_clicks_speak(snapshot: CatalogueSnapshot) -> None:
    no = CreativeStatus.REJECTED
    noes = [decided(no, "too loud", palette="neon", background="sunny", template="hero") for _ in range(3)]
    yes = decided(CreativeStatus.APPROVED, "fine", template="hero")
    held = decided(CreativeStatus.HELD, palette="neon")
    told = improve_campaign(snapshot, known(snapshot, 410, 405), [*noes, yes, held], "k1")
    assert told["directions"] == ["avoid background: sunny", "avoid palette: neon"]
    assert "too loud" in told["evidence"][-1]["because"]
    sure = improve_campaign(snapshot, known(snapshot, 600, 300), noes, "k1")["directions"]
    assert "prefer background: sunny" in sure and "avoid background: sunny" not in sure
    assert improve_campaign(snapshot, known(snapshot, 410, 405), noes[:2], "k1")["directions"] == []


def test_a_campaign_of_which_nothing_is_live_is_refused(snapshot: CatalogueSnapshot) -> None:
    with pytest.raises(UnknownReference, match="no live creative"):
        improve_campaign(snapshot, Knowledge(), [], "k9")
