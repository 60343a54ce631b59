"""Learning from training rows: vocabularies, scalings, bag widths and the whitening of images and texts.

Nothing but training rows and the items they show is looked at, so that a validation score means something.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import polars as pl

from adplat.domain import Feature, FeatureSchema, MissingInput, Progress, TableRejected, Vocabulary
from adplat.features.arrays import Int64
from adplat.features.encoders.choice import EncoderConfig
from adplat.features.encoders.registry import choose_image_encoder, choose_text_encoder
from adplat.features.item_frames import item_key_column
from adplat.features.item_vectors import encode_images, encode_texts
from adplat.features.layout import Columns, Layout
from adplat.features.learned import Learned
from adplat.features.modality import Modality, RawVectors
from adplat.features.row_counts import RowCounts, counted, counted_bags, thinned
from adplat.features.scaling import Scaling
from adplat.features.tabular import column_of, keyed
from adplat.features.values import canonical_column, numbers_in
from adplat.features.vocabularies import HashedValues, Values, learn_values
from adplat.features.whitening import Whitening


def fit_learned(
    schema: FeatureSchema,
    batches: Iterable[pl.DataFrame],
    tables: Mapping[str, pl.DataFrame],
    root: Path,
    encoders: EncoderConfig,
    cache_dir: Path | None,
    progress: Progress,
    sampling: np.random.Generator | None = None,
) -> tuple[Learned, pl.DataFrame | None]:
    """See ``FeatureEncoding.fit`` and ``fit_batches``: what the rows teach, and the items that they describe."""
    layout = Layout(schema)
    seen = RowCounts(layout, sampling)
    for batch in batches:
        seen.take(batch)
    if not seen.rows:
        raise TableRejected("there are no training rows", hint="give a table with one row or more")
    items = _shown_items(layout, seen, tables)
    item_column = layout.item_column or item_key_column(layout)
    keys, frame = keyed(items, item_key_column(layout), "the item table")
    frame = frame.with_columns(keys.alias(item_column))
    learner = Learner(sampling)
    item_width = learner.learn(layout.item, frame, seen.shown(keys))
    row_width = seen.bag_width
    learner.take(seen)
    for name in dict.fromkeys(feature.table for feature in layout.row.all if feature.table):
        columns = Columns.of(tuple(feature for feature in layout.row.all if feature.table == name))
        row_width = max(row_width, learner.learn(columns, *_source(layout, name, seen, tables)))
    image, text, flags = _fit_content(layout, keys, frame, root, encoders, cache_dir, progress)
    learned = Learned(
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
    return learned, seen.items


def _shown_items(layout: Layout, seen: RowCounts, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The items that training rows show; an item that is only in the table teaches nothing."""
    items = tables.get(layout.item_table) if layout.item_table else seen.items
    if items is None:
        raise MissingInput(f"item table {layout.item_table!r} is not given", hint="put its file beside the rows")
    keys = canonical_column(column_of(items, item_key_column(layout), "the item table"))
    return items.filter(pl.Series(seen.shown(keys) > 0, dtype=pl.Boolean))


def _source(
    layout: Layout, name: str, seen: RowCounts, tables: Mapping[str, pl.DataFrame]
) -> tuple[pl.DataFrame, Int64]:
    """A table of the row side, and how many training rows point to each of its rows."""
    if name not in tables:
        raise MissingInput(f"table {name!r} is not given", hint="put its file beside the rows")
    side = next(table for table in layout.schema.tables if table.name == name)
    keys, frame = keyed(tables[name], side.key, f"table {name!r}")
    return frame, seen.pointed(name, keys)


class Learner:
    """Collects what each table teaches; rows of a table weigh as many training rows as point to them."""

    def __init__(self, sampling: np.random.Generator | None) -> None:
        self._sampling = sampling
        self.vocabularies: dict[str, Values] = {}
        self.scalings: dict[str, Scaling] = {}

    def learn(self, columns: Columns, frame: pl.DataFrame, weights: Int64) -> int:
        """Learn one table; returns how wide its widest bag is."""
        for feature in columns.categorical:
            self.keep(feature, counted(feature, frame, weights))
        for feature in columns.numeric:
            numbers = numbers_in(column_of(frame, feature.columns[0], "the training table"), feature)
            self.scalings[feature.name] = Scaling.fit(np.repeat(numbers, thinned(weights, self._sampling)))
        return max((self._learn_bag(feature, frame, weights) for feature in columns.bags), default=0)

    def take(self, seen: RowCounts) -> None:
        """Learn what the rows themselves carry."""
        for feature in (*seen.columns.categorical, *seen.columns.bags):
            self.keep(feature, seen.values[feature.name])
        for feature in seen.columns.numeric:
            self.scalings[feature.name] = Scaling.fit(seen.numbers.of(feature))

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
