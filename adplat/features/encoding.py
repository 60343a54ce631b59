"""FeatureEncoding: everything learned from training rows, and the two ways to use it.

Training and serving meet here. ``row_arrays`` reads tables, ``candidate_rows`` one request; both look values
up in the same vocabularies and scalings and put them in the same columns (schema order), and a property test
holds them equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl

from adplat.domain import FeatureSchema, MissingInput, Progress
from adplat.features.arrays import Int32, ItemBlock, RowArrays, UserVector
from adplat.features.encoders.choice import EncoderConfig
from adplat.features.fitting import fit_learned
from adplat.features.histories import Histories
from adplat.features.item_blocks import build_item_block, merge_items
from adplat.features.item_frames import items_of
from adplat.features.item_vectors import silent
from adplat.features.known_users import known_users
from adplat.features.learned import Learned
from adplat.features.request_rows import rows_from_request, user_from_facts
from adplat.features.saving import load_learned, save_learned
from adplat.features.table_rows import Sides, encoded_sides, rows_beside


@dataclass(frozen=True)
class FeatureEncoding(Learned):
    """Fitted once on training rows, then never changed."""

    @classmethod
    def _of(cls, learned: Learned) -> FeatureEncoding:
        return cls(**{field.name: getattr(learned, field.name) for field in fields(Learned)})

    @classmethod
    def fit(
        cls,
        schema: FeatureSchema,
        rows: pl.DataFrame,
        tables: Mapping[str, pl.DataFrame],
        root: Path,
        encoders: EncoderConfig,
        cache_dir: Path | None = None,
        progress: Progress = silent,
    ) -> FeatureEncoding:
        """Learn vocabularies, scaling and whitening from training rows and the items they show.

        ``min_count`` counts training rows that carry a value, on whichever side the feature stands. Image
        paths are relative to ``root``; vectors are kept under ``cache_dir`` by content. Raises MissingInput,
        TableRejected, ConfigRejected.
        """
        return cls._of(fit_learned(schema, [rows], tables, root, encoders, cache_dir, progress)[0])

    @classmethod
    def fit_batches(
        cls,
        schema: FeatureSchema,
        batches: Iterable[pl.DataFrame],
        tables: Mapping[str, pl.DataFrame],
        root: Path,
        encoders: EncoderConfig,
        sampling: np.random.Generator,
        cache_dir: Path | None = None,
        progress: Progress = silent,
    ) -> tuple[FeatureEncoding, pl.DataFrame | None]:
        """``fit`` over one pass of rows that are read in batches, and the items that these rows describe.

        ``sampling`` draws the rows that numbers are scaled by where there are more than ``SAMPLE_ROWS``. The item
        frame is ``None`` where the schema has an item table.
        """
        learned, items = fit_learned(schema, batches, tables, root, encoders, cache_dir, progress, sampling)
        return cls._of(learned), items

    def item_block(
        self, items: pl.DataFrame, root: Path, cache_dir: Path | None = None, progress: Progress = silent
    ) -> ItemBlock:
        """Encode an item table, one row an item. An id unseen in training keeps its other facts.

        Images and texts that gave no vector are in the block's ``encoding_report``. Raises MissingInput (a
        column, or the encoder that was fitted with), SchemaMismatch (that encoder has other weights now),
        TableRejected.
        """
        return build_item_block(self, items, root, cache_dir, progress)

    def items_for(
        self,
        rows: pl.DataFrame,
        tables: Mapping[str, pl.DataFrame],
        root: Path,
        kept: ItemBlock | None = None,
        cache_dir: Path | None = None,
        progress: Progress = silent,
    ) -> ItemBlock:
        """The block these rows need: the items given in ``tables`` over the ``kept`` ones.

        The item table may be absent when ``kept`` is there; where the schema has none, items are read off
        the rows. Raises MissingInput when neither is there, else like ``item_block``.
        """
        frame = items_of(self.layout, rows, tables)
        if frame is None:
            if kept is None:
                table = self.layout.item_table
                raise MissingInput(f"item table {table!r} is not given", hint="put its file beside the rows")
            return kept
        given = self.item_block(frame, root, cache_dir, progress)
        return given if kept is None else merge_items(kept, given)

    def row_arrays(
        self, rows: pl.DataFrame, tables: Mapping[str, pl.DataFrame], items: ItemBlock, histories: Histories
    ) -> RowArrays:
        """All rows as arrays, in row order; outcome columns are neither needed nor read.

        A key that its side table does not hold, or whose table is not given, leaves that table's features
        unknown. Raises MissingInput for an absent column of the rows.
        """
        return self.row_arrays_beside(rows, self.sides(tables), items, histories)

    def sides(self, tables: Mapping[str, pl.DataFrame]) -> Sides:
        """The side tables of the rows, encoded once for many batches. Raises MissingInput, TableRejected."""
        return encoded_sides(self, tables)

    def row_arrays_beside(self, rows: pl.DataFrame, sides: Sides, items: ItemBlock, histories: Histories) -> RowArrays:
        """``row_arrays`` with side tables that are encoded already."""
        return rows_beside(self, rows, sides, items, histories)

    def user_vector(self, attributes: Mapping[str, object]) -> UserVector:
        """The facts about one user by feature name or else column; absent is missing, the history is empty.

        A feature of the user column itself is such a fact: put the user key under that column.
        """
        return user_from_facts(self, attributes)

    def known_users(self, people: pl.DataFrame | None, histories: Histories) -> Iterator[tuple[str, UserVector]]:
        """Key and vector, history included, of everyone in the user table or the histories, to load online.

        Raises MissingInput, TableRejected.
        """
        return known_users(self, people, histories)

    def candidate_rows(
        self, user: UserVector | None, context: Mapping[str, object], items: ItemBlock, candidates: Int32
    ) -> RowArrays:
        """One request times its candidates (rows of ``items``); ``None`` is an unknown user.

        The user side comes from ``user`` alone, the rest of the row side from ``context``, by feature name or
        else column; features of tables with role ``other`` are told there too.
        """
        return rows_from_request(self, user or self._nobody, context, items, candidates)

    @cached_property
    def _nobody(self) -> UserVector:
        return self.user_vector({})

    def save(self, folder: Path) -> None:
        """Write ``vocab.parquet``, ``schema.yaml``, ``features.safetensors`` and ``features.json``."""
        save_learned(self, folder)

    @classmethod
    def load(cls, folder: Path) -> FeatureEncoding:
        """Read it back. Raises MissingInput, BundleRejected, SchemaMismatch."""
        return cls._of(load_learned(folder))
