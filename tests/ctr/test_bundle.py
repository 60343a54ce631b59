from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adplat.ctr import TrainingOutcome, read_manifest, verify_bundle
from adplat.ctr.bundle import MANIFEST, REQUIRED, write_bundle
from adplat.ctr.shape import NetworkShape
from adplat.domain import BundleRejected, InternalFault, ManualClock, MissingInput
from tests.ctr.builders import quick_config, shop_schema, shop_tables_of, train_shop


@pytest.fixture
def copy(trained: TrainingOutcome, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained.bundle.path, tmp_path / "copy"))


def test_the_folder_is_named_by_its_content_and_holds_every_part(trained: TrainingOutcome) -> None:
    folder = Path(trained.bundle.path)
    assert trained.bundle.bundle_id.startswith(folder.name)
    assert set(REQUIRED) < {path.name for path in folder.iterdir()}
    assert trained.bundle.schema_digest == shop_schema().digest()
    assert verify_bundle(folder) == trained.bundle


def test_one_changed_byte_in_any_file_is_refused(copy: Path) -> None:
    for path in sorted(copy.iterdir()):
        whole = path.read_bytes()
        spot = len(whole) // 2
        path.write_bytes(whole[:spot] + bytes([whole[spot] ^ 1]) + whole[spot + 1 :])
        with pytest.raises(BundleRejected):
            verify_bundle(copy)
        path.write_bytes(whole)
    verify_bundle(copy)


@pytest.mark.parametrize("name", [*REQUIRED, MANIFEST])
def test_a_missing_part_is_refused_by_name(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(BundleRejected, match=name):
        verify_bundle(copy)


def test_another_format_is_refused(copy: Path) -> None:
    told = json.loads((copy / MANIFEST).read_text())
    (copy / MANIFEST).write_text(json.dumps(told | {"format": 99}))
    with pytest.raises(BundleRejected, match="format 99"):
        verify_bundle(copy)


def test_a_rewritten_manifest_is_refused(copy: Path) -> None:
    told = json.loads((copy / MANIFEST).read_text())
    told["config"]["seed"] = 99
    (copy / MANIFEST).write_text(json.dumps(told, sort_keys=True, separators=(",", ":")))
    with pytest.raises(BundleRejected, match="altered"):
        verify_bundle(copy)


def test_no_folder_is_a_missing_input(tmp_path: Path) -> None:
    with pytest.raises(MissingInput):
        verify_bundle(tmp_path / "nowhere")


def test_the_same_training_gives_the_same_bundle_whenever_it_runs(shop: Path, tmp_path: Path) -> None:
    first, again = (train_shop(shop, tmp_path / name) for name in ("first", "again"))
    other = train_shop(shop, tmp_path / "other", seed=2)
    assert first.bundle.bundle_id == again.bundle.bundle_id != other.bundle.bundle_id
    assert (
        read_manifest(Path(first.bundle.path)).data["fingerprint"]
        == read_manifest(Path(other.bundle.path)).data["fingerprint"]
    )


def test_an_interrupted_write_leaves_nothing(tmp_path: Path) -> None:
    def fill(folder: Path) -> None:
        (folder / "weights.safetensors").write_bytes(b"x")

    with pytest.raises(InternalFault):
        write_bundle(
            tmp_path,
            fill,
            created=datetime(2026, 1, 1, tzinfo=UTC),
            schema_digest="d",
            shape=NetworkShape(),
            config={},
            data={},
        )
    assert list(tmp_path.iterdir()) == []


def test_a_bundle_knows_when_it_was_made(shop: Path, tmp_path: Path) -> None:
    from adplat.ctr import train_bundle

    made = datetime(2026, 3, 1, 12, tzinfo=UTC)
    outcome = train_bundle(
        quick_config(), shop_schema(), shop_tables_of(shop), tmp_path, shop / "cache", clock=ManualClock(made)
    )
    assert outcome.bundle.created == made
