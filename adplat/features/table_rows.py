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


# Of each side table of the row side that is given: its canonical keys, and its features with the unknown row in front.
Sides = Mapping[str, tuple[pl.Series, Tabular]]


def encoded_sides(learned: Learned, tables: Mapping[str, pl.DataFrame]) -> Sides:
    """See ``FeatureEncoding.sides``."""
    found: dict[str, tuple[pl.Series, Tabular]] = {}
    wanted = {feature.table for feature in learned.layout.row.all}
    for side in learned.schema.tables:
        if side.name in wanted and side.name in tables:
            keys, frame = keyed(tables[side.name], side.key, f"table {side.name!r}")
            columns, what = _columns_of(learned, side.name), f"table {side.name!r}"
            found[side.name] = keys, learned.encode(frame, columns, learned.row_bag_width, what).with_unknown()
    return found


def rows_beside(
    learned: Learned, rows: pl.DataFrame, sides: Sides, items: ItemBlock, histories: Histories
) -> RowArrays:
    """See ``FeatureEncoding.row_arrays_beside``."""
    encoded = _row_side(learned, rows, sides)
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


def _row_side(learned: Learned, rows: pl.DataFrame, sides: Sides) -> Tabular:
    wanted = learned.layout.row
    whole = Tabular(
        np.zeros((len(rows), len(wanted.categorical)), dtype=np.int32),
        np.zeros((len(rows), len(wanted.bags), learned.row_bag_width), dtype=np.int32),
        np.zeros((len(rows), len(wanted.numeric)), dtype=np.float32),
    )
    for name in dict.fromkeys(feature.table for feature in wanted.all):
        if name and name not in sides:
            continue
        columns = _columns_of(learned, name)
        part = _part(learned, name, columns, rows, sides)
        for place, feature in enumerate(columns.categorical):
            whole.categorical[:, wanted.categorical.index(feature)] = part.categorical[:, place]
        for place, feature in enumerate(columns.bags):
            whole.bags[:, wanted.bags.index(feature)] = part.bags[:, place]
        for place, feature in enumerate(columns.numeric):
            whole.numeric[:, wanted.numeric.index(feature)] = part.numeric[:, place]
    return whole


def _columns_of(learned: Learned, name: str) -> Columns:
    return Columns.of(tuple(feature for feature in learned.layout.row.all if feature.table == name))


def _part(learned: Learned, name: str, columns: Columns, rows: pl.DataFrame, sides: Sides) -> Tabular:
    """The features of one table for each row: gathered from what was encoded once per key."""
    if not name:
        return learned.encode(rows, columns, learned.row_bag_width, "the rows")
    row_key = next(table.row_key for table in learned.schema.tables if table.name == name)
    keys, held = sides[name]
    place = positions(canonical_column(column_of(rows, row_key, "the rows")), keys)
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
