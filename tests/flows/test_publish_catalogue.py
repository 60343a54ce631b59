"""Publishing: an immutable snapshot named by content, and a pointer that moves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from adplat.domain import ConfigRejected, CreativeStatus, MissingInput, SchemaMismatch, UnknownReference
from adplat.features import load_items
from adplat.snapshots import DeploymentPointer, load_snapshot
from tests.flows.small_shop import Shop, a_shop


@pytest.fixture
def own_shop(tmp_path: Path) -> Shop:
    return a_shop(tmp_path / "shop")


def test_the_snapshot_lists_live_creatives_only_and_keeps_the_items_of_training(shop: Shop) -> None:
    pointer = DeploymentPointer(shop.workspace)
    snapshot = load_snapshot(pointer.folder_of(pointer.read()))
    assert set(snapshot.listed) == {f"c{n}" for n in range(1, 9)}
    assert "c9" in snapshot.items.ids  # a history may still point to it
    assert snapshot.listed["c5"].campaign_id == "k2"
    names = {snapshot.items.ids[row - 1] for row in snapshot.rows_of_campaign("k2")}
    assert names == {"c5", "c6", "c7", "c8"}
    with pytest.raises(UnknownReference, match="'c9' is not live"):
        snapshot.rows_of(["c1", "c9"])
    with pytest.raises(UnknownReference, match="no live creative"):
        snapshot.rows_of_campaign("k9")


def test_pictures_come_from_the_object_store_and_are_the_ones_of_training(shop: Shop) -> None:
    pointer = DeploymentPointer(shop.workspace)
    snapshot = load_snapshot(pointer.folder_of(pointer.read()))
    trained = load_items(Path(shop.bundle.path))
    row, was = int(snapshot.rows_of(["c3"])[0]), int(trained.rows_of(["c3"])[0])
    assert snapshot.items.image_present[row] == 1.0
    np.testing.assert_allclose(snapshot.items.image[row], trained.image[was], atol=1e-6)
    np.testing.assert_allclose(snapshot.items.text[row], trained.text[was], atol=1e-6)
    np.testing.assert_array_equal(snapshot.items.categorical[row], trained.categorical[was])


def test_publishing_the_same_again_gives_the_same_snapshot(own_shop: Shop) -> None:
    first, second = own_shop.publish(), own_shop.publish()
    assert first.deployment.snapshot_id == second.deployment.snapshot_id
    assert (first.creatives, first.campaigns, first.problems) == (8, 2, ())
    assert own_shop.publish(prior_strength=3.0).deployment.snapshot_id != first.deployment.snapshot_id


def test_the_pointer_tells_pollers_that_it_moved(own_shop: Shop) -> None:
    pointer = DeploymentPointer(own_shop.workspace)
    with pytest.raises(MissingInput, match="nothing is published"):
        pointer.read()
    own_shop.publish()
    assert pointer.has_moved()
    before = pointer.read()
    assert not pointer.has_moved()
    [paused] = [c for c in own_shop.catalogue.live_catalogue().creatives if c.creative_id == "c1"]
    own_shop.catalogue.save([], [], [], [replace(paused, status=CreativeStatus.PAUSED)])
    own_shop.publish()
    assert pointer.has_moved()
    after = pointer.read()
    assert after.snapshot_id != before.snapshot_id
    assert "c1" not in load_snapshot(pointer.folder_of(after)).listed
    assert "c1" in load_snapshot(pointer.folder_of(before)).listed  # a replica may be reading it


def test_old_snapshots_are_forgotten_and_the_current_one_never(own_shop: Shop) -> None:
    for strength in range(1, 9):
        current = own_shop.publish(prior_strength=float(strength)).deployment.snapshot_id
    kept = {path.name for path in (own_shop.workspace / "snapshots").iterdir()}
    assert len(kept) == 5
    assert current in kept


def test_what_cannot_be_served_is_refused_before_anything_is_written(own_shop: Shop) -> None:
    with pytest.raises(ConfigRejected, match="policy 'luck' is unknown"):
        own_shop.publish(name="luck")
    with pytest.raises(ConfigRejected):
        own_shop.publish(prior_strength=-1.0)
    with pytest.raises(SchemaMismatch):
        replace(own_shop, bundle=replace(own_shop.bundle, schema_digest="0" * 64)).publish()
    retired = [replace(c, status=CreativeStatus.PAUSED) for c in own_shop.catalogue.live_catalogue().creatives]
    own_shop.catalogue.save([], [], [], retired)
    with pytest.raises(MissingInput, match="no creative is live"):
        own_shop.publish()
    assert not (own_shop.workspace / "deployment.json").exists()


def test_a_picture_that_is_not_in_the_store_is_a_problem_not_a_failure(own_shop: Shop) -> None:
    [first, *_] = own_shop.catalogue.live_catalogue().creatives
    assert first.image is not None
    own_shop.catalogue.save([], [], [], [replace(first, image=replace(first.image, sha256="f" * 64))])
    publication = own_shop.publish()
    assert [(problem.item_id, problem.column) for problem in publication.problems] == [("c1", "image_path")]
    assert publication.creatives == 8
