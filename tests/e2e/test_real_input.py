"""The real-input commands on samples, as a new user types them. The full runs are ``make bench-real``."""

from __future__ import annotations

import json
import os
from pathlib import Path

import polars as pl
import pytest

from adplat.cli import run
from adplat.data import configs_folder
from adplat.flows.bench_ctr_posters import judge_later
from adplat.flows.bench_run import silent

DATA = Path(os.environ.get("ADPLAT_DATA", "../shared/data"))
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"the public data sets are not at {DATA} (ADPLAT_DATA)")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def adplat(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, object]:
    """Run a command with ``--json`` and give its document."""
    capsys.readouterr()
    assert run([*(str(word) for word in words), "--json"]) == 0, capsys.readouterr().err
    document: dict[str, object] = json.loads(capsys.readouterr().out)
    return document


def train(capsys: pytest.CaptureFixture[str], name: str, folder: Path, out: Path, cache: Path, sample: int) -> dict:
    config = configs_folder() / "ctr" / f"{name}.yaml"
    words = ["train", config, "--data", folder, "--out", out, "--cache", cache, "--sample", sample, "--epochs", 1]
    return adplat(capsys, *words)


@needs_data
def test_movielens_with_posters_trains_and_scores_what_it_never_saw(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, cache: Path
) -> None:
    folder = DATA / "movielens_posters"
    document = train(capsys, "movielens_posters", folder, tmp_path / "bundles", cache, 1500)
    assert set(document["baselines"]) == {"id_only", "lightgbm"}
    assert 0.4 < document["metrics"]["auc"] < 0.9

    # A folder of its own with users, items and posters that training never saw, and no outcome at all.
    strange = tmp_path / "strange"
    (strange / "images").mkdir(parents=True)
    items = pl.read_parquet(folder / "items.parquet").tail(40).with_columns(item_id=pl.int_range(900_000, 900_040))
    for name in items["image"]:
        (strange / name).write_bytes((folder / name).read_bytes())
    items.write_parquet(strange / "items.parquet")
    users = pl.read_parquet(folder / "users_ml100k.parquet").head(40).with_columns(user_id=pl.int_range(70_000, 70_040))
    users.write_parquet(strange / "users_ml100k.parquet")
    rows = pl.DataFrame({"user_id": users["user_id"], "item_id": items["item_id"], "timestamp": [893286638] * 40})
    told = rows.with_columns(click=pl.lit(1), rating=pl.lit(5))
    scores = {}
    for name, frame in {"bare": rows, "told": told, "shuffled": told.reverse()}.items():
        (tmp_path / name).mkdir()
        frame.write_parquet(tmp_path / name / "rows.parquet")
        out = tmp_path / name / "scores.parquet"
        data = tmp_path / name / "rows.parquet"
        adplat(capsys, "score", document["bundle"], "--data", data, "--out", out, "--tables", strange, "--cache", cache)
        scores[name] = pl.read_parquet(out)
    assert scores["bare"].columns == ["p_ctr", "p_cvr"]
    assert scores["bare"]["p_cvr"].null_count() == 40
    assert scores["bare"]["p_ctr"].n_unique() > 10
    assert scores["told"].equals(scores["bare"])
    assert scores["shuffled"].reverse()["p_ctr"].to_list() == pytest.approx(scores["bare"]["p_ctr"].to_list(), abs=1e-6)


@needs_data
def test_the_benchmark_of_posters_judges_a_window_beside_the_biases(cache: Path) -> None:
    (window,) = judge_later(cache, silent, quick=True)
    assert set(window.chances) == {"whole", "biases"} and len(window.labels) > 3000
    assert window.auc("whole") > window.auc("biases") > 0.6


@needs_data
def test_movielens_small(capsys: pytest.CaptureFixture[str], tmp_path: Path, cache: Path) -> None:
    document = train(capsys, "movielens_small", DATA / "movielens_posters", tmp_path, cache, 1500)
    assert document["metrics"]["rows"] > 0


@needs_data
def test_frappe_stops_early_on_valid_and_evaluates(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, cache: Path
) -> None:
    document = train(capsys, "frappe", DATA / "frappe_x1", tmp_path, cache, 20_000)
    assert document["metrics"]["auc"] > 0.6
    assert document["metrics"]["rows"] == 57_722
    evaluated = adplat(capsys, "evaluate", document["bundle"], "--data", DATA / "frappe_x1" / "valid.parquet")
    assert evaluated["overall"]["auc"] == pytest.approx(document["metrics"]["auc"], abs=0.01)


@needs_data
def test_open_bandit_is_imported_checked_and_trained(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, cache: Path
) -> None:
    imported = tmp_path / "open_bandit"
    summary = adplat(
        capsys, "data", "import", "open-bandit", DATA / "open_bandit" / "random" / "all", "--out", imported
    )
    assert summary["rows"]["rows.parquet"] == 10_000
    checked = adplat(capsys, "data", "check", imported)
    assert checked["passes"] is True
    document = train(capsys, "open_bandit", imported, tmp_path / "bundles", cache, 0)
    assert document["metrics"]["rows"] > 0
