"""A stream of rows into examples whose arrays lie on disk: what ``prepare`` does, in memory that does not grow.

Rows are encoded batch by batch into plain files, read back as memory maps: the operating system keeps of them what
fits and drops the rest, the training loop copies one batch at a time. What grows is what is learned: vocabularies,
the items, and a count for each item.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from adplat.ctr.as_seen import late_outcome
from adplat.ctr.config import TrainConfig
from adplat.ctr.content_prior import NO_PRIOR
from adplat.ctr.examples import Examples
from adplat.ctr.item_record import ItemRecord
from adplat.ctr.prepare import Past, Prepared, examples_of, labels_of, prepare, shape_of
from adplat.data import RowStream, Tables
from adplat.domain import ConfigRejected, FeatureSchema, Progress
from adplat.features import Histories, ItemBlock, Layout, RowArrays, fit_streamed, items_of

AnyArray = npt.NDArray[np.float32] | npt.NDArray[np.int32] | npt.NDArray[np.int64]


@contextmanager
def encoded_rows(
    schema: FeatureSchema, config: TrainConfig, tables: Tables, cache_dir: Path, progress: Progress
) -> Iterator[Prepared]:
    """``tables`` encoded, in memory or, where they are streamed, in a temporary folder that goes with the block."""
    if tables.stream is None:
        yield prepare(schema, config, tables.rows, tables.valid, tables.tables, tables.root, cache_dir, progress)
        return
    cache_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="rows-", dir=cache_dir) as place:
        yield prepare_streamed(schema, config, tables.stream, tables.valid, Path(place), progress)


def prepare_streamed(
    schema: FeatureSchema,
    config: TrainConfig,
    stream: RowStream,
    later: pl.DataFrame | None,
    place: Path,
    progress: Progress,
) -> Prepared:
    """Encode one training run into files under ``place``, which must outlive the result.

    Raises ConfigRejected for what a stream cannot tell: side tables, images, texts, histories, records.
    """
    refuse_past(schema, config)
    rng = np.random.default_rng(config.seed)
    encoding, shown = fit_streamed(schema, _told(stream, "learning values", progress), rng)
    if later is not None:
        theirs = items_of(Layout(schema), later, {})
        shown = shown if theirs is None else pl.concat([shown, theirs]).unique(maintain_order=True)
    items = encoding.item_block(shown, place)
    histories = Histories.from_rows(schema, next(stream.batches()).clear())
    files, counts = _Files(place, stream.height), _Counts(items)
    for batch in _told(stream, "encoding rows", progress):
        arrays, labels = encoding.row_arrays(batch, {}, items, histories), labels_of(schema, batch)
        files.write(arrays, labels)
        counts.add(arrays.item, labels[:, 0])
    rows, labels = files.read()
    train = Examples(items, rows, np.zeros((stream.height, 0), np.float32), labels)
    past = Past(histories, counts.record(config.model.record_shrinkage))
    shape = shape_of(encoding, 0)
    centres = NO_PRIOR.centres(items)
    held_out = None if later is None else examples_of(encoding, items, past, centres, later, {}, shape)
    return Prepared(encoding, shape, train, held_out, past, NO_PRIOR)


def past_with_later(schema: FeatureSchema, prepared: Prepared) -> Past:
    """``prepare.whole_past`` for a stream: the items' counts with those of the later rows, where there is a time."""
    later, record = prepared.later, prepared.past.record
    if later is None or not schema.time:
        return prepared.past
    counts = _Counts(later.items)
    place = later.items.rows_of_hashes(record.hashes)
    counts.impressions[place], counts.clicks[place] = record.impressions, record.positives
    counts.add(later.rows.item, later.labels[:, 0])
    return replace(prepared.past, record=counts.record(record.shrinkage))


def refuse_past(schema: FeatureSchema, config: TrainConfig) -> None:
    """Raises ConfigRejected where a config asks for what needs the whole table at once."""
    asked = {
        "model.record": config.model.record != "none",
        "model.content_prior": config.model.content_prior,
        "model.familiarity": config.model.familiarity != "none",
        "model.kind: lightgbm": config.model.kind == "lightgbm",
        "baselines: lightgbm": "lightgbm" in config.baselines,
        "training.refit": config.training.refit,
        "a conversion that comes late": late_outcome(schema, config.delayed) is not None,
        "data.sample": config.data.sample > 0,
    }
    for name, wanted in asked.items():
        if wanted:
            raise ConfigRejected(
                f"{name} needs the whole table in memory",
                where="data.stream",
                hint=f"stream: false, or drop {name}",
            )


def _told(stream: RowStream, what: str, progress: Progress) -> Iterator[pl.DataFrame]:
    done = 0
    for batch in stream.batches():
        yield batch
        done += batch.height
        progress(done, stream.height, what)


@dataclass
class _Files:
    """The growing arrays of a table, one file each."""

    place: Path
    height: int
    kinds: dict[str, tuple[np.dtype[np.generic], tuple[int, ...]]] = field(default_factory=dict)

    def write(self, arrays: RowArrays, labels: npt.NDArray[np.float32]) -> None:
        """Append one batch."""
        parts: dict[str, AnyArray] = {"labels": labels}
        parts |= {name: getattr(arrays, name) for name in (one.name for one in fields(RowArrays))}
        for name, part in parts.items():
            self.kinds[name] = (part.dtype, part.shape[1:])
            with (self.place / name).open("ab") as file:
                file.write(part.tobytes())

    def read(self) -> tuple[RowArrays, npt.NDArray[np.float32]]:
        """Everything written, as memory maps."""
        found = {name: self._map(name) for name in self.kinds}
        labels = found.pop("labels")
        return RowArrays(**found), labels

    def _map(self, name: str) -> np.ndarray:  # of any of the dtypes
        kind, rest = self.kinds[name]
        shape = (self.height, *rest)
        if not np.prod(shape):
            return np.zeros(shape, kind)
        return np.asarray(np.memmap(self.place / name, dtype=kind, mode="r", shape=shape))


class _Counts:
    """Impressions and clicks of every item."""

    def __init__(self, items: ItemBlock) -> None:
        self.hashes = items.hashes
        self.impressions, self.clicks = np.zeros(len(items.hashes)), np.zeros(len(items.hashes))

    def add(self, item: npt.NDArray[np.int32], clicked: npt.NDArray[np.float32]) -> None:
        """Count one batch."""
        self.impressions += np.bincount(item, minlength=len(self.hashes))
        self.clicks += np.bincount(item, weights=clicked, minlength=len(self.hashes))

    def record(self, shrinkage: float) -> ItemRecord:
        """The record of every item that was shown."""
        shown = np.flatnonzero(self.impressions)
        order = shown[np.argsort(self.hashes[shown])]
        rate = float(np.clip(self.clicks.sum() / max(self.impressions.sum(), 1.0), 1e-6, 1 - 1e-6))
        return ItemRecord(self.hashes[order], self.impressions[order], self.clicks[order], rate, shrinkage)
