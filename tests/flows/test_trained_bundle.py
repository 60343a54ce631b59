"""A training config stands for the bundle that was trained from it last."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from adplat.data import write_feature_schema
from adplat.domain import ConfigRejected, MissingInput, ModelBundle
from adplat.flows.trained_bundle import remember_trained, trained_bundle
from tests.ctr.headlines import SCHEMA, train_headlines


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> ModelBundle:
    root = tmp_path_factory.mktemp("headlines")
    return train_headlines(root, root / "out").bundle


@pytest.fixture
def config(tmp_path: Path) -> Path:
    write_feature_schema(SCHEMA, tmp_path / "schema.yaml")
    path = tmp_path / "headlines.yaml"
    path.write_text(yaml.safe_dump({"schema": "schema.yaml", "model": {"kind": "contrast"}}))
    return path


def test_a_config_stands_for_its_last_bundle(bundle: ModelBundle, config: Path, tmp_path: Path) -> None:
    older = replace(bundle, path=str(tmp_path / "older"), bundle_id="0" * 64)
    for one in (older, bundle):
        remember_trained(tmp_path / "workspace", config, one)
    assert trained_bundle(config, tmp_path / "workspace") == Path(bundle.path).resolve()


def test_a_folder_stands_for_itself(tmp_path: Path) -> None:
    assert trained_bundle(tmp_path / "any", tmp_path) == tmp_path / "any"
    odd = tmp_path / "bundle.yaml"
    odd.mkdir()
    assert trained_bundle(odd, tmp_path) == odd


def test_what_was_never_trained_says_so(config: Path, tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match=r"nothing was trained from headlines\.yaml") as refused:
        trained_bundle(config, tmp_path / "workspace")
    assert "adplat train" in refused.value.hint


def test_a_bundle_that_is_gone_says_so(bundle: ModelBundle, config: Path, tmp_path: Path) -> None:
    shutil.copytree(bundle.path, tmp_path / "gone")
    remember_trained(tmp_path, config, replace(bundle, path=str(tmp_path / "gone")))
    shutil.rmtree(tmp_path / "gone")
    with pytest.raises(MissingInput, match="is gone"):
        trained_bundle(config, tmp_path)


def test_a_config_written_otherwise_is_the_same_and_a_changed_one_is_not(
    bundle: ModelBundle, config: Path, tmp_path: Path
) -> None:
    remember_trained(tmp_path, config, bundle)
    config.write_text("# a comment\nmodel: {kind: contrast}\nschema: ./schema.yaml\nseed: 7\n")
    assert trained_bundle(config, tmp_path) == Path(bundle.path).resolve()
    config.write_text("schema: schema.yaml\nmodel: {kind: contrast}\nseed: 8\n")
    with pytest.raises(ConfigRejected, match="says other things"):
        trained_bundle(config, tmp_path)
    config.write_text("schema: schema.yaml\nmodel: {kind: contrast}\n")
    write_feature_schema(replace(SCHEMA, features=SCHEMA.features[:2]), config.parent / "schema.yaml")
    with pytest.raises(ConfigRejected, match="says other things"):
        trained_bundle(config, tmp_path)


def test_a_config_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match=r"absent\.yaml|no such"):
        trained_bundle(tmp_path / "absent.yaml", tmp_path)
