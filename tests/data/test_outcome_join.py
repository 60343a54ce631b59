"""Impressions with their first click and first conversion."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import polars as pl

from adplat.data import Lake, training_rows
from adplat.domain import MissingInput
from tests.data.builders import START, impressions, refusal, world_folder


def events(*rows: tuple[str, int], **columns: list[object]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "decision_id": [name for name, _ in rows],
            "ts": [START + timedelta(seconds=second) for _, second in rows],
            **columns,
        },
        schema_overrides={"ts": pl.Datetime("us", "UTC")},
    )


def test_the_first_click_and_the_first_conversion_count_once(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    shown = impressions(4).with_columns(
        pl.Series("decision_id", ["a", "b", "c", "d"]),
        pl.Series("ts", [START + timedelta(seconds=second) for second in (3, 0, 2, 1)]).cast(pl.Datetime("us", "UTC")),
    )
    lake.write("impressions", shown, "p")
    lake.write("clicks", events(("a", 20), ("a", 10), ("b", 5)), "p")
    kinds = ["buy"] * 4
    conversions = events(("a", 70), ("a", 40), ("c", 62), ("stranger", 9), value_micros=[7, 4, 9, 1], kind=kinds)
    lake.write("conversions", conversions, "p")
    rows = training_rows(tmp_path)
    assert rows["decision_id"].to_list() == ["b", "d", "c", "a"]
    by_id = {row["decision_id"]: row for row in rows.iter_rows(named=True)}
    assert {name: (row["click"], row["conversion"]) for name, row in by_id.items()} == {
        "a": (1, 1),
        "b": (1, 0),
        "c": (0, 1),
        "d": (0, 0),
    }
    assert by_id["a"]["conversion_delay_s"] == 37.0  # from the impression at second 3
    assert by_id["a"]["conversion_value_micros"] == 4
    assert by_id["c"]["conversion_delay_s"] == 60.0  # the same without a click
    assert by_id["b"]["conversion_delay_s"] is None


def test_a_world_gives_every_impression_once(tmp_path: Path) -> None:
    rows = training_rows(world_folder(tmp_path))
    assert rows.height == 3_000
    assert rows["ts"].is_sorted()
    assert (rows["click"].sum(), rows["conversion"].sum()) == (300, 100)
    assert rows["conversion_delay_s"].drop_nulls().unique().to_list() == [
        3 * 3600.0 + 30.0
    ]  # from the impression; clicks come 30 s after it


def test_a_lake_without_impressions_is_refused(tmp_path: Path) -> None:
    assert "no such folder" in refusal(MissingInput, lambda: training_rows(tmp_path / "nowhere"))
    assert "no impressions" in refusal(MissingInput, lambda: training_rows(tmp_path))
