"""What stood for choice, decision by decision."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from adplat.data import Lake, choices_of
from adplat.domain import TableRejected
from tests.data.builders import START, refusal


def choices(*rows: tuple[str, list[str], list[float] | None, list[float]]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "decision_id": [row[0] for row in rows],
            "ts": [START] * len(rows),
            "candidates": [row[1] for row in rows],
            "p_ctr": [row[2] for row in rows],
            "propensities": [row[3] for row in rows],
        },
        schema_overrides={"ts": pl.Datetime("us", "UTC"), "p_ctr": pl.List(pl.Float64)},
    )


def lake_with(folder: Path, rows: pl.DataFrame) -> Lake:
    lake = Lake(folder / "lake")
    lake.write("choices", rows, "p")
    return lake


ONE = ("a", ["x", "y"], [0.1, 0.2], [0.5, 0.5])
TWO = ("b", ["y"], [0.3], [1.0])


def test_choices_come_in_the_order_asked_for(tmp_path: Path) -> None:
    found = choices_of(lake_with(tmp_path, choices(ONE, TWO, ONE)), pl.Series(["b", "a"]))
    assert found is not None
    assert found["candidates"].to_list() == [["y"], ["x", "y"]]
    assert found["p_ctr"].to_list() == [[0.3], [0.1, 0.2]]
    assert found["propensities"].to_list() == [[1.0], [0.5, 0.5]]


def test_one_decision_without_its_choice_leaves_none(tmp_path: Path) -> None:
    assert choices_of(lake_with(tmp_path, choices(ONE)), pl.Series(["a", "stranger"])) is None
    assert choices_of(Lake(tmp_path / "nowhere"), pl.Series(["a"])) is None


def test_predictions_count_only_where_every_row_has_them(tmp_path: Path) -> None:
    unscored = ("b", ["y"], None, [1.0])
    found = choices_of(lake_with(tmp_path, choices(ONE, unscored)), pl.Series(["a", "b"]))
    assert found is not None
    assert found["p_ctr"].null_count() == 2


def test_lists_of_different_lengths_are_refused(tmp_path: Path) -> None:
    uneven = ("b", ["y"], [0.3], [0.5, 0.5])
    lake = lake_with(tmp_path, choices(ONE, uneven))
    line = refusal(TableRejected, lambda: choices_of(lake, pl.Series(["a", "b"])))
    assert "decision b has 'propensities' of another length" in line
