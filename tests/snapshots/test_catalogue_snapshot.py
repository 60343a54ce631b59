"""The snapshot folder: what is read back, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from adplat.domain import BundleRejected, InternalFault, MissingInput
from adplat.snapshots import DeploymentPointer, load_snapshot
from tests.flows.small_shop import Shop, a_shop


@pytest.fixture
def own_shop(tmp_path: Path) -> Shop:
    return a_shop(tmp_path / "shop")


def test_a_changed_byte_is_refused(own_shop: Shop) -> None:
    own_shop.publish()
    pointer = DeploymentPointer(own_shop.workspace)
    folder = pointer.folder_of(pointer.read())
    items = folder / "items" / "items.safetensors"
    content = bytearray(items.read_bytes())
    content[-1] ^= 1
    items.write_bytes(bytes(content))
    with pytest.raises(BundleRejected, match="does not match its name"):
        load_snapshot(folder)


def test_an_absent_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match="no such snapshot"):
        load_snapshot(tmp_path / "nowhere")


def test_a_damaged_pointer_is_our_fault_and_says_how_to_mend_it(own_shop: Shop) -> None:
    own_shop.publish()
    pointer = DeploymentPointer(own_shop.workspace)
    pointer.path.write_text("{")
    with pytest.raises(InternalFault, match="publish the catalogue again"):
        pointer.read()


def test_what_is_listed_is_what_was_written(own_shop: Shop) -> None:
    own_shop.publish(prior_strength=7.0)
    pointer = DeploymentPointer(own_shop.workspace)
    snapshot = load_snapshot(pointer.folder_of(pointer.read()))
    assert snapshot.policy.prior_strength == 7.0
    assert snapshot.bundle_id == own_shop.bundle.bundle_id
    for creative_id, row in snapshot.row_of.items():
        assert snapshot.items.ids[row - 1] == creative_id
