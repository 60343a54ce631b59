"""``adplat forecast …``: fit, predict, series; one line when the input is wrong."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from adplat.cli import run

CONFIG = """
name: ads
impressions: shown
campaign: campaign
categories: [age]
outcomes:
  clicks: {column: clicks}
  spend: {column: spent, per: clicks}
"""


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("ads.yaml").write_text(CONFIG)
    table().write_parquet("past.parquet")


def table(seed: int = 1) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    shown = rng.integers(1, 5000, 300)
    clicks = rng.poisson(shown * 0.004)
    return pl.DataFrame(
        {
            "campaign": rng.integers(0, 10, 300),
            "age": rng.choice(["30-34", "35-39"], 300),
            "shown": shown,
            "clicks": clicks,
            "spent": clicks * rng.uniform(1.0, 2.0, 300),
        }
    )


FIT = ["forecast", "outcomes", "fit", "ads.yaml", "--data", "past.parquet", "--out", "bundle"]


def predicted(capsys: pytest.CaptureFixture[str], *words: str, data: str = "past.parquet") -> pl.DataFrame:
    arguments = ["forecast", "outcomes", "predict", *words, "--data", data, "--out", "told.parquet", "--json"]
    assert run(arguments) == 0, capsys.readouterr().err
    capsys.readouterr()
    return pl.read_parquet("told.parquet")


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(list(arguments)) == 2
    captured = capsys.readouterr()
    lines = [line for line in captured.err.splitlines() if line.startswith("adplat:")]
    assert len(lines) == 1
    return lines[0]


def test_predict_finds_what_the_config_was_fitted_into(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*FIT, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["bundle"], document["rows"], document["campaigns"]) == ("bundle", 300, 10)
    by_config = predicted(capsys, "ads.yaml")
    assert by_config.columns == [f"{name}_{level}" for name in ("clicks", "spend") for level in ("p10", "p50", "p90")]
    assert by_config.height == 300
    assert by_config.equals(predicted(capsys, "bundle"))
    assert by_config.equals(predicted(capsys, "ads.yaml", "--model", "bundle"))


def test_what_came_of_the_rows_is_never_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(FIT) == 0
    told = predicted(capsys, "ads.yaml")
    table().drop("clicks", "spent").write_csv("bare.csv")
    assert told.equals(predicted(capsys, "ads.yaml", data="bare.csv"))
    table().with_columns(clicks=pl.lit("nonsense"), spent=-pl.col("spent")).write_parquet("odd.parquet")
    assert told.equals(predicted(capsys, "ads.yaml", data="odd.parquet"))


def test_two_fits_of_the_same_rows_are_one_bundle(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*FIT, "--json"]) == 0
    first = json.loads(capsys.readouterr().out)["bundle_id"]
    assert run([*FIT, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["bundle_id"] == first


def test_nothing_was_fitted_yet(capsys: pytest.CaptureFixture[str]) -> None:
    told = refusal(capsys, "forecast", "outcomes", "predict", "ads.yaml", "--data", "past.parquet", "--out", "told.csv")
    assert "fit first" in told
    assert not Path("told.csv").exists()


def test_a_config_that_changed_since_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(FIT) == 0
    capsys.readouterr()
    Path("ads.yaml").write_text(CONFIG.replace("categories: [age]", "categories: []"))
    told = refusal(capsys, "forecast", "outcomes", "predict", "ads.yaml", "--data", "past.parquet", "--out", "told.csv")
    assert "changed after it was fitted" in told


def test_an_altered_bundle_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(FIT) == 0
    capsys.readouterr()
    model = Path("bundle/model.json")
    model.write_text(model.read_text().replace("0.", "1.", 1))
    told = refusal(capsys, "forecast", "outcomes", "predict", "bundle", "--data", "past.parquet", "--out", "told.csv")
    assert "altered" in told


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (table().drop("shown"), "no column 'shown'"),
        (table().with_columns(shown=-pl.col("shown")), "negative"),
        (table().with_columns(clicks=pl.col("clicks") + 0.5), "no whole count"),
        (table().with_columns(clicks=pl.lit(None, dtype=pl.Int64)), "not told"),
        (table().with_columns(clicks=pl.lit(0), spent=pl.lit(0.0)), "0 in all rows"),
        (table().with_columns(spent=pl.lit(1.0)), "without clicks"),
        (table().head(10), "fewer than 30"),
        (table().with_columns(campaign=pl.lit("one")), "fewer than 4 campaigns"),
    ],
)
def test_rows_that_teach_nothing_are_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], changed: pl.DataFrame, said: str
) -> None:
    changed.write_parquet("past.parquet")
    assert said in refusal(capsys, *FIT)
    assert not Path("bundle").exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("categories: [age]", "categories: [age, clicks]", "an outcome and known before"),
        ("per: clicks", "per: views", "no counted outcome"),
        ("categories:", "categroies:", "did you mean 'categories'"),
        ("categories: [age]", "categories: [age, age]", "two parts"),
    ],
)
def test_a_wrong_config_is_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], old: str, new: str, said: str
) -> None:
    Path("ads.yaml").write_text(CONFIG.replace(old, new))
    assert said in refusal(capsys, *FIT)


def test_the_bundle_replaces_no_folder_of_other_things(capsys: pytest.CaptureFixture[str]) -> None:
    Path("bundle").mkdir()
    Path("bundle/letters.txt").write_text("dear")
    assert "something else" in refusal(capsys, *FIT)
    assert Path("bundle/letters.txt").read_text() == "dear"


def series_rows(count: int = 300) -> list[tuple[date, int]]:
    rng = np.random.default_rng(1)
    return [(date(2013, 1, 1) + timedelta(days=at), int(value)) for at, value in enumerate(rng.normal(1e4, 900, count))]


SERIES = ["forecast", "series", "views.csv", "--horizon", "30", "--out", "ahead.csv"]


def test_a_series_in_whatever_way_people_write_dates_and_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    rows = series_rows()
    written = {
        "american": [f'{day.month}/{day.day}/{day:%y},"{value:,}"' for day, value in rows],
        "iso": [f"{day.isoformat()},{value}" for day, value in rows],
        "german": [f"{day:%d.%m.%Y},{value}" for day, value in rows],
    }
    told = []
    for lines in written.values():
        Path("views.csv").write_text("\n".join(["Day Index,Pageviews", *lines, ""]))
        assert run([*SERIES, "--json"]) == 0
        document = json.loads(capsys.readouterr().out)
        told.append(pl.read_csv("ahead.csv"))
        assert (document["known"], document["gaps"], document["horizon"]) == (300, 0, 30)
        assert document["daily"] == told[-1].to_dicts()
    assert told[0].equals(told[1])
    assert told[0].equals(told[2])
    assert told[0].columns == ["date", "p10", "p50", "p90"]
    assert told[0]["date"].to_list() == [str(rows[-1][0] + timedelta(days=at)) for at in range(1, 31)]


def test_missing_days_are_gaps_and_rows_may_be_in_any_order(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [row for at, row in enumerate(series_rows()) if at not in (40, 41, 200)]
    lines = [f"{day.isoformat()},{value}" for day, value in reversed(rows)]
    Path("views.csv").write_text("\n".join(["day,views", *lines, ""]))
    assert run([*SERIES, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["gaps"] == 3


def test_hours_are_told_by_the_hour(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [f"2026-01-{1 + at // 24 % 28:02d}T{at % 24:02d}:00:00,{100 + at % 24}" for at in range(24 * 28)]
    lines += [line.replace("2026-01", month) for month in ("2026-02",) for line in lines]
    Path("views.csv").write_text("\n".join(["hour,views", *lines, ""]))
    assert run(["forecast", "series", "views.csv", "--horizon", "24", "--out", "ahead.csv"]) == 2  # too few
    assert "hours are too few" in capsys.readouterr().err
    more = [line.replace("2026-01", "2026-03") for line in lines[: 24 * 28]]
    Path("views.csv").write_text("\n".join(["hour,views", *lines, *more, ""]))
    assert run(["forecast", "series", "views.csv", "--horizon", "24", "--out", "ahead.csv"]) == 0
    told = pl.read_csv("ahead.csv", try_parse_dates=False)
    assert told["date"][0] == "2026-03-29T00:00:00"
    assert told["p50"].to_list() == pytest.approx([100.0 + hour for hour in range(24)], rel=0.03)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["2026-01-01,1", "2026-01-02,2"], "too few"),
        (["2026-01-01,1", "2026-01-01,2"], "told twice"),
        (["soon,1", "later,2"], "not a date"),
        (["2026-01-01,1", "2026-01-02,many"], "no number"),
        (["2026-01-01T00:20:00,1", "2026-01-01T00:50:00,2"], "neither a whole day nor a whole hour"),
    ],
)
def test_a_table_that_is_no_series_is_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], lines: list[str], said: str
) -> None:
    Path("views.csv").write_text("\n".join(["day,views", *lines, ""]))
    assert said in refusal(capsys, *SERIES)
    assert not Path("ahead.csv").exists()
