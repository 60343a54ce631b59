"""The impressions of a lake as a log of choices: one choice an impression, its reward a click."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from adplat.bandit.off_policy import ChoiceLog, Offered
from adplat.data import Lake, choices_of, rows_with_outcomes
from adplat.domain import TableRejected

_MOMENT = ("placement", "position", "device", "region", "hour", "weekday", "language")
_MOST_VALUES = 50
_FEWEST_PEOPLE = 20  # resampling a handful of people would say nothing of others


def lake_at(folder: Path) -> Lake | None:
    """The lake, given its folder or the workspace or world around it; ``None`` for another folder."""
    lakes = (Lake(root) for root in (folder / "lake", folder))
    return next((lake for lake in lakes if lake.parts("impressions")), None)


def read_lake_log(lake: Lake) -> tuple[ChoiceLog, pl.Series]:
    """The log in order of time, and by row the name of the policy that chose.

    What stood for choice comes from the lake's ``choices``; where a row has none there, the log tells no candidates
    at all. Raises TableRejected for impressions without propensity, or told twice.
    """
    rows = rows_with_outcomes(lake)
    where = lake.root / "impressions"
    for name in ("creative_id", "propensity"):
        absent = rows[name].is_null()
        if absent.any():
            raise TableRejected(
                f"impression {rows['decision_id'][absent.arg_max() or 0]} has no {name!r} "
                f"({int(absent.sum()):,} of {rows.height:,})",
                where=str(where),
                hint="log it with every decision",
            )
    choices = choices_of(lake, rows["decision_id"])
    names = rows["creative_id"].unique()
    if choices is not None:
        names = pl.concat([names, choices["candidates"].explode()]).unique()
    actions = tuple(names.drop_nulls().sort())
    number_of = {name: number for number, name in enumerate(actions)}
    times = rows["ts"].dt.epoch("us").to_numpy()
    log = ChoiceLog(
        row_names=tuple(rows["decision_id"]),
        actions=actions,
        chosen=rows["creative_id"].replace_strict(number_of, return_dtype=pl.Int64).to_numpy(),
        slots=np.zeros(rows.height, dtype=np.int64),
        rewards=rows["click"].to_numpy().astype(np.float64),
        propensities=rows["propensity"].to_numpy(),
        times_us=times,
        known_us=_click_times(lake, rows),
        categories=np.column_stack([_codes(rows[name]) for name in _MOMENT]),
        numbers=np.empty((rows.height, 0)),
        action_numbers=np.empty((len(actions), 0)),
        offered=None if choices is None else _offered(choices, number_of),
        groups=_people(rows["user_key"]),
    )
    return log, rows["policy"]


def _click_times(lake: Lake, rows: pl.DataFrame) -> npt.NDArray[np.int64]:
    clicks = lake.scan("clicks").group_by("decision_id").agg(pl.col("ts").min().alias("clicked"))
    joined = rows.select("decision_id", "ts").join(
        clicks.collect(), on="decision_id", how="left", maintain_order="left"
    )
    return joined.select(pl.col("clicked").fill_null(pl.col("ts")).dt.epoch("us")).to_series().to_numpy()


def _offered(choices: pl.DataFrame, number_of: dict[str, int]) -> Offered:
    """Candidates in one order whatever order they were served in, so that few sets are distinct."""
    lists = ["candidates", "propensities"] + ([] if choices["p_ctr"].null_count() else ["p_ctr"])
    flat = (
        choices.select(pl.int_range(pl.len()).alias("row"), *lists)
        .explode(lists)
        .with_columns(pl.col("candidates").replace_strict(number_of, return_dtype=pl.Int64))
        .sort("row", "candidates")
    )
    by_row = flat.group_by("row", maintain_order=True).agg("candidates").get_column("candidates")
    kinds = by_row.to_frame("members").unique(maintain_order=True).with_row_index("kind")
    set_of = by_row.to_frame("members").join(kinds, on="members", how="left", maintain_order="left")["kind"]
    return Offered(
        sets=tuple(np.array(members, dtype=np.int64) for members in kinds["members"].to_list()),
        set_of=set_of.to_numpy().astype(np.int64),
        p_ctr=flat["p_ctr"].to_numpy() if "p_ctr" in lists else None,
        propensities=flat["propensities"].to_numpy(),
    )


def _people(keys: pl.Series) -> npt.NDArray[np.int64] | None:
    """(N,) one number a person; who may not be recognised is a person of one row. Too few people are none."""
    known = keys.fill_null("")
    if known.n_unique() < _FEWEST_PEOPLE:
        return None
    ranks = known.rank("dense").to_numpy().astype(np.int64)
    alone = (known == "").to_numpy()
    ranks[alone] = -1 - np.arange(int(alone.sum()))
    return ranks


def _codes(column: pl.Series) -> npt.NDArray[np.int64]:
    """(N,) one number a value; the rare ones beyond fifty share one."""
    text = column.cast(pl.String).fill_null("")
    usual = text.value_counts(sort=True).head(_MOST_VALUES).get_column(column.name)
    return text.replace_strict(usual, pl.Series(np.arange(len(usual))), default=_MOST_VALUES).to_numpy()
