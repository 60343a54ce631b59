"""A lake's opportunities, read once by DuckDB: a bounded sample of whole people, and counts of everything.

``requests`` hold them all; a lake without that table is read by its ``bids``, one opportunity a request and placement,
and its ``impressions`` tell of those that were won who the person was.

A row is kept where ``place(person) x sample_rate < rate``; ``place`` is a salted hash, even on [0, 1). A row that its
writer kept with chance ``sample_rate`` is so kept with chance ``rate`` in all, whatever its own rate was, and of a
person all rows or none (as long as the writer's rate stays what it is). ``rate`` is the largest at which the rows fit.
"""

# ruff: noqa: S608  (queries of fixed words; columns are this module's own, values are bound)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from duckdb import DuckDBPyConnection

from adplat.data.exposures.duck import opened
from adplat.data.lake import Lake
from adplat.data.opportunity_tables import COUNTS, HOUR_US, TEXTS, Told, moment_of, told_by_bids, told_by_requests
from adplat.domain import ConfigRejected, MissingInput, Progress, TableRejected

SALT = "adplat opportunities 1"
BUCKETS = 1 << 20
"""How finely the rate is chosen."""
MOST_CELLS, LEAST_IN_CELL = 500, 100
MOST_MEMORY = "1GB"
STEPS = 5
READING = "reading opportunities"


@dataclass(frozen=True, slots=True)
class OpportunityRows:
    """What was read.

    Args:
        rows: kept ones in order of time: ``us`` (UTC microseconds), ``user_key``, the texts (null: not told),
            ``segments``, ``position hour weekday floor_micros``, ``cell``.
        cells: in order of ``cell``, the value of each cell column; the first ``kept`` of them tell cells apart, the
            others are any.
        counts: ``hour`` (UTC hours since 1970), ``cell``, ``opportunities``.
        users: distinct people; ``None`` where the table cannot tell.
    """

    rows: pl.DataFrame
    cells: pl.DataFrame
    counts: pl.DataFrame
    rate: float
    source: str
    users: float | None
    data_from: datetime
    data_to: datetime
    currency: str


def read_opportunities(
    lake: Lake,
    cell_columns: Sequence[str],
    progress: Progress,
    *,
    days: int | None,
    most_rows: int,
    currency: str = "",
) -> OpportunityRows:
    """The last ``days`` (``None``: all) of the lake's opportunities, at most ``most_rows`` of them sampled.

    Args:
        cell_columns: texts that tell cells apart, the most important one first.
        currency: needed where floors are in several.

    Raises MissingInput where there are neither requests nor bids, ConfigRejected for several currencies and none
    chosen, TableRejected for a damaged file, a sample rate that is none, or one person with more than ``most_rows``.
    """
    source = next((table for table in ("requests", "bids") if lake.files(table)), None)
    if source is None:
        raise MissingInput(
            "there are no opportunities here",
            where=str(lake.root),
            hint="give a lake, workspace or world with requests or bids",
        )
    where = str(lake.root / source)
    with opened(lake.root, source) as connection:
        connection.execute(f"SET memory_limit = '{MOST_MEMORY}'")
        progress(0, STEPS, READING)
        told = (
            told_by_requests(lake, connection, days) if source == "requests" else told_by_bids(lake, connection, days)
        )
        span = _span(connection, told, where)
        told = _of_one_currency(connection, told, currency, where)
        progress(1, STEPS, READING)
        cells = _make_cells(connection, told, cell_columns)
        progress(2, STEPS, READING)
        counts = told.frame(
            connection,
            f"SELECT us // {HOUR_US} AS hour, cell, sum(1.0 / sample_rate) AS opportunities FROM ({{told}}) "
            f"JOIN cell_of USING ({', '.join(cell_columns)}) GROUP BY ALL ORDER BY ALL",
        )
        users = None if source == "bids" else _people(connection, told)
        progress(3, STEPS, READING)
        rate = _rate(connection, told, span.least_rate, most_rows, where)
        progress(4, STEPS, READING)
        rows = _kept(connection, told, cell_columns, rate)
        progress(STEPS, STEPS, READING)
    return OpportunityRows(
        rows, cells, counts, rate, source, users, moment_of(span.first_us), moment_of(span.last_us), told.currency
    )


@dataclass(frozen=True, slots=True)
class _Span:
    first_us: int
    last_us: int
    least_rate: float


def _span(connection: DuckDBPyConnection, told: Told, where: str) -> _Span:
    query = "SELECT min(us), max(us), min(sample_rate), max(sample_rate) FROM ({told})"
    first, last, least, most = told.frame(connection, query).row(0)
    if first is None:
        raise TableRejected("there are no rows", where=where, hint="let the service run, or simulate a world")
    if not 0.0 < least <= most <= 1.0:
        raise TableRejected(
            f"a row has sample_rate {least if not least > 0.0 else most}",
            where=f"{where}: sample_rate",
            hint="write the share of opportunities kept, above 0 and at most 1",
        )
    return _Span(int(first), int(last), float(least))


def _of_one_currency(connection: DuckDBPyConnection, told: Told, currency: str, where: str) -> Told:
    """Rows of another currency are left out; those that tell none are not."""
    found = told.frame(connection, "SELECT DISTINCT currency FROM ({told}) WHERE currency <> '' ORDER BY 1")
    names: list[str] = found["currency"].to_list()
    if currency and currency not in names:
        raise ConfigRejected(
            f"no opportunity in {currency}", where=where, hint=f"there are: {', '.join(names) or 'none that tell it'}"
        )
    if not currency and len(names) > 1:
        raise ConfigRejected(f"floors in {', '.join(names)}", where=where, hint="choose one: --currency")
    chosen = currency or (names[0] if names else "")
    if len(names) < 2:
        return Told(told.sql, told.bound, chosen)
    sql = f"SELECT * FROM ({told.sql}) WHERE currency IN ('', {told.bound(chosen)})"
    return Told(sql, told.bound, chosen)


def _make_cells(connection: DuckDBPyConnection, told: Told, columns: Sequence[str]) -> pl.DataFrame:
    """Makes ``cell_of``, the number of each combination of values: rare ones share one by all columns but the last,
    what is still rare by all but the last two, and so on."""
    left = told.frame(
        connection,
        f"SELECT {', '.join(columns)}, sum(1.0 / sample_rate) AS n FROM ({{told}}) GROUP BY ALL ORDER BY ALL",
    )
    least = max(LEAST_IN_CELL, left["n"].sum() / (2 * MOST_CELLS))
    cells: list[pl.DataFrame] = []
    members: list[pl.DataFrame] = []
    for kept in range(len(columns), -1, -1):
        by, room = list(columns[:kept]), MOST_CELLS - sum(part.height for part in cells)
        sums = left.group_by(by).agg(pl.col("n").sum()) if by else left.select(pl.col("n").sum())
        sums = sums.sort("n", *by, descending=[True, *[False] * kept])
        # Without any column left: one cell takes the rest.
        alone = sums.filter(pl.col("n") >= least).head(room - kept) if by else sums.head(left.height)
        first = sum(part.height for part in cells)
        alone = alone.select(*by, cell=pl.int_range(first, first + pl.len(), dtype=pl.Int32), kept=pl.lit(kept))
        inside = left.join(alone, on=by) if by else left.join(alone, how="cross")
        members.append(inside.select(*columns, "cell"))
        cells.append(
            alone.with_columns(pl.lit("").alias(name) for name in columns[kept:]).select(*columns, "cell", "kept")
        )
        left = left.join(alone, on=by, how="anti") if by else left.clear()
    connection.register("cell_of", pl.concat(members).to_arrow())
    return pl.concat(cells)


def _people(connection: DuckDBPyConnection, told: Told) -> float:
    query = (
        "SELECT coalesce(sum(1.0 / kept), 0.0) FROM (SELECT max(sample_rate) AS kept FROM ({told}) "
        "WHERE user_key <> '' GROUP BY hash(user_key))"
    )
    return float(told.frame(connection, query).item())


# Even on [0, 1): of the person, of the request where nobody is known. MD5 is the same on every machine.
_PLACE = (
    "((md5_number_lower($salt || CASE WHEN user_key <> '' THEN 'u' || user_key ELSE 'r' || request_id END) >> 11)"
    f"::DOUBLE / {float(1 << 53)!r})"
)


def _rate(connection: DuckDBPyConnection, told: Told, least_rate: float, most_rows: int, where: str) -> float:
    """The largest rate, up to that of the most sparsely written row, at which ``most_rows`` are kept."""
    found = told.frame(
        connection,
        f"SELECT floor({_PLACE} * sample_rate / $least_rate * {BUCKETS})::BIGINT AS bucket, "
        "count(*)::BIGINT AS n FROM ({told}) GROUP BY ALL ORDER BY bucket",
        salt=SALT,
        least_rate=least_rate,
    ).filter(pl.col("bucket") < BUCKETS)
    beyond = found.filter(pl.col("n").cum_sum() > most_rows)
    if beyond.is_empty():
        return least_rate
    first = int(beyond["bucket"][0])
    if not found.filter(pl.col("bucket") < first)["n"].sum():
        raise TableRejected(
            f"one person or a few have more than {most_rows:,} opportunities", where=where, hint="keep more: --rows"
        )
    return least_rate * first / BUCKETS


def _kept(connection: DuckDBPyConnection, told: Told, cell_columns: Sequence[str], rate: float) -> pl.DataFrame:
    texts = ", ".join(f"nullif({name}, '') AS {name}" for name in (*TEXTS, "user_key"))
    found = told.frame(
        connection,
        f"SELECT us, request_id, {texts}, segments, {', '.join(COUNTS)}, cell FROM ({{told}}) "
        f"JOIN cell_of USING ({', '.join(cell_columns)}) WHERE {_PLACE} * sample_rate < $rate",
        salt=SALT,
        rate=rate,
    )
    return found.sort("us", "request_id", "position", "placement", nulls_last=True, maintain_order=True)
