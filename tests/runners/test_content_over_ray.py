from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from adplat.domain import FeatureKind, MissingInput
from adplat.features import EncoderConfig, EncodingOrder, encode_catalogue_items
from adplat.features.content_steps import PictureSteps
from adplat.features.encoders.registry import image_encoder_named, text_encoder_named
from adplat.features.vector_cache import VectorCache
from adplat.runners import RayMachines, spread_over
from adplat.runners.content_over_ray import EncodingWorker
from tests.features.builders import LIGHT, every_kind, folder_with_pictures, tables_of
from tests.features.conftest import posters  # noqa: F401 - a fixture

GOODS = 200


def quiet(done: int, total: int, what: str) -> None:
    """Nobody listens."""


def vectors_in(cache: Path, encoders: EncoderConfig) -> dict[bytes, np.ndarray]:
    found: dict[bytes, np.ndarray] = {}
    for encoder in (image_encoder_named(encoders.image), text_encoder_named(encoders.text)):
        kept = VectorCache(cache, encoder.fingerprint)
        found |= kept.read(kept.keys(encoder.size), encoder.size)
    return found


def same_bits(one: dict[bytes, np.ndarray], other: dict[bytes, np.ndarray]) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[key], other[key]) for key in one)


@pytest.fixture(scope="module")
def goods(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures of which one is broken, one is not there and two are the same."""
    root = folder_with_pictures(tmp_path_factory.mktemp("goods"), GOODS)
    (root / "images" / "7.png").write_bytes(b"no picture")
    (root / "images" / "8.png").unlink()
    (root / "images" / "9.png").write_bytes((root / "images" / "10.png").read_bytes())
    return root


def test_workers_fill_the_cache_as_one_process_would(machines: RayMachines, goods: Path, tmp_path: Path) -> None:
    items, spread = tables_of(GOODS)["goods"], spread_over(machines)
    alone = encode_catalogue_items(every_kind(), items, goods, LIGHT, tmp_path / "alone", quiet)
    spoken: list[tuple[int, int, str]] = []

    def told(done: int, total: int, what: str) -> None:
        spoken.append((done, total, what))

    shared = encode_catalogue_items(every_kind(), items, goods, LIGHT, tmp_path / "shared", told, spread)
    assert shared == alone
    assert [(problem.item_id, problem.reason) for problem in shared.problems] == [
        ("7", "corrupt: UnidentifiedImageError"),
        ("8", "missing: no such file"),
    ]
    assert shared.encoded == 2 * GOODS - 3, "the broken, the absent and the second of the same picture are not"
    assert same_bits(vectors_in(tmp_path / "alone", LIGHT), vectors_in(tmp_path / "shared", LIGHT))
    assert spoken[-1][:2] == (GOODS, GOODS)

    again = encode_catalogue_items(every_kind(), items, goods, LIGHT, tmp_path / "shared", quiet)
    assert (again.encoded, again.cached, again.problems) == (0, shared.encoded, shared.problems)


def test_what_a_killed_run_has_done_is_not_done_again(machines: RayMachines, goods: Path, tmp_path: Path) -> None:
    items = tables_of(GOODS)["goods"]
    half = encode_catalogue_items(every_kind(), items.head(100), goods, LIGHT, tmp_path, quiet)
    rest = encode_catalogue_items(every_kind(), items, goods, LIGHT, tmp_path, quiet, spread_over(machines))
    assert rest.cached == half.encoded
    assert rest.encoded == 2 * GOODS - 3 - half.encoded


def test_the_learned_encoders_give_the_same_bits(
    machines: RayMachines,
    posters: Path,  # noqa: F811 - the fixture
    tmp_path: Path,
) -> None:
    items = pl.read_parquet(posters / "items.parquet").head(24)
    items = items.select(item="item_id", genre="genres", price=pl.lit(1.0), title="title", tags="tags", picture="image")
    real = EncoderConfig()
    alone = encode_catalogue_items(every_kind(), items, posters, real, tmp_path / "alone", quiet)
    shared = encode_catalogue_items(
        every_kind(), items, posters, real, tmp_path / "shared", quiet, spread_over(machines)
    )
    assert shared == alone
    assert shared.encoded == 48
    assert same_bits(vectors_in(tmp_path / "alone", real), vectors_in(tmp_path / "shared", real))


def test_a_worker_without_the_folder_is_told_and_nothing_is_written(machines: RayMachines, tmp_path: Path) -> None:
    steps = PictureSteps(image_encoder_named("hashing"), tmp_path / "elsewhere")
    with pytest.raises(MissingInput, match="does not see the folder") as told:
        list(spread_over(machines)(steps).names(["a.png"]))
    assert str(tmp_path / "elsewhere") in str(told.value)


def test_pictures_that_vanish_on_the_way_are_left_out(machines: RayMachines, goods: Path) -> None:
    steps = spread_over(machines)(PictureSteps(image_encoder_named("hashing"), goods))
    assert list(steps.vectors(["gone.png"])) == []


def test_a_worker_with_other_weights_says_so() -> None:
    worker = EncodingWorker(EncodingOrder(FeatureKind.TEXT, "hashing", "another fingerprint"))

    assert "other weights" in worker._fault
