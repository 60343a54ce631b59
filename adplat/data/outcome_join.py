"""Impressions with what became of them: the one join that training, evaluation and checks read."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from adplat.data.lake import Lake, require_lake
from adplat.data.lake_reading import reading_lake


def training_rows(world_dir: Path) -> pl.DataFrame:
    """Impressions left-joined with their first click and first conversion, sorted by ``ts``.

    Adds ``click`` and ``conversion`` (0/1, Int8), ``conversion_delay_s`` (seconds from the impression's ``ts`` to
    the first conversion, null without one: ``ts`` plus delay is the moment at which it was known) and
    ``conversion_value_micros`` (of the first conversion; null without one). Ties in time are ordered by
    ``decision_id``, so that the same lake always gives the same rows.

    Raises MissingInput without impressions, TableRejected on a damaged part.
    """
    return rows_with_outcomes(require_lake(world_dir))


def rows_with_outcomes(lake: Lake) -> pl.DataFrame:
    """``training_rows`` of a lake wherever it lies. Raises TableRejected on a damaged part."""
    joined = join_outcomes(*(lake.scan(table) for table in ("impressions", "clicks", "conversions")))
    with reading_lake(lake.root):
        return joined.collect(engine="streaming")


def join_outcomes(impressions: pl.LazyFrame, clicks: pl.LazyFrame, conversions: pl.LazyFrame) -> pl.LazyFrame:
    """The join of ``training_rows`` on tables of the lake's columns, wherever they come from."""
    first_click = clicks.group_by("decision_id").agg(pl.col("ts").min().alias("_clicked"))
    first_conversion = conversions.group_by("decision_id").agg(
        pl.col("ts").min().alias("_converted"),
        pl.col("value_micros").sort_by("ts").first().alias("conversion_value_micros"),
    )
    return (
        impressions.join(first_click, on="decision_id", how="left")
        .join(first_conversion, on="decision_id", how="left")
        .with_columns(
            pl.col("_clicked").is_not_null().cast(pl.Int8).alias("click"),
            pl.col("_converted").is_not_null().cast(pl.Int8).alias("conversion"),
            ((pl.col("_converted") - pl.col("ts")).dt.total_microseconds() / 1e6).alias("conversion_delay_s"),
        )
        .drop("_clicked", "_converted")
        .sort("ts", "decision_id")
    )
