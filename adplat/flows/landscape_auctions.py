"""The auctions that a bid landscape is learned from: a lake's ended bids, or an imported table of known prices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from adplat.data import Lake, read_table
from adplat.domain import ConfigRejected, MissingInput, TableRejected
from adplat.flows.learn_prices import PRICE_LOSSES
from adplat.forecast import FLOOR, Auctions, known_prices, prices_of_auctions

# What may be known before an auction, where the lake has it.
CONTEXTS = ("placement", "device", "hour", "weekday", "auction", "in_deal", FLOOR)
# Of no context: they name the auction, or know how it ended.
NEVER = (
    "request_id",
    "decision_id",
    "ts",
    "currency",
    "experiments",
    "bid_micros",
    "value_micros",
    "won",
    "min_to_win_micros",
    "loss_reason",
)
# The newest: more would move no chance by a thousandth.
MOST_AUCTIONS = 1_000_000
# A seller that tells of wins alone would teach that any bid wins; a place with so many auctions and no loss is one.
SILENT_FROM = 20
PRICE = "price_micros"


@dataclass(frozen=True, slots=True)
class AuctionLog:
    """Auctions in order of time, and what a person wants to know of them, as plain data."""

    auctions: Auctions
    told: dict[str, Any]


def read_auctions(
    folder: Path,
    *,
    by: Sequence[str] = (),
    currency: str = "",
    since_days: int | None = None,
    most: int = MOST_AUCTIONS,
) -> AuctionLog:
    """The auctions of a lake (given itself, or the workspace, world or import around it), or of a table folder.

    Args:
        by: columns that tell auctions apart; empty: those of ``CONTEXTS`` that are there, of a table all but outcomes.
        currency: needed where there are several.
        since_days: the last so many days up to the newest auction; ``None``: all.
        most: of a lake, every second, third … of the newest auctions is read, so that there are no more than these.

    Raises MissingInput for another folder, TableRejected without ended auctions, ConfigRejected for a column that is
    not there or knows the end, or a currency that is missing.
    """
    lake = next((Lake(root) for root in (folder / "lake", folder) if Lake(root).parts("bids")), None)
    if lake is not None:
        return _of_lake(lake, by, currency, since_days, most)
    if (folder / "rows.parquet").is_file():
        return _of_table(folder / "rows.parquet", by)
    raise MissingInput(
        "there are no bids here",
        where=str(folder),
        hint="give a lake, workspace or world with bids, or a folder made by 'adplat data import ipinyou'",
    )


def _of_lake(lake: Lake, by: Sequence[str], currency: str, since_days: int | None, most: int) -> AuctionLog:
    where = str(lake.root / "bids")
    bids = lake.scan("bids").with_columns(in_deal=(pl.col("deal_id").fill_null("") != "").cast(pl.String))
    newest = bids.select(pl.col("ts").max()).collect().item()
    since = None if since_days is None or newest is None else newest - timedelta(days=since_days)
    there = bids.collect_schema()
    if "hour" not in there:
        bids = bids.with_columns(pl.col("ts").dt.hour().cast(pl.Int64).alias("hour"))
    if "weekday" not in there:
        bids = bids.with_columns((pl.col("ts").dt.weekday().cast(pl.Int64) - 1).alias("weekday"))
    columns = _columns(by, list(bids.collect_schema()), where)
    ended = _ended(bids, since).select(
        "ts", "request_id", "currency", "bid_micros", "won", "min_to_win_micros", *columns, _place="placement"
    )
    rows = ended.sort("ts", "request_id").tail(MOST_AUCTIONS).collect()
    # Spread over the same time, not the newest of them.
    rows = rows.gather_every(max(math.ceil(rows.height / most), 1))
    rows = _in_one_currency(rows, currency, where)
    silent = rows.group_by("_place").agg(pl.len().alias("n"), lost=(~pl.col("won")).sum())
    silent_places = silent.filter((pl.col("n") >= SILENT_FROM) & (pl.col("lost") == 0))["_place"]
    rows = rows.filter(~pl.col("_place").is_in(silent_places.implode()).fill_null(value=False))
    if rows.is_empty():
        raise TableRejected(
            "no auction has ended that the price decided, where losses are told",
            where=where,
            hint="let the service bid, and the worker fold what sellers tell of wins and losses",
        )
    bid, won = rows["bid_micros"].cast(pl.Float64).to_numpy(), rows["won"].to_numpy()
    told = rows["min_to_win_micros"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    auctions = Auctions(prices_of_auctions(bid, won, told), bid, won, _contexts(rows, columns))
    facts = {
        "where": where,
        "currency": rows["currency"][0] or None,
        "from": rows["ts"].min(),
        "to": rows["ts"].max(),
        "silent_places": silent_places.len(),
    }
    return AuctionLog(auctions, facts | _counts(auctions, columns))


def _ended(bids: pl.LazyFrame, since: datetime | None) -> pl.LazyFrame:
    """Those that the price decided."""
    by_price = pl.col("won") | pl.col("loss_reason").is_null() | pl.col("loss_reason").is_in(PRICE_LOSSES)
    fixed = pl.col("has_fixed_price").fill_null(value=False)
    ended = bids.filter(pl.col("won").is_not_null(), pl.col("bid_micros") > 0, ~fixed, by_price)
    return ended if since is None else ended.filter(pl.col("ts") > since)


def _in_one_currency(rows: pl.DataFrame, currency: str, where: str) -> pl.DataFrame:
    rows = rows.with_columns(pl.col("currency").fill_null(""))
    found = sorted(rows["currency"].unique().to_list())
    if not currency and len(found) > 1:
        raise ConfigRejected(
            f"bids in {', '.join(name or 'no currency' for name in found)}", where=where, hint="choose one: --currency"
        )
    if currency and currency not in found:
        raise ConfigRejected(
            f"no ended auction in {currency}",
            where=where,
            hint=f"there are: {', '.join(filter(None, found)) or 'none'}",
        )
    return rows.filter(pl.col("currency") == currency) if currency else rows


def _of_table(path: Path, by: Sequence[str]) -> AuctionLog:
    rows = read_table(path)
    if PRICE not in rows.columns:
        raise MissingInput(
            f"the table has no column {PRICE!r}", where=str(path), hint="import auctions, or give a lake with bids"
        )
    rows = rows.filter(pl.col(PRICE) > 0)
    outcomes = [name for name in ("click", "conversion") if name in rows.columns]
    columns = list(by) or [name for name in rows.columns if name not in (*NEVER, PRICE, *outcomes)]
    columns = _columns(columns, rows.columns, str(path), never=(*NEVER, PRICE, *outcomes))
    if rows.is_empty():
        raise TableRejected("no auction has a price", where=str(path), hint="import it again")
    nothing = np.full(rows.height, np.nan)
    auctions = Auctions(
        known_prices(rows[PRICE].cast(pl.Float64).to_numpy()),
        nothing,
        np.zeros(rows.height, dtype=np.bool_),
        _contexts(rows, columns),
    )
    facts = {"where": str(path), "currency": None, "from": None, "to": None, "silent_places": 0}
    return AuctionLog(auctions, facts | _counts(auctions, columns))


def _columns(by: Sequence[str], there: Sequence[str], where: str, never: Sequence[str] = NEVER) -> list[str]:
    for name in by:
        if name not in there or name in never:
            why = "tells how an auction ended, or which it was" if name in never else "is not there"
            usable = ", ".join(one for one in there if one not in never)
            raise ConfigRejected(f"column {name!r} {why}", where=where, hint=f"tell auctions apart by: {usable}")
    return list(by) or [name for name in CONTEXTS if name in there]


def _contexts(rows: pl.DataFrame, columns: Sequence[str]) -> dict[str, Any]:
    """Texts, or numbers with NaN for null."""
    return {
        name: rows[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
        if rows.schema[name].is_numeric()
        else rows[name].cast(pl.String).fill_null("").to_numpy().astype(np.str_)
        for name in columns
    }


def _counts(auctions: Auctions, columns: Sequence[str]) -> dict[str, Any]:
    return {
        "auctions": len(auctions),
        "won": int(auctions.won.sum()),
        "told": int(auctions.prices.told.sum()),
        "columns": list(columns),
    }
