"""Fill the vector cache with a whole catalogue before anything is trained: the slow part, over many workers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from adplat.ctr import read_train_config
from adplat.data import load_side_tables, load_training_tables, read_feature_schema
from adplat.domain import MissingInput, Progress
from adplat.features import Layout, Spread, encode_catalogue_items, here, items_of

if TYPE_CHECKING:
    from adplat.features import CatalogueVectors


def encode_catalogue(
    config_path: Path, data_dir: Path, *, cache_dir: Path, progress: Progress, spread: Spread = here
) -> CatalogueVectors:
    """Encode what ``train`` with this config and data would, and the items that its rows do not show as well.

    With an item table the rows are not read; without one the items stand in them. ``spread`` takes the steps to
    other machines. Raises InputError.
    """
    config, schema_path = read_train_config(config_path)
    schema = read_feature_schema(schema_path)
    if not data_dir.is_dir():
        raise MissingInput("no such folder", where=str(data_dir), hint="give the folder that holds the data")
    layout = Layout(schema)
    if layout.item_table:
        rows, tables = pl.DataFrame(), load_side_tables(schema, data_dir)
    else:
        read = load_training_tables(schema, config.data, data_dir)
        parts = [read.rows] if read.valid is None else [read.rows, read.valid]
        rows, tables = pl.concat(parts, how="diagonal_relaxed"), read.tables
    items = items_of(layout, rows, tables)
    if items is None:
        raise MissingInput(f"item table {layout.item_table!r} is not given", hint="put its file into the data folder")
    return encode_catalogue_items(schema, items, data_dir, config.encoders, cache_dir, progress, spread)
