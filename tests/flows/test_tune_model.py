"""A search on a small shop: judged on later training rows, resumable, and its result is a config to train with."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from adplat.ctr import read_train_config
from adplat.data import write_feature_schema
from adplat.domain import ConfigRejected, MissingInput
from adplat.flows.tune_model import Tuned, tune_model
from tests.ctr.builders import shop_folder, shop_schema

SPACE = {
    "training.rate": {"low": 0.0001, "high": 0.05, "log": True},
    "model.hidden": {"choices": [[4], [8]]},
}


def quiet(done: int, total: int, what: str) -> None:
    """Nobody listens."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shop_folder(tmp_path, 600)
    write_feature_schema(shop_schema(), tmp_path / "schema.yaml")
    (tmp_path / "spaces").mkdir()
    config = {
        "schema": "schema.yaml",
        "data": {"valid_fraction": 0.2},
        "encoders": {"image": "none", "text": "none"},
        "training": {"epochs": 2, "batch": 128},
    }
    (tmp_path / "train.yaml").write_text(yaml.safe_dump(config))
    (tmp_path / "spaces" / "train.yaml").write_text(yaml.safe_dump({"training.rate": SPACE["training.rate"]}))
    return tmp_path


def tuned(folder: Path, trials: int) -> Tuned:
    out = folder / "best.yaml"
    return tune_model(folder / "train.yaml", folder, out, trials=trials, cache_dir=folder / "cache", progress=quiet)


def test_the_best_trial_becomes_a_config_and_a_search_goes_on(folder: Path) -> None:
    first = tuned(folder, 2)
    assert [trial["number"] for trial in first.trials] == [0, 1]
    again = tuned(folder, 4)
    assert again.trials[:2] == first.trials
    assert len(again.trials) == 4
    losses = [trial["loss"] for trial in again.trials if trial["state"] == "complete"]
    assert again.best_loss == min(losses)
    config, schema_path = read_train_config(folder / "best.yaml")
    assert config.training.rate == again.best_settings["training.rate"]
    assert config.training.epochs == 2
    assert schema_path == (folder / "schema.yaml").resolve()


def test_a_space_that_names_no_setting_or_no_range_is_refused(folder: Path) -> None:
    space = folder / "spaces" / "train.yaml"
    space.write_text("training.rat: {low: 0.1, high: 0.2}\n")
    with pytest.raises(ConfigRejected, match="did you mean 'rate'"):
        tuned(folder, 1)
    space.write_text("training.rate: 0.1\n")
    with pytest.raises(ConfigRejected, match=r"'training\.rate' is no range"):
        tuned(folder, 1)
    space.unlink()
    with pytest.raises(MissingInput, match="no such file"):
        tuned(folder, 1)
    assert not (folder / "best.yaml").exists()
