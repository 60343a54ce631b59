from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from adplat.domain import ConfigRejected, MissingInput
from adplat.features import encode_catalogue_items
from adplat.features.content_steps import PictureSteps, TextSteps
from adplat.features.encoders.registry import image_encoder_named, text_encoder_named
from adplat.features.vector_cache import VectorCache
from tests.features.builders import LIGHT, TABULAR, every_kind, tables_of


def quiet(done: int, total: int, what: str) -> None:
    """Nobody listens."""


def test_a_catalogue_is_encoded_once(pictures: Path, tmp_path: Path) -> None:
    items = tables_of()["goods"]
    first = encode_catalogue_items(every_kind(), items, pictures, LIGHT, tmp_path, quiet)
    assert (first.encoded, first.cached, first.problems) == (24, 0, ())
    assert first.encoders == ("hashing", "hashing")
    assert len(first.flags) == 2, "colour statistics and n-grams are no learned encoders"
    more = pl.concat([items, items.tail(1).with_columns(item=pl.lit(99, pl.Int64), title=pl.lit("A new thing"))])
    second = encode_catalogue_items(every_kind(), more, pictures, LIGHT, tmp_path, quiet)
    assert (second.encoded, second.cached) == (1, 24), "its picture is another item's too"


def test_what_has_no_vector_is_named(pictures: Path, tmp_path: Path) -> None:
    items = tables_of()["goods"].with_columns(
        picture=pl.when(pl.col("item") == 3).then(pl.lit("images/gone.png")).otherwise("picture"),
        title=pl.when(pl.col("item") == 5).then(pl.lit("")).otherwise("title"),
    )
    made = encode_catalogue_items(every_kind(), items, pictures, LIGHT, tmp_path, quiet)
    assert [(problem.item_id, problem.column, problem.reason) for problem in made.problems] == [
        ("3", "picture", "missing: no such file"),
        ("5", "title+tags", "empty"),
    ]
    assert made.encoded == 22


def test_a_catalogue_without_content_or_column_is_refused(pictures: Path, tmp_path: Path) -> None:
    items = tables_of()["goods"]
    with pytest.raises(ConfigRejected, match="nothing to encode"):
        encode_catalogue_items(every_kind(), items, pictures, TABULAR, tmp_path, quiet)
    with pytest.raises(MissingInput, match="picture"):
        encode_catalogue_items(every_kind(), items.drop("picture"), pictures, LIGHT, tmp_path, quiet)
    assert not list(tmp_path.iterdir())


def test_the_cache_tells_its_keys_without_its_vectors(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path, "one")
    assert cache.keys(3) == set()
    cache.write({b"a" * 32: np.ones(3, np.float32), b"b" * 32: np.zeros(3, np.float32)})
    assert cache.keys(3) == {b"a" * 32, b"b" * 32}
    assert cache.keys(4) == set(), "vectors of another size are of another encoder"


def test_an_order_makes_the_same_steps_elsewhere(pictures: Path) -> None:
    cells = [f"images/{number}.png" for number in range(5)]
    here = PictureSteps(image_encoder_named("hashing"), pictures)
    there = here.order.steps()
    assert list(there.names(cells)) == list(here.names(cells))
    for (one, first), (other, second) in zip(here.vectors(cells), there.vectors(cells), strict=True):
        assert one == other
        assert np.array_equal(first, second)
    reader = TextSteps(text_encoder_named("hashing"))
    assert reader.order.steps() == reader
