"""Who saw and answered campaigns on whole UTC days, by attributes of users, from the lake: the rows of blocks.

An event counts on the day it happened, as in the hourly metrics; clicks and conversions find their user through the
impression of their decision, up to LOOK_BACK_DAYS before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import polars as pl

from adplat.data.exposures.duck import Bound, Columns, columns_of, opened
from adplat.data.lake import Lake
from adplat.domain import ConfigRejected

LOOK_BACK_DAYS = 31
_A_DAY_US = 86_400_000_000
# What a row of impressions says of the decision, the moment or the auction, not of whom it was shown to.
_NOT_OF_USERS = frozenset(
    {
        *("decision_id", "request_id", "ts", "user_key", "advertiser_id", "campaign_id", "creative_id", "placement"),
        *("position", "bid_micros", "price_micros", "propensity", "p_ctr", "p_cvr", "policy", "bundle_id"),
        *("hour", "weekday", "experiments", "stream_position"),
    }
)


def user_attributes(lake: Lake, newest: int | None = None) -> list[str]:
    """What impressions of this lake, or of its ``newest`` files, tell of users, of a kind told by its values."""
    files = lake.files("impressions")[-(newest or 0) :]
    if not files:
        return []
    with opened(lake.root) as connection:
        columns = columns_of(connection, files, "impressions")
    return sorted(name for name in columns.names() if _is_attribute(columns, name))


def audience_rows(
    lake: Lake, campaign_ids: Sequence[str], since: date, until: date, attributes: Sequence[str]
) -> pl.DataFrame:
    """One row for each campaign, UTC day, user, creative and placement, and values of ``attributes``.

    Columns ``campaign_id day user cell a0 a1 … impressions clicks conversions value_micros expected_clicks``; ``user``
    is null where nobody may know who it was, a value empty where it is not known; ``day`` counts from 1970;
    ``expected_clicks`` is null where an impression of the row has no ``p_ctr``: a sum of the others would be too small.

    Raises ConfigRejected for an attribute that is none, TableRejected for a damaged file.
    """
    first, last = _midnight(since), _midnight(until)
    reach = first - timedelta(days=LOOK_BACK_DAYS)
    files = {
        "impressions": lake.files("impressions", since=reach, until=last),
        "clicks": lake.files("clicks", since=first, until=last),
        "conversions": lake.files("conversions", since=first, until=last),
    }
    if not files["impressions"] or not campaign_ids:
        return _nothing(len(attributes))
    with opened(lake.root) as connection:
        columns = columns_of(connection, files["impressions"], "impressions")
        bound = Bound()
        told = "".join(
            f", coalesce(CAST({_attribute(columns, name)} AS VARCHAR), '') AS a{number}"
            for number, name in enumerate(attributes)
        )
        names = "".join(f", a{number}" for number in range(len(attributes)))
        begin, end = bound(_us(first)), bound(_us(last))
        day = f"CAST(epoch_us(ts) // {_A_DAY_US} AS INTEGER)"
        outcomes = ""
        for table, counted in (("clicks", "1, 0, 0"), ("conversions", "0, 1, coalesce(e.value_micros, 0)")):
            if files[table]:
                outcomes += (
                    f" UNION ALL SELECT campaign_id, {day.replace('ts', 'e.ts')}, user, cell{names}, 0, {counted}, 0.0"
                    f" FROM {bound.files(files[table])} AS e JOIN whose USING (decision_id)"
                    f" WHERE epoch_us(e.ts) >= {begin} AND epoch_us(e.ts) < {end}"
                )
        found = connection.sql(
            "WITH seen AS (SELECT decision_id, ts, campaign_id, nullif(user_key, '') AS user,"
            f" creative_id || chr(31) || placement AS cell, p_ctr{told} FROM {bound.files(files['impressions'])}"
            f" WHERE {bound.among('campaign_id', list(campaign_ids))}"
            f" AND epoch_us(ts) >= {bound(_us(reach))} AND epoch_us(ts) < {end}),"
            " whose AS (SELECT DISTINCT ON (decision_id) * EXCLUDE (ts) FROM seen ORDER BY decision_id, ts),"
            f" events AS (SELECT campaign_id, {day} AS day, user, cell{names}, 1 AS impressions, 0 AS clicks,"
            " 0 AS conversions, 0 AS value_micros, p_ctr AS expected_clicks"
            f" FROM seen WHERE epoch_us(ts) >= {begin}{outcomes})"
            f" SELECT campaign_id, day, user, cell{names}, CAST(sum(impressions) AS BIGINT) AS impressions,"
            " CAST(sum(clicks) AS BIGINT) AS clicks, CAST(sum(conversions) AS BIGINT) AS conversions,"
            " CAST(sum(value_micros) AS BIGINT) AS value_micros,"
            " CASE WHEN count(*) = count(expected_clicks) THEN sum(expected_clicks) END AS expected_clicks"
            f" FROM events GROUP BY campaign_id, day, user, cell{names} ORDER BY ALL",
            params=bound.values,
        ).to_arrow_table()
    return pl.DataFrame(pl.from_arrow(found))


def _attribute(columns: Columns, name: str) -> str:
    if name not in columns or not _is_attribute(columns, name):
        known = ", ".join(one for one in sorted(columns.names()) if _is_attribute(columns, one))
        raise ConfigRejected(
            f"{name[:64]!r} is no attribute of users", where="attribute", hint=f"use one of: {known or 'none is there'}"
        )
    return columns.plain(name, "attribute")


def _is_attribute(columns: Columns, name: str) -> bool:
    return name not in _NOT_OF_USERS and columns.kind(name) in {"text", "boolean", "number"} and columns.is_exact(name)


def _nothing(attributes: int) -> pl.DataFrame:
    texts = {"campaign_id": pl.String(), "day": pl.Int32(), "user": pl.String(), "cell": pl.String()}
    values = {f"a{number}": pl.String() for number in range(attributes)}
    counts = dict.fromkeys(("impressions", "clicks", "conversions", "value_micros"), pl.Int64())
    return pl.DataFrame(schema={**texts, **values, **counts, "expected_clicks": pl.Float64()})


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), UTC)


def _us(moment: datetime) -> int:
    return round(moment.timestamp()) * 1_000_000
