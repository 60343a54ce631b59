"""Learning from training rows: vocabularies, scalings, bag widths and the whitening of images and texts.

Nothing but training rows and the items they show is looked at, so that a validation score means something.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl

from adplat.domain import Feature, FeatureSchema, MissingInput, Progress, TableRejected, Vocabulary
from adplat.features.arrays import Int64
from adplat.features.encoders.choice import EncoderConfig
from adplat.features.encoders.registry import choose_image_encoder, choose_text_encoder
from adplat.features.item_frames import item_key_column, item_keys, items_of
from adplat.features.item_vectors import encode_images, encode_texts
from adplat.features.layout import Columns, Layout
from adplat.features.learned import Learned
from adplat.features.modality import Modality, RawVectors
from adplat.features.scaling import Scaling
from adplat.features.tabular import column_of, distinct_cells, keyed
from adplat.features.values import bag_of, canonical_column, numbers_of, positions
from adplat.features.vocabularies import HashedValues, Values, learn_values
from adplat.features.whitening import Whitening


def fit_learned(
    schema: FeatureSchema,
    rows: pl.DataFrame,
    tables: Mapping[str, pl.DataFrame],
    root: Path,
    encoders: EncoderConfig,
    cache_dir: Path | None,
    progress: Progress,
) -> Learned:
    """See ``FeatureEncoding.fit``."""
    if not len(rows):
        raise TableRejected("there are no training rows", hint="give a table with one row or more")
    layout = Layout(schema)
    items = _shown_items(layout, rows, tables)
    sources = {name: _source(layout, name, rows, tables) for name in {f.table for f in layout.row.all}}
    item_column = layout.item_column or item_key_column(layout)
    keys, frame = keyed(items, item_key_column(layout), "the item table")
    frame = frame.with_columns(keys.alias(item_column))
    shown = _weights(positions(item_keys(layout, rows), keys), len(keys))
    learner = Learner()
    item_width = learner.learn(layout.item, frame, shown)
    row_width = 0
    for name, (source, weights) in sources.items():
        columns = Columns.of(tuple(feature for feature in layout.row.all if feature.table == name))
        row_width = max(row_width, learner.learn(columns, source, weights))
    image, text, flags = _fit_content(layout, keys, frame, root, encoders, cache_dir, progress)
    return Learned(
        schema=schema,
        encoders=encoders,
        vocabularies={f.name: learner.vocabularies[f.name] for f in schema.features if f.name in learner.vocabularies},
        scalings={f.name: learner.scalings[f.name] for f in schema.features if f.name in learner.scalings},
        item_bag_width=item_width,
        row_bag_width=row_width,
        image=image,
        text=text,
        encoder_flags=flags,
    )


def _weights(places: np.ndarray, size: int) -> Int64:  # int32 rows, 0 is unknown
    return np.bincount(places, minlength=size + 1)[1:].astype(np.int64)


def _shown_items(layout: Layout, rows: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The items that training rows show; an item that is only in the table teaches nothing."""
    items = items_of(layout, rows, tables)
    if items is None:
        raise MissingInput(f"item table {layout.item_table!r} is not given", hint="put its file beside the rows")
    keys = canonical_column(column_of(items, item_key_column(layout), "the item table"))
    return items.filter(keys.is_in(item_keys(layout, rows).drop_nulls().unique().implode()).fill_null(False))


def _source(
    layout: Layout, name: str, rows: pl.DataFrame, tables: Mapping[str, pl.DataFrame]
) -> tuple[pl.DataFrame, Int64]:
    """A table of the row side, and how many training rows point to each of its rows."""
    if not name:
        return rows, np.ones(len(rows), dtype=np.int64)
    if name not in tables:
        raise MissingInput(f"table {name!r} is not given", hint="put its file beside the rows")
    side = next(table for table in layout.schema.tables if table.name == name)
    keys, frame = keyed(tables[name], side.key, f"table {name!r}")
    places = positions(canonical_column(column_of(rows, side.row_key, "the rows")), keys)
    return frame, _weights(places, len(keys))


class Learner:
    """Collects what each table teaches; rows of a table weigh as many training rows as point to them."""

    def __init__(self) -> None:
        self.vocabularies: dict[str, Values] = {}
        self.scalings: dict[str, Scaling] = {}

    def learn(self, columns: Columns, frame: pl.DataFrame, weights: Int64) -> int:
        """Learn one table; returns how wide its widest bag is."""
        for feature in columns.categorical:
            self.keep(feature, counted(feature, frame, weights))
        for feature in columns.numeric:
            numbers = numbers_of(column_of(frame, feature.columns[0], "the training table"), feature.pattern)
            self.scalings[feature.name] = Scaling.fit(np.repeat(numbers, weights))
        return max((self._learn_bag(feature, frame, weights) for feature in columns.bags), default=0)

    def _learn_bag(self, feature: Feature, frame: pl.DataFrame, weights: Int64) -> int:
        counts, widest = counted_bags(feature, frame, weights)
        self.keep(feature, counts)
        return widest

    def keep(self, feature: Feature, counts: Mapping[str, int]) -> None:
        """The vocabulary of a feature whose values were counted."""
        hashed = feature.vocabulary is Vocabulary.HASHED
        self.vocabularies[feature.name] = (
            HashedValues(feature.buckets) if hashed else learn_values(counts, feature.min_count)
        )


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


def _fit_content(
    layout: Layout,
    keys: pl.Series,
    frame: pl.DataFrame,
    root: Path,
    encoders: EncoderConfig,
    cache_dir: Path | None,
    progress: Progress,
) -> tuple[Modality | None, Modality | None, tuple[str, ...]]:
    image = text = None
    flags: list[str] = []
    if layout.images and encoders.image != "none":
        eyes, flag = choose_image_encoder(encoders.image)
        flags += [flag] if flag else []
        raw = encode_images(eyes, layout.images, keys, frame, root, cache_dir, progress)
        image = _modality(eyes.name, eyes.fingerprint, raw, encoders.image_dimension)
        flags += [] if image.whitening.dimension else ["image: fewer than two usable images to train on"]
    if layout.texts and encoders.text != "none":
        reader, flag = choose_text_encoder(encoders.text)
        flags += [flag] if flag else []
        raw = encode_texts(reader, layout.texts, keys, frame, cache_dir, progress)
        text = _modality(reader.name, reader.fingerprint, raw, encoders.text_dimension)
        flags += [] if text.whitening.dimension else ["text: fewer than two usable texts to train on"]
    return image, text, tuple(flags)


def _modality(name: str, fingerprint: str, raw: RawVectors, dimension: int) -> Modality:
    return Modality(name, fingerprint, Whitening.fit(raw.vectors, raw.present, dimension))
