"""Tables into examples: encoding fitted on the earlier rows, histories and records that know no future."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from adplat.ctr.config import TrainConfig
from adplat.ctr.content_prior import NO_PRIOR, ContentPrior, fit_content_prior
from adplat.ctr.delay_model import DelayModel
from adplat.ctr.delayed_rows import with_targets
from adplat.ctr.examples import Examples, joined_rows
from adplat.ctr.familiarity import NO_FAMILIARITY, Familiarity, familiarity_features, pair_features
from adplat.ctr.grades import Grades
from adplat.ctr.item_record import ItemRecord, record_features
from adplat.ctr.joint_record import JOINT_WIDTH, LOG_ODDS, JointRecord, JointSettings, cross_fitted, fit_joint_record
from adplat.ctr.shape import NetworkShape
from adplat.ctr.user_facts import UserColumns
from adplat.domain import ConfigRejected, FeatureSchema, MissingInput, Progress
from adplat.features import FeatureEncoding, Histories, ItemBlock, RowArrays
from adplat.features.histories import seconds_of

HEADS = ("click", "conversion")


@dataclass(frozen=True)
class Past:
    """What is known at some moment: histories, item records, who met what, levels and tastes fitted jointly."""

    histories: Histories
    record: ItemRecord
    pairs: Familiarity = NO_FAMILIARITY
    joint: JointRecord | None = None


@dataclass(frozen=True)
class Prepared:
    """Training rows and, where some are held out, later rows, with the encoding fitted on the former.

    ``past`` is what the training rows tell; the later rows are seen with it, as later requests will be.
    """

    encoding: FeatureEncoding
    shape: NetworkShape
    train: Examples
    later: Examples | None
    past: Past
    prior: ContentPrior
    seed: int = 0
    delays: DelayModel | None = None


def prepare(
    schema: FeatureSchema,
    config: TrainConfig,
    rows: pl.DataFrame,
    later: pl.DataFrame | None,
    tables: Mapping[str, pl.DataFrame],
    root: Path,
    cache_dir: Path,
    progress: Progress,
) -> Prepared:
    """Encode one training run. Raises MissingInput, TableRejected or ConfigRejected."""
    encoding = FeatureEncoding.fit(schema, rows, tables, root, config.encoders, cache_dir, progress)
    every = rows if later is None else pl.concat([rows, later], how="diagonal_relaxed")
    items = encoding.items_for(every, tables, root, None, cache_dir, progress)
    histories = Histories.from_rows(schema, rows)
    arrays = encoding.row_arrays(rows, tables, items, histories)
    labels, hashes = labels_of(schema, rows), items.hashes[arrays.item]
    users, pairs = users_of(encoding, arrays, config.model.familiarity), NO_FAMILIARITY
    if config.model.familiarity != "none":
        pairs = Familiarity.of(users, hashes, labels[:, 0])
    past = Past(histories, ItemRecord.of(hashes, labels[:, 0], config.model.record_shrinkage), pairs)
    times, how = times_of(schema, rows), config.model.record
    met = familiarity_features(config.model.familiarity, users, hashes, times, labels[:, 0])
    if how == "joint":
        progress(0, 1, "levels of items and users")
        met_rows, grades = Examples(items, arrays, met, labels), Grades.of(schema, rows, labels[:, 0])
        prepared = _prepared_jointly(encoding, config, met_rows, grades, past, later, tables)
        progress(1, 1, "levels of items and users")
        return _with_targets(prepared, config, rows, later)
    prior = NO_PRIOR
    if config.model.content_prior:
        prior = fit_content_prior(items, arrays.item, labels[:, 0], np.random.default_rng([config.seed, 1]))

    def record_of(centres: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
        rng, shrinkage = np.random.default_rng(config.seed), config.model.record_shrinkage
        told = record_features(how, hashes, times, labels[:, 0], shrinkage, rng, centres)
        return np.concatenate([told, met], axis=1)

    centres = prior.centres(items)
    record, plain = record_of(centres[arrays.item]), record_of(np.zeros(len(hashes)))
    train = Examples(items, arrays, record, labels, plain)
    shape = shape_of(encoding, record.shape[1], met.shape[1])
    held_out = None if later is None else examples_of(encoding, items, past, centres, later, tables, shape)
    return _with_targets(Prepared(encoding, shape, train, held_out, past, prior), config, rows, later)


def _with_targets(prepared: Prepared, config: TrainConfig, rows: pl.DataFrame, later: pl.DataFrame | None) -> Prepared:
    """The examples of both parts with what delayed outcomes make of their labels."""
    parts = [(rows, prepared.train)]
    if later is not None and prepared.later is not None:
        parts.append((later, prepared.later))
    (train, *rest), delays = with_targets(prepared.encoding, config.delayed, parts)
    return replace(prepared, train=train, later=rest[0] if rest else None, delays=delays)


def users_of(encoding: FeatureEncoding, rows: RowArrays, familiarity: str) -> npt.NDArray[np.int32]:
    """The user of each row as an index, zeros where nobody asks. Raises ConfigRejected without a user feature."""
    if familiarity == "none":
        return np.zeros(len(rows), np.int32)
    columns = shape_of(encoding, 0, 0).row_user_columns
    if not columns or not encoding.schema.item:
        raise ConfigRejected(
            "familiarity needs to know users and items",
            where=encoding.schema.name,
            hint="name 'user' and 'item' in the schema and list the user among its features, or set familiarity: none",
        )
    return rows.categorical[:, columns[0]]


def _prepared_jointly(
    encoding: FeatureEncoding,
    config: TrainConfig,
    rows: Examples,
    grades: Grades,
    past: Past,
    later: pl.DataFrame | None,
    tables: Mapping[str, pl.DataFrame],
) -> Prepared:
    """With ``record: joint``: the joint numbers before what ``rows`` already tell of the pair.

    What ``id_only`` may know comes from a fit that reads no image and no text.
    """
    known, pair = joint_settings(encoding, config.seed), rows.record
    shape = shape_of(encoding, JOINT_WIDTH + pair.shape[1], pair.shape[1])
    joint = fit_joint_record(rows.items, rows.rows, grades, known)
    record = cross_fitted(rows.items, rows.rows, grades, known)
    train = replace(rows, record=np.concatenate([record, pair], axis=1))
    held_out = plain_joint = None
    if later is not None and "id_only" in config.baselines:
        plain = replace(known, content=False)
        plain_joint = fit_joint_record(rows.items, rows.rows, grades, plain)
        told = cross_fitted(rows.items, rows.rows, grades, plain)
        train = replace(train, plain_record=np.concatenate([told, pair], axis=1))
    if later is not None:
        seen = encoding.row_arrays(later, tables, rows.items, past.histories)
        met = pair_features(shape, past.pairs, seen, rows.items.hashes[seen.item])
        record = np.concatenate([joint.features(rows.items, seen), met], axis=1)
        held_out = Examples(rows.items, seen, record, labels_of(encoding.schema, later))
        if plain_joint is not None:
            told = np.concatenate([plain_joint.features(rows.items, seen), met], axis=1)
            held_out = replace(held_out, plain_record=told)
    shape = replace(shape, record_log_odds=LOG_ODDS)
    return Prepared(encoding, shape, train, held_out, replace(past, joint=joint), NO_PRIOR, config.seed)


def joint_settings(encoding: FeatureEncoding, seed: int) -> JointSettings:
    """What a joint fit needs to know of the schema."""
    return JointSettings(shape_of(encoding, 0).item_id_columns, UserColumns.of(encoding.layout), seed)


def whole_past(schema: FeatureSchema, prepared: Prepared, rows: pl.DataFrame, later: pl.DataFrame | None) -> Past:
    """All that both parts tell: what rows after the training data are scored with.

    Without time there is no past: the later rows are another sample, and stay unknown.
    """
    if later is None or prepared.later is None or not schema.time:
        return prepared.past
    parts, frames = (prepared.train, prepared.later), pl.concat([rows, later], how="diagonal_relaxed")
    hashes = np.concatenate([part.items.hashes[part.rows.item] for part in parts])
    clicked = np.concatenate([part.labels[:, 0] for part in parts])
    record = ItemRecord.of(hashes, clicked, prepared.past.record.shrinkage)
    pairs = prepared.past.pairs
    if prepared.shape.pair:
        column = prepared.shape.row_user_columns[0]
        users = np.concatenate([part.rows.categorical[:, column] for part in parts])
        pairs = Familiarity.of(users, hashes, clicked)
    joint = prepared.past.joint
    if joint is not None:
        every, known = joined_rows([part.rows for part in parts]), joint_settings(prepared.encoding, prepared.seed)
        joint = fit_joint_record(prepared.train.items, every, Grades.of(schema, frames, clicked), known)
    return Past(Histories.from_rows(schema, frames), record, pairs, joint)


def examples_of(
    encoding: FeatureEncoding,
    items: ItemBlock,
    past: Past,
    centres: npt.NDArray[np.float64],
    rows: pl.DataFrame,
    tables: Mapping[str, pl.DataFrame],
    shape: NetworkShape,
) -> Examples:
    """Later rows, labelled, with what ``past`` knows of their items and users, and content of items (``centres``)."""
    arrays = encoding.row_arrays(rows, tables, items, past.histories)
    met = pair_features(shape, past.pairs, arrays, items.hashes[arrays.item])
    record, plain = (
        np.concatenate([past.record.features(items.hashes, told)[:, : shape.record - shape.pair][arrays.item], met], 1)
        for told in (centres, np.zeros(len(centres)))
    )
    return Examples(items, arrays, record, labels_of(encoding.schema, rows), plain)


def labels_of(schema: FeatureSchema, rows: pl.DataFrame) -> npt.NDArray[np.float32]:
    """(N, H) of 0 and 1: click and, where the schema has it, conversion (missing counts as none)."""
    columns = []
    for name in HEADS:
        outcome = schema.outcome(name)
        if outcome is None:
            continue
        if outcome.column not in rows.columns:
            raise MissingInput(
                f"no column {outcome.column!r}", where=f"outcome {name!r}", hint="give rows with their outcomes"
            )
        reached = rows[outcome.column].cast(pl.Float64).fill_null(0.0) >= outcome.at_least
        columns.append(reached.to_numpy().astype(np.float32))
    return np.column_stack(columns)


def times_of(schema: FeatureSchema, rows: pl.DataFrame) -> npt.NDArray[np.int64]:
    """Unix seconds (N,); zeros where the schema has no time."""
    if not schema.time:
        return np.zeros(len(rows), np.int64)
    return seconds_of(rows[schema.time]).fill_null(0).to_numpy().astype(np.int64)


def shape_of(encoding: FeatureEncoding, record_width: int, pair_width: int = 0) -> NetworkShape:
    """The network that fits this encoding; the last ``pair_width`` columns of the record are about the pair."""
    sizes, schema, layout = encoding.sizes, encoding.schema, encoding.layout
    table = schema.table("item")
    item_keys = {schema.item} | ({table.key} if table else set())
    items = tuple(place for place, f in enumerate(layout.item.categorical) if item_keys.intersection(f.columns))
    users = tuple(
        place for place, f in enumerate(layout.row.categorical) if f.columns == (schema.user,) and not f.table
    )
    shape = NetworkShape(
        item_categorical=sizes.item_categorical,
        item_bags=sizes.item_bags,
        row_categorical=sizes.row_categorical,
        row_bags=sizes.row_bags,
        item_numeric=sizes.item_numeric,
        row_numeric=sizes.row_numeric,
        image=sizes.image,
        text=sizes.text,
        sequences=sizes.sequences,
        length=sizes.history_length,
        record=record_width,
        pair=pair_width,
        heads=1 + (schema.outcome("conversion") is not None),
        item_id_columns=items,
        row_user_columns=users,
    )
    if not shape.says_something:
        raise ConfigRejected(
            "the schema gives the network nothing to read", where=schema.name, hint="add a feature or an encoder"
        )
    return shape
