"""Parting rows into what is learned from and what is held out."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import polars as pl

from adplat.domain import TableRejected


def split_by_time(frame: pl.DataFrame, time_column: str, fraction: float) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part rows at one time value: ``(earlier, later)``; row order inside each part is kept.

    ``later`` holds about ``fraction`` of the rows, all with a time equal to or after the cut; rows of one
    time stay together, so that no moment is on both sides. The cut nearest to the wanted share that
    leaves both sides non-empty is taken; when all times are equal there is none and ``later`` is empty.

    Raises TableRejected when a time is missing.
    """
    if not 0.0 <= fraction < 1.0:
        raise ValueError("fraction lies in [0, 1)")
    times = frame.get_column(time_column)
    if times.null_count() or (times.dtype.is_float() and bool(times.is_nan().any())):
        raise TableRejected(
            f"column {time_column!r} has rows without a time", where=time_column, hint="fill or drop them"
        )
    if fraction == 0.0 or frame.is_empty():
        return frame, frame.clear()
    counts = times.value_counts(sort=False, name="rows").sort(time_column)
    before = counts.get_column("rows").cum_sum().to_numpy()  # rows up to and including each distinct time
    if len(before) == 1:
        return frame, frame.clear()
    wanted = (1.0 - fraction) * frame.height
    cut = int(np.argmin(np.abs(before[:-1] - wanted)))
    first_later = counts.get_column(time_column)[cut + 1]
    is_later = times >= first_later
    return frame.filter(~is_later), frame.filter(is_later)


def refuse_a_leaking_split(rows: pl.DataFrame, held_out: pl.DataFrame, time_column: str, where: Path) -> None:
    """Raise TableRejected where training rows are later than the first held-out row: the future would be learned."""
    kinds = [frame.schema[time_column].is_temporal() for frame in (rows, held_out)]
    if kinds[0] != kinds[1]:
        raise TableRejected(
            f"column {time_column!r} holds type {held_out.schema[time_column]} instead of {rows.schema[time_column]}",
            where=str(where),
            hint="write the time of training and held-out rows in one form",
        )
    starts = held_out.get_column(time_column).min()
    count = rows.filter(pl.col(time_column) > starts).height
    if count:
        raise TableRejected(
            f"the split leaks: {count} training rows are later (column {time_column!r}) than its first row",
            where=str(where),
            hint="hold out the latest rows only, or leave 'valid' out and give 'valid_fraction'",
        )


def split_at_random(
    frame: pl.DataFrame, fraction: float, rng: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part rows by lot, ``(kept, held out)``, row order kept: for data without a time column."""
    held_out = np.zeros(frame.height, dtype=bool)
    held_out[rng.permutation(frame.height)[: round(fraction * frame.height)]] = True
    mask = pl.Series(held_out)
    return frame.filter(~mask), frame.filter(mask)


def split_by_group(
    frame: pl.DataFrame, group_column: str, fraction: float, rng: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part rows by lot of whole groups, ``(kept, held out)``, row order kept; rows without a group are kept.

    ``fraction`` of the groups is held out, so that what is judged is what groups never seen before give.
    """
    groups = frame.get_column(group_column).cast(pl.String)
    known = groups.drop_nulls().unique().sort()
    drawn = rng.permutation(len(known))[: round(fraction * len(known))]
    held_out = groups.is_in(known[np.sort(drawn)].implode()).fill_null(value=False)
    return frame.filter(~held_out), frame.filter(held_out)


def sample_rows(frame: pl.DataFrame, size: int, rng: np.random.Generator) -> pl.DataFrame:
    """``size`` rows by lot in their old order; all of them when there are not more."""
    if size == 0 or frame.height <= size:
        return frame
    chosen = np.sort(rng.choice(frame.height, size=size, replace=False))
    return frame[chosen]


def split_in_halves(frame: pl.DataFrame, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Two parts of about half the rows, by a hash of each row's content: ``(first, second)``, row order kept.

    It depends on the seed and the row alone, so equal rows never stand on both sides, and another order, library
    or machine gives the same halves.
    """
    in_second = pl.Series([_hash(seed, row) % 2 == 1 for row in frame.iter_rows()], dtype=pl.Boolean)
    return frame.filter(~in_second), frame.filter(in_second)


def _hash(seed: int, row: tuple[object, ...]) -> int:
    return int.from_bytes(hashlib.blake2b(repr((seed, *row)).encode(), digest_size=8).digest(), "big")
