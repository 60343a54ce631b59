"""Any table with a schema: typed by it, with its side tables and images."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from adplat.data import (
    IMPORTERS,
    DataConfig,
    import_table,
    load_training_tables,
    read_feature_schema,
    write_feature_schema,
    write_table,
)
from adplat.domain import ConfigRejected, InputError, MissingInput, TableRejected
from tests.data.builders import REPOSITORY, real_data, refusal, shop_items, shop_rows, shop_schema, silent


def shop_source(folder: Path, rows: pl.DataFrame | None = None, name: str = "log.csv") -> tuple[Path, Path]:
    """``(rows, schema)`` with the item table beside the rows."""
    write_table(shop_rows(300) if rows is None else rows, folder / name)
    write_table(shop_items(), folder / "items.parquet")
    write_feature_schema(shop_schema(), folder / "shop.yaml")
    return folder / name, folder / "shop.yaml"


def refused(kind: type[InputError], folder: Path, source: Path, schema: Path) -> str:
    out = folder / "made" / "out"
    line = refusal(kind, lambda: import_table(source, schema, out))
    assert not out.exists()
    assert not out.parent.exists() or list(out.parent.iterdir()) == []
    return line


@pytest.mark.parametrize("name", ["log.csv", "log.parquet"])
def test_a_table_comes_in_with_the_types_of_its_schema(tmp_path: Path, name: str) -> None:
    source, schema = shop_source(tmp_path, name=name)
    summary = import_table(source, schema, tmp_path / "out")
    assert summary.rows == {"rows.parquet": 300, "items.parquet": 20}
    read = read_feature_schema(tmp_path / "out" / "schema.yaml")
    assert read.digest() == shop_schema().digest() == summary.schema_digest
    tables = load_training_tables(read, DataConfig(), tmp_path / "out")
    assert tables.rows.schema["ts"] == pl.Datetime("us", "UTC")
    assert pl.read_parquet(tmp_path / "out" / "rows.parquet")["click"].sum() == shop_rows(300)["click"].sum()


def test_a_folder_with_train_and_valid_gives_both(tmp_path: Path) -> None:
    _, schema = shop_source(tmp_path / "src", name="train.csv")
    write_table(shop_rows(50, seed=4), tmp_path / "src" / "valid.csv")
    summary = IMPORTERS["csv"](tmp_path / "src", tmp_path / "out", schema_path=schema, progress=silent)
    assert summary.rows == {"rows.parquet": 300, "valid.parquet": 50, "items.parquet": 20}
    assert import_table(tmp_path / "src", schema, tmp_path / "out").rows == summary.rows


def test_posters_come_along_and_missing_ones_are_counted(tmp_path: Path) -> None:
    source = real_data("movielens_posters")
    local = tmp_path / "src"
    items = pl.read_parquet(source / "items.parquet").head(6)
    rows = pl.read_parquet(source / "interactions_mlsmall.parquet").filter(
        pl.col("item_id").is_in(items["item_id"].to_list())
    )
    write_table(rows, local / "rows.parquet")
    write_table(items, local / "items.parquet")
    for image in items["image"].to_list()[:-1]:
        (local / image).parent.mkdir(exist_ok=True)
        (local / image).write_bytes((source / image).read_bytes())
    schema = REPOSITORY / "configs" / "schemas" / "movielens_small.yaml"
    summary = import_table(local, schema, tmp_path / "out")
    assert summary.notes == ("1 of 6 images named in 'items' are not there",)
    assert len(list((tmp_path / "out" / "images").iterdir())) == 5


def test_an_image_outside_the_folder_is_refused(tmp_path: Path) -> None:
    items = pl.DataFrame({"item_id": [1], "image": ["../secret.jpg"], "genres": ["a"]})
    items = items.with_columns(title=pl.lit("t"), tags=pl.lit("t"))
    write_table(items, tmp_path / "items.parquet")
    rows = pl.DataFrame({"user_id": [1], "item_id": [1], "timestamp": [9**9], "rating": [4], "click": [1]})
    write_table(rows, tmp_path / "log.parquet")
    schema = REPOSITORY / "configs" / "schemas" / "movielens_small.yaml"
    assert "leaves the folder" in refused(TableRejected, tmp_path, tmp_path / "log.parquet", schema)


def test_missing_inputs(tmp_path: Path) -> None:
    source, schema = shop_source(tmp_path)
    assert "no such file" in refused(MissingInput, tmp_path, tmp_path / "nowhere.csv", schema)
    assert "no such file" in refused(MissingInput, tmp_path, source, tmp_path / "nowhere.yaml")
    (tmp_path / "items.parquet").unlink()
    assert "items.parquet" in refused(MissingInput, tmp_path, source, schema)


def test_a_wrong_header_a_wrong_type_and_no_rows(tmp_path: Path) -> None:
    rows = shop_rows(50)
    source, schema = shop_source(tmp_path, rows.rename({"click": "clicks"}))
    assert "did you mean 'clicks'" in refused(TableRejected, tmp_path, source, schema)
    shop_source(tmp_path, rows.with_columns(price=pl.lit("dear")))
    assert "'dear' in row 1" in refused(TableRejected, tmp_path, source, schema)
    shop_source(tmp_path, rows.with_columns(ts=pl.lit("soon")))
    assert "instead of time" in refused(TableRejected, tmp_path, source, schema)
    shop_source(tmp_path, rows.clear(), name="empty.parquet")
    assert "no rows" in refused(TableRejected, tmp_path, tmp_path / "empty.parquet", schema)


def test_truncated_rows_and_a_truncated_side_table(tmp_path: Path) -> None:
    source, schema = shop_source(tmp_path, name="log.parquet")
    whole = source.read_bytes()
    source.write_bytes(whole[:-50])
    assert "truncated" in refused(TableRejected, tmp_path, source, schema)
    source.write_bytes(whole)
    items = tmp_path / "items.parquet"
    items.write_bytes(items.read_bytes()[:-50])
    assert "items.parquet" in refused(TableRejected, tmp_path, source, schema)


def test_the_format_named_must_be_the_format_given(tmp_path: Path) -> None:
    source, schema = shop_source(tmp_path)
    for action, kind in [
        (lambda: IMPORTERS["parquet"](source, tmp_path / "o", schema_path=schema, progress=silent), TableRejected),
        (lambda: IMPORTERS["csv"](source, tmp_path / "o", schema_path=None, progress=silent), ConfigRejected),
        (lambda: IMPORTERS["csv"](tmp_path, tmp_path / "o", schema_path=schema, progress=silent), MissingInput),
    ]:
        refusal(kind, action)
    assert not (tmp_path / "o").exists()
