"""What one pass over the rows counts: all that learning needs of them, in memory or read in batches.

Memory grows with distinct values, distinct items and distinct keys of side tables, never with rows. The numbers of a
stream are sampled, ``SAMPLE_ROWS`` rows at most, so up to that many rows bounds, mean and spread are exact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
import polars as pl

from adplat.domain import Feature, Vocabulary
from adplat.features.arrays import Float64, Int64
from adplat.features.item_frames import item_keys, items_of
from adplat.features.layout import Columns, Layout
from adplat.features.tabular import column_of, distinct_cells
from adplat.features.values import bag_of, canonical_column, numbers_in

SAMPLE_ROWS = 262_144


class RowCounts:
    """Counted rows. ``sampling`` draws the sampled numbers of a stream; without it every number is kept."""

    def __init__(self, layout: Layout, sampling: np.random.Generator | None) -> None:
        self._layout = layout
        self.columns = Columns.of(tuple(feature for feature in layout.row.all if not feature.table))
        self.values: dict[str, Counter[str]] = {
            feature.name: Counter() for feature in (*self.columns.categorical, *self.columns.bags)
        }
        self.numbers = _Sample(self.columns.numeric, sampling)
        self.bag_width, self.rows = 0, 0
        self.items: pl.DataFrame | None = None  # of the rows, where the schema has no item table
        used = {feature.table for feature in layout.row.all}
        self._keys = {table.name: table.row_key for table in layout.schema.tables if table.name in used}
        self._shown: Counter[str] = Counter()
        self._pointed: dict[str, Counter[str]] = {name: Counter() for name in self._keys}

    def take(self, batch: pl.DataFrame) -> None:
        """Count the next rows. Raises MissingInput for an absent column."""
        if batch.is_empty():
            return
        ones = np.ones(len(batch), dtype=np.int64)
        for feature in self.columns.categorical:
            if feature.vocabulary is not Vocabulary.HASHED:  # those learn nothing of the values
                self.values[feature.name].update(counted(feature, batch, ones))
        for feature in self.columns.bags:
            more, widest = counted_bags(feature, batch, ones)
            self.values[feature.name].update(more)
            self.bag_width = max(self.bag_width, widest)
        self.numbers.take(batch)
        self._shown.update(_rows_by_key(item_keys(self._layout, batch)))
        for name, key in self._keys.items():
            self._pointed[name].update(_rows_by_key(canonical_column(column_of(batch, key, "the rows"))))
        self.rows += len(batch)
        if not self._layout.item_table:
            self.items = with_items(self.items, items_of(self._layout, batch, {}))

    def shown(self, keys: Iterable[str | None]) -> Int64:
        """How many rows show each of these items."""
        return np.array([self._shown[key] if key is not None else 0 for key in keys], dtype=np.int64)

    def pointed(self, table: str, keys: Iterable[str]) -> Int64:
        """How many rows point to each of these keys of a side table."""
        return np.array([self._pointed[table][key] for key in keys], dtype=np.int64)


def with_items(known: pl.DataFrame | None, more: pl.DataFrame | None) -> pl.DataFrame | None:
    """Item frames that were read off rows, joined: every description once, in order of appearance."""
    if known is None or more is None:
        return more if known is None else known
    return pl.concat([known, more], how="vertical_relaxed").unique(maintain_order=True)


def thinned(weights: Int64, sampling: np.random.Generator | None) -> Int64:
    """Rows behind each row of a side table; those of a stream beyond ``SAMPLE_ROWS`` are drawn by lot."""
    total = int(weights.sum())
    if sampling is None or total <= SAMPLE_ROWS:
        return weights
    return sampling.multinomial(SAMPLE_ROWS, weights / total).astype(np.int64)


def counted_bags(feature: Feature, frame: pl.DataFrame, weights: Int64) -> tuple[Counter[str], int]:
    """How many rows carry each value of a multi-valued column, and how many values the fullest cell has."""
    cells, codes = distinct_cells(column_of(frame, feature.columns[0], "the training table"))
    carried = np.bincount(codes, weights=weights, minlength=len(cells))
    counts: Counter[str] = Counter()
    widest = 1
    for cell, count in zip(cells, carried, strict=True):
        bag = bag_of(cell, feature.separator) if count else []
        widest = max(widest, len(bag))
        for value in bag:
            counts[value] += int(count)
    return counts, widest


def counted(feature: Feature, frame: pl.DataFrame, weights: Int64) -> dict[str, int]:
    """How many rows carry each canonical value of a column."""
    values = canonical_column(column_of(frame, feature.columns[0], "the training table"))
    frame = pl.DataFrame({"value": values, "count": weights}).filter(
        pl.col("value").is_not_null() & (pl.col("count") > 0)
    )
    totals = frame.group_by("value").agg(pl.col("count").sum())
    return dict(zip(totals["value"].to_list(), totals["count"].to_list(), strict=True))


def _rows_by_key(keys: pl.Series) -> dict[str, int]:
    found = keys.drop_nulls().alias("key").value_counts(name="rows")
    return dict(zip(found["key"].to_list(), found["rows"].to_list(), strict=True))


class _Sample:
    """Numbers of at most ``SAMPLE_ROWS`` rows, every row with the same chance (Vitter's algorithm R, by batches)."""

    def __init__(self, features: tuple[Feature, ...], sampling: np.random.Generator | None) -> None:
        self._features, self._sampling = features, sampling
        self._rows = 0
        self._kept = np.zeros((0, len(features)))

    def take(self, batch: pl.DataFrame) -> None:
        """Look at the next rows."""
        if not self._features:
            return
        numbers = np.column_stack(
            [
                numbers_in(column_of(batch, feature.columns[0], "the training table"), feature)
                for feature in self._features
            ]
        )
        free = len(numbers) if self._sampling is None else max(SAMPLE_ROWS - self._rows, 0)
        if free:
            self._kept = np.concatenate([self._kept, numbers[:free]])
        rest = numbers[free:]
        if len(rest) and self._sampling is not None:
            seen = self._rows + free + np.arange(1, len(rest) + 1)
            place = (self._sampling.random(len(rest)) * seen).astype(np.int64)
            chosen = place < SAMPLE_ROWS
            self._kept[place[chosen]] = rest[chosen]
        self._rows += len(batch)

    def of(self, feature: Feature) -> Float64:
        """The kept numbers of one feature."""
        column: Float64 = np.ascontiguousarray(self._kept[:, self._features.index(feature)])
        return column
