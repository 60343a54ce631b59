"""A stream of rows into examples whose arrays lie on disk: what ``prepare`` does, in memory that does not grow.

Rows are encoded batch by batch into plain files, read back as memory maps: the operating system keeps of them what
fits and drops the rest, the training loop copies one batch at a time. Side tables and the vectors of items lie in
memory. What grows is what is learned and remembered: vocabularies, counts of items and of pairs that met, and the last
items of each user. Rows that look at the past are read in order of time.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

import numpy as np
import polars as pl

from adplat.ctr.as_seen import late_outcome
from adplat.ctr.config import TrainConfig
from adplat.ctr.content_prior import NO_PRIOR
from adplat.ctr.examples import Examples
from adplat.ctr.familiarity import Familiarity
from adplat.ctr.prepare import Past, Prepared, examples_of, labels_of, prepare, shape_of
from adplat.ctr.row_files import RowFiles
from adplat.ctr.running_past import ItemCounts, RunningPast, in_order, record_of, record_width
from adplat.data import RowStream, Tables
from adplat.domain import ConfigRejected, FeatureSchema, InternalFault, Progress
from adplat.features import FeatureEncoding, Histories, Layout, RowArrays, items_of, with_items


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
        yield prepare_streamed(schema, config, tables, Path(place), cache_dir, progress)


def prepare_streamed(
    schema: FeatureSchema, config: TrainConfig, tables: Tables, place: Path, cache_dir: Path, progress: Progress
) -> Prepared:
    """Encode one training run into files under ``place``, which must outlive the result.

    Raises MissingInput, TableRejected (rows out of order among them), ConfigRejected for what a stream cannot tell.
    """
    refuse_past(schema, config)
    if (stream := tables.stream) is None:
        raise InternalFault("a table without a stream cannot be streamed", hint="report this")
    later, side, root = tables.valid, tables.tables, tables.root
    rows = in_order(schema, config, _told(stream, "learning values", progress), stream.path)
    rng = np.random.default_rng(config.seed)
    encoding, described = FeatureEncoding.fit_batches(
        schema, rows, side, root, config.encoders, rng, cache_dir, progress
    )
    if described is not None and later is not None:
        described = with_items(described, items_of(encoding.layout, later, {}))
    shown = side[encoding.layout.item_table] if described is None else described
    items, sides = encoding.item_block(shown, root, cache_dir, progress), encoding.sides(side)
    running = RunningPast(encoding, config, items, tables.rows)
    files = RowFiles(place, stream.height)
    for batch in _told(stream, "encoding rows", progress):
        arrays = encoding.row_arrays_beside(batch, sides, items, running.histories_with(batch))
        parts = {one.name: getattr(arrays, one.name) for one in fields(RowArrays)}
        files.write(parts | {"labels": labels_of(schema, batch)} | running.told(batch, arrays))
    past, prior = running.finished()
    centres = prior.centres(items)
    record = record_of(files, "record", past.record, centres)
    plain = record if prior is NO_PRIOR else record_of(files, "plain_record", past.record, np.zeros(len(centres)))
    arrays = RowArrays(**{one.name: files.read(one.name) for one in fields(RowArrays)})
    train = Examples(items, arrays, record, files.read("labels"), plain)
    shape = shape_of(encoding, *record_width(files))
    held_out = None if later is None else examples_of(encoding, items, past, centres, later, side, shape)
    return Prepared(encoding, shape, train, held_out, past, prior)


def past_with_later(schema: FeatureSchema, prepared: Prepared, rows: pl.DataFrame | None) -> Past:
    """``prepare.whole_past`` for a stream: what it told and what the later ``rows`` add, where there is a time."""
    later, past = prepared.later, prepared.past
    if later is None or rows is None or not schema.time:
        return past
    counts = ItemCounts(later.items)
    place = later.items.rows_of_hashes(past.record.hashes)
    counts.impressions[place], counts.clicks[place] = past.record.impressions, past.record.positives
    counts.add(later.rows.item, later.labels[:, 0])
    pairs = past.pairs
    if prepared.shape.pair:
        users = later.rows.categorical[:, prepared.shape.row_user_columns[0]]
        pairs = pairs.joined(Familiarity.of(users, later.items.hashes[later.rows.item], later.labels[:, 0]))
    histories = past.histories.joined(Histories.from_rows(schema, rows))
    return Past(histories, counts.record(past.record.shrinkage), pairs)


def refuse_past(schema: FeatureSchema, config: TrainConfig) -> None:
    """Raises ConfigRejected where a config asks for what needs the whole table at once."""
    asked = {
        f"model.record: {config.model.record}": config.model.record not in ("none", "ordered"),
        f"model.familiarity: {config.model.familiarity}": config.model.familiarity not in ("none", "ordered"),
        "model.kind: lightgbm": config.model.kind == "lightgbm",
        "baselines: lightgbm": "lightgbm" in config.baselines,
        "training.refit": config.training.refit,
        "a conversion that comes late": late_outcome(schema, config.delayed) is not None,
        "a sequence of what comes late": any(
            (outcome := schema.outcome(feature.outcome)) is not None and outcome.delay
            for feature in Layout(schema).sequences
        ),
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
