"""What each user did before a moment: clicked, bought. Read from rows, never from their future.

One ordering rule holds for training, bulk load and the online worker: entries are *sets* of
``(time_s, item_hash)`` pairs, newest first, ties by the larger hash. So neither arrival order nor a second
delivery of the same event can change a history. Time has the resolution of a second: an entry counts for a
row only when its second is strictly earlier.

An outcome that comes late (a conversion, days after its impression) is dated by the delay column that the schema
names for it, in seconds after the row's own time; otherwise by the row's own time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from adplat.data import read_table, write_table
from adplat.domain import FeatureSchema, TableRejected
from adplat.features.arrays import Int32, Int64, ItemBlock, UserVector, item_hash
from adplat.features.layout import Layout
from adplat.features.tabular import column_of
from adplat.features.values import canonical_column, numbers_of, positions

_COLUMNS = {"sequence": pl.Int32, "user": pl.String, "time_s": pl.Int64, "item_hash": pl.Int64}
Whole = TypeVar("Whole", np.int32, np.int64)
# Times are compared as one integer "user, then second"; 2**36 seconds are 2,000 years.
_SPAN = 2**36


def seconds_of(column: pl.Series) -> pl.Series:
    """Unix seconds (Int64) of a time column; null where unknown. Raises TableRejected.

    Numbers are unix seconds already; text is ISO 8601, UTC where it names no zone.
    """
    kind = column.dtype
    if kind == pl.String:
        try:
            column = pl.select(pl.lit(column).str.to_datetime(time_zone="UTC", time_unit="us", strict=True)).to_series()
        except pl.exceptions.PolarsError:
            raise TableRejected(
                f"column {column.name!r} holds text that is no time",
                hint="give unix seconds or ISO 8601 times",
            ) from None
        kind = column.dtype
    if kind in (pl.Date, pl.Datetime) or isinstance(kind, pl.Datetime):
        return pl.select(pl.lit(column).dt.epoch("s").cast(pl.Int64)).to_series()
    if not kind.is_numeric():
        raise TableRejected(
            f"column {column.name!r} of type {kind} is no time", hint="give unix seconds or ISO 8601 times"
        )
    known = numbers_of(column)
    return pl.Series(column.name, np.floor(known)).fill_nan(None).cast(pl.Int64)


@dataclass(frozen=True)
class _Sequence:
    """All entries of one sequence, sorted by user, then time, then hash."""

    starts: Int64  # (U + 1,) where each user's entries begin
    time_s: Int64  # (E,)
    item_hash: Int64  # (E,)


@dataclass(frozen=True)
class Histories:
    """Every known user's past, ready to be cut at any moment."""

    users: pl.Series  # (U,) sorted distinct user keys
    sequences: tuple[_Sequence, ...]
    lengths: tuple[int, ...]

    @classmethod
    def from_rows(cls, schema: FeatureSchema, rows: pl.DataFrame) -> Histories:
        """Collect from rows that carry outcomes. Raises MissingInput, TableRejected."""
        layout = Layout(schema)
        parts = [pl.DataFrame(schema=_COLUMNS)]
        for sequence, feature in enumerate(layout.sequences):
            outcome = schema.outcome(feature.outcome)
            if outcome is None:  # Layout refuses it; this tells the type checker
                continue
            reached = numbers_of(column_of(rows, outcome.column, "the rows")) >= outcome.at_least
            happened = rows.filter(pl.Series(reached))
            times = seconds_of(column_of(happened, schema.time, "the rows"))
            if outcome.delay:
                waited = numbers_of(column_of(happened, outcome.delay, "the rows"))
                late = np.floor(np.nan_to_num(waited)).astype(np.int64)
                times = times + pl.Series(late)
            items = canonical_column(column_of(happened, layout.item_column, "the rows"))
            parts.append(
                pl.DataFrame(
                    {
                        "sequence": pl.repeat(sequence, len(happened), dtype=pl.Int32, eager=True),
                        "user": canonical_column(column_of(happened, layout.user_column, "the rows")),
                        "time_s": times,
                        "item_hash": hashes_of(items),
                    },
                    schema=_COLUMNS,
                ).drop_nulls()
            )
        return cls._of(pl.concat(parts), tuple(feature.length for feature in layout.sequences))

    @classmethod
    def from_entries(cls, schema: FeatureSchema, entries: pl.DataFrame) -> Histories:
        """The same from what ``entries`` gives, in any order."""
        lengths = tuple(feature.length for feature in Layout(schema).sequences)
        return cls._of(entries.cast(_COLUMNS), lengths)  # type: ignore[arg-type]  # a dict of dtypes is meant

    @classmethod
    def _of(cls, events: pl.DataFrame, lengths: tuple[int, ...]) -> Histories:
        users = events["user"].unique().sort()
        sequences = []
        for sequence in range(len(lengths)):
            mine = events.filter(pl.col("sequence") == sequence)
            number = positions(mine["user"], users) - 1
            mine = (
                pl.DataFrame({"user": number, "time_s": mine["time_s"], "item_hash": mine["item_hash"]})
                .unique()
                .sort("user", "time_s", "item_hash")
            )
            starts = np.searchsorted(mine["user"].to_numpy(), np.arange(len(users) + 1))
            sequences.append(
                _Sequence(
                    starts.astype(np.int64), mine["time_s"].to_numpy().copy(), mine["item_hash"].to_numpy().copy()
                )
            )
        return cls(users, tuple(sequences), lengths)

    def before(self, user_keys: pl.Series | Sequence[object], times_s: Int64, sequence: int) -> Int64:
        """Item hashes strictly earlier than each moment, newest first, 0 padded. (N, length)

        ``times_s`` are unix seconds (N,); unknown and empty user keys have no history.
        """
        length = self.lengths[sequence]
        return self._before(user_keys, times_s, sequence, length, self.sequences[sequence].item_hash)

    def rows_before(
        self, user_keys: pl.Series | Sequence[object], times_s: Int64, sequence: int, items: ItemBlock
    ) -> Int32:
        """``before`` as rows of ``items``: each entry is looked up once, not once per row that shows it."""
        rows = items.rows_of_hashes(self.sequences[sequence].item_hash)
        return self._before(user_keys, times_s, sequence, self.lengths[sequence], rows)

    def all_of(self, user_keys: Sequence[object], history_length: int) -> tuple[Int64, Int64]:
        """Everything known of these users: item hashes and unix seconds, both (N, S, ``history_length``)."""
        shape = (len(user_keys), len(self.lengths), history_length)
        hashes, times = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        ever = np.full(len(user_keys), _SPAN, dtype=np.int64)
        for place, known in enumerate(self.sequences):
            hashes[:, place] = self._before(user_keys, ever, place, history_length, known.item_hash)
            times[:, place] = self._before(user_keys, ever, place, history_length, known.time_s)
        return hashes, times

    def _before(
        self,
        user_keys: pl.Series | Sequence[object],
        times_s: Int64,
        sequence: int,
        length: int,
        values: npt.NDArray[Whole],
    ) -> npt.NDArray[Whole]:
        """``values`` (one per entry of the sequence) of the last ``length`` entries before each moment."""
        keys = canonical_column(user_keys if isinstance(user_keys, pl.Series) else pl.Series(user_keys, strict=False))
        known = self.sequences[sequence]
        found = np.zeros((len(keys), length), dtype=values.dtype)
        if not len(values):
            return found
        number = positions(keys, self.users).astype(np.int64) - 1
        counts, earliest = np.diff(known.starts), int(known.time_s.min())
        of_entry = np.repeat(np.arange(len(counts)), counts) * _SPAN + (known.time_s - earliest)
        # Clipping keeps a moment outside the known years inside its own user's range.
        moment = number * _SPAN + np.clip(times_s - earliest, 0, _SPAN - 1)
        end = np.searchsorted(of_entry, moment)
        behind = np.where(number >= 0, end - known.starts[np.maximum(number, 0)], 0)
        # Column by column: the k-th newest entry of every row that has so many.
        for age in range(min(length, int(behind.max(initial=0)))):
            rows = np.flatnonzero(behind > age)
            found[rows, age] = values[end[rows] - 1 - age]
        return found

    def joined(self, other: Histories) -> Histories:
        """All entries of both."""
        return self._of(pl.concat([self.entries(), other.entries()]), self.lengths)

    def latest(self, moment_s: int) -> Histories:
        """What rows at ``moment_s`` or later can see: the last L entries of each user before it, and all since.

        L is the longest sequence, as in a user vector. So memory grows with users times L, whatever has passed.
        """
        length, kept = max(self.lengths, default=0), []
        for known in self.sequences:
            number = np.repeat(np.arange(len(self.users)), np.diff(known.starts))
            settled = known.time_s < moment_s
            ends = known.starts[:-1] + np.bincount(number[settled], minlength=len(self.users))
            keep = ~settled | (np.arange(len(number)) >= ends[number] - length)
            starts = np.searchsorted(number[keep], np.arange(len(self.users) + 1)).astype(np.int64)
            kept.append(_Sequence(starts, known.time_s[keep], known.item_hash[keep]))
        return replace(self, sequences=tuple(kept))

    def save(self, path: Path) -> None:
        """Write ``history.parquet``; nothing half-written."""
        write_table(self.entries(), path)

    def entries(self) -> pl.DataFrame:
        """Every entry: ``sequence`` (its place in the schema), ``user``, ``time_s``, ``item_hash``."""
        frames = [pl.DataFrame(schema=_COLUMNS)]
        for sequence, known in enumerate(self.sequences):
            number = np.repeat(np.arange(len(self.users)), np.diff(known.starts))
            frames.append(
                pl.DataFrame(
                    {
                        "sequence": pl.repeat(sequence, len(number), dtype=pl.Int32, eager=True),
                        "user": self.users.gather(number),
                        "time_s": known.time_s,
                        "item_hash": known.item_hash,
                    },
                    schema=_COLUMNS,
                )
            )
        return pl.concat(frames)

    @classmethod
    def load(cls, path: Path, schema: FeatureSchema) -> Histories:
        """Read it back. Raises MissingInput, TableRejected."""
        return cls.from_entries(schema, read_table(path, columns=tuple(_COLUMNS)))


def hashes_of(items: pl.Series) -> pl.Series:
    """``item_hash`` of each canonical item id; null stays null. Costs one hash per distinct id."""
    distinct = items.drop_nulls().unique()
    hashes = pl.Series([item_hash(item) for item in distinct], dtype=pl.Int64)
    if not len(distinct):
        return pl.Series([None] * len(items), dtype=pl.Int64)
    return items.replace_strict(distinct, hashes, default=None, return_dtype=pl.Int64)


def fold_history(user: UserVector, sequence_index: int, item_hash: int, time_s: int) -> UserVector:
    """The same rule, one event at a time: a new UserVector with the event in its place in time.

    A late event lands where its time puts it, one that is already there changes nothing, and the oldest
    falls off the end. Every sequence keeps L entries here; ``candidate_rows`` reads as many as the schema says.
    """
    length = user.history.shape[1]
    old = zip(user.history_time_s[sequence_index], user.history[sequence_index], strict=True)
    entries = {(int(time), int(item)) for time, item in old if item} | {(time_s, item_hash)}
    newest = sorted(entries, reverse=True)[:length]
    history, times = user.history.copy(), user.history_time_s.copy()
    history[sequence_index] = 0
    times[sequence_index] = 0
    for place, (time, item) in enumerate(newest):
        history[sequence_index, place] = item
        times[sequence_index, place] = time
    return replace(user, history=history, history_time_s=times)
