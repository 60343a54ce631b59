"""What rows know of the past while they stream by: clicked items, records and familiarity, each as of its own row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from adplat.ctr.config import TrainConfig
from adplat.ctr.content_prior import NO_PRIOR, ContentPrior, prior_of_counts
from adplat.ctr.familiarity import NO_FAMILIARITY, pair_facts
from adplat.ctr.item_record import RECORD_WIDTH, ItemRecord, overall_rate, record_of_counts
from adplat.ctr.prepare import Past, labels_of, times_of, users_of
from adplat.ctr.row_files import AnyArray, RowFiles
from adplat.ctr.running_counts import RunningCounts
from adplat.domain import FeatureSchema, TableRejected
from adplat.features import FeatureEncoding, Histories, ItemBlock, Layout, RowArrays

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]


class RunningPast:
    """The past of a stream that has been read up to some row."""

    def __init__(self, encoding: FeatureEncoding, config: TrainConfig, items: ItemBlock, nothing: pl.DataFrame) -> None:
        self._encoding, self._model, self._items, self._seed = encoding, config.model, items, config.seed
        self._histories = Histories.from_rows(encoding.schema, nothing)
        self._by_item, self._by_pair = RunningCounts(), RunningCounts()
        self.totals = ItemCounts(items)

    def histories_with(self, batch: pl.DataFrame) -> Histories:
        """All that a batch can see of its users' past, its own earlier rows included; then forgets the old."""
        schema = self._encoding.schema
        if not self._encoding.layout.sequences or batch.is_empty():
            return self._histories
        known = self._histories.joined(Histories.from_rows(schema, batch))
        self._histories = known.latest(int(times_of(schema, batch)[-1]))
        return known

    def told(self, batch: pl.DataFrame, arrays: RowArrays) -> dict[str, AnyArray]:
        """What each row may know of its item and of its pair, to be kept beside its arrays; then counts the batch."""
        clicked, hashes = labels_of(self._encoding.schema, batch)[:, 0], self._items.hashes[arrays.item]
        times, parts = times_of(self._encoding.schema, batch), dict[str, AnyArray]()
        self.totals.add(arrays.item, clicked)
        if self._model.record == "ordered":
            nobody = np.zeros(len(hashes), np.int32)
            parts["impressions"], parts["positives"] = self._by_item.before(nobody, hashes, times, clicked)
        if self._model.familiarity == "ordered":
            users = users_of(self._encoding, arrays, self._model.familiarity)
            parts["met"] = pair_facts(users, hashes, *self._by_pair.before(users, hashes, times, clicked))
        return parts

    def finished(self) -> tuple[Past, ContentPrior]:
        """The past that all rows tell later ones, and what content says of items."""
        pairs = self._by_pair.pairs() if self._model.familiarity == "ordered" else NO_FAMILIARITY
        prior = NO_PRIOR
        if self._model.content_prior:
            rng = np.random.default_rng([self._seed, 1])
            prior = prior_of_counts(self._items, self.totals.impressions, self.totals.clicks, rng)
        return Past(self._histories, self.totals.record(self._model.record_shrinkage), pairs), prior


def record_of(files: RowFiles, name: str, past: ItemRecord, centres: Float64) -> Float32:
    """The finished record of every row, written under ``name``: the rate it shrinks to is known at the end only."""
    for part in files.slices():
        columns = [np.zeros((part.stop - part.start, 0), np.float32)]
        if "impressions" in files.kinds:
            shown, liked = (np.array(files.read(which)[part]) for which in ("impressions", "positives"))
            centre = centres[files.read("item")[part]]
            columns.append(record_of_counts(shown, liked, past.rate, past.shrinkage, centre))
        if "met" in files.kinds:
            columns.append(files.read("met")[part])
        files.write({name: np.concatenate(columns, axis=1)})
    return files.read(name)


def record_width(files: RowFiles) -> tuple[int, int]:
    """How wide the record is, and how much of it is about the pair."""
    pair = files.kinds["met"][1][0] if "met" in files.kinds else 0
    return pair + (RECORD_WIDTH if "impressions" in files.kinds else 0), pair


class ItemCounts:
    """Impressions and clicks of every item."""

    def __init__(self, items: ItemBlock) -> None:
        self.hashes = items.hashes
        self.impressions, self.clicks = np.zeros(len(items.hashes)), np.zeros(len(items.hashes))

    def add(self, item: npt.NDArray[np.int32], clicked: Float32) -> None:
        """Count one batch."""
        self.impressions += np.bincount(item, minlength=len(self.hashes))
        self.clicks += np.bincount(item, weights=clicked, minlength=len(self.hashes))

    def record(self, shrinkage: float) -> ItemRecord:
        """The record of every item that was shown."""
        shown = np.flatnonzero(self.impressions)
        order = shown[np.argsort(self.hashes[shown])]
        rate = overall_rate(float(self.clicks.sum()), int(self.impressions.sum()))
        return ItemRecord(self.hashes[order], self.impressions[order], self.clicks[order], rate, shrinkage)


def in_order(
    schema: FeatureSchema, config: TrainConfig, batches: Iterator[pl.DataFrame], path: Path
) -> Iterator[pl.DataFrame]:
    """The batches, refused where a row is earlier than the one before and something looks at the past.

    Raises TableRejected.
    """
    looks = Layout(schema).sequences or "ordered" in (config.model.record, config.model.familiarity)
    if not looks or not schema.time:
        yield from batches
        return
    before, read = np.iinfo(np.int64).min, 0
    for batch in batches:
        times = times_of(schema, batch)
        back = np.flatnonzero(np.diff(times, prepend=np.int64(before) if read else times[:1]) < 0)
        if len(back):
            raise TableRejected(
                f"row {read + int(back[0]) + 1} is earlier (column {schema.time!r}) than the row before it",
                where=str(path),
                hint=f"a streamed table is read in order of time: pl.scan_parquet({path.name!r})"
                f".sort({schema.time!r}).sink_parquet('sorted.parquet')",
            )
        before, read = int(times[-1]) if len(times) else before, read + len(times)
        yield batch
