"""RowArrays from tables: the training and batch-scoring side of the one code path."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from adplat.features.arrays import Int32, Int64, ItemBlock, RowArrays
from adplat.features.histories import Histories, hashes_of, seconds_of
from adplat.features.item_frames import item_keys
from adplat.features.layout import Columns
from adplat.features.learned import Learned
from adplat.features.tabular import Tabular, column_of, keyed
from adplat.features.values import canonical_column, positions

# A row without a time is before everything: it sees no history.
_NEVER = -(2**62)


def rows_from_tables(
    learned: Learned,
    rows: pl.DataFrame,
    tables: Mapping[str, pl.DataFrame],
    items: ItemBlock,
    histories: Histories,
) -> RowArrays:
    """See ``FeatureEncoding.row_arrays``."""
    encoded = _row_side(learned, rows, tables)
    return RowArrays(
        item=positions(item_keys(learned.layout, rows), items.ids),
        categorical=encoded.categorical,
        bags=encoded.bags,
        numeric=encoded.numeric,
        history=_history(learned, rows, items, histories),
        user=_users(learned, rows),
    )


def _users(learned: Learned, rows: pl.DataFrame) -> Int64:
    column = learned.layout.user_column
    if not column:
        return np.zeros(len(rows), dtype=np.int64)
    return hashes_of(canonical_column(column_of(rows, column, "the rows"))).fill_null(0).to_numpy()


def _row_side(learned: Learned, rows: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> Tabular:
    wanted = learned.layout.row
    whole = Tabular(
        np.zeros((len(rows), len(wanted.categorical)), dtype=np.int32),
        np.zeros((len(rows), len(wanted.bags), learned.row_bag_width), dtype=np.int32),
        np.zeros((len(rows), len(wanted.numeric)), dtype=np.float32),
    )
    for name in dict.fromkeys(feature.table for feature in wanted.all):
        if name and name not in tables:
            continue
        columns = Columns.of(tuple(feature for feature in wanted.all if feature.table == name))
        part = _part(learned, name, columns, rows, tables)
        for place, feature in enumerate(columns.categorical):
            whole.categorical[:, wanted.categorical.index(feature)] = part.categorical[:, place]
        for place, feature in enumerate(columns.bags):
            whole.bags[:, wanted.bags.index(feature)] = part.bags[:, place]
        for place, feature in enumerate(columns.numeric):
            whole.numeric[:, wanted.numeric.index(feature)] = part.numeric[:, place]
    return whole


def _part(
    learned: Learned, name: str, columns: Columns, rows: pl.DataFrame, tables: Mapping[str, pl.DataFrame]
) -> Tabular:
    """The features of one table for each row: encoded once per key, then gathered."""
    if not name:
        return learned.encode(rows, columns, learned.row_bag_width, "the rows")
    side = next(table for table in learned.schema.tables if table.name == name)
    keys, frame = keyed(tables[name], side.key, f"table {name!r}")
    held = learned.encode(frame, columns, learned.row_bag_width, f"table {name!r}").with_unknown()
    place = positions(canonical_column(column_of(rows, side.row_key, "the rows")), keys)
    return Tabular(held.categorical[place], held.bags[place], held.numeric[place])


def _history(learned: Learned, rows: pl.DataFrame, items: ItemBlock, histories: Histories) -> Int32:
    layout = learned.layout
    history = np.zeros((len(rows), len(layout.sequences), layout.history_length), dtype=np.int32)
    if not layout.sequences:
        return history
    users = column_of(rows, layout.user_column, "the rows")
    times = seconds_of(column_of(rows, learned.schema.time, "the rows")).fill_null(_NEVER).to_numpy()
    for place, feature in enumerate(layout.sequences):
        history[:, place, : feature.length] = histories.rows_before(users, times, place, items)
    return history
