"""A lake of a test with everything that goes wrong in one, and the same test summed up by other means (Polars)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from adplat.data import Lake
from adplat.experiments import maturity_curve

START = datetime(2026, 3, 10, tzinfo=UTC)
DAYS_BEFORE, DAYS = 5, 12
ARMS = {"plain": "c0", "bright": "c1"}
MOMENT = pl.Datetime("us", "UTC")


@dataclass(frozen=True)
class Told:
    """The tables as they were written."""

    lake: Lake
    impressions: pl.DataFrame
    clicks: pl.DataFrame
    conversions: pl.DataFrame

    @property
    def as_of(self) -> datetime:
        """The newest row."""
        newest = [frame["ts"].max() for frame in (self.impressions, self.clicks, self.conversions)]
        return max(one for one in newest if isinstance(one, datetime))


def messy_lake(root: Path, *, users: int = 400, rows: int = 6_000, seed: int = 3) -> Told:
    """Users see one creative, some see two; rows, clicks and conversions come twice; two users are robots."""
    rng = np.random.default_rng(seed)
    total = rows + rows // 2
    user = rng.integers(0, users, total)
    seconds = rng.integers(-DAYS_BEFORE, DAYS, total) * 86_400.0 + rng.uniform(0.0, 3.0 * 3_600, total)
    user[:40] = 0  # clicks on everything
    user[40:200], seconds[40:200] = 1, rng.uniform(3.0 * 86_400, 3.1 * 86_400, 160)  # all on one day
    creative = np.where(user % 2 == 0, "c0", "c1")
    crossing = (user >= users - 12) & (rng.random(total) < 0.5)
    creative = np.where(crossing, np.where(creative == "c0", "c1", "c0"), creative)
    creative = np.where(rng.random(total) < 0.05, "elsewhere", creative)
    keys = pl.Series([f"u{one}" for one in user])
    impressions = pl.DataFrame(
        {
            "decision_id": [f"d{number}" for number in range(total)],
            "request_id": "r",
            "ts": pl.Series([START + timedelta(seconds=float(one)) for one in seconds], dtype=MOMENT),
            "user_key": keys.set(pl.Series(rng.random(total) < 0.02), ""),
            "campaign_id": "k",
            "creative_id": creative.tolist(),
            "placement": "top",
            "position": 0,
            "price_micros": rng.integers(200, 3_000, total),
            "device": np.where(rng.random(total) < 0.6, "phone", "desk").tolist(),
            "region": rng.choice(["north", "south", "east"], total).tolist(),
            "language": "en",
            "consent": True,
            "bot": (rng.random(total) < 0.01).tolist(),
        }
    ).with_columns(region=pl.when(pl.Series(rng.random(total) < 0.03)).then(None).otherwise("region"))
    keen = np.minimum(np.where(user % 2 == 0, 0.15, 0.2) * rng.gamma(2.0, 0.5, users)[user], 0.4)
    clicked = impressions.filter(pl.Series((rng.random(total) < keen) | (user == 0)))
    wait_s = pl.Series(rng.exponential(20.0, clicked.height))
    clicks = clicked.select("decision_id", ts=pl.col("ts") + pl.duration(microseconds=(wait_s * 1e6).cast(pl.Int64)))
    bought = clicked.filter(pl.Series(rng.random(clicked.height) < 0.5))
    delay = pl.Series(rng.exponential(2.0 * 86_400, bought.height) * 1e6).cast(pl.Int64)
    conversions = bought.select(
        "decision_id",
        ts=pl.col("ts") + pl.duration(microseconds=delay),
        value_micros=pl.Series(rng.lognormal(15.0, 1.0, bought.height)).cast(pl.Int64),
        kind=pl.Series(rng.choice(["buy", "sign_up"], bought.height).tolist()),
    )
    end = START + timedelta(days=DAYS)
    told = Told(
        Lake(root),
        pl.concat([impressions, impressions[::97].with_columns(pl.col("ts") + pl.duration(seconds=5))]),
        pl.concat([clicks, clicks[::13].with_columns(pl.col("ts") + pl.duration(seconds=2))]),
        pl.concat([conversions, conversions[::11]]).filter(pl.col("ts") <= end),
    )
    told.lake.write("impressions", told.impressions, "a")
    told.lake.write("clicks", told.clicks, "a")
    told.lake.write("conversions", told.conversions, "a")
    return told


@dataclass(frozen=True)
class Asked:
    """What the oracle is asked; words as in a specification."""

    kind: str
    measure: str
    per: str | None = None
    unit: str = "user_key"
    window_days: float | None = None
    covariate: bool = False
    conversion_kind: str | None = None
    strata: str | None = None
    only: tuple[str, str] | None = None
    marked: bool = False
    least_delay_ms: float | None = None


def showings(told: Told, asked: Asked, *, before: bool = False) -> pl.DataFrame:
    """One row a decision with its outcomes, by Polars."""
    low, high = (START - timedelta(days=DAYS_BEFORE), START) if before else (START, datetime(2100, 1, 1, tzinfo=UTC))
    rows = told.impressions.filter(pl.col("ts") >= low, pl.col("ts") < high, pl.col(asked.unit) != "")
    if asked.marked:
        rows = rows.filter(~pl.col("bot"))
    if not before:
        rows = rows.filter(pl.col("creative_id").is_in(list(ARMS.values())))
        if asked.only is not None:
            rows = rows.filter(pl.col(asked.only[0]) == asked.only[1])
    rows = rows.sort("ts").unique("decision_id", keep="first")
    shown = rows.select("decision_id", shown="ts")
    late = pl.lit(value=True) if asked.window_days is None or before else _age() < pl.duration(days=asked.window_days)
    known = pl.col("ts") < START if before else pl.lit(value=True)
    clicks = told.clicks.join(shown, on="decision_id").filter(known)
    slow = (
        pl.lit(value=True) if asked.least_delay_ms is None else _age() >= pl.duration(milliseconds=asked.least_delay_ms)
    )
    counted = clicks.filter(late, slow).group_by("decision_id").agg(clicks=pl.lit(1, pl.Int64).first())
    raw = clicks.group_by("decision_id").agg(raw=pl.len().cast(pl.Int64))
    bought = told.conversions.unique().join(shown, on="decision_id").filter(known, late)
    if asked.conversion_kind is not None:
        bought = bought.filter(pl.col("kind") == asked.conversion_kind)
    sums = bought.group_by("decision_id").agg(
        conversions=pl.len().cast(pl.Int64), value_micros=pl.col("value_micros").sum()
    )
    for table in (counted, raw, sums):
        rows = rows.join(table, on="decision_id", how="left")
    return rows.with_columns(
        pl.col("clicks", "raw", "conversions", "value_micros").fill_null(0),
        impressions=pl.lit(1, pl.Int64),
        spend_micros=pl.col("price_micros"),
    ).sort("ts", "decision_id")


def units(told: Told, asked: Asked, *, most_a_day: int = 100) -> pl.DataFrame:
    """One row a unit that is judged by: arm, y, d, x, e, and the context of its first showing."""
    rows = showings(told, asked)
    busy = rows.group_by(asked.unit, pl.col("ts").dt.date()).len().filter(pl.col("len") > most_a_day)[asked.unit]
    old = pl.lit(value=True)
    if asked.window_days is not None:
        old = pl.col("ts") <= told.as_of - timedelta(days=asked.window_days)
    y, d = pl.col(asked.measure), pl.col(asked.per or asked.measure)
    found = (
        rows.group_by(asked.unit)
        .agg(
            arm=pl.col("creative_id").first(),
            arms=pl.col("creative_id").n_unique(),
            device=pl.col("device").first(),
            region=pl.col("region").first(),
            shown=pl.len(),
            raw=pl.col("raw").sum(),
            old=old.sum() if asked.window_days is not None else pl.len(),
            y=y.filter(old).sum(),
            d=d.filter(old).sum(),
        )
        .filter(pl.col("arms") == 1, pl.col("old") > 0)
        .filter(~((pl.col("raw") >= 20) & (pl.col("raw") > 0.5 * pl.col("shown"))))
        .filter(~pl.col(asked.unit).is_in(busy.implode()))
    )
    if asked.covariate:
        earlier = showings(told, replace(asked, window_days=None), before=True)
        sums = earlier.group_by(asked.unit).agg(x=y.sum(), e=d.sum())
        found = found.join(sums, on=asked.unit, how="left").with_columns(pl.col("x", "e").fill_null(0))
    if asked.kind == "proportion":
        found = found.with_columns(y=(pl.col("y") > 0).cast(pl.Int64))
    return found.sort(asked.unit)


def summed_arms(told: Told, asked: Asked, **rules: Any) -> list[dict[str, Any]]:
    """The arms of a specification of sums."""
    found = units(told, asked, **rules)
    return [_arm(name, found.filter(pl.col("arm") == value), asked) for name, value in ARMS.items()]


def corrected_arms(
    told: Told, measure: str, per: str | None, *, days: int, once: bool
) -> tuple[list[dict[str, Any]], list[list[float]]]:
    """The arms of rates that allow for what is still to come, and the covariance of their shares."""
    asked = Asked("ratio", measure, per=per)
    judged = units(told, asked)["user_key"]
    minute, last = 60_000_000, days * 1440
    seen_us = (pl.lit(told.as_of) - pl.col("ts")).dt.total_microseconds()
    rows = (
        showings(told, asked)
        .filter(pl.col("user_key").is_in(judged.implode()))
        .with_columns(age=pl.min_horizontal(seen_us // minute, pl.lit(last)))
        .filter(pl.col("age") > 0)
        .drop("conversions", "value_micros")
    )
    delay = (pl.col("ts") - pl.col("shown")).dt.total_microseconds() // minute
    bought = (
        told.conversions.unique()
        .join(rows.select("decision_id", "age", shown="ts"), on="decision_id")
        .with_columns(delay=delay)
        .filter(pl.col("delay") < pl.col("age"))
    )
    sums = bought.group_by("decision_id").agg(
        conversions=pl.len().cast(pl.Int64), value_micros=pl.col("value_micros").sum()
    )
    rows = rows.join(sums, on="decision_id", how="left").with_columns(
        pl.col("conversions", "value_micros").fill_null(0), of_unit=pl.len().over("user_key")
    )
    late = ("conversions", "value_micros")
    early = [name for name in (measure, per) if name is not None and name not in late]
    weight = 1.0 / pl.col("of_unit") if per is None else pl.col(early[0]) if early else pl.lit(1.0)
    rows = rows.with_columns(weight=weight.cast(pl.Float64))
    in_arms = [rows.filter(pl.col("creative_id") == value) for value in ARMS.values()]
    curve = maturity_curve(
        np.bincount(rows["age"], minlength=last + 1).astype(np.float64),
        np.array([np.bincount(arm["age"], weights=arm["weight"], minlength=last + 1) for arm in in_arms]),
        np.bincount(bought["delay"], minlength=last).astype(np.float64),
    )
    arms = []
    for name, arm in zip(ARMS, in_arms, strict=True):
        weighed = arm.with_columns(share=pl.Series(curve.shares[arm["age"].to_numpy()]))
        y, d = (
            (pl.col(one) if one in late else pl.col(one) * pl.col("share")).sum() for one in (measure, per or measure)
        )
        found = weighed.group_by("user_key").agg(y=y, d=pl.col("share").mean() if per is None else d)
        if once:
            found = found.with_columns(y=(pl.col("y") > 0).cast(pl.Float64))
        arms.append(_arm(name, found, asked))
    return arms, curve.covariance.tolist()


def _arm(name: str, rows: pl.DataFrame, asked: Asked) -> dict[str, Any]:
    def total(*columns: str) -> float:
        product = np.ones(rows.height)
        for column in columns:
            product = product * rows[column].to_numpy().astype(np.float64)
        return float(product.sum())

    if asked.kind == "quantile":
        return {"name": name, "n": rows.height, "values": rows["y"].cast(pl.Float64).to_list()}
    arm: dict[str, Any] = {"name": name, "n": rows.height, "sum": total("y"), "sum_squares": total("y", "y")}
    if asked.kind == "ratio":
        arm["denominator"] = {"sum": total("d"), "sum_squares": total("d", "d"), "sum_products": total("d", "y")}
    if asked.covariate:
        arm["covariate"] = {"sum": total("x"), "sum_squares": total("x", "x"), "sum_products": total("x", "y")}
        if asked.kind == "ratio":
            arm["covariate"]["denominator_products"] = total("x", "d")
            arm["covariate"]["denominator"] = {
                "sum": total("e"),
                "sum_squares": total("e", "e"),
                "sum_products": total("x", "e"),
                "metric_products": total("y", "e"),
                "denominator_products": total("d", "e"),
            }
    if asked.strata is not None:
        column = rows[asked.strata].fill_null("(not told)")
        arm["strata"] = [
            {"name": value, **_sums(rows.filter(column == value))} for value in column.unique().sort().to_list()
        ]
    return arm


def _sums(rows: pl.DataFrame) -> dict[str, float]:
    y = rows["y"].to_numpy().astype(np.float64)
    return {"n": rows.height, "sum": float(y.sum()), "sum_squares": float((y * y).sum())}


def _age() -> pl.Expr:
    return pl.col("ts") - pl.col("shown")
