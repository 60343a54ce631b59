"""A lake's opportunities as one query, whichever table tells them."""

# ruff: noqa: S608  (queries of fixed words; columns are this module's own, values are bound)

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from adplat.data.exposures.duck import Bound, Columns, columns_of
from adplat.data.lake import Lake

HOUR_US = 3_600_000_000
TEXTS = ("placement", "device", "os", "country", "region", "language", "site", "auction")
COUNTS = ("position", "hour", "weekday", "floor_micros")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Told:
    """A query whose rows are all opportunities, with what is bound in it; texts are '' where not told."""

    sql: str
    bound: Bound
    currency: str = ""

    def frame(self, connection: DuckDBPyConnection, query: str, **more: Any) -> pl.DataFrame:
        """``query`` with ``{told}`` in place of its table; ``more`` are bound to ``$name``."""
        values = {**self.bound.values, **more}
        found = pl.from_arrow(connection.sql(query.replace("{told}", self.sql), params=values).to_arrow_table())
        assert isinstance(found, pl.DataFrame)  # noqa: S101 - of a table, never a series
        return found


def told_by_requests(lake: Lake, connection: DuckDBPyConnection, days: int | None) -> Told:
    """One row an opportunity, bid on or not; ``days``: the last so many, ``None``: all."""
    files, since_us = _recent(lake, connection, "requests", days)
    there, bound = columns_of(connection, files, "requests"), Bound()
    named = [f"coalesce({_column(there, name, 'VARCHAR')}, '') AS {name}" for name in (*TEXTS, "user_key", "currency")]
    named += [f"{_column(there, name, 'BIGINT')} AS {name}" for name in COUNTS]
    return Told(
        f"SELECT request_id, epoch_us(ts) AS us, {', '.join(named)}, "
        f"{_column(there, 'segments', 'VARCHAR[]')} AS segments, "
        f"coalesce({_column(there, 'sample_rate', 'DOUBLE')}, 1.0) AS sample_rate "
        f"FROM {bound.files(files)} WHERE epoch_us(ts) >= {bound(since_us)}",
        bound,
    )


def told_by_bids(lake: Lake, connection: DuckDBPyConnection, days: int | None) -> Told:
    """One row a request and placement, however many campaigns bid; a table, since it is asked several times."""
    files, since_us = _recent(lake, connection, "bids", days)
    there, bound = columns_of(connection, files, "bids"), Bound()
    told = ", ".join(f"min({_column(there, name, 'VARCHAR')}) AS {name}" for name in ("device", "auction", "currency"))
    won = _won(lake, connection, since_us, bound)
    connection.execute(
        "CREATE TEMP TABLE told AS WITH asked AS (SELECT request_id, coalesce(placement, '') AS placement, "
        f"min(epoch_us(ts)) AS us, {told} FROM {bound.files(files)} WHERE epoch_us(ts) >= {bound(since_us)} "
        f"GROUP BY request_id, coalesce(placement, '')), won AS ({won}) "
        "SELECT request_id, us, placement, coalesce(device, '') AS device, '' AS os, '' AS country, "
        "coalesce(region, '') AS region, coalesce(language, '') AS language, '' AS site, "
        "coalesce(auction, '') AS auction, coalesce(user_key, '') AS user_key, coalesce(currency, '') AS currency, "
        "position, hour, weekday, NULL::BIGINT AS floor_micros, NULL::VARCHAR[] AS segments, "
        "1.0::DOUBLE AS sample_rate FROM asked LEFT JOIN won USING (request_id, placement)",
        bound.values,
    )
    return Told("SELECT * FROM told", Bound())


def _won(lake: Lake, connection: DuckDBPyConnection, since_us: int, bound: Bound) -> str:
    """Who was shown something: a query with a row for each request and placement."""
    kinds = {"user_key": "VARCHAR", "region": "VARCHAR", "language": "VARCHAR"}
    kinds |= {"position": "BIGINT", "hour": "BIGINT", "weekday": "BIGINT"}
    files = lake.files("impressions", since=moment_of(since_us))
    if not files:
        nothing = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in kinds.items())
        return f"SELECT '' AS request_id, '' AS placement, {nothing} WHERE false"
    there = columns_of(connection, files, "impressions")
    facts = ", ".join(f"min({_column(there, name, kind)}) AS {name}" for name, kind in kinds.items())
    return (
        f"SELECT {_column(there, 'request_id', 'VARCHAR')} AS request_id, "
        f"coalesce({_column(there, 'placement', 'VARCHAR')}, '') AS placement, {facts} "
        f"FROM {bound.files(files)} GROUP BY 1, 2"
    )


def _recent(lake: Lake, connection: DuckDBPyConnection, table: str, days: int | None) -> tuple[list[Path], int]:
    """The files of the last days, and the moment they begin: the UTC hour ``days`` before the newest row's ends."""
    files = lake.files(table)
    last_hour = [path for path in files if path.parent.name == files[-1].parent.name]
    bound = Bound()
    row = connection.execute(f"SELECT max(epoch_us(ts)) FROM {bound.files(last_hour)}", bound.values).fetchone()
    if days is None or row is None or row[0] is None:
        return files, 0
    since_us = (int(row[0]) // HOUR_US + 1) * HOUR_US - days * 24 * HOUR_US
    return lake.files(table, since=moment_of(since_us)), since_us


def _column(there: Columns, name: str, kind: str) -> str:
    return f"CAST({there.sql(name, name)} AS {kind})" if name in there else f"CAST(NULL AS {kind})"


def moment_of(us: int) -> datetime:
    """Aware UTC."""
    return _EPOCH + timedelta(microseconds=us)
