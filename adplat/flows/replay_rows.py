"""Logged requests as rows of tables, as training and ``adplat score`` would read them: from nothing but what is stored.

A decision that was shown has its row among the lake's impressions, and training reads that one; of the others the facts
of the request stand in the log. User facts come from the user table, overlaid with what the request itself told.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from adplat.data import Lake
from adplat.domain import Feature, FeatureKind, FeatureSchema, MissingInput
from adplat.features import canonical
from adplat.features.layout import Layout
from adplat.features.values import bag_of, number_in

TABLE = "served_features"


def logged_decisions(
    folder: Path, since: datetime | None = None, until: datetime | None = None, limit: int = 0
) -> pl.DataFrame:
    """The log of served features from ``since`` on and before ``until``, oldest first; a ``limit`` keeps the latest.

    ``limit`` counts decisions, 0 keeps all. Raises MissingInput where none is logged, TableRejected on a damaged part.
    """
    wanted = Lake(folder / "lake").scan(TABLE)
    if since is not None:
        wanted = wanted.filter(pl.col("ts") >= since)
    if until is not None:
        wanted = wanted.filter(pl.col("ts") < until)
    found = wanted.collect().sort("ts", "decision_id", "place")
    if limit:
        latest = found["decision_id"].unique(maintain_order=True).tail(limit)
        found = found.filter(pl.col("decision_id").is_in(latest.implode()))
    if found.is_empty():
        raise MissingInput(
            "no logged request" + (" in this time" if since or until else ""),
            where=str(folder / "lake" / TABLE),
            hint="let 'adplat serve' answer with ADPLAT_REPLAY_SHARE above 0 and the worker fold, then replay",
        )
    return found


def shown_rows(logged: pl.DataFrame, folder: Path) -> pl.DataFrame:
    """One row for each logged row whose decision was shown: its impression, with this candidate at the decision's time.

    The time is the decision's own: an impression comes later, and the past is asked for as the decision saw it.
    """
    mine = logged.select("decision_id", "ts", "creative_id", pl.col("place").alias("_place"))
    impressions = Lake(folder / "lake").scan("impressions").drop("ts", "creative_id")
    shown = mine.lazy().join(impressions, on="decision_id", how="inner").unique(["decision_id", "_place"])
    return shown.sort("ts", "decision_id", "_place").collect()


def request_rows(logged: pl.DataFrame, schema: FeatureSchema) -> pl.DataFrame:
    """The same from the facts of the request, for what was never shown; a fact nobody told is null."""
    layout = Layout(schema)
    facts = [msgspec.json.decode(text) for text in logged["context"]]
    columns: dict[str, pl.Series] = {}
    for feature in layout.row.all:
        if not feature.table:
            column = feature.columns[0]
            told = [one.get(feature.name, one.get(column)) for one in facts]
            columns[column] = pl.Series([_cell(value, feature) for value in told], dtype=pl.String)
    for side in schema.tables:
        columns.setdefault(
            side.row_key, pl.Series([canonical(one.get(side.row_key)) for one in facts], dtype=pl.String)
        )
    own = {
        layout.item_column: logged["creative_id"],
        layout.user_column: logged["user_key"],
        schema.time: logged["ts"],
    }
    return pl.DataFrame({"_place": logged["place"], **columns, **{name: own[name] for name in own if name}})


def people_of(
    logged: pl.DataFrame, schema: FeatureSchema, users: pl.DataFrame | None, keys: Sequence[str]
) -> pl.DataFrame | None:
    """A user table with one row for each logged row, under the key parallel to it; ``None`` where the schema has none.

    What is stored of the user, unless it was withheld or away, and over it what the request told.
    """
    side = schema.table("user")
    if side is None or users is None:
        return None
    stored = {str(canonical(row[side.key])): row for row in users.iter_rows(named=True)}
    features = [feature for feature in Layout(schema).row.all if feature.table == side.name]
    told = [msgspec.json.decode(text) for text in logged["attributes"]]
    nobody: Mapping[str, Any] = {}
    rows = [
        stored.get(str(canonical(user_key)), nobody) if profile == "used" else nobody
        for user_key, profile in zip(logged["user_key"], logged["profile"], strict=True)
    ]
    columns = {side.key: pl.Series(keys, dtype=pl.String)}
    for feature in features:
        column = feature.columns[0]
        cells = [_over(one, row.get(column), feature) for one, row in zip(told, rows, strict=True)]
        columns[column] = pl.Series(cells, dtype=pl.String)
    return pl.DataFrame(columns)


def _over(told: Mapping[str, Any], stored: Any, feature: Feature) -> str | None:
    """What the request told of a fact, where that is anything, else what is stored; as text."""
    value = told.get(feature.name, told.get(feature.columns[0]))
    if feature.kind is FeatureKind.NUMERIC:
        known = not math.isnan(number_in(value, feature))
    else:
        known = bool(bag_of(value, feature.separator)) if feature.separator else canonical(value) is not None
    return _cell(value if known else stored, feature)


def _cell(value: Any, feature: Feature) -> str | None:
    """One value as the text of a table's cell."""
    if isinstance(value, list | tuple):
        return feature.separator.join(part for part in map(canonical, value) if part)
    if feature.kind is FeatureKind.NUMERIC and not isinstance(value, str):
        number = number_in(value, feature)
        return None if math.isnan(number) else repr(number)
    return canonical(value)
