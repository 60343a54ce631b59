from __future__ import annotations

from pathlib import Path

import pytest

from adplat.ctr import ModelConfig, Overrides, TrainConfig, read_train_config
from adplat.data import read_feature_schema
from adplat.domain import ConfigRejected

CONFIGS = Path(__file__).resolve().parents[2] / "configs" / "ctr"


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_config_names_a_schema_that_loads(path: Path) -> None:
    config, schema_path = read_train_config(path)
    schema = read_feature_schema(schema_path)
    assert schema.outcome("click") is not None
    assert set(config.slices) <= {feature.name for feature in schema.features}


def test_frappe_is_fitted_on_its_training_part_alone() -> None:
    config, _ = read_train_config(CONFIGS / "frappe.yaml")
    assert (config.data.train, config.data.valid) == ("train.parquet", "valid.parquet")
    assert not config.training.refit
    assert config.model.record == "none"


def test_an_unknown_key_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "train.yaml"
    path.write_text("schema: s.yaml\nmodel: {embeding: 8}\n")
    with pytest.raises(ConfigRejected, match="did you mean 'embedding'"):
        read_train_config(path)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("model: {dropout: 1.5}", "dropout"),
        ("model: {hidden: []}", "hidden"),
        ("training: {epochs: 0}", "epochs"),
        ("calibration: {pieces: 0}", "pieces"),
        ("baselines: [magic]", "magic"),
    ],
)
def test_a_value_out_of_range_is_refused(tmp_path: Path, line: str, named: str) -> None:
    path = tmp_path / "train.yaml"
    path.write_text(f"schema: s.yaml\n{line}\n")
    with pytest.raises(ConfigRejected, match=named):
        read_train_config(path)


def test_overrides_change_what_they_name_and_nothing_else() -> None:
    config = TrainConfig(schema="s.yaml", model=ModelConfig(embedding=3))
    changed = Overrides(epochs=2, sample=50, seed=9).applied_to(config)
    assert (changed.training.epochs, changed.data.sample, changed.seed) == (2, 50, 9)
    assert changed.model == config.model
    assert Overrides().applied_to(config) == config
