"""The check verb: an imported folder passes, a spoilt one does not."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from adplat.data import read_table, write_feature_schema, write_table
from adplat.domain import MissingInput
from adplat.flows.check_data import check_data, render_check_text
from adplat.flows.import_data import import_data
from tests.data.builders import refusal, shop_items, shop_rows, shop_schema, silent


def test_import_then_check_then_spoil(tmp_path: Path) -> None:
    source = tmp_path / "src"
    write_table(shop_rows(), source / "rows.csv")
    write_table(shop_items(), source / "items.parquet")
    write_feature_schema(shop_schema(), source / "schema.yaml")
    out = tmp_path / "out"
    import_data("csv", source, out, schema_path=source / "schema.yaml", progress=silent)
    report = check_data(out, progress=silent)
    assert report.passes, render_check_text(report)
    rows = read_table(out / "rows.parquet")
    write_table(rows.with_columns(price=pl.col("click") * 1.0), out / "rows.parquet")
    assert not check_data(out, progress=silent).passes


def test_an_absent_folder(tmp_path: Path) -> None:
    refusal(MissingInput, lambda: check_data(tmp_path / "nowhere", progress=silent))
