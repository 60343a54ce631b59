"""What came of one campaign's showings in a flight, as the lake tells it: per day and in total."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from adplat.data import Lake, reading_lake
from adplat.domain import Flight, Metric

_SUMS = (Metric.IMPRESSIONS, Metric.CLICKS, Metric.CONVERSIONS, Metric.VALUE, Metric.SPEND)


@dataclass(frozen=True)
class CampaignOutcomes:
    """``days`` by date in the zone that was asked for, ``total`` of the flight; a day without a showing is absent."""

    total: Mapping[Metric, float]
    days: Mapping[date, Mapping[Metric, float]]

    def of(self, metric: Metric, day: date | None) -> float:
        """What came of that day's showings, 0 where there were none; of all for ``None``."""
        return self.total[metric] if day is None else self.days.get(day, {}).get(metric, 0.0)


def campaign_outcomes(
    lake: Lake, campaign_id: str, flight: Flight, zone: ZoneInfo, outcomes_within: timedelta
) -> CampaignOutcomes:
    """Everything belongs to the day of its showing, whenever it came.

    A showing is clicked or not; conversions of one showing all count, repeated rows once; ``outcomes_within`` of the
    showing, so that what is counted no longer changes when that time is over. Reach is people, those without a
    ``user_key`` left out. Raises TableRejected on a damaged lake.
    """
    within = pl.col("ts") >= flight.start
    if flight.end is not None:
        within &= pl.col("ts") < flight.end
    showings = (
        lake.scan("impressions", since=flight.start)
        .filter((pl.col("campaign_id") == campaign_id) & within)
        .select("decision_id", "user_key", "ts", pl.col("price_micros").fill_null(0))
        .unique("decision_id", keep="first")
    )
    late = pl.col("ts_later") - pl.col("ts")
    in_time = (late >= timedelta(0)) & (late <= outcomes_within)
    clicks = _came(lake, "clicks", flight, showings).filter(in_time).group_by("decision_id").agg(clicked=pl.lit(1))
    conversions = (
        _came(lake, "conversions", flight, showings)
        .filter(in_time)
        .unique(["decision_id", "ts_later", "kind", "value_micros"])
        .group_by("decision_id")
        .agg(converted=pl.len(), value=pl.col("value_micros").fill_null(0).sum())
    )
    rows = (
        showings.join(clicks, on="decision_id", how="left")
        .join(conversions, on="decision_id", how="left")
        .with_columns(day=pl.col("ts").dt.convert_time_zone(zone.key).dt.date())
        .select(
            "day",
            "user_key",
            "price_micros",
            *(pl.col(name).fill_null(0) for name in ("clicked", "converted", "value")),
        )
    )
    with reading_lake(lake.root):
        found = rows.collect(engine="streaming")
    days = {day: _sums(part) for (day,), part in found.group_by("day")}
    return CampaignOutcomes(_sums(found), {day: days[day] for day in sorted(days)})


def is_in_lake(lake: Lake, campaign_id: str) -> bool:
    """Whether any bid or showing is this campaign's."""
    return any(
        lake.scan(table).filter(pl.col("campaign_id") == campaign_id).select("ts").head(1).collect().height
        for table in ("impressions", "bids")
    )


def _came(lake: Lake, table: str, flight: Flight, showings: pl.LazyFrame) -> pl.LazyFrame:
    """Its rows of these showings, with the showing's ``ts``."""
    rows = lake.scan(table, since=flight.start).rename({"ts": "ts_later"})
    return rows.join(showings.select("decision_id", "ts"), on="decision_id", how="inner")


def _sums(rows: pl.DataFrame) -> dict[Metric, float]:
    known = rows["user_key"].drop_nulls()
    sums = (
        rows.height,
        rows["clicked"].sum(),
        rows["converted"].sum(),
        rows["value"].sum(),
        rows["price_micros"].sum(),
    )
    told = {metric: float(value) for metric, value in zip(_SUMS, sums, strict=True)}
    return told | {Metric.REACH: float(known.filter(known != "").n_unique())}
