"""forecast.3 on a table made up: unseen tests, both figures with intervals, a rival that is worse."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from adplat.data import write_table
from adplat.domain import SystemClock
from adplat.flows.bench_forecast import bench_forecast
from adplat.flows.bench_run import BenchRun, silent
from tests.ctr.headlines import headline_rows


def test_both_figures_come_with_intervals_and_their_rival(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = headline_rows(100).select(
        pl.col("test").alias("clickability_test_id"),
        "headline",
        pl.lit(None, pl.String).alias("lede"),
        pl.lit("Pass it on.").alias("excerpt"),
        pl.col("filed").alias("eyecatcher_id"),
        pl.col("shown").alias("impressions"),
        "clicks",
        pl.col("winner"),
    )
    (tmp_path / "upworthy").mkdir()
    write_table(rows, tmp_path / "upworthy" / "tests.parquet")
    monkeypatch.setenv("ADPLAT_DATA", str(tmp_path))
    run = BenchRun(SystemClock(), silent, quick=True, only="forecast.3", cache_dir=tmp_path / "cache")
    figures = {figure.figure_id: figure for figure in bench_forecast(run)}
    own, known = (
        ("forecast.3.pairs", "forecast.3.clear_pairs"),
        ("forecast.3.oracle.pairs", "forecast.3.oracle.clear_pairs"),
    )
    assert set(figures) == {*own, *known}
    for name in known:
        assert 0.8 < figures[name].value < 1.0
    for figure in (figures[name] for name in own):
        assert figure.interval is not None and figure.rival_value is not None
        assert figure.interval[0] < figure.value < figure.interval[1]
        assert figure.value > max(figure.rival_value, 0.8)
    assert figures["forecast.3.pairs"].n <= 20 * 6
