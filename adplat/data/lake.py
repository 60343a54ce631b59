"""The event lake: Parquet files by hour, ``ROOT/TABLE/hour=YYYY-MM-DDTHH/part-NAME.parquet``.

A part is one writer's unit (a piece of the stream, a simulated day): writing a part of the same name
again replaces it, so that a writer that was killed simply writes again. The hour stands in the folder
name only; ``impressions`` have a column of that name with another meaning, so it is never read from there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from adplat.data.column_kinds import UTC_MICROSECONDS
from adplat.data.table_writing import write_table
from adplat.domain import MissingInput, TableRejected

_TEXT, _COUNT, _REAL = pl.String(), pl.Int64(), pl.Float64()
LAKE_COLUMNS: dict[str, dict[str, pl.DataType]] = {
    "impressions": {
        "decision_id": _TEXT,
        "request_id": _TEXT,
        "ts": UTC_MICROSECONDS,
        "user_key": _TEXT,
        "advertiser_id": _TEXT,
        "campaign_id": _TEXT,
        "creative_id": _TEXT,
        "placement": _TEXT,
        "position": _COUNT,
        "bid_micros": _COUNT,
        "price_micros": _COUNT,
        "propensity": _REAL,
        "p_ctr": _REAL,
        "p_cvr": _REAL,
        "policy": _TEXT,
        "bundle_id": _TEXT,
        "device": _TEXT,
        "region": _TEXT,
        "hour": _COUNT,
        "weekday": _COUNT,
        "language": _TEXT,
        "consent": pl.Boolean(),
        "experiments": pl.List(_TEXT),
    },
    # The worker adds ``stream_position``: where on the event stream it stood, so what a decision could know of it.
    "clicks": {"decision_id": _TEXT, "ts": UTC_MICROSECONDS},
    "conversions": {
        "decision_id": _TEXT,
        "ts": UTC_MICROSECONDS,
        "value_micros": _COUNT,
        "kind": _TEXT,
    },
    # What stood for choice in a decision that was shown, in the order served; a row of its own, since training never
    # reads it. Propensities are those of the first slot.
    "choices": {
        "decision_id": _TEXT,
        "ts": UTC_MICROSECONDS,
        "candidates": pl.List(_TEXT),
        "p_ctr": pl.List(_REAL),
        "propensities": pl.List(_REAL),
        "experiments": pl.List(_TEXT),
    },
    # Conversions that no decision gets: ``reason`` is out_of_window (they name one) or unattributed (they name a user).
    "unattributed": {
        "event_id": _TEXT,
        "ts": UTC_MICROSECONDS,
        "reason": _TEXT,
        "user_key": _TEXT,
        "advertiser_id": _TEXT,
        "campaign_id": _TEXT,
        "creative_id": _TEXT,
        "decision_id": _TEXT,
        "value_micros": _COUNT,
        "kind": _TEXT,
    },
    # A second bundle's look at a decision; p_ctr and p_cvr are what the live one said of the creative that was chosen.
    "shadow": {
        "decision_id": _TEXT,
        "ts": UTC_MICROSECONDS,
        "bundle_id": _TEXT,
        "shadow_bundle_id": _TEXT,
        "creative_id": _TEXT,
        "p_ctr": _REAL,
        "p_cvr": _REAL,
        "shadow_p_ctr": _REAL,
        "shadow_p_cvr": _REAL,
        "candidates": _COUNT,
        "same_first": pl.Boolean(),
    },
    # What a few logged decisions were scored with: one row for each of the first candidates, the chosen one at place 0.
    # ``features``, ``histories``, ``attributes`` and ``context`` are JSON; see docs/data.md.
    "served_features": {
        "decision_id": _TEXT,
        "ts": UTC_MICROSECONDS,
        "request_id": _TEXT,
        "user_key": _TEXT,
        "placement": _TEXT,
        "bundle_id": _TEXT,
        "creative_id": _TEXT,
        "place": _COUNT,
        "p_ctr": _REAL,
        "p_cvr": _REAL,
        "context": _TEXT,
        "profile": _TEXT,
        "attributes": _TEXT,
        "features": _TEXT,
        "histories": _TEXT,
        "folded_to": _TEXT,
        "stream_position": _TEXT,
    },
    "bids": {
        "request_id": _TEXT,
        "ts": UTC_MICROSECONDS,
        "campaign_id": _TEXT,
        "bid_micros": _COUNT,
        "won": pl.Boolean(),
        "min_to_win_micros": _COUNT,
        "placement": _TEXT,
        "auction": _TEXT,
        "currency": _TEXT,
        "deal_id": _TEXT,
        "has_fixed_price": pl.Boolean(),
        "value_micros": _COUNT,
        "loss_reason": _COUNT,
        "experiments": pl.List(_TEXT),
        "device": _TEXT,
    },
    # Opportunities, whether we bid or not: what supply is forecast from. A row stands for ``1 / sample_rate`` of them;
    # where that is below 1, either all opportunities of a user are kept or none.
    "requests": {
        "request_id": _TEXT,
        "ts": UTC_MICROSECONDS,
        "user_key": _TEXT,
        "placement": _TEXT,
        "position": _COUNT,
        "device": _TEXT,
        "os": _TEXT,
        "country": _TEXT,
        "region": _TEXT,
        "language": _TEXT,
        "site": _TEXT,
        "segments": pl.List(_TEXT),
        "hour": _COUNT,
        "weekday": _COUNT,
        "floor_micros": _COUNT,
        "auction": _TEXT,
        "currency": _TEXT,
        "sample_rate": _REAL,
    },
}
_PART_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Lake:
    """One lake folder. Writers of different parts may work at the same time; one part has one writer."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, table: str, frame: pl.DataFrame, part: str) -> int:
        """Write ``frame`` as ``part``, one file per hour of ``ts``; an older part of this name is replaced.

        Known columns are cast to the lake's types and filled with null where absent; further columns
        are kept. Returns the number of rows. Raises TableRejected on an unknown table, a part name
        that is no file name, or rows without id or time.
        """
        columns = _columns(table)
        if not _PART_NAME.fullmatch(part):
            raise TableRejected(
                f"part name {part!r} cannot be a file name", where=table, hint="use letters, digits, . _ -"
            )
        frame = _as_lake_rows(frame, columns, table)
        written: set[Path] = set()
        hours = frame.get_column("ts").dt.strftime("%Y-%m-%dT%H")
        for (hour,), rows in frame.group_by(hours.alias("_hour"), maintain_order=True):
            path = self.root / table / f"hour={hour}" / f"part-{part}.parquet"
            write_table(rows.drop("_hour", strict=False), path)
            written.add(path)
        for path in self._files(table, f"part-{part}.parquet"):
            if path not in written:
                _remove(path)
        return frame.height

    def scan(self, table: str, *, since: datetime | None = None, most_files: int | None = None) -> pl.LazyFrame:
        """All rows of a table, unordered between files; an absent table is an empty one.

        Files of hours before ``since`` stay unread, and all but the ``most_files`` newest. Columns that only some files
        have are null elsewhere. Raises TableRejected on a damaged file.
        """
        columns = _columns(table)
        files = self.files(table, since=since)
        if most_files is not None:
            files = files[-most_files:]  # by hour, then by part: the worker's parts are named in order of time
        if not files:
            return pl.LazyFrame(schema=columns)
        schema: dict[str, pl.DataType] = dict(columns)
        for path in files:
            for name, kind in _file_schema(path).items():
                schema.setdefault(name, kind)
        return pl.scan_parquet(files, schema=schema, missing_columns="insert", hive_partitioning=False, glob=False)

    def files(self, table: str, *, since: datetime | None = None, until: datetime | None = None) -> list[Path]:
        """The files of a table in order of time, those of whole hours before ``since`` or after ``until`` left out."""
        _columns(table)  # refuses an unknown one
        files = self._files(table, "part-*.parquet")
        if since is not None:
            files = [path for path in files if path.parent.name >= _hour_folder(since)]
        if until is not None:
            files = [path for path in files if path.parent.name <= _hour_folder(until)]
        return files

    def reaches_to(self) -> datetime | None:
        """The end of the newest hour of which any table has a row; ``None`` for an empty lake."""
        newest = [files[-1].parent.name for table in LAKE_COLUMNS if (files := self._files(table, "part-*.parquet"))]
        if not newest:
            return None
        return datetime.strptime(max(newest), "hour=%Y-%m-%dT%H").replace(tzinfo=UTC) + timedelta(hours=1)

    def parts(self, table: str) -> list[str]:
        """The names of the parts of a table, sorted."""
        return sorted({_part_of(path) for path in self._files(table, "part-*.parquet")})

    def drop_parts(self, predicate: Callable[[str], bool]) -> int:
        """Remove every part, of every table, whose name satisfies ``predicate``; returns files removed."""
        doomed = [
            path for table in LAKE_COLUMNS for path in self._files(table, "part-*.parquet") if predicate(_part_of(path))
        ]
        for path in doomed:
            _remove(path)
        return len(doomed)

    def _files(self, table: str, pattern: str) -> list[Path]:
        return sorted((self.root / table).glob(f"hour=*/{pattern}"))


def require_lake(folder: Path) -> Lake:
    """The lake of a world folder. Raises MissingInput when there are no impressions."""
    lake = Lake(folder / "lake")
    if not folder.is_dir():
        raise MissingInput("no such folder", where=str(folder), hint="give the folder that holds 'lake'")
    if not lake.parts("impressions"):
        raise MissingInput(
            "the folder has no impressions",
            where=str(lake.root / "impressions"),
            hint="give a folder written by 'adplat simulate' or by the worker",
        )
    return lake


def _hour_folder(moment: datetime) -> str:
    return f"hour={moment.astimezone(UTC):%Y-%m-%dT%H}"


def _columns(table: str) -> dict[str, pl.DataType]:
    if table not in LAKE_COLUMNS:
        raise TableRejected(
            f"the lake has no table {table!r}", where=table, hint=f"use one of: {', '.join(LAKE_COLUMNS)}"
        )
    return LAKE_COLUMNS[table]


def _as_lake_rows(frame: pl.DataFrame, columns: dict[str, pl.DataType], table: str) -> pl.DataFrame:
    key = next(iter(columns))
    for name in (key, "ts"):
        if name not in frame.columns or frame.get_column(name).null_count():
            raise TableRejected(f"rows of {table} without {name!r}", where=table, hint=f"every row needs its {name}")
    moment = frame.schema["ts"]
    if not isinstance(moment, pl.Datetime) or moment.time_zone is None:
        raise TableRejected(f"{table}: 'ts' has no time zone", where="ts", hint="give aware UTC times")
    try:
        known = [
            (pl.col(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name)
            for name, kind in columns.items()
        ]
        return frame.with_columns(pl.col("ts").dt.convert_time_zone("UTC")).select(
            *known, *(name for name in frame.columns if name not in columns)
        )
    except pl.exceptions.PolarsError as reason:
        said = " ".join(str(reason).split())[:160]
        raise TableRejected(
            f"{table}: a column has another type than the lake's: {said}",
            where=table,
            hint="cast it before writing",
        ) from None


def _file_schema(path: Path) -> dict[str, pl.DataType]:
    try:
        return pl.read_parquet_schema(path)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError):
        raise TableRejected(
            "not a whole Parquet file (truncated or damaged?)",
            where=str(path),
            hint="remove the part and write it again",
        ) from None


def _part_of(path: Path) -> str:
    return path.name.removeprefix("part-").removesuffix(".parquet")


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    if not any(path.parent.iterdir()):
        path.parent.rmdir()
