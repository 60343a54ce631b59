"""Rows of a bandit's test, from wherever they lie, give one and the same document."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from adplat.domain import AdplatError
from adplat.flows.analyze_experiment import analyze_experiment
from tests.flows.test_evaluate_policy import CLICK_RATES, NOON, a_lake

SPEC: dict[str, Any] = {
    "metric": {"name": "ctr", "kind": "proportion"},
    "allocation": "adaptive",
    "arms": [{"name": "dull"}, {"name": "bright"}],
}


def a_log(rows: int = 900) -> pl.DataFrame:
    """Two arms and another choice; ``bright`` had no chance in every tenth row."""
    rng = np.random.default_rng(1)
    told = np.tile([0.5, 0.3, 0.2], (rows, 1))
    told[::10] = [0.7, 0.0, 0.3]
    chosen = (told.cumsum(axis=1) < rng.random((rows, 1))).sum(axis=1)
    begun = datetime(2026, 9, 1, tzinfo=UTC)
    return pl.DataFrame(
        {
            "time": [begun + timedelta(seconds=row) for row in range(rows)],
            "arm": np.asarray(["dull", "bright", "stranger"])[chosen],
            "reward": (rng.random(rows) < 0.2).astype(np.int64),
            "propensity": told[np.arange(rows), chosen],
            "propensity_dull": told[:, 0],
            "propensity_bright": [None if place % 10 == 0 else share for place, share in enumerate(told[:, 1])],
        }
    )


def written(folder: Path, **more: Any) -> Path:
    path = folder / "spec.json"
    path.write_text(json.dumps({**SPEC, **more}))
    return path


def test_a_file_and_the_rows_themselves_say_the_same_in_any_order(tmp_path: Path) -> None:
    log = a_log()
    log.write_parquet(tmp_path / "log.parquet")
    log.write_csv(tmp_path / "log.csv")
    log.sample(fraction=1.0, shuffle=True, seed=3).write_parquet(tmp_path / "shuffled.parquet")
    inline = log.with_columns(pl.col("time").dt.epoch("s")).to_dicts()
    told: list[Any] = ["log.parquet", "log.csv", "shuffled.parquet", inline]
    documents = [analyze_experiment(written(tmp_path, rows=rows)) for rows in told]
    assert all(one == documents[0] for one in documents)
    first = documents[0]
    assert [arm["offered"] for arm in first["arms"]] == [900, 810]
    assert first["adaptive"]["rows"] == 900
    assert first["srm"]["df"] == 2


def test_the_order_of_time_matters_where_no_time_is_told(tmp_path: Path) -> None:
    log = a_log().drop("time")
    first = analyze_experiment(written(tmp_path, rows=log.to_dicts()))
    other = analyze_experiment(written(tmp_path, rows=log.reverse().to_dicts()))
    assert first["arms"][0]["estimate"] != other["arms"][0]["estimate"]


def test_a_lake_tells_rewards_candidates_and_propensities(tmp_path: Path) -> None:
    a_lake(tmp_path / "space")
    arms = [{"name": name} for name in ("c1", "c3")]
    found = analyze_experiment(written(tmp_path, arms=arms, data={"lake": "space"}))
    for arm in found["arms"]:
        low, high = arm["ci"]
        assert low <= CLICK_RATES[arm["name"]] <= high
        assert arm["offered"] == 3000
        assert arm["effective_n"] == pytest.approx(arm["n"])
    assert found["decision"]["winner"] == "c3"
    assert not found["srm"]["flagged"]
    until = (NOON + timedelta(seconds=1000)).isoformat()
    part = analyze_experiment(written(tmp_path, arms=arms, data={"lake": "space", "until": until}))
    assert part["adaptive"]["rows"] == 1000


def refused(folder: Path, **more: Any) -> str:
    with pytest.raises(AdplatError) as caught:
        analyze_experiment(written(folder, **more))
    assert caught.value.hint
    return str(caught.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (pl.col("propensity_dull") + 0.01, "row 1 has two propensities of its choice"),
        (pl.lit("much").alias("reward"), "column 'reward' holds no numbers"),
        (pl.lit(None).alias("arm"), "row 1 has no 'arm'"),
        (pl.lit(None).alias("time"), "no 'time'"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_in_one_line(tmp_path: Path, change: pl.Expr, said: str) -> None:
    a_log().with_columns(change).write_parquet(tmp_path / "log.parquet")
    line = refused(tmp_path, rows="log.parquet")
    assert said in line
    assert "log.parquet" in line


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    rows = a_log().to_dicts()
    rows = [{**row, "time": row["time"].timestamp()} for row in rows]
    lacking = [{name: value for name, value in row.items() if name != "propensity_bright"} for row in rows]
    assert "'propensity_bright' is missing" in refused(tmp_path, rows=lacking)
    assert "'reward' is missing" in refused(tmp_path, rows=[{"arm": "dull", "propensity": 0.5}])
    assert "no such file" in refused(tmp_path, rows="none.parquet")
    assert "no lake" in refused(tmp_path, data={"lake": "nowhere"})
    a_lake(tmp_path / "space", choices=False)
    assert "no choices" in refused(tmp_path, arms=[{"name": "c1"}, {"name": "c3"}], data={"lake": "space"})
    a_lake(tmp_path / "other")
    assert "'c9' is no creative" in refused(tmp_path, arms=[{"name": "c1"}, {"name": "c9"}], data={"lake": "other"})
    bad = {"lake": "other", "since": "soon"}
    assert "since is 'soon'" in refused(tmp_path, arms=[{"name": "c1"}, {"name": "c3"}], data=bad)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"rows": "a.parquet", "method": "group-sequential"}, "planned shares"),
        ({"rows": "a.parquet", "metric": {"name": "cpa", "kind": "ratio"}}, "no analysis of kind 'ratio'"),
        ({}, "either rows or data"),
        ({"rows": "a.parquet", "data": {"lake": "b"}}, "either rows or data"),
        ({"rows": "a.parquet", "arms": [{"name": "dull", "n": 5}, {"name": "bright"}]}, "unknown field `n`"),
        ({"rows": "a.parquet", "arms": [{"name": "dull"}, {"name": "dull"}]}, "given twice"),
        ({"rows": "a.parquet", "alpha": 0.9}, "alpha is 0.9"),
        ({"data": {"lake": "b"}, "metric": {"name": "value", "kind": "mean"}}, "reward of a lake's row is a click"),
    ],
)
def test_a_question_that_has_no_answer_is_refused(tmp_path: Path, more: dict[str, Any], said: str) -> None:
    assert said in refused(tmp_path, **more)
