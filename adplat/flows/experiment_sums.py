"""What an experiment's arms came to in the lake: one pass over exposures and outcomes, sums of units by arm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import polars as pl

from adplat.data import Lake
from adplat.domain import AssignmentUnit, Experiment
from adplat.experiments.setup_document import Outcome


@dataclass(frozen=True, slots=True)
class ArmSums:
    """Arms as the specification of an analysis takes them, the control first, and what was left out.

    Args:
        in_two_arms: units that met more than one arm, of a user whose arm was paused or whose key changed.
    """

    arms: list[dict[str, Any]]
    impressions: int
    units: int
    in_two_arms: int


def experiment_sums(
    lake: Lake,
    experiment: Experiment,
    since: datetime,
    until: datetime,
    known_at: datetime,
    *,
    outcome: Outcome,
    kind: Literal["proportion", "mean", "ratio"],
) -> ArmSums:
    """Sums over exposures in ``[since, until)`` and their outcomes before ``known_at``, of arms that are not paused.

    A unit is a user, or the request where nobody was recognised; one that met two arms (a paused one counts) is left
    out. Raises TableRejected on a damaged lake.
    """
    by_exposure = {experiment.exposure(arm): arm.name for arm in experiment.arms}
    is_user = pl.col("user_key").fill_null("") != ""
    unit = pl.col("request_id")
    if experiment.unit is AssignmentUnit.USER:
        unit = pl.when(is_user).then("u" + pl.col("user_key")).otherwise("r" + pl.col("request_id"))
    shown = lake.scan("impressions", since=since)
    if "experiments" not in shown.collect_schema():
        shown = shown.with_columns(experiments=pl.lit(None, pl.List(pl.String)))
    exposed = (
        shown.filter(pl.col("ts") >= since, pl.col("ts") < until)
        .select("decision_id", "experiments", unit=unit)
        .explode("experiments")
        .filter(pl.col("experiments").is_in(list(by_exposure)))
        .with_columns(arm=pl.col("experiments").replace_strict(by_exposure, return_dtype=pl.String))
    )
    units = (
        exposed.join(_outcomes(lake, since, known_at, outcome), on="decision_id", how="left")
        .group_by("unit")
        .agg(
            arm=pl.col("arm").first(),
            arms=pl.col("arm").n_unique(),
            shown=pl.len().cast(pl.Float64),
            value=pl.col("value").sum().cast(pl.Float64),
        )
        .collect()
    )
    clean = units.filter(pl.col("arms") == 1)
    names = [arm.name for arm in experiment.arms if not arm.paused]
    return ArmSums(
        arms=[_sums(name, clean.filter(pl.col("arm") == name), kind) for name in names],
        impressions=int(units["shown"].sum()),
        units=units.height,
        in_two_arms=units.height - clean.height,
    )


def _outcomes(lake: Lake, since: datetime, known_at: datetime, outcome: Outcome) -> pl.LazyFrame:
    table = "clicks" if outcome == "click" else "conversions"
    counted = pl.col("value_micros").fill_null(0).sum() if outcome == "value" else pl.len()
    told = lake.scan(table, since=since).filter(pl.col("ts") < known_at)
    return told.group_by("decision_id").agg(value=counted.cast(pl.Float64))


def _sums(name: str, units: pl.DataFrame, kind: str) -> dict[str, Any]:
    value, shown = units["value"].to_numpy(), units["shown"].to_numpy()
    if kind == "proportion":
        value = (value > 0).astype(float)
    told: dict[str, Any] = {"name": name, "n": units.height, "sum": float(value.sum())}
    told["sum_squares"] = float(value @ value)
    if kind == "ratio":
        told["denominator"] = {
            "sum": float(shown.sum()),
            "sum_squares": float(shown @ shown),
            "sum_products": float(shown @ value),
        }
    return told
