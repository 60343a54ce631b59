"""Learning from a table that is read in batches: the same vocabularies, never the whole table.

Memory grows with the distinct values of learned vocabularies, not with rows. The bounds, mean and spread of numbers
come from a sample of at most ``SAMPLE_ROWS`` rows, so up to that many rows they are exact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import polars as pl

from adplat.domain import ConfigRejected, FeatureSchema, TableRejected
from adplat.features.encoders.choice import EncoderConfig
from adplat.features.encoding import FeatureEncoding
from adplat.features.fitting import Learner, counted, counted_bags
from adplat.features.item_frames import item_key_column, items_of
from adplat.features.layout import Layout
from adplat.features.scaling import Scaling
from adplat.features.tabular import column_of
from adplat.features.values import numbers_of

SAMPLE_ROWS = 262_144


def fit_streamed(
    schema: FeatureSchema, batches: Iterator[pl.DataFrame], rng: np.random.Generator
) -> tuple[FeatureEncoding, pl.DataFrame]:
    """The encoding, and the frame of the items that the rows name, over one pass.

    Raises TableRejected without rows, ConfigRejected for a schema that needs more than its rows: side tables,
    images, texts or sequences.
    """
    layout = Layout(schema)
    refuse_what_is_not_streamed(layout)
    every = (*layout.item.all, *layout.row.all)
    counts: dict[str, Counter[str]] = {feature.name: Counter() for feature in every}
    numeric = [*layout.item.numeric, *layout.row.numeric]
    sample = _Sample([feature.columns[0] for feature in numeric], rng)
    widths, items = {"item": 0, "row": 0}, pl.DataFrame()
    for batch in batches:
        ones = np.ones(len(batch), dtype=np.int64)
        for side, columns in (("item", layout.item), ("row", layout.row)):
            for feature in columns.categorical:
                counts[feature.name].update(counted(feature, batch, ones))
            for feature in columns.bags:
                more, widest = counted_bags(feature, batch, ones)
                counts[feature.name].update(more)
                widths[side] = max(widths[side], widest)
        sample.take(batch)
        shown = items_of(layout, batch, {})
        if shown is not None:
            items = (
                shown
                if not items.width
                else pl.concat([items, shown]).unique(item_key_column(layout), maintain_order=True)
            )
    if not sample.rows:
        raise TableRejected("there are no training rows", hint="give a table with one row or more")
    learner = Learner()
    for feature in every:
        if feature in numeric:
            learner.scalings[feature.name] = Scaling.fit(sample.column(feature.columns[0]))
        else:
            learner.keep(feature, counts[feature.name])
    names = [feature.name for feature in schema.features]
    encoding = FeatureEncoding(
        schema=schema,
        encoders=EncoderConfig(image="none", text="none"),
        vocabularies={name: learner.vocabularies[name] for name in names if name in learner.vocabularies},
        scalings={name: learner.scalings[name] for name in names if name in learner.scalings},
        item_bag_width=widths["item"],
        row_bag_width=widths["row"],
        image=None,
        text=None,
        encoder_flags=(),
    )
    return encoding, items


def refuse_what_is_not_streamed(layout: Layout) -> None:
    """Raises ConfigRejected, naming the first thing that a stream of rows cannot tell."""
    wanted = {
        "side tables": [table.name for table in layout.schema.tables],
        "images": [feature.name for feature in layout.images],
        "texts": [feature.name for feature in layout.texts],
        "sequences": [feature.name for feature in layout.sequences],
    }
    for what, names in wanted.items():
        if names:
            raise ConfigRejected(
                f"a streamed table cannot have {what} ({names[0]!r})",
                where=layout.schema.name,
                hint="set data.stream: false, or put everything into the rows",
            )


class _Sample:
    """Numbers of at most ``SAMPLE_ROWS`` rows, every row with the same chance (Vitter's algorithm R, by batches)."""

    def __init__(self, columns: list[str], rng: np.random.Generator) -> None:
        self.rows, self._rng = 0, rng
        self._columns = list(dict.fromkeys(columns))
        self._kept = np.zeros((0, len(self._columns)))

    def take(self, batch: pl.DataFrame) -> None:
        """Look at the next rows."""
        numbers = np.column_stack(
            [numbers_of(column_of(batch, name, "the training table")) for name in self._columns]
            or [np.zeros((len(batch), 0))]
        )
        free = max(SAMPLE_ROWS - self.rows, 0)
        if free:
            self._kept = np.concatenate([self._kept, numbers[:free]])
        rest = numbers[free:]
        if len(rest):
            seen = self.rows + free + np.arange(1, len(rest) + 1) if free else self.rows + np.arange(1, len(rest) + 1)
            place = (self._rng.random(len(rest)) * seen).astype(np.int64)
            chosen = place < SAMPLE_ROWS
            self._kept[place[chosen]] = rest[chosen]
        self.rows += len(batch)

    def column(self, name: str) -> np.ndarray:  # float64 (at most SAMPLE_ROWS,)
        """The sampled numbers of one column."""
        column: np.ndarray = self._kept[:, self._columns.index(name)]
        return column
