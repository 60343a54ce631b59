"""What a lake tells, up to a moment, of how creatives were answered: sums by creative and place, clicks, conversions.

Nothing at or after ``as_of`` is read: neither showings, nor clicks or conversions of earlier ones that came later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from adplat.ctr import DelayModel
from adplat.data import Lake, reading_lake
from adplat.forecast import Fatigue, learn_fatigue
from adplat.statistics import Float64

LONGEST_WAIT_S = 30 * 86_400.0
_ROWS_FOR_FATIGUE = 3_000_000
_HASHED = 1 << 20
# A place is drawn to its placement, a placement to everything, as if each had this many clicks at that rate.
_CLICKS_OF_PRIOR = 20.0


@dataclass(frozen=True)
class ResponsePast:
    """Showings, clicks and conversions before a moment; a part is how many of the given moments lie before a showing.

    ``shown``: impressions and clicks by creative, advertiser, placement, position and part. ``clicked``: the showings
    that were clicked, with ``part``, ``conversions`` so far and ``matured``: the share of conversions of clicks of this
    age that has come. ``conversions``: creative, advertiser and value of each.
    """

    shown: pl.DataFrame
    clicked: pl.DataFrame
    conversions: pl.DataFrame
    fatigue: Fatigue
    window_s: float
    data_from: datetime
    data_to: datetime

    def base_rates(self, rows: pl.DataFrame) -> Float64:
        """(N,) clicks a showing at each row's placement and position, whatever is shown there."""
        total = float(self.shown["clicks"].sum()) / float(self.shown["impressions"].sum())
        sums = [pl.col("impressions").sum(), pl.col("clicks").sum()]
        by_placement = self.shown.group_by("placement").agg(sums)
        by_placement = by_placement.select("placement", _drawn(pl.lit(total)).alias("_placed"))
        by_place = self.shown.group_by("placement", "position").agg(sums).join(by_placement, on="placement")
        by_place = by_place.select("placement", "position", _drawn(pl.col("_placed")).alias("_here"))
        found = (
            rows.select(pl.col("placement").cast(pl.String), pl.col("position").cast(pl.Int64))
            .join(by_placement, on="placement", how="left", maintain_order="left")
            .join(by_place, on=["placement", "position"], how="left", maintain_order="left")
        )
        return found.select(pl.coalesce("_here", "_placed", pl.lit(total))).to_series().to_numpy()


def _drawn(to: pl.Expr) -> pl.Expr:
    return (pl.col("clicks") + _CLICKS_OF_PRIOR) / (pl.col("impressions") + _CLICKS_OF_PRIOR / to)


def read_response_past(lake: Lake, as_of: datetime, moments_s: Sequence[int] = ()) -> ResponsePast | None:
    """One pass over the showings, one over pairs of people and creatives; ``None`` without a click before ``as_of``.

    ``moments_s`` are unix seconds, rising; a showing of such a second lies before it. Raises TableRejected on a damaged
    part of the lake.
    """
    before = pl.col("ts") < as_of
    showings = lake.scan("impressions").filter(before & pl.col("creative_id").is_not_null())
    showings = showings.with_columns(_part(moments_s).alias("part"), pl.col("position").cast(pl.Int64))
    clicks = lake.scan("clicks").filter(before).group_by("decision_id").agg(pl.col("ts").min().alias("clicked_at"))
    told = lake.scan("conversions").filter(before).select("decision_id", pl.col("ts").alias("_came"), "value_micros")
    clicked = showings.join(clicks, on="decision_id", how="inner")
    converted = clicked.select("decision_id", "creative_id", "advertiser_id", "clicked_at").join(told, on="decision_id")
    place = ["creative_id", "advertiser_id", "placement", "position", "part"]
    summed = (
        showings.join(clicks, on="decision_id", how="left")
        .group_by(place)
        .agg(
            pl.len().cast(pl.Float64).alias("impressions"),
            pl.col("clicked_at").count().cast(pl.Float64).alias("clicks"),
            pl.col("ts").min().alias("first"),
            pl.col("ts").max().alias("last"),
        )
    )
    with reading_lake(lake.root):
        shown, clicked_rows, conversions = pl.collect_all([summed, clicked, converted], engine="streaming")
        if clicked_rows.is_empty():
            return None
        fatigue = _fatigue(showings, clicked_rows, float(shown["impressions"].sum()))
    clicked_rows, window_s = _with_conversions(clicked_rows.sort("ts", "decision_id"), conversions, as_of)
    return ResponsePast(
        shown=shown.sort(place),
        clicked=clicked_rows,
        conversions=conversions.select("creative_id", "advertiser_id", "value_micros").sort(pl.all()),
        fatigue=fatigue,
        window_s=window_s,
        data_from=shown["first"].min(),  # type: ignore[arg-type]  # a time column that is not empty
        data_to=shown["last"].max(),  # type: ignore[arg-type]  # the same
    )


def sample_showings(
    lake: Lake, as_of: datetime, shares: tuple[float, float], own: Sequence[str], moments_s: Sequence[int]
) -> pl.DataFrame:
    """Some showings before ``as_of``, in order of time, with their ``part``; which ones, decision ids tell.

    ``shares``: of all creatives, and of ``own`` ones.
    """
    rows = lake.scan("impressions").filter((pl.col("ts") < as_of) & pl.col("creative_id").is_not_null())
    mine = pl.col("creative_id").is_in(list(own))
    share = pl.when(mine).then(pl.lit(shares[1])).otherwise(pl.lit(shares[0]))
    hashed = (pl.col("decision_id").hash(7) % _HASHED).cast(pl.Float64) / _HASHED
    found = rows.filter(hashed < share).with_columns(_part(moments_s).alias("part"))
    return found.sort("ts", "decision_id").collect(engine="streaming")


def sample_openings(lake: Lake, as_of: datetime, most: int, *, placement: str = "") -> pl.DataFrame:
    """About ``most`` opportunities before ``as_of``: of the lake's ``requests``, else of what was shown."""
    table = "requests" if lake.parts("requests") else "impressions"
    rows = lake.scan(table).filter(pl.col("ts") < as_of)
    if placement:
        rows = rows.filter(pl.col("placement") == placement)
    count = int(rows.select(pl.len()).collect().item())
    hashed = (pl.col("request_id").fill_null("").hash(11) % _HASHED).cast(pl.Float64) / _HASHED
    return rows.filter(hashed < most / max(count, 1)).sort("ts", "request_id").collect(engine="streaming")


def _part(moments_s: Sequence[int]) -> pl.Expr:
    after = (pl.col("ts").dt.epoch("s") > moment for moment in moments_s)
    return pl.sum_horizontal(pl.lit(0), *after).cast(pl.Int64)


def _with_conversions(clicked: pl.DataFrame, conversions: pl.DataFrame, as_of: datetime) -> tuple[pl.DataFrame, float]:
    ages = clicked.select((pl.lit(as_of) - pl.col("clicked_at")).dt.total_microseconds() / 1e6).to_series().to_numpy()
    window_s = float(min(LONGEST_WAIT_S, max(float(ages.max()), 1.0)))
    delay = (pl.col("_came") - pl.col("clicked_at")).dt.total_microseconds() / 1e6
    told = conversions.with_columns(delay.clip(0.0).alias("delay_s")).filter(pl.col("delay_s") <= window_s)
    first = told.group_by("decision_id").agg(pl.col("delay_s").min(), pl.len().alias("conversions"))
    joined = clicked.join(first, on="decision_id", how="left", maintain_order="left")
    delays = joined["delay_s"].to_numpy()
    seen = np.flatnonzero(~np.isnan(delays))
    model = DelayModel.fit(delays[seen], ages[seen], np.zeros((len(seen), 1), np.int32), window_s)
    matured = model.seen_share(ages, np.zeros((len(ages), 1), np.int32))
    return (
        joined.with_columns(pl.col("conversions").fill_null(0).cast(pl.Float64), pl.Series("matured", matured)),
        window_s,
    )


def _fatigue(showings: pl.LazyFrame, clicked: pl.DataFrame, rows: float) -> Fatigue:
    """From pairs of known people and creatives; of a large lake from a share of the people."""
    pair = ["user_key", "creative_id"]
    known = showings.select("ts", "decision_id", *pair).filter(pl.col("user_key").fill_null("") != "")
    every = int(-(-rows // _ROWS_FOR_FATIGUE))
    if every > 1:
        known = known.filter(pl.col("user_key").hash(5) % every == 0)
    once = clicked.group_by(pair).agg(pl.len().alias("clicks"), pl.col("decision_id").first().alias("_clicked"))
    once = once.filter(pl.col("clicks") == 1)
    placed = (
        known.join(once.lazy(), on=pair, how="inner")
        .sort("ts", "decision_id")
        .with_columns(pl.int_range(pl.len()).over(pair).alias("before"), pl.len().over(pair).alias("showings"))
        .filter(pl.col("decision_id") == pl.col("_clicked"))
        .select("before", "showings")
    )
    sizes = known.group_by(pair).agg(pl.len().alias("n")).group_by("n").agg(pl.len().alias("pairs"))
    pairs, by_size = pl.collect_all([placed, sizes], engine="streaming")
    most = int(by_size["n"].max() or 0)  # type: ignore[arg-type]  # a column of numbers
    # Of n showings of a pair one each had 0, 1 … n − 1 before it.
    reached = np.zeros(most + 1)
    reached[by_size["n"].to_numpy()] = by_size["pairs"].to_numpy()
    counts = np.cumsum(reached[::-1])[::-1][1:].astype(np.int64)
    return learn_fatigue(
        pairs["before"].to_numpy().astype(np.int64),
        pairs["showings"].to_numpy().astype(np.int64),
        np.arange(most),
        counts,
    )
