"""iPinYou's real-time bidding logs, in the three shapes in which they go around.

* The published logs of seasons 2 and 3 (Zhang, Yuan, Wang and Shen, Real-Time Bidding Benchmarking with iPinYou
  Dataset, arXiv 1407.7073): a folder with ``imp.DAY.txt`` and, as far as there, ``clk.``, ``conv.`` and ``bid.`` of the
  same days.
* Auctions: lines ``click price pCTR``, as bidding research trades them; the price is the least that won.
* Encoded rows in libFM text, see ``libfm``.

Prices are fen for a thousand impressions, so one is 10 micros of a yuan for one impression. Times are those of China.
"""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from adplat.data.importers.ipinyou_days import FORMAT, PUBLISHED_SCHEMA, Day, days_of, impressions_of, lake_bids
from adplat.data.importers.libfm import import_ipinyou_libfm
from adplat.data.importers.target import ImportSummary, import_target, refuse_schema, silent, summary_of
from adplat.data.lake import Lake
from adplat.data.table_writing import table_writer, write_table
from adplat.domain import Feature, FeatureKind, FeatureSchema, Outcome, Progress, TableRejected

MICROS_PER_FEN_CPM = 10
_AUCTION = re.compile(rb"[01][ \t]\d+[ \t][0-9.eE+-]+\s*$")
AUCTIONS_SCHEMA = FeatureSchema(
    name="ipinyou_auctions",
    ignored=("price_micros",),
    features=(Feature("p_ctr", FeatureKind.NUMERIC),),
    outcomes=(Outcome("click", "click"),),
)


def import_ipinyou(
    source: Path, out: Path, *, schema_path: Path | None = None, progress: Progress = silent
) -> ImportSummary:
    """Import whichever shape ``source`` has.

    Published logs become ``rows.parquet``, one row an impression, and ``lake/bids``, one row a bid, for the bid
    landscape; a day lies in memory at a time. Auctions become ``rows.parquet`` with ``click``, ``price_micros`` and
    ``p_ctr``, in the order of the file.

    Raises MissingInput without a file, TableRejected on a line that is not of the format, ConfigRejected when ``out``
    may not be replaced.
    """
    days = days_of(source)
    if days:
        refuse_schema(FORMAT, schema_path)
        return _import_days(days, out, progress)
    if source.is_file() and _holds_auctions(source):
        refuse_schema(FORMAT, schema_path)
        return _import_auctions(source, out, progress)
    return import_ipinyou_libfm(source, out, schema_path=schema_path, progress=progress)


def _import_days(days: list[Day], out: Path, progress: Progress) -> ImportSummary:
    files = [path for day in days for path in day.files]
    bids = 0
    with import_target(FORMAT, files, out, progress) as target:
        lake = Lake(target.folder / "lake")
        with table_writer(target.folder / "rows.parquet") as writer:
            for number, day in enumerate(days):
                progress(number, len(days), f"reading days: {day.name}")
                shown = impressions_of(day)
                writer.write(shown.drop("bidid"))
                bids += lake.write("bids", lake_bids(day, shown), f"day-{day.name}")
            progress(len(days), len(days), "reading days")
        target.rows |= {"rows.parquet": writer.rows, "lake/bids": bids}
        if any(day.bid is None for day in days):
            target.notes.append(
                "days without bid.DAY.txt tell of won auctions only: no landscape can be fitted on them"
            )
        target.schema = PUBLISHED_SCHEMA
    return summary_of(target, FORMAT, out)


def _import_auctions(source: Path, out: Path, progress: Progress) -> ImportSummary:
    names = ["click", "price", "p_ctr"]
    with import_target(FORMAT, [source], out, progress) as target:
        try:
            rows = pl.read_csv(
                source,
                has_header=False,
                separator=b"\t".decode() if b"\t" in _first_line(source) else " ",
                new_columns=names,
                schema_overrides=[pl.Int64, pl.Int64, pl.Float64],
            )
        except pl.exceptions.PolarsError as reason:
            raise _not_auctions(source, " ".join(str(reason).split())[:160]) from None
        if rows.columns != names or rows.null_count().sum_horizontal().item():
            raise _not_auctions(source, "a line lacks a value, or has one too many")
        wrong = rows.filter(~pl.col("click").is_in([0, 1]) | (pl.col("price") < 0) | ~pl.col("p_ctr").is_between(0, 1))
        if wrong.height:
            raise _not_auctions(source, f"a line of values {wrong.row(0)}")
        write_table(
            rows.select(
                pl.col("click").cast(pl.Int8),
                (pl.col("price") * MICROS_PER_FEN_CPM).alias("price_micros"),
                "p_ctr",
            ),
            target.folder / "rows.parquet",
        )
        target.rows["rows.parquet"] = rows.height
        target.schema = AUCTIONS_SCHEMA
    return summary_of(target, FORMAT, out)


def _holds_auctions(source: Path) -> bool:
    return _AUCTION.match(_first_line(source)) is not None


def _first_line(source: Path) -> bytes:
    with source.open("rb") as file:
        return file.readline(1 << 16)


def _not_auctions(source: Path, why: str) -> TableRejected:
    return TableRejected(f"not auctions: {why}", where=str(source), hint="every line is: click price pCTR")
