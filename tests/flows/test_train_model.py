from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
import yaml

from adplat.ctr import verify_bundle
from adplat.data import write_feature_schema
from adplat.domain import ConfigRejected, ManualClock, MissingInput, TableRejected
from adplat.flows.evaluate_bundle import evaluate_bundle
from adplat.flows.train_model import train_model
from tests.ctr.builders import shop_folder, shop_schema

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("ADPLAT_DATA", ROOT.parent / "shared" / "data"))
CLOCK = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))


def quiet(done: int, total: int, what: str) -> None:
    """Nobody listens."""


def shop_config(folder: Path, **changes: object) -> Path:
    write_feature_schema(shop_schema(), folder / "shop.yaml")
    content = {
        "schema": "shop.yaml",
        "data": {"valid_fraction": 0.2},
        "encoders": {"image": "hashing", "text": "hashing", "image_dimension": 4, "text_dimension": 4},
        "model": {"embedding": 4, "tower": 3, "interest": 4, "hidden": [8], "cross_layers": 1, "record": "ordered"},
        "training": {"epochs": 3, "batch": 128, "rate": 0.02},
    }
    path = folder / "train.yaml"
    path.write_text(yaml.safe_dump(content | changes))
    return path


def test_a_folder_and_a_config_become_a_bundle(tmp_path: Path) -> None:
    data = shop_folder(tmp_path / "data")
    told: list[str] = []
    outcome = train_model(
        shop_config(tmp_path),
        data,
        tmp_path / "out",
        cache_dir=tmp_path / "cache",
        clock=CLOCK,
        progress=lambda done, total, what: told.append(what),
        seed=3,
        epochs=2,
    )
    assert verify_bundle(Path(outcome.bundle.path)) == outcome.bundle
    assert outcome.bundle.created == CLOCK.now()
    assert sum("epoch" in line for line in told) == 2
    again = evaluate_bundle(Path(outcome.bundle.path), data, cache_dir=tmp_path / "cache", progress=quiet)
    assert again["overall"]["auc"] == pytest.approx(outcome.metrics["auc"], abs=1e-4)


def test_a_sample_trains_on_fewer_rows(tmp_path: Path) -> None:
    data = shop_folder(tmp_path / "data")
    outcome = train_model(
        shop_config(tmp_path),
        data,
        tmp_path / "out",
        cache_dir=tmp_path / "cache",
        clock=CLOCK,
        progress=quiet,
        epochs=1,
        sample=300,
    )
    assert "Fitted on 300 rows" in (Path(outcome.bundle.path) / "model_card.md").read_text()


@pytest.mark.parametrize("wrong", ["config", "data", "one class", "unknown key", "no column"])
def test_wrong_input_is_one_clear_refusal_and_writes_nothing(tmp_path: Path, wrong: str) -> None:
    data, config = shop_folder(tmp_path / "data", 300), shop_config(tmp_path)
    kind: type[Exception] = MissingInput
    rows = pl.read_parquet(data / "rows.parquet")
    if wrong == "config":
        config = tmp_path / "nowhere.yaml"
    elif wrong == "data":
        data = tmp_path / "nowhere"
    elif wrong == "unknown key":
        config, kind = shop_config(tmp_path, speed=3), ConfigRejected
    elif wrong == "one class":
        rows.with_columns(click=pl.lit(1)).write_parquet(data / "rows.parquet")
        kind = TableRejected
    else:
        rows.drop("hour").write_parquet(data / "rows.parquet")
        kind = TableRejected
    with pytest.raises(kind) as seen:
        train_model(config, data, tmp_path / "out", cache_dir=tmp_path / "cache", clock=CLOCK, progress=quiet)
    assert "\n" not in str(seen.value)
    assert not (tmp_path / "out").exists()


def test_real_frappe_rows_are_learned_from(tmp_path: Path) -> None:
    folder = DATA / "frappe_x1"
    if not folder.is_dir():
        pytest.skip(f"the Frappe rows are not in {DATA}")
    outcome = train_model(
        ROOT / "configs" / "ctr" / "frappe.yaml",
        folder,
        tmp_path / "out",
        cache_dir=tmp_path / "cache",
        clock=CLOCK,
        progress=quiet,
        epochs=2,
        sample=30_000,
    )
    assert outcome.metrics["rows"] == 57_722
    assert outcome.metrics["auc"] > 0.87


def test_the_same_command_goes_on_from_its_checkpoints(tmp_path: Path) -> None:
    data, config = shop_folder(tmp_path / "data"), shop_config(tmp_path)
    told: list[str] = []
    bundles = [
        train_model(
            config,
            data,
            tmp_path / f"out{number}",
            cache_dir=tmp_path / "cache",
            clock=CLOCK,
            progress=lambda done, total, what: told.append(what),
            checkpoints=tmp_path / "kept",
        ).bundle.bundle_id
        for number in (0, 1)
    ]
    assert bundles[0] == bundles[1]
    assert sum("epoch" in line for line in told) == 3
    with pytest.raises(ConfigRejected, match="another config, seed or table"):
        train_model(
            config,
            data,
            tmp_path / "out",
            cache_dir=tmp_path / "cache",
            clock=CLOCK,
            progress=quiet,
            seed=9,
            checkpoints=tmp_path / "kept",
        )
    assert not (tmp_path / "out").exists()
