"""A world's joined rows as two Parquet files in order of time, written day by day: what streamed training reads.

One day of impressions lies in memory at a time, beside all clicks and conversions.
"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from adplat.data.lake import require_lake
from adplat.data.lake_reading import reading_lake
from adplat.data.outcome_join import join_outcomes
from adplat.data.table_writing import table_writer
from adplat.domain import Progress, TableRejected

TRAIN, VALID = "rows/train.parquet", "rows/valid.parquet"
_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)


def write_world_rows(world_dir: Path, valid_fraction: float, progress: Progress) -> dict[str, int]:
    """Write ``rows/train.parquet`` and ``rows/valid.parquet`` into the world; returns the rows of each.

    The rows are those of ``training_rows`` in the same order. The latest ones, about ``valid_fraction``, are held out,
    parted at a full minute; all of one minute makes no part to hold out, and 0 writes no second file.

    Raises MissingInput without impressions, TableRejected on a damaged part, a row without time, or no such split.
    """
    lake = require_lake(world_dir)
    impressions, clicks, conversions = (lake.scan(table) for table in ("impressions", "clicks", "conversions"))
    with reading_lake(lake.root):
        minutes = (
            impressions.group_by(pl.col("ts").dt.truncate("1m").alias("minute"))
            .agg(pl.len().alias("rows"))
            .sort("minute")
            .collect(engine="streaming")
        )
        start, cut, end = _moments(minutes, valid_fraction, world_dir)
        (world_dir / TRAIN).parent.mkdir(exist_ok=True)
        parts = [
            (name, since, until) for name, since, until in ((TRAIN, start, cut), (VALID, cut, end)) if since < until
        ]
        with ExitStack() as whole:  # both files appear, or neither
            writers = {name: whole.enter_context(table_writer(world_dir / name)) for name, *_ in parts}
            for name, since, until in parts:
                for day in _days(since, until):
                    part = impressions.filter(pl.col("ts").is_between(day, min(day + _DAY, until), closed="left"))
                    writers[name].write(join_outcomes(part, clicks, conversions).collect(engine="streaming"))
                    progress(int((day - start) / _DAY) + 1, int((end - start) / _DAY) + 1, "joining rows")
        if VALID not in writers:
            (world_dir / VALID).unlink(missing_ok=True)  # what an older split held out is trained on now
        return {name: writer.rows for name, writer in writers.items()}


def _days(since: datetime, until: datetime) -> list[datetime]:
    return [since + number * _DAY for number in range(-int((since - until) // _DAY))]


def _moments(minutes: pl.DataFrame, valid_fraction: float, where: Path) -> tuple[datetime, datetime, datetime]:
    """The first minute, the cut and the end of the last minute."""
    edges = minutes["minute"]
    if edges.null_count():
        raise TableRejected("impressions without a time", where=str(where), hint="fill 'ts' or drop these rows")
    start, end = edges[0], edges[-1] + _MINUTE
    if valid_fraction == 0.0:
        return start, end, end
    before = minutes["rows"].cum_sum().to_numpy()  # rows up to and including each minute
    if len(before) == 1:
        raise TableRejected(
            "all impressions are of one minute", where=str(where), hint="give --valid-fraction 0 to hold nothing out"
        )
    place = int(np.argmin(np.abs(before[:-1] - (1.0 - valid_fraction) * before[-1])))
    return start, edges[place + 1], end
