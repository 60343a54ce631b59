"""Which items a set of rows talks about: from the item table, or from the rows where there is none.

Without an item table the facts about an item stand in the rows. Items are then the distinct values of the
item column; where there is no such column but an image or a text, each distinct content is an item.
An item that the rows describe in two ways is refused when its block is built, not guessed at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import polars as pl

from adplat.domain import Feature
from adplat.features.layout import Layout
from adplat.features.tabular import column_of
from adplat.features.values import canonical_column

_BETWEEN = "\x1f"


def content_columns(layout: Layout) -> list[str]:
    """The columns that images and texts are read from, in schema order."""
    features: tuple[Feature, ...] = (*layout.images, *layout.texts)
    return list(dict.fromkeys(column for feature in features for column in feature.columns))


def item_keys(layout: Layout, rows: pl.DataFrame) -> pl.Series:
    """The canonical item id of each row (N,), null where the row names no item."""
    if layout.item_column:
        return canonical_column(column_of(rows, layout.item_column, "the rows"))
    columns = content_columns(layout)
    if not columns:
        return pl.Series([None] * len(rows), dtype=pl.String)
    cells = [column_of(rows, name, "the rows").cast(pl.String).fill_null("") for name in columns]
    content = pl.select(pl.concat_str([pl.lit(cell) for cell in cells], separator=_BETWEEN)).to_series()
    distinct = content.unique()
    names = pl.Series([_content_name(text) for text in distinct], dtype=pl.String)
    return content.replace_strict(distinct, names, return_dtype=pl.String)


def _content_name(content: str) -> str | None:
    empty = not content.replace(_BETWEEN, "").strip()
    return None if empty else f"content-{hashlib.sha256(content.encode()).hexdigest()[:32]}"


def items_of(layout: Layout, rows: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame | None:
    """The item frame of these rows, keyed by ``item_key_column``; ``None`` when the declared table is absent."""
    if layout.item_table:
        return tables.get(layout.item_table)
    key = item_key_column(layout)
    keys = item_keys(layout, rows).alias(key)
    content = [column_of(rows, name, "the rows") for name in content_columns(layout) if name != key]
    return pl.DataFrame([keys, *content]).filter(pl.col(key).is_not_null()).unique(maintain_order=True)


def item_key_column(layout: Layout) -> str:
    """The key column of an item frame."""
    table = layout.schema.table("item")
    return table.key if table else layout.item_column or "item"
