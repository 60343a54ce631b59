"""What a bundle says of creatives at showings and openings, also as if it had never met them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from adplat.ctr import KeptBundle, Scores
from adplat.data import load_side_tables
from adplat.domain import Progress, SchemaMismatch
from adplat.features import ItemBlock, Layout, item_hash, merge_items
from adplat.forecast import NewCreative

NEW = "new:"


@dataclass(frozen=True)
class ResponseScorer:
    """A bundle, the creatives it may be asked about, and the tables of people beside them."""

    kept: KeptBundle
    tables: Mapping[str, pl.DataFrame]
    items: ItemBlock

    @classmethod
    def open(
        cls,
        kept: KeptBundle,
        folder: Path,
        wanted: Sequence[str],
        new: Sequence[tuple[NewCreative, str, Path]],
        cache_dir: Path,
        progress: Progress,
    ) -> ResponseScorer:
        """``wanted`` are ids of the catalogue; ``new`` creatives come with their advertiser and their pictures' folder.

        Raises SchemaMismatch for a bundle that is not of a lake, else like ``FeatureEncoding.item_block``.
        """
        schema, encoding = kept.schema, kept.scorer.encoding
        table = schema.table("item")
        if table is None or schema.item != "creative_id":
            raise SchemaMismatch(
                "the bundle does not score creatives of a catalogue",
                where=schema.name,
                hint="train one on the lake, with 'item: creative_id' and an item table",
            )
        tables = load_side_tables(schema, folder, allow_absent=True)
        block = kept.items
        catalogue = tables.get(table.name)
        if catalogue is not None:
            key = pl.col(table.key).cast(pl.String)
            rows = catalogue.filter(key.is_in(list(wanted))).with_columns(key)
            block = merge_items(block, encoding.item_block(rows, folder, cache_dir, progress))
        columns = list(dict.fromkeys([table.key, *_columns_of(kept)]))
        by_root: dict[Path, list[pl.DataFrame]] = {}
        for number, (creative, advertiser, root) in enumerate(new, start=1):
            row = _new_row(creative, advertiser, f"{NEW}{number}", table.key, columns)
            by_root.setdefault(root, []).append(row)
        for root, made in by_root.items():
            block = merge_items(block, encoding.item_block(pl.concat(made), root, cache_dir, progress))
        beside = {name: frame for name, frame in tables.items() if name != table.name}
        return cls(kept, beside, block)

    def knows(self, creative_id: str) -> bool:
        """Whether it was trained on showings of the creative."""
        return bool(self.kept.scorer.knows(np.array([item_hash(creative_id)], dtype=np.int64))[0])

    @property
    def remembers_pairs(self) -> bool:
        """Whether it keeps outcomes of single people, which cannot be cut off at an earlier moment from sums."""
        return bool(self.kept.manifest.shape.pair) or self.kept.scorer.joint is not None

    def as_fitted(self, impressions: Mapping[str, float], clicks: Mapping[str, float]) -> ResponseScorer:
        """The same network remembering only this of each creative."""
        record = self.kept.scorer.record
        hashes = {item_hash(name): name for name in impressions}
        names = [hashes.get(int(one), "") for one in record.hashes]
        known = np.array([name != "" for name in names], dtype=bool)
        names = [name for name in names if name]
        cut = replace(
            record,
            hashes=record.hashes[known],
            impressions=np.array([impressions[name] for name in names], dtype=np.float64),
            positives=np.array([clicks.get(name, 0.0) for name in names], dtype=np.float64),
        )
        return replace(self, kept=replace(self.kept, scorer=self.kept.scorer.with_record(cut)))

    def score_as_new(self, rows: pl.DataFrame) -> Scores:
        """As if it met every creative for the first time.

        It remembers no outcomes, and what pictures and words say is what the *other* creatives taught
        (``ctr.content_prior``). A model that reads their vectors besides has learned some by heart, so it gets none;
        only the level of its scores is that with them.
        """
        forgetful = self.as_fitted({}, {})
        told = forgetful.score(rows)
        model = self.kept.manifest.config.get("model", {})
        if model.get("kind") != "lightgbm" and model.get("tower") == 0:
            return told
        names = ("image", "image_present", "text", "text_present")
        unseen = replace(self.items, **{name: np.zeros_like(getattr(self.items, name)) for name in names})
        blind = replace(forgetful, items=unseen).score(rows)
        p_ctr = blind.p_ctr * (told.p_ctr.sum() / blind.p_ctr.sum())
        if told.p_cvr is None or blind.p_cvr is None:
            return Scores(p_ctr, None)
        return Scores(p_ctr, blind.p_cvr * (told.p_cvr.sum() / blind.p_cvr.sum()))

    def score(self, rows: pl.DataFrame) -> Scores:
        """Of rows with ``creative_id`` and a lake's columns."""
        absent = [name for name in _row_columns(self.kept) if name not in rows.columns]
        rows = rows.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in absent)
        return self.kept.score(rows, self.tables, self.items)

    def score_at(self, openings: pl.DataFrame, creative_id: str) -> Scores:
        """Of one creative at every opening."""
        return self.score(openings.with_columns(pl.lit(creative_id).alias("creative_id")))


def _columns_of(kept: KeptBundle) -> list[str]:
    table = kept.schema.table("item")
    return [
        column
        for feature in kept.schema.features
        if table is not None and feature.table == table.name
        for column in feature.columns or (feature.name,)
    ]


def _row_columns(kept: KeptBundle) -> list[str]:
    schema = kept.schema
    told = [column for one in schema.features if not one.table for column in one.columns or (one.name,)]
    sequences = {feature.name for feature in Layout(schema).sequences}
    return [name for name in dict.fromkeys([*told, schema.user, schema.time]) if name and name not in sequences]


def _new_row(creative: NewCreative, advertiser: str, name: str, key: str, columns: Sequence[str]) -> pl.DataFrame:
    """One row of an item table; what nobody can know of it yet is null."""
    told = {
        key: name,
        "advertiser_id": advertiser,
        "headline": creative.headline,
        "body": creative.body,
        "cta": creative.cta,
        "language": creative.language,
        "category": creative.category,
        "image_path": creative.image_path,
    }
    return pl.DataFrame(
        {column: [told.get(column) or None] for column in columns}, schema_overrides=dict.fromkeys(columns, pl.String)
    )
