"""A world's log in memory, with what only time or the simulator can tell of each impression beside it."""

from __future__ import annotations

import polars as pl

from adplat.data import join_outcomes
from adplat.simulator.catalogue_rows import catalogue_tables
from adplat.simulator.history import play_history
from adplat.simulator.log_rows import click_rows, conversion_rows, impression_rows, truth_rows
from adplat.simulator.world import World


def whole_log(world: World) -> pl.DataFrame:
    """Every impression with its outcomes (the columns of ``adplat.data.training_rows``), however late they come.

    A conversion after the log's end is in it too, and ``p_click`` and ``p_conversion`` are the true chances: for
    measuring what a log that was read earlier could know. Memory: about 300 bytes an impression.
    """
    impressions, clicks, conversions, truth = [], [], [], []
    for chunk in play_history(world):
        impressions.append(impression_rows(world, chunk))
        clicks.append(click_rows(world, chunk))
        conversions.append(conversion_rows(world, chunk, whole_truth=True))
        truth.append(truth_rows(world, chunk).select("decision_id", "p_click", "p_conversion"))
    shown = pl.concat(impressions).lazy().join(pl.concat(truth).lazy(), on="decision_id", how="left")
    return join_outcomes(shown, pl.concat(clicks).lazy(), pl.concat(conversions).lazy()).collect()


def catalogue_of(world: World) -> dict[str, pl.DataFrame]:
    """The catalogue's tables by name, as they would be written."""
    return catalogue_tables(world)
