"""The days of iPinYou's published logs: tab-separated, no header, plain, ``.bz2`` or ``.gz``.

Impressions, clicks and conversions have 24 columns in one order; bids lack the log type, the paying price and the key
page. Season 1 has other columns, and is refused.
"""

from __future__ import annotations

import bz2
import gzip
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from adplat.domain import Feature, FeatureKind, FeatureSchema, MissingInput, Outcome, TableRejected

FORMAT = "ipinyou"
CHINA = "Asia/Shanghai"
DAY_FILE = re.compile(r"(imp|clk|conv|bid)\.(\d{8})\.txt(\.bz2|\.gz)?")
_COLUMNS = (
    "bidid",
    "timestamp",
    "logtype",
    "ipinyouid",
    "useragent",
    "ip",
    "region",
    "city",
    "adexchange",
    "domain",
    "url",
    "urlid",
    "slotid",
    "slotwidth",
    "slotheight",
    "slotvisibility",
    "slotformat",
    "slotprice",
    "creative",
    "bidprice",
    "payprice",
    "keypage",
    "advertiser",
    "usertag",
)
_BID_COLUMNS = tuple(name for name in _COLUMNS if name not in ("logtype", "payprice", "keypage"))
_TOLD_BEFORE = (
    "region",
    "city",
    "adexchange",
    "domain",
    "slotid",
    "slotwidth",
    "slotheight",
    "slotvisibility",
    "slotformat",
    "creative",
    "advertiser",
)
_NUMBERS = ("slotprice", "bidprice", "payprice")
_MICROS = 10
_CATEGORICAL = FeatureKind.CATEGORICAL

PUBLISHED_SCHEMA = FeatureSchema(
    name="ipinyou",
    time="ts",
    user="ipinyouid",
    ignored=("bid_micros", "price_micros"),
    features=(
        Feature("hour", _CATEGORICAL),
        Feature("weekday", _CATEGORICAL),
        Feature("useragent", _CATEGORICAL),
        *(Feature(name, _CATEGORICAL) for name in _TOLD_BEFORE),
        Feature("usertag", _CATEGORICAL, separator=","),
        Feature("floor_micros", FeatureKind.NUMERIC),
    ),
    outcomes=(Outcome("click", "click"), Outcome("conversion", "conversion")),
)


@dataclass(frozen=True, slots=True)
class Day:
    """The files of one day, ``YYYYMMDD``; only impressions must be there."""

    name: str
    imp: Path
    clk: Path | None
    conv: Path | None
    bid: Path | None

    @property
    def files(self) -> list[Path]:
        """Those that are there."""
        return [path for path in (self.imp, self.clk, self.conv, self.bid) if path is not None]


def days_of(source: Path) -> list[Day]:
    """The days of a folder, in order; none where it has no such files.

    Raises MissingInput where a day has clicks, conversions or bids but no impressions, or a file twice.
    """
    found: dict[str, dict[str, Path]] = {}
    for path in sorted(source.iterdir()) if source.is_dir() else []:
        named = DAY_FILE.fullmatch(path.name)
        if named is None:
            continue
        kind, day = named[1], named[2]
        if kind in found.setdefault(day, {}):
            raise MissingInput(
                f"{found[day][kind].name} and {path.name} are both there", where=str(source), hint="keep one of them"
            )
        found[day][kind] = path
    for day, kinds in found.items():
        if "imp" not in kinds:
            raise MissingInput(
                f"{next(iter(kinds.values())).name} without impressions of that day",
                where=str(source),
                hint=f"put imp.{day}.txt beside it",
            )
    return [
        Day(day, kinds["imp"], kinds.get("clk"), kinds.get("conv"), kinds.get("bid"))
        for day, kinds in sorted(found.items())
    ]


def impressions_of(day: Day) -> pl.DataFrame:
    """One row an impression in order of time, with whether it was clicked and whether it converted.

    Raises TableRejected on a file that is not of the format.
    """
    shown = _read(day.imp, _COLUMNS).unique("bidid", keep="first", maintain_order=True)
    return shown.select(
        pl.col("bidid").is_in(_ids(day.clk).implode()).cast(pl.Int8).alias("click"),
        pl.col("bidid").is_in(_ids(day.conv).implode()).cast(pl.Int8).alias("conversion"),
        "bidid",
        "ts",
        "ipinyouid",
        *_moment(),
        "useragent",
        *_TOLD_BEFORE,
        "usertag",
        (pl.col("slotprice") * _MICROS).alias("floor_micros"),
        (pl.col("bidprice") * _MICROS).alias("bid_micros"),
        (pl.col("payprice") * _MICROS).alias("price_micros"),
    ).sort("ts", "bidid")


def lake_bids(day: Day, shown: pl.DataFrame) -> pl.DataFrame:
    """The day's bids as the lake keeps them: second-price auctions, the price told where they were won.

    A bid is won where there is an impression of its id. Without a bid log, the impressions alone.
    """
    prices = shown.select("bidid", "price_micros")
    if day.bid is None:
        bids = shown
    else:
        bids = _read(day.bid, _BID_COLUMNS).unique("bidid", keep="first", maintain_order=True)
        bids = bids.with_columns(
            *_moment(),
            (pl.col("slotprice") * _MICROS).alias("floor_micros"),
            (pl.col("bidprice") * _MICROS).alias("bid_micros"),
        ).join(prices, on="bidid", how="left", maintain_order="left")
    return bids.select(
        pl.col("bidid").alias("request_id"),
        "ts",
        pl.col("advertiser").alias("campaign_id"),
        "bid_micros",
        pl.col("price_micros").is_not_null().alias("won"),
        pl.col("price_micros").alias("min_to_win_micros"),
        pl.col("slotid").alias("placement"),
        pl.lit("second_price").alias("auction"),
        pl.lit("CNY").alias("currency"),
        pl.lit("").alias("deal_id"),
        pl.lit(value=False).alias("has_fixed_price"),
        "hour",
        "weekday",
        "floor_micros",
        *(name for name in _TOLD_BEFORE if name not in ("slotid", "advertiser")),
    )


def _moment() -> list[pl.Expr]:
    local = pl.col("ts").dt.convert_time_zone(CHINA)
    return [local.dt.hour().cast(pl.Int64).alias("hour"), (local.dt.weekday().cast(pl.Int64) - 1).alias("weekday")]


def _ids(path: Path | None) -> pl.Series:
    return pl.Series("bidid", [], pl.String) if path is None else _read(path, _COLUMNS).get_column("bidid")


def _read(path: Path, columns: tuple[str, ...]) -> pl.DataFrame:
    """The rows of one file with ``ts``; ``null`` is no value."""
    try:
        content = {".bz2": bz2.decompress, ".gz": gzip.decompress}.get(path.suffix, bytes)(path.read_bytes())
        if not content:
            return pl.DataFrame(
                schema={name: pl.Int64() if name in _NUMBERS else pl.String() for name in columns}
            ).select(pl.all(), pl.lit(None).cast(pl.Datetime("us", "UTC")).alias("ts"))
        width = content[: content.find(b"\n")].count(b"\t") + 1
        if width != len(columns):
            raise TableRejected(
                f"{width} columns where {path.name.partition('.')[0]} logs of seasons 2 and 3 have {len(columns)}",
                where=str(path),
                hint="give the published logs of season 2 or 3 as they are",
            )
        rows = pl.read_csv(
            content,
            has_header=False,
            separator="\t",
            quote_char=None,
            new_columns=list(columns),
            infer_schema=False,
            null_values=["null", ""],
        )
    except (OSError, EOFError, ValueError, zlib.error, pl.exceptions.PolarsError) as reason:
        said = " ".join(str(reason).split())[:120]
        raise TableRejected(f"not a whole log: {said}", where=str(path), hint="download it again") from None
    typed = rows.with_columns(
        *(pl.col(name).cast(pl.Int64, strict=False) for name in _NUMBERS if name in columns),
        pl.col("timestamp")
        .str.to_datetime("%Y%m%d%H%M%S%3f", time_unit="us", strict=False)
        .dt.replace_time_zone(CHINA)
        .dt.convert_time_zone("UTC")
        .alias("ts"),
    )
    needed = ["bidid", "ts", *(name for name in _NUMBERS if name in columns)]
    broken = typed.select(pl.any_horizontal(pl.col(needed).is_null()).arg_max()).item()
    if typed.select(pl.any_horizontal(pl.col(needed).is_null()).any()).item():
        told = {name: rows.get_column(name if name != "ts" else "timestamp")[broken] for name in needed}
        raise TableRejected(
            f"row {broken + 1} lacks an id, a time or a price: {told}", where=str(path), hint="download it again"
        )
    return typed
