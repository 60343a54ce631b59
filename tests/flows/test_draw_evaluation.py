"""``adplat evaluate``: intervals around the figures, pictures, one page, and a refusal where nothing can be told."""

from __future__ import annotations

import io
import json
from pathlib import Path

import polars as pl
import pytest
from PIL import Image

from adplat.cli import run


@pytest.fixture(scope="module")
def shop_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.ctr.builders import train_shop, with_pictures

    root = with_pictures(tmp_path_factory.mktemp("evaluated"))
    return Path(train_shop(root, root / "bundles").bundle.path)


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.ctr.builders import shop_rows, shop_tables, with_pictures

    folder = with_pictures(tmp_path_factory.mktemp("later"))
    for name, table in shop_tables().items():
        table.write_parquet(folder / f"{name}.parquet")
    shop_rows(1500, seed=9, day=2).write_parquet(folder / "later.parquet")
    return folder / "later.parquet"


def test_figures_with_intervals_pictures_and_a_page(
    shop_bundle: Path, later: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["evaluate", str(shop_bundle), "--data", str(later), "--cache", str(tmp_path / "cache")]
    plots, page = tmp_path / "plots", tmp_path / "page.html"
    assert run([*words, "--plots", str(plots), "--report", str(page), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    for name in ("auc", "gauc", "logloss", "normalised_entropy", "ece", "pcoc"):
        low, high = told["intervals"][name]
        assert low < high
    assert told["intervals"]["auc"][0] < told["overall"]["auc"] < told["intervals"]["auc"][1]
    assert told["conversion"]["rows"] == told["overall"]["positives"]
    assert sum(one["rows"] for one in told["curves"]["pCTR"]) == 1500
    assert {path.name for path in plots.iterdir()} == {"reliability.png", "lift_pctr.png", "lift_pcvr.png"}
    assert all(Image.open(io.BytesIO(path.read_bytes())).width > 500 for path in plots.iterdir())
    text = page.read_text()
    assert "pCVR on clicked rows" in text
    assert "https://" not in text
    assert 'src="http' not in text


def test_the_table_fits_eighty_columns(
    shop_bundle: Path, later: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(later.parent)  # how long its folder's name is here says nothing of the table
    assert run(["evaluate", str(shop_bundle), "--data", later.name, "--cache", str(tmp_path / "cache")]) == 0
    shown = capsys.readouterr().out
    assert "95 % interval" in shown
    assert [line for line in shown.splitlines() if len(line.rstrip()) > 80] == []


@pytest.mark.parametrize("clicks", [0, 1])
def test_rows_of_one_outcome_tell_nothing(
    shop_bundle: Path, later: Path, tmp_path: Path, clicks: int, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = pl.read_parquet(later).with_columns(pl.lit(clicks).alias("click"))
    rows.write_parquet(later.parent / f"only{clicks}.parquet")
    words = ["evaluate", str(shop_bundle), "--data", str(later.parent / f"only{clicks}.parquet")]
    assert run([*words, "--cache", str(tmp_path / "cache"), "--plots", str(tmp_path / "plots")]) == 2
    assert f"{clicks * 1500} of 1500 rows have a click" in capsys.readouterr().err
    assert not (tmp_path / "plots").exists()
