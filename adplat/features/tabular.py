"""Columns of one table to index and number matrices: categorical, bags, numeric.

The table may be the rows themselves, or a side table that is encoded once and then gathered by key;
``Tabular.with_unknown`` puts the all-zero row in front that missing keys point to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from adplat.domain import Feature, MissingInput, TableRejected
from adplat.features.arrays import Float32, Int32
from adplat.features.layout import Columns
from adplat.features.scaling import Scaling
from adplat.features.values import bag_of, canonical_column, numbers_in
from adplat.features.vocabularies import Values


@dataclass(frozen=True)
class Tabular:
    """N rows of one table as numbers, columns in the order of ``Columns``."""

    categorical: Int32  # (N, F)
    bags: Int32  # (N, B, K)
    numeric: Float32  # (N, G)

    def with_unknown(self) -> Tabular:
        """Row 0 all zero, then the rows."""
        return Tabular(*(_below_zero(array) for array in (self.categorical, self.bags, self.numeric)))


def _below_zero(array: np.ndarray) -> np.ndarray:  # any of three dtypes
    return np.concatenate([np.zeros((1, *array.shape[1:]), dtype=array.dtype), array])


def column_of(frame: pl.DataFrame, name: str, what: str) -> pl.Series:
    """A column that must be there. Raises MissingInput."""
    if name not in frame.columns:
        raise MissingInput(f"{what} has no column {name!r}", hint="add it, or take it out of the schema")
    return frame[name]


def keyed(frame: pl.DataFrame, key: str, what: str) -> tuple[pl.Series, pl.DataFrame]:
    """A side table with its canonical keys, one row a key. Raises MissingInput, TableRejected.

    Rows without a key are dropped and exact copies are one row; a key with two different rows is refused,
    because either choice would be a guess.
    """
    keys = canonical_column(column_of(frame, key, what))
    known = keys.is_not_null()
    frame, keys = frame.filter(known), keys.filter(known)
    if keys.n_unique() == len(keys):
        return keys, frame
    frame = frame.with_columns(keys.alias(key)).unique(maintain_order=True)
    keys = frame[key]
    twice = keys.filter(keys.is_duplicated())
    if len(twice):
        raise TableRejected(
            f"{what} holds the key {twice[0]!r} with two different rows", where=key, hint="keep one row a key"
        )
    return keys, frame


def encode_table(
    frame: pl.DataFrame,
    columns: Columns,
    vocabularies: Mapping[str, Values],
    scalings: Mapping[str, Scaling],
    bag_width: int,
    what: str,
) -> Tabular:
    """All tabular features of one table. Raises MissingInput for an absent column."""
    rows = len(frame)
    categorical = np.zeros((rows, len(columns.categorical)), dtype=np.int32)
    for place, feature in enumerate(columns.categorical):
        values = canonical_column(column_of(frame, feature.columns[0], what))
        categorical[:, place] = vocabularies[feature.name].indices(values)
    bags = np.zeros((rows, len(columns.bags), bag_width), dtype=np.int32)
    for place, feature in enumerate(columns.bags):
        column = column_of(frame, feature.columns[0], what)
        bags[:, place, :] = encode_bag(column, feature, vocabularies[feature.name], bag_width)
    numeric = np.zeros((rows, len(columns.numeric)), dtype=np.float32)
    for place, feature in enumerate(columns.numeric):
        values = column_of(frame, feature.columns[0], what)
        numeric[:, place] = scalings[feature.name].apply(numbers_in(values, feature))
    return Tabular(categorical, bags, numeric)


def distinct_cells(column: pl.Series) -> tuple[list[object], Int32]:
    """The distinct cells of a column and, for each row, which one it holds. Costs per distinct cell."""
    distinct = column.unique(maintain_order=True)
    place = pl.Series(range(len(distinct)), dtype=pl.Int32)
    if isinstance(column.dtype, pl.List):
        frame = pl.DataFrame({"cell": column}).join(
            pl.DataFrame({"cell": distinct, "place": place}),
            on="cell",
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )
        return distinct.to_list(), frame["place"].to_numpy().astype(np.int32)
    codes = column.replace_strict(distinct, place, return_dtype=pl.Int32)
    return distinct.to_list(), codes.to_numpy().astype(np.int32)


def encode_bag(column: pl.Series, feature: Feature, values: Values, width: int) -> Int32:
    """One multi-valued column: known values of each cell, distinct, in order, zero padded. (N, width)"""
    cells, codes = distinct_cells(column)
    bags = [bag_of(cell, feature.separator) for cell in cells]
    flat = values.indices(pl.Series([value for bag in bags for value in bag], dtype=pl.String))
    encoded = np.zeros((len(cells), width), dtype=np.int32)
    start = 0
    for cell, bag in enumerate(bags):
        known = [int(i) for i in dict.fromkeys(flat[start : start + len(bag)].tolist()) if i][:width]
        encoded[cell, : len(known)] = known
        start += len(bag)
    return encoded[codes]
