"""What was learned from training rows, as plain facts; everything that encodes reads it, nothing changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from adplat.domain import FeatureSchema
from adplat.features.encoders.choice import EncoderConfig
from adplat.features.layout import Columns, Layout
from adplat.features.modality import Modality
from adplat.features.scaling import Scaling
from adplat.features.tabular import Tabular, encode_table
from adplat.features.vocabularies import Values


@dataclass(frozen=True)
class Sizes:
    """The shapes a model is built for; every cardinality counts index 0."""

    item_categorical: tuple[int, ...]
    item_bags: tuple[int, ...]
    item_bag_width: int
    item_numeric: int
    row_categorical: tuple[int, ...]
    row_bags: tuple[int, ...]
    row_bag_width: int
    row_numeric: int
    image: int
    text: int
    sequences: int
    history_length: int


@dataclass(frozen=True)
class Learned:
    """``encoder_flags`` tells in words where a stand-in encoder was used; empty is the normal case."""

    schema: FeatureSchema
    encoders: EncoderConfig
    vocabularies: Mapping[str, Values]
    scalings: Mapping[str, Scaling]
    item_bag_width: int
    row_bag_width: int
    image: Modality | None
    text: Modality | None
    encoder_flags: tuple[str, ...]

    @cached_property
    def layout(self) -> Layout:
        """Which feature belongs to which side."""
        return Layout(self.schema)

    @cached_property
    def digest(self) -> str:
        """The schema's digest: what packed vectors and bundles are checked against."""
        return self.schema.digest()

    @cached_property
    def cardinalities(self) -> dict[str, int]:
        """Number of indices (0 included) of every categorical and bag feature, item and row side."""
        return {name: values.size for name, values in self.vocabularies.items()}

    @cached_property
    def sizes(self) -> Sizes:
        """All widths and cardinalities, features in schema order within each group."""
        item, row, known = self.layout.item, self.layout.row, self.cardinalities
        return Sizes(
            item_categorical=tuple(known[feature.name] for feature in item.categorical),
            item_bags=tuple(known[feature.name] for feature in item.bags),
            item_bag_width=self.item_bag_width,
            item_numeric=len(item.numeric),
            row_categorical=tuple(known[feature.name] for feature in row.categorical),
            row_bags=tuple(known[feature.name] for feature in row.bags),
            row_bag_width=self.row_bag_width,
            row_numeric=len(row.numeric),
            image=self.image.whitening.dimension if self.image else 0,
            text=self.text.whitening.dimension if self.text else 0,
            sequences=len(self.layout.sequences),
            history_length=self.layout.history_length,
        )

    def encode(self, frame: pl.DataFrame, columns: Columns, bag_width: int, what: str) -> Tabular:
        """Tabular features of one table. Raises MissingInput."""
        return encode_table(frame, columns, self.vocabularies, self.scalings, bag_width, what)
